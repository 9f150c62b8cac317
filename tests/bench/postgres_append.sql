-- An event store as people build it: the version that the writer expects is checked, and a unique
-- index guards it. seq may become visible out of order, and has gaps after a rollback.
CREATE TABLE log (
  seq bigserial PRIMARY KEY,
  stream text NOT NULL,
  version int NOT NULL,
  type text NOT NULL,
  data jsonb NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (stream, version)
);

CREATE FUNCTION append_plain(of text, expected int, kind text, content jsonb) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  present int;
  given bigint;
BEGIN
  SELECT max(version) INTO present FROM log WHERE stream = of;
  IF coalesce(present, -1) + 1 <> expected THEN
    RAISE EXCEPTION 'expected version %, found %', expected, present;
  END IF;
  INSERT INTO log (stream, version, type, data) VALUES (of, expected, kind, content)
    RETURNING seq INTO given;
  RETURN given;
END $$;

-- The same with the order that mingce gives: positions are seen in the order of their commits. One
-- lock is held by each writer until its commit.
CREATE FUNCTION append_in_order(of text, expected int, kind text, content jsonb) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(1);
  RETURN append_plain(of, expected, kind, content);
END $$;
