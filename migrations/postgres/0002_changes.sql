-- Changes: writes to Order Desk, from proposal to undo. The same tables, columns and rules as
-- ../sqlite/0002_changes.sql; what 0001 says of ids, times, sealed bytes and tenant_id holds here too.
--
-- money      ten-thousandths of the store's currency
--
-- Names of states, parts, kinds of records, doors and scopes are not listed in CHECKs, for the reason that
-- 0001 gives. Which state may follow which is the program's to refuse, in the transaction that takes the step.

-- Stores and keys are named without a foreign key: a change outlives them. So are other changes: an undo
-- outlives what it took back.
CREATE TABLE changes (
    tenant_id       TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id              TEXT COLLATE "C" NOT NULL CHECK (length(id) = 26),
    store_id        TEXT COLLATE "C" NOT NULL CHECK (length(store_id) = 26),
    store_name      TEXT NOT NULL CHECK (length(store_name) <= 200),
    record_kind     TEXT COLLATE "C" NOT NULL CHECK (length(record_kind) BETWEEN 1 AND 40),
    record_id       TEXT COLLATE "C" CHECK (length(record_id) BETWEEN 1 AND 120),
    tool            TEXT COLLATE "C" NOT NULL CHECK (length(tool) BETWEEN 1 AND 120),
    summary         TEXT NOT NULL CHECK (length(summary) <= 200),
    state           TEXT COLLATE "C" NOT NULL CHECK (length(state) BETWEEN 1 AND 40),
    key_id          TEXT COLLATE "C" NOT NULL CHECK (length(key_id) = 26),
    door            TEXT COLLATE "C" NOT NULL CHECK (length(door) BETWEEN 1 AND 40),
    client          TEXT CHECK (length(client) <= 120),
    reason          TEXT CHECK (length(reason) <= 500),
    field_count     BIGINT NOT NULL CHECK (field_count BETWEEN 0 AND 4294967295),
    money           BIGINT NOT NULL CHECK (money >= 0),
    plan_hash       TEXT NOT NULL CHECK (length(plan_hash) = 64),
    version_before  TEXT CHECK (length(version_before) BETWEEN 1 AND 200),
    version_after   TEXT CHECK (length(version_after) BETWEEN 1 AND 200),
    created_at      BIGINT NOT NULL CHECK (created_at >= 0),
    updated_at      BIGINT NOT NULL CHECK (updated_at >= 0),
    expires_at      BIGINT CHECK (expires_at >= 0),
    applying_at     BIGINT CHECK (applying_at >= 0),
    decided_by      TEXT COLLATE "C" CHECK (length(decided_by) = 26),
    decision_reason TEXT CHECK (length(decision_reason) <= 500),
    outcome         TEXT CHECK (length(outcome) <= 1000),
    undoes          TEXT COLLATE "C" CHECK (length(undoes) = 26),
    undone_by       TEXT COLLATE "C" CHECK (length(undone_by) = 26),
    PRIMARY KEY (tenant_id, id)
);

-- Lists are newest first, so each filter's index ends with the id.
CREATE INDEX changes_by_state ON changes (tenant_id, state, id);
CREATE INDEX changes_by_store ON changes (tenant_id, store_id, id);
CREATE INDEX changes_by_record ON changes (tenant_id, record_id, id) WHERE record_id IS NOT NULL;
CREATE INDEX changes_by_key ON changes (tenant_id, key_id, id);
CREATE INDEX changes_by_tool ON changes (tenant_id, tool, id);
-- Everything a budget adds up, so that it never touches the table.
CREATE INDEX changes_by_use ON changes
    (tenant_id, key_id, applying_at) INCLUDE (state, money, store_id, record_kind, record_id, id)
    WHERE applying_at IS NOT NULL;
-- What the completer looks for in all workspaces: few rows among many.
CREATE INDEX changes_open ON changes (updated_at, id)
    WHERE state IN ('approved', 'applying', 'applied', 'unknown');
CREATE INDEX changes_proposed ON changes (expires_at, id)
    WHERE state = 'proposed' AND expires_at IS NOT NULL;

