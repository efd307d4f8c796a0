-- Exports of recorded calls on a schedule. The same table, columns and rules as ../postgres/0013_schedules.sql; what 0001 says
-- of ids, times and tenant_id holds here too.
--
-- The calls that began before `exported_to` are in files. A bucket is sealed together with its access key; without one, files go
-- to the operator's folder. `next_at` is also a lease: whoever takes a schedule puts it off by longer than an export takes, and
-- says how it went only while it is put off until then. `parts` of the next file were put already: should it have fewer in the
-- end, the rest must not hold calls that stand elsewhere.
CREATE TABLE schedules (
    tenant_id          TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id                 TEXT    NOT NULL CHECK (length(id) = 26),
    name               TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    query              TEXT    NOT NULL CHECK (length(query) <= 1000),
    format             TEXT    NOT NULL CHECK (length(format) BETWEEN 1 AND 40),
    rhythm             TEXT    NOT NULL CHECK (length(rhythm) BETWEEN 1 AND 40),
    sealed_key_version INTEGER CHECK (sealed_key_version BETWEEN 0 AND 4294967295),
    sealed_bucket      BLOB    CHECK ((sealed_bucket IS NULL) = (sealed_key_version IS NULL)),
    is_on              INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    exported_to        INTEGER NOT NULL CHECK (exported_to >= 0),
    next_at            INTEGER NOT NULL CHECK (next_at >= 0),
    last_calls         INTEGER CHECK (last_calls >= 0),
    parts              INTEGER NOT NULL CHECK (parts BETWEEN 0 AND 4294967295),
    fails              INTEGER NOT NULL CHECK (fails BETWEEN 0 AND 4294967295),
    fault              TEXT    CHECK (length(fault) BETWEEN 1 AND 200),
    created_at         INTEGER NOT NULL CHECK (created_at >= 0),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT schedules_name_key UNIQUE (tenant_id, name)
) STRICT;

CREATE INDEX schedules_due ON schedules (next_at) WHERE is_on = 1;
