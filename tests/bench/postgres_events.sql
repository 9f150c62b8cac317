-- The table of events: heap only, in the order of the log.
CREATE UNLOGGED TABLE events AS
  SELECT seq, line->>'request' AS stream,
         row_number() OVER (PARTITION BY line->>'request' ORDER BY seq)::int AS version,
         line->>'type' AS type, line->'data' AS data, 'import'::text AS actor,
         ((line->>'on') || ' 09:00+08')::timestamptz AS recorded_at
  FROM (SELECT row_number() OVER () AS seq, line FROM raw WHERE line ? 'request') AS numbered
  ORDER BY seq;
DROP TABLE raw;
VACUUM ANALYZE events;
