-- One line of the import file a row, before it is split into columns.
DROP TABLE IF EXISTS raw, events;
CREATE UNLOGGED TABLE raw (line jsonb NOT NULL);
