-- Recorded calls to be searched and counted. The same columns and rules as ../sqlite/0006_traces.sql; what 0001 says of ids
-- and times holds here too.

-- The change that came of a call, or that it decided on. Without a foreign key: the record of a call outlives it.
ALTER TABLE traces ADD COLUMN change_id TEXT COLLATE "C" CHECK (length(change_id) = 26);

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
    tenant_id    TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    hour         BIGINT NOT NULL CHECK (hour >= 0 AND hour % 3600000 = 0),
    tool         TEXT COLLATE "C" NOT NULL CHECK (length(tool) <= 120),
    store_id     TEXT COLLATE "C" NOT NULL CHECK (length(store_id) IN (0, 26)),
    key_id       TEXT COLLATE "C" NOT NULL CHECK (length(key_id) IN (0, 26)),
    door         TEXT COLLATE "C" NOT NULL CHECK (length(door) BETWEEN 1 AND 40),
    outcome      TEXT COLLATE "C" NOT NULL CHECK (length(outcome) BETWEEN 1 AND 40),
    cached       TEXT COLLATE "C" NOT NULL CHECK (cached IN ('', 'yes', 'no')),
    calls        BIGINT NOT NULL CHECK (calls > 0),
    duration_us  BIGINT NOT NULL CHECK (duration_us >= 0),
    slower_10    BIGINT NOT NULL CHECK (slower_10 BETWEEN 0 AND calls),
    slower_100   BIGINT NOT NULL CHECK (slower_100 BETWEEN 0 AND slower_10),
    slower_300   BIGINT NOT NULL CHECK (slower_300 BETWEEN 0 AND slower_100),
    slower_1000  BIGINT NOT NULL CHECK (slower_1000 BETWEEN 0 AND slower_300),
    slower_3000  BIGINT NOT NULL CHECK (slower_3000 BETWEEN 0 AND slower_1000),
    slower_10000 BIGINT NOT NULL CHECK (slower_10000 BETWEEN 0 AND slower_3000),
    PRIMARY KEY (tenant_id, hour, tool, store_id, key_id, door, outcome, cached)
);

INSERT INTO trace_hours
SELECT tenant_id, started_at / 3600000 * 3600000, tool, coalesce(store_id, ''), coalesce(key_id, ''), door,
       coalesce(error, 'ok'), CASE WHEN cache_hit THEN 'yes' WHEN NOT cache_hit THEN 'no' ELSE '' END,
       count(*), least(sum(duration_us), 9000000000000000000)::bigint,
       count(*) FILTER (WHERE duration_us > 10000), count(*) FILTER (WHERE duration_us > 100000),
       count(*) FILTER (WHERE duration_us > 300000), count(*) FILTER (WHERE duration_us > 1000000),
       count(*) FILTER (WHERE duration_us > 3000000), count(*) FILTER (WHERE duration_us > 10000000)
FROM traces GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;

-- Calls of tools by how long they took, by the hour they began in, kept up and kept like the sums above. A class holds the
-- durations that are alike to a quarter: the whole part of their binary logarithm in microseconds times four, and the next two
-- binary digits; the first four microseconds are classes of their own.
CREATE TABLE trace_durations (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    hour      BIGINT NOT NULL CHECK (hour >= 0 AND hour % 3600000 = 0),
    class     SMALLINT NOT NULL CHECK (class BETWEEN 0 AND 251),
    calls     BIGINT NOT NULL CHECK (calls > 0),
    PRIMARY KEY (tenant_id, hour, class)
);

WITH RECURSIVE
    doublings (number, least) AS
        (SELECT 2, 4::bigint UNION ALL SELECT number + 1, least * 2 FROM doublings WHERE number < 61),
    quarters (quarter) AS (VALUES (0), (1), (2), (3)),
    classes (class, least, below) AS
        (SELECT quarter, quarter::bigint, (quarter + 1)::bigint FROM quarters
         UNION ALL
         SELECT number * 4 + quarter, least / 4 * (4 + quarter), least / 4 * (5 + quarter) FROM doublings, quarters)
INSERT INTO trace_durations
SELECT tenant_id, started_at / 3600000 * 3600000, class, count(*)
FROM traces JOIN classes ON duration_us >= least AND duration_us < below
WHERE door IN ('mcp', 'stdio', 'console')
GROUP BY 1, 2, 3;
