-- The audit log: who did what to whom and to which settings, one chain of entries for each workspace. The same tables,
-- columns and rules as ../postgres/0009_audit.sql; what 0001 says of ids and times holds here too.
--
-- hash       SHA-256 over the entry before it and every other column of this one
-- of_seq     the entry of an act that did not come to its end: this one says so, and `error` why
-- facts      JSON: ids and what was set, with the same hidden as in recorded calls
CREATE TABLE audit_entries (
    tenant_id  TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    seq        INTEGER NOT NULL CHECK (seq >= 1),
    at         INTEGER NOT NULL CHECK (at >= 0),
    act        TEXT    NOT NULL CHECK (length(act) BETWEEN 1 AND 40),
    actor_id   TEXT    CHECK (length(actor_id) = 26),
    door       TEXT    NOT NULL CHECK (length(door) BETWEEN 1 AND 40),
    request_id TEXT    CHECK (length(request_id) <= 120),
    of_seq     INTEGER CHECK (of_seq BETWEEN 1 AND seq - 1),
    error      TEXT    CHECK (length(error) BETWEEN 1 AND 40),
    facts      TEXT    NOT NULL CHECK (length(facts) BETWEEN 2 AND 65536),
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (tenant_id, seq)
) STRICT, WITHOUT ROWID;

-- The newest entry of each chain, sealed: whoever can write into the database and has no key cannot make up another end.
CREATE TABLE audit_ends (
    tenant_id          TEXT    NOT NULL PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    sealed_key_version INTEGER NOT NULL CHECK (sealed_key_version BETWEEN 0 AND 4294967295),
    sealed_end         BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_ends_by_key_version ON audit_ends (sealed_key_version);

-- Entries are added and never changed; they go with their workspace and in no other way.
CREATE TRIGGER audit_entries_stay AFTER UPDATE ON audit_entries BEGIN
    SELECT RAISE(ABORT, 'entries of the audit log are never changed');
END;
CREATE TRIGGER audit_entries_are_kept AFTER DELETE ON audit_entries
WHEN EXISTS (SELECT 1 FROM tenants WHERE id = OLD.tenant_id) BEGIN
    SELECT RAISE(ABORT, 'entries of the audit log go with their workspace only');
END;
