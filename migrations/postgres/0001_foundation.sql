-- The first tables. The same tables, columns and rules as ../sqlite/0001_foundation.sql.
--
-- ids        26 lower-case letters and digits (ULID), so they sort by age
-- *_at       milliseconds since 1970-01-01T00:00:00Z
-- sealed_*   bytes sealed by the vault; sealed_key_version repeats the key version that stands inside
--            them, so that a key rotation finds the rows it still has to seal again
-- tenant_id  in every row that belongs to a workspace. Foreign keys between such rows include it, so a
--            row cannot point into another workspace even if the program is wrong.
--
-- Names of doors, span kinds and errors are not listed in CHECKs: they grow with the program, and
-- SQLite cannot change a CHECK without rewriting the table. The program refuses names it does not know.
-- Keys and names are compared byte by byte (COLLATE "C"), so that both databases sort alike whatever
-- the server's locale, and prefix and range searches use the indexes.

CREATE TABLE tenants (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(id) = 26),
    name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    name_key     TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(name_key) BETWEEN 1 AND 600),
    created_at   BIGINT NOT NULL CHECK (created_at >= 0),
    suspended_at BIGINT CHECK (suspended_at >= 0)
);

CREATE TABLE stores (
    id                 TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(id) = 26),
    tenant_id          TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    store_id           TEXT COLLATE "C" NOT NULL CHECK (length(store_id) BETWEEN 1 AND 200),
    name               TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    name_key           TEXT COLLATE "C" NOT NULL CHECK (length(name_key) BETWEEN 1 AND 600),
    label              TEXT CHECK (length(label) <= 200),
    sandbox            BOOLEAN NOT NULL,
    key_fingerprint    TEXT NOT NULL CHECK (length(key_fingerprint) BETWEEN 1 AND 100),
    created_at         BIGINT NOT NULL CHECK (created_at >= 0),
    updated_at         BIGINT NOT NULL CHECK (updated_at >= 0),
    sealed_key_version BIGINT NOT NULL CHECK (sealed_key_version BETWEEN 0 AND 4294967295),
    sealed_api_key     BYTEA NOT NULL,
    CONSTRAINT stores_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT stores_store_id_key UNIQUE (tenant_id, store_id),
    CONSTRAINT stores_name_key_key UNIQUE (tenant_id, name_key)
);

CREATE INDEX stores_by_key_version ON stores (sealed_key_version);

CREATE TABLE keys (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(id) = 26),
    tenant_id    TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    kind         TEXT NOT NULL CHECK (kind IN ('master', 'api')),
    access       TEXT NOT NULL CHECK (access IN ('read', 'propose', 'write')),
    hash         TEXT NOT NULL CHECK (length(hash) BETWEEN 1 AND 500),
    hint         TEXT NOT NULL CHECK (length(hint) <= 40),
    active_store TEXT COLLATE "C",
    created_at   BIGINT NOT NULL CHECK (created_at >= 0),
    expires_at   BIGINT CHECK (expires_at >= 0),
    last_used_at BIGINT CHECK (last_used_at >= 0),
    revoked_at   BIGINT CHECK (revoked_at >= 0),
    FOREIGN KEY (tenant_id, active_store) REFERENCES stores (tenant_id, id) ON DELETE SET NULL (active_store)
);

CREATE INDEX keys_by_tenant ON keys (tenant_id, created_at, id);
CREATE INDEX keys_by_active_store ON keys (tenant_id, active_store) WHERE active_store IS NOT NULL;

CREATE TABLE sessions (
    id_hash            BYTEA NOT NULL PRIMARY KEY CHECK (octet_length(id_hash) = 32),
    public_id          TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(public_id) = 26),
    tenant_id          TEXT COLLATE "C" REFERENCES tenants (id) ON DELETE CASCADE,
    created_at         BIGINT NOT NULL CHECK (created_at >= 0),
    last_seen_at       BIGINT NOT NULL CHECK (last_seen_at >= 0),
    expires_at         BIGINT NOT NULL CHECK (expires_at >= 0),
    sealed_key_version BIGINT NOT NULL CHECK (sealed_key_version BETWEEN 0 AND 4294967295),
    sealed_data        BYTEA NOT NULL
);

