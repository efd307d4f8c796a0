-- Calls counted by one thing at a time, by the hour and by the day (UTC) that they began in. Where calls are alike in little,
-- trace_hours holds nearly as many rows as there are calls; these stay few. Kept up and kept like trace_hours. A row counts the
-- calls of one door: `all` has an empty value, and a store, a key that is absent is an empty value too.
CREATE TABLE trace_margins (
    tenant_id     TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    length_ms     INTEGER NOT NULL CHECK (length_ms IN (3600000, 86400000)),
    field         TEXT    NOT NULL CHECK (field IN ('all', 'tool', 'store', 'key', 'outcome')),
    starts_at     INTEGER NOT NULL CHECK (starts_at >= 0 AND starts_at % length_ms = 0),
    value         TEXT    NOT NULL CHECK (length(value) <= 120),
    door          TEXT    NOT NULL CHECK (length(door) BETWEEN 1 AND 40),
    calls         INTEGER NOT NULL CHECK (calls > 0),
    errors        INTEGER NOT NULL CHECK (errors BETWEEN 0 AND calls),
    cache_lookups INTEGER NOT NULL CHECK (cache_lookups BETWEEN 0 AND calls),
    cache_hits    INTEGER NOT NULL CHECK (cache_hits BETWEEN 0 AND cache_lookups),
    slower_10     INTEGER NOT NULL CHECK (slower_10 BETWEEN 0 AND calls),
    slower_100    INTEGER NOT NULL CHECK (slower_100 BETWEEN 0 AND slower_10),
    slower_300    INTEGER NOT NULL CHECK (slower_300 BETWEEN 0 AND slower_100),
    slower_1000   INTEGER NOT NULL CHECK (slower_1000 BETWEEN 0 AND slower_300),
    slower_3000   INTEGER NOT NULL CHECK (slower_3000 BETWEEN 0 AND slower_1000),
    slower_10000  INTEGER NOT NULL CHECK (slower_10000 BETWEEN 0 AND slower_3000),
    PRIMARY KEY (tenant_id, length_ms, field, starts_at, value, door)
) STRICT, WITHOUT ROWID;

INSERT INTO trace_margins
SELECT tenant_id, 3600000, field, hour,
       CASE field WHEN 'tool' THEN tool WHEN 'store' THEN store_id WHEN 'key' THEN key_id WHEN 'outcome' THEN outcome
                  ELSE '' END,
       door, sum(calls), coalesce(sum(calls) FILTER (WHERE outcome NOT IN ('ok', 'cancelled')), 0),
       coalesce(sum(calls) FILTER (WHERE cached <> ''), 0), coalesce(sum(calls) FILTER (WHERE cached = 'yes'), 0),
       sum(slower_10), sum(slower_100), sum(slower_300), sum(slower_1000), sum(slower_3000), sum(slower_10000)
FROM trace_hours
CROSS JOIN (SELECT 'all' AS field UNION ALL SELECT 'tool' UNION ALL SELECT 'store' UNION ALL SELECT 'key'
            UNION ALL SELECT 'outcome')
GROUP BY 1, 3, 4, 5, 6;

INSERT INTO trace_margins
SELECT tenant_id, 86400000, field, starts_at / 86400000 * 86400000, value, door, sum(calls), sum(errors),
       sum(cache_lookups), sum(cache_hits), sum(slower_10), sum(slower_100), sum(slower_300), sum(slower_1000),
       sum(slower_3000), sum(slower_10000)
FROM trace_margins GROUP BY 1, 3, 4, 5, 6;
