-- The audit log: who did what to whom and to which settings, one chain of entries for each workspace. The same tables,
-- columns and rules as ../sqlite/0009_audit.sql; what 0001 says of ids and times holds here too.
--
-- hash       SHA-256 over the entry before it and every other column of this one
-- of_seq     the entry of an act that did not come to its end: this one says so, and `error` why
-- facts      JSON: ids and what was set, with the same hidden as in recorded calls
CREATE TABLE audit_entries (
    tenant_id  TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    seq        BIGINT NOT NULL CHECK (seq >= 1),
    at         BIGINT NOT NULL CHECK (at >= 0),
    act        TEXT   NOT NULL CHECK (length(act) BETWEEN 1 AND 40),
    actor_id   TEXT COLLATE "C" CHECK (length(actor_id) = 26),
    door       TEXT   NOT NULL CHECK (length(door) BETWEEN 1 AND 40),
    request_id TEXT   CHECK (length(request_id) <= 120),
    of_seq     BIGINT CHECK (of_seq BETWEEN 1 AND seq - 1),
    error      TEXT   CHECK (length(error) BETWEEN 1 AND 40),
    facts      TEXT   NOT NULL CHECK (length(facts) BETWEEN 2 AND 65536),
    hash       BYTEA  NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (tenant_id, seq)
);

-- The newest entry of each chain, sealed: whoever can write into the database and has no key cannot make up another end.
CREATE TABLE audit_ends (
    tenant_id          TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    sealed_key_version BIGINT NOT NULL CHECK (sealed_key_version BETWEEN 0 AND 4294967295),
    sealed_end         BYTEA  NOT NULL
);

CREATE INDEX audit_ends_by_key_version ON audit_ends (sealed_key_version);

-- Entries are added and never changed; they go with their workspace and in no other way.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of the audit log are added, never changed, and go with their workspace only';
END;
$$;
CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE FUNCTION refuse_audit_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM tenants WHERE id = OLD.tenant_id) THEN
        RAISE EXCEPTION 'entries of the audit log go with their workspace only';
    END IF;
    RETURN OLD;
END;
$$;
CREATE TRIGGER audit_entries_are_kept BEFORE DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_removal();
CREATE TRIGGER audit_entries_are_not_emptied BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