CREATE INDEX sessions_by_tenant ON sessions (tenant_id) WHERE tenant_id IS NOT NULL;
CREATE INDEX sessions_by_end ON sessions (expires_at);
CREATE INDEX sessions_by_key_version ON sessions (sealed_key_version);

-- Recorded calls, by the million. Keys and stores are named without a foreign key: the record of a
-- call outlives them. Payloads are already sealed, so compressing them is wasted work.
CREATE TABLE traces (
    tenant_id          TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id                 TEXT COLLATE "C" NOT NULL CHECK (length(id) = 26),
    key_id             TEXT COLLATE "C" CHECK (length(key_id) = 26),
    door               TEXT COLLATE "C" NOT NULL CHECK (length(door) BETWEEN 1 AND 40),
    client             TEXT CHECK (length(client) <= 120),
    request_id         TEXT CHECK (length(request_id) <= 120),
    traceparent        TEXT CHECK (length(traceparent) <= 120),
    tool               TEXT NOT NULL CHECK (length(tool) <= 120),
    store_id           TEXT COLLATE "C" CHECK (length(store_id) = 26),
    order_id           TEXT CHECK (length(order_id) <= 120),
    error              TEXT CHECK (length(error) BETWEEN 1 AND 40),
    cache_hit          BOOLEAN,
    started_at         BIGINT NOT NULL CHECK (started_at >= 0),
    duration_us        BIGINT NOT NULL CHECK (duration_us >= 0),
    input_bytes        BIGINT NOT NULL CHECK (input_bytes >= 0),
    output_bytes       BIGINT NOT NULL CHECK (output_bytes >= 0),
    sealed_key_version BIGINT CHECK (sealed_key_version BETWEEN 0 AND 4294967295),
    sealed_payload     BYTEA CHECK ((sealed_payload IS NULL) = (sealed_key_version IS NULL)),
    PRIMARY KEY (tenant_id, id)
);

ALTER TABLE traces ALTER COLUMN sealed_payload SET STORAGE EXTERNAL;

-- Everything the totals add up, so that they never touch the table.
CREATE INDEX traces_by_start ON traces (tenant_id, started_at)
    INCLUDE (duration_us, error, cache_hit, store_id);
CREATE INDEX traces_failed ON traces (tenant_id, id) WHERE error IS NOT NULL;
CREATE INDEX traces_by_store ON traces (tenant_id, store_id, id) WHERE store_id IS NOT NULL;

CREATE TABLE trace_spans (
    tenant_id   TEXT COLLATE "C" NOT NULL,
    trace_id    TEXT COLLATE "C" NOT NULL,
    position    INTEGER NOT NULL CHECK (position >= 0),
    kind        TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
    name        TEXT NOT NULL CHECK (length(name) <= 120),
    offset_us   BIGINT NOT NULL CHECK (offset_us >= 0),
    duration_us BIGINT NOT NULL CHECK (duration_us >= 0),
    ok          BOOLEAN NOT NULL,
    attributes  TEXT NOT NULL,
    PRIMARY KEY (tenant_id, trace_id, position),
    FOREIGN KEY (tenant_id, trace_id) REFERENCES traces (tenant_id, id) ON DELETE CASCADE
);

-- Which doors a workspace's calls have come through. Not read from the traces, because those are
-- thrown away after a while and the question is about ever.
CREATE TABLE tenant_doors (
    tenant_id     TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    door          TEXT COLLATE "C" NOT NULL CHECK (length(door) BETWEEN 1 AND 40),
    first_call_at BIGINT NOT NULL CHECK (first_call_at >= 0),
    PRIMARY KEY (tenant_id, door)
);

CREATE TABLE kek_checks (
    version    BIGINT NOT NULL PRIMARY KEY CHECK (version BETWEEN 0 AND 4294967295),
    created_at BIGINT NOT NULL CHECK (created_at >= 0),
    sealed     BYTEA NOT NULL
);

-- Written and emptied again by the readiness check, which must prove that a commit reaches the disk.
CREATE TABLE write_probes (
    id BIGINT NOT NULL PRIMARY KEY
);
