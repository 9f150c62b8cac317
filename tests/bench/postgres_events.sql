-- The table of events: heap only, in the order of the log.
CREATE UNLOGGED TABLE events AS
  SELECT row_number() OVER () AS seq, line->>'request' AS stream, line->>'type' AS type,
         line->'data' AS data, ((line->>'on') || ' 09:00+08')::timestamptz AS recorded_at
  FROM raw WHERE line ? 'request';
DROP TABLE raw;
VACUUM ANALYZE events;