-- What is sealed does not get shorter, so compressing it is wasted work.
CREATE TABLE change_images (
    tenant_id          TEXT COLLATE "C" NOT NULL,
    change_id          TEXT COLLATE "C" NOT NULL,
    part               TEXT COLLATE "C" NOT NULL CHECK (length(part) BETWEEN 1 AND 40),
    sealed_key_version BIGINT NOT NULL CHECK (sealed_key_version BETWEEN 0 AND 4294967295),
    sealed             BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, change_id, part),
    FOREIGN KEY (tenant_id, change_id) REFERENCES changes (tenant_id, id) ON DELETE CASCADE
);

ALTER TABLE change_images ALTER COLUMN sealed SET STORAGE EXTERNAL;

CREATE INDEX change_images_by_key_version ON change_images (sealed_key_version);

-- A change's journal. The state is absent for what happened without a step.
CREATE TABLE change_events (
    tenant_id   TEXT COLLATE "C" NOT NULL,
    change_id   TEXT COLLATE "C" NOT NULL,
    position    INTEGER NOT NULL CHECK (position >= 0),
    happened_at BIGINT NOT NULL CHECK (happened_at >= 0),
    state       TEXT COLLATE "C" CHECK (length(state) BETWEEN 1 AND 40),
    text        TEXT NOT NULL CHECK (length(text) <= 500),
    PRIMARY KEY (tenant_id, change_id, position),
    FOREIGN KEY (tenant_id, change_id) REFERENCES changes (tenant_id, id) ON DELETE CASCADE
);

-- The names a change is known by, so that asking again gives the same one. Keyed hashes: neither the
-- caller's key nor what was asked for can be read from them.
CREATE TABLE change_keys (
    tenant_id    TEXT COLLATE "C" NOT NULL,
    hash         TEXT COLLATE "C" NOT NULL CHECK (length(hash) BETWEEN 1 AND 128),
    change_id    TEXT COLLATE "C" NOT NULL,
    request_hash TEXT NOT NULL CHECK (length(request_hash) BETWEEN 1 AND 128),
    expires_at   BIGINT NOT NULL CHECK (expires_at >= 0),
    PRIMARY KEY (tenant_id, hash),
    FOREIGN KEY (tenant_id, change_id) REFERENCES changes (tenant_id, id) ON DELETE CASCADE
);

CREATE INDEX change_keys_by_change ON change_keys (tenant_id, change_id);

-- The right to write one record. A lease that was given back keeps its row, because the fence must never
-- count down: a writer that was held up may still come with an old number.
CREATE TABLE record_leases (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    store_id  TEXT COLLATE "C" NOT NULL CHECK (length(store_id) = 26),
    record    TEXT COLLATE "C" NOT NULL CHECK (length(record) BETWEEN 1 AND 200),
    holder    TEXT CHECK (length(holder) BETWEEN 1 AND 200),
    fence     BIGINT NOT NULL CHECK (fence >= 1),
    until_at  BIGINT CHECK (until_at >= 0),
    PRIMARY KEY (tenant_id, store_id, record),
    CHECK ((holder IS NULL) = (until_at IS NULL))
);

-- So that a policy belongs to a key of its own workspace.
CREATE UNIQUE INDEX keys_of_tenant ON keys (tenant_id, id);

-- JSON in a text: it is read whole and never searched.
CREATE TABLE key_policies (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    key_id     TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL CHECK (updated_at >= 0),
    policy     TEXT NOT NULL CHECK (length(policy) BETWEEN 2 AND 200000),
    PRIMARY KEY (tenant_id, key_id),
    FOREIGN KEY (tenant_id, key_id) REFERENCES keys (tenant_id, id) ON DELETE CASCADE
);

-- The target is the id of a store or key, or the workspace's own: of three tables, so without a foreign key.
CREATE TABLE write_stops (
    tenant_id  TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    scope      TEXT COLLATE "C" NOT NULL CHECK (length(scope) BETWEEN 1 AND 40),
    target     TEXT COLLATE "C" NOT NULL CHECK (length(target) BETWEEN 1 AND 120),
    stopped_at BIGINT NOT NULL CHECK (stopped_at >= 0),
    stopped_by TEXT COLLATE "C" NOT NULL CHECK (length(stopped_by) = 26),
    reason     TEXT CHECK (length(reason) <= 500),
    PRIMARY KEY (tenant_id, scope, target)
);
