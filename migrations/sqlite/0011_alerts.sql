-- Alerts on recorded calls, and what fired. The same tables, columns and rules as ../postgres/0011_alerts.sql; what 0001 says
-- of ids, times and tenant_id holds here too.
--
-- A ready-made alert has a kind of its own and no query. `zone` is the time zone of its nights, by its IANA name; UTC where there
-- is none. Where it is sent is sealed together with the secret that signs.
-- `looked_at` is when some process took it to look at; so one at a time does. It fires from the first thing that it finds
-- until there is none.
CREATE TABLE alerts (
    tenant_id          TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id                 TEXT    NOT NULL CHECK (length(id) = 26),
    kind               TEXT    NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
    name               TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    query              TEXT    NOT NULL CHECK (length(query) <= 1000),
    threshold          INTEGER NOT NULL CHECK (threshold BETWEEN 1 AND 4294967295),
    window_minutes     INTEGER NOT NULL CHECK (window_minutes BETWEEN 1 AND 4294967295),
    zone               TEXT CHECK (length(zone) BETWEEN 1 AND 60),
    is_on              INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    sealed_key_version INTEGER CHECK (sealed_key_version BETWEEN 0 AND 4294967295),
    sealed_target      BLOB    CHECK ((sealed_target IS NULL) = (sealed_key_version IS NULL)),
    firing_since       INTEGER CHECK (firing_since >= 0),
    looked_at          INTEGER NOT NULL CHECK (looked_at >= 0),
    created_at         INTEGER NOT NULL CHECK (created_at >= 0),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT alerts_name_key UNIQUE (tenant_id, name)
) STRICT;

CREATE INDEX alerts_due ON alerts (looked_at) WHERE is_on = 1;

-- What fired, as the alert was then: it may be changed or removed since. Until `over_at` it is not told of again: of what an
-- alert finds of several keys, each is told, and each again after it was over. `next_try_at` is also a lease: whoever takes a
-- delivery puts it off by longer than a try takes.
CREATE TABLE alert_events (
    tenant_id      TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id             TEXT    NOT NULL CHECK (length(id) = 26),
    alert_id       TEXT    NOT NULL CHECK (length(alert_id) = 26),
    name           TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    query          TEXT    NOT NULL CHECK (length(query) <= 1000),
    calls          INTEGER NOT NULL CHECK (calls >= 0),
    window_minutes INTEGER NOT NULL CHECK (window_minutes BETWEEN 1 AND 4294967295),
    trace_id       TEXT    CHECK (length(trace_id) = 26),
    at             INTEGER NOT NULL CHECK (at >= 0),
    delivery       TEXT    NOT NULL CHECK (length(delivery) BETWEEN 1 AND 40),
    attempts       INTEGER NOT NULL CHECK (attempts BETWEEN 0 AND 4294967295),
    next_try_at    INTEGER NOT NULL CHECK (next_try_at >= 0),
    fault          TEXT    CHECK (length(fault) BETWEEN 1 AND 40),
    over_at        INTEGER CHECK (over_at >= 0),
    PRIMARY KEY (tenant_id, id)
) STRICT;

CREATE INDEX alert_events_due ON alert_events (next_try_at) WHERE delivery = 'pending';

-- Which tools a key or person has called, and since when: calls themselves are thrown away. From the sums of hours, which stay.
CREATE TABLE key_tools (
    tenant_id     TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    key_id        TEXT NOT NULL CHECK (length(key_id) = 26),
    tool          TEXT NOT NULL CHECK (length(tool) <= 120),
    first_call_at INTEGER NOT NULL CHECK (first_call_at >= 0),
    PRIMARY KEY (tenant_id, key_id, tool)
) STRICT, WITHOUT ROWID;

CREATE INDEX key_tools_new ON key_tools (tenant_id, first_call_at);

INSERT INTO key_tools
SELECT tenant_id, key_id, tool, min(hour) FROM trace_hours
WHERE key_id <> '' AND door IN ('mcp', 'stdio', 'console') GROUP BY tenant_id, key_id, tool;
