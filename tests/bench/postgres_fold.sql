-- A replay in SQL: what became of each request, from all its events; then the year's answers by
-- outcome and kind of applicant.
SELECT outcome, applicant, count(*)
FROM (
  SELECT stream,
         max(data->'applicant'->>'kind') FILTER (WHERE type = 'request.received') AS applicant,
         max(data->>'outcome') FILTER (WHERE type = 'request.answered') AS outcome,
         max(recorded_at) FILTER (WHERE type = 'request.answered') AS answered_at
  FROM events GROUP BY stream
) AS requests
WHERE answered_at >= 'YEAR-01-01 00:00+08'
  AND answered_at < timestamptz 'YEAR-01-01 00:00+08' + interval '1 year'
GROUP BY 1, 2;
