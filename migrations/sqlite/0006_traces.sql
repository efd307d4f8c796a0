-- Recorded calls to be searched and counted. The same columns and rules as ../postgres/0006_traces.sql; what 0001 says of ids
-- and times holds here too.

-- The change that came of a call, or that it decided on. Without a foreign key: the record of a call outlives it. The payload
-- moves behind it: SQLite reads a row from its front, and a long payload goes on on pages of its own.
ALTER TABLE traces RENAME COLUMN sealed_key_version TO key_version_before;
ALTER TABLE traces RENAME COLUMN sealed_payload TO payload_before;
ALTER TABLE traces ADD COLUMN change_id TEXT CHECK (length(change_id) = 26);
ALTER TABLE traces ADD COLUMN sealed_key_version INTEGER CHECK (sealed_key_version BETWEEN 0 AND 4294967295);
ALTER TABLE traces ADD COLUMN sealed_payload BLOB CHECK ((sealed_payload IS NULL) = (sealed_key_version IS NULL));
UPDATE traces SET sealed_key_version = key_version_before, sealed_payload = payload_before WHERE payload_before IS NOT NULL;
ALTER TABLE traces DROP COLUMN payload_before;
ALTER TABLE traces DROP COLUMN key_version_before;

-- What searches begin at; the rest of a search is tried on the rows that these find.
CREATE INDEX traces_by_order ON traces (tenant_id, order_id, id) WHERE order_id IS NOT NULL;
CREATE INDEX traces_by_key ON traces (tenant_id, key_id, id) WHERE key_id IS NOT NULL;
CREATE INDEX traces_by_tool ON traces (tenant_id, tool, id);
CREATE INDEX traces_changed ON traces (tenant_id, id) WHERE change_id IS NOT NULL;
CREATE INDEX traces_by_change ON traces (tenant_id, change_id, id) WHERE change_id IS NOT NULL;

-- The figures come from the sums below.
DROP INDEX traces_by_start;

-- Calls added up by the hour they began in (its first millisecond), kept up with the calls. They stay when calls are thrown
-- away. What is absent is an empty text, because it is a part of the key. `slower_…` count the calls that took longer than so
-- many milliseconds.
CREATE TABLE trace_hours (
    tenant_id    TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    hour         INTEGER NOT NULL CHECK (hour >= 0 AND hour % 3600000 = 0),
    tool         TEXT    NOT NULL CHECK (length(tool) <= 120),
    store_id     TEXT    NOT NULL CHECK (length(store_id) IN (0, 26)),
    key_id       TEXT    NOT NULL CHECK (length(key_id) IN (0, 26)),
    door         TEXT    NOT NULL CHECK (length(door) BETWEEN 1 AND 40),
    outcome      TEXT    NOT NULL CHECK (length(outcome) BETWEEN 1 AND 40),
    cached       TEXT    NOT NULL CHECK (cached IN ('', 'yes', 'no')),
    calls        INTEGER NOT NULL CHECK (calls > 0),
    duration_us  INTEGER NOT NULL CHECK (duration_us >= 0),
    slower_10    INTEGER NOT NULL CHECK (slower_10 BETWEEN 0 AND calls),
    slower_100   INTEGER NOT NULL CHECK (slower_100 BETWEEN 0 AND slower_10),
    slower_300   INTEGER NOT NULL CHECK (slower_300 BETWEEN 0 AND slower_100),
    slower_1000  INTEGER NOT NULL CHECK (slower_1000 BETWEEN 0 AND slower_300),
    slower_3000  INTEGER NOT NULL CHECK (slower_3000 BETWEEN 0 AND slower_1000),
    slower_10000 INTEGER NOT NULL CHECK (slower_10000 BETWEEN 0 AND slower_3000),
    PRIMARY KEY (tenant_id, hour, tool, store_id, key_id, door, outcome, cached)
) STRICT, WITHOUT ROWID;

INSERT INTO trace_hours
SELECT tenant_id, started_at / 3600000 * 3600000, tool, coalesce(store_id, ''), coalesce(key_id, ''), door,
       coalesce(error, 'ok'), CASE cache_hit WHEN 1 THEN 'yes' WHEN 0 THEN 'no' ELSE '' END,
       count(*), CAST(min(total(duration_us), 9e18) AS INTEGER),
       count(*) FILTER (WHERE duration_us > 10000), count(*) FILTER (WHERE duration_us > 100000),
       count(*) FILTER (WHERE duration_us > 300000), count(*) FILTER (WHERE duration_us > 1000000),
       count(*) FILTER (WHERE duration_us > 3000000), count(*) FILTER (WHERE duration_us > 10000000)
FROM traces GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;

-- Calls of tools by how long they took, by the hour they began in, kept up and kept like the sums above. A class holds the
-- durations that are alike to a quarter: the whole part of their binary logarithm in microseconds times four, and the next two
-- binary digits; the first four microseconds are classes of their own.
CREATE TABLE trace_durations (
    tenant_id TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    hour      INTEGER NOT NULL CHECK (hour >= 0 AND hour % 3600000 = 0),
    class     INTEGER NOT NULL CHECK (class BETWEEN 0 AND 251),
    calls     INTEGER NOT NULL CHECK (calls > 0),
    PRIMARY KEY (tenant_id, hour, class)
) STRICT, WITHOUT ROWID;

WITH RECURSIVE
    doublings (number, least) AS
        (SELECT 2, 4 UNION ALL SELECT number + 1, least * 2 FROM doublings WHERE number < 61),
    quarters (quarter) AS (VALUES (0), (1), (2), (3)),
    classes (class, least, below) AS
        (SELECT quarter, quarter, quarter + 1 FROM quarters
         UNION ALL
         SELECT number * 4 + quarter, least / 4 * (4 + quarter), least / 4 * (5 + quarter) FROM doublings, quarters)
INSERT INTO trace_durations
SELECT tenant_id, started_at / 3600000 * 3600000, class, count(*)
FROM traces JOIN classes ON duration_us >= least AND duration_us < below
WHERE door IN ('mcp', 'stdio', 'console')
GROUP BY 1, 2, 3;
