-- Calls counted by one thing at a time. The same columns and rules as ../sqlite/0014_margins.sql.
CREATE TABLE trace_margins (
    tenant_id     TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    length_ms     BIGINT NOT NULL CHECK (length_ms IN (3600000, 86400000)),
    field         TEXT COLLATE "C" NOT NULL CHECK (field IN ('all', 'tool', 'store', 'key', 'outcome')),
    starts_at     BIGINT NOT NULL CHECK (starts_at >= 0 AND starts_at % length_ms = 0),
    value         TEXT COLLATE "C" NOT NULL CHECK (length(value) <= 120),
    door          TEXT COLLATE "C" NOT NULL CHECK (length(door) BETWEEN 1 AND 40),
    calls         BIGINT NOT NULL CHECK (calls > 0),
    errors        BIGINT NOT NULL CHECK (errors BETWEEN 0 AND calls),
    cache_lookups BIGINT NOT NULL CHECK (cache_lookups BETWEEN 0 AND calls),
    cache_hits    BIGINT NOT NULL CHECK (cache_hits BETWEEN 0 AND cache_lookups),
    slower_10     BIGINT NOT NULL CHECK (slower_10 BETWEEN 0 AND calls),
    slower_100    BIGINT NOT NULL CHECK (slower_100 BETWEEN 0 AND slower_10),
    slower_300    BIGINT NOT NULL CHECK (slower_300 BETWEEN 0 AND slower_100),
    slower_1000   BIGINT NOT NULL CHECK (slower_1000 BETWEEN 0 AND slower_300),
    slower_3000   BIGINT NOT NULL CHECK (slower_3000 BETWEEN 0 AND slower_1000),
    slower_10000  BIGINT NOT NULL CHECK (slower_10000 BETWEEN 0 AND slower_3000),
    PRIMARY KEY (tenant_id, length_ms, field, starts_at, value, door)
);

INSERT INTO trace_margins
SELECT tenant_id, 3600000, field, hour,
       CASE field WHEN 'tool' THEN tool WHEN 'store' THEN store_id WHEN 'key' THEN key_id WHEN 'outcome' THEN outcome
                  ELSE '' END,
       door, sum(calls)::bigint, coalesce(sum(calls) FILTER (WHERE outcome NOT IN ('ok', 'cancelled')), 0)::bigint,
       coalesce(sum(calls) FILTER (WHERE cached <> ''), 0)::bigint,
       coalesce(sum(calls) FILTER (WHERE cached = 'yes'), 0)::bigint,
       sum(slower_10)::bigint, sum(slower_100)::bigint, sum(slower_300)::bigint, sum(slower_1000)::bigint,
       sum(slower_3000)::bigint, sum(slower_10000)::bigint
FROM trace_hours
CROSS JOIN (SELECT 'all' AS field UNION ALL SELECT 'tool' UNION ALL SELECT 'store' UNION ALL SELECT 'key'
            UNION ALL SELECT 'outcome') AS fields
GROUP BY 1, 3, 4, 5, 6;

INSERT INTO trace_margins
SELECT tenant_id, 86400000, field, starts_at / 86400000 * 86400000, value, door, sum(calls)::bigint, sum(errors)::bigint,
       sum(cache_lookups)::bigint, sum(cache_hits)::bigint, sum(slower_10)::bigint, sum(slower_100)::bigint,
       sum(slower_300)::bigint, sum(slower_1000)::bigint, sum(slower_3000)::bigint, sum(slower_10000)::bigint
FROM trace_margins GROUP BY 1, 3, 4, 5, 6;
