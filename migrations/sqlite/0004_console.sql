-- The console: what a person called in it, and the calls they saved. The same table, columns and rules as
-- ../postgres/0004_console.sql; what 0001 says of ids, times, sealed bytes and tenant_id holds here too.
--
-- A call with a name is a saved one; it has no outcome of its own. The actor is whoever is signed in, named without a
-- foreign key as in the traces. At most one call of a person keeps its answer: the last one that was sent by a form
-- without script, for the page that follows it.
CREATE TABLE console_calls (
    tenant_id          TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    actor_id           TEXT    NOT NULL CHECK (length(actor_id) = 26),
    id                 TEXT    NOT NULL CHECK (length(id) = 26),
    tool               TEXT    NOT NULL CHECK (length(tool) BETWEEN 1 AND 120),
    name               TEXT    CHECK (length(name) BETWEEN 1 AND 80),
    outcome            TEXT    CHECK (length(outcome) BETWEEN 1 AND 40),
    duration_us        INTEGER CHECK (duration_us >= 0),
    created_at         INTEGER NOT NULL CHECK (created_at >= 0),
    sealed_key_version INTEGER NOT NULL CHECK (sealed_key_version BETWEEN 0 AND 4294967295),
    answer_key_version INTEGER CHECK (answer_key_version BETWEEN 0 AND 4294967295),
    sealed_arguments   BLOB    NOT NULL,
    sealed_answer      BLOB    CHECK ((sealed_answer IS NULL) = (answer_key_version IS NULL)),
    PRIMARY KEY (tenant_id, actor_id, id),
    CHECK ((outcome IS NULL) = (name IS NOT NULL)),
    CHECK ((outcome IS NULL) = (duration_us IS NULL))
) STRICT;

CREATE INDEX console_calls_by_key_version ON console_calls (sealed_key_version);
CREATE INDEX console_calls_answered ON console_calls (tenant_id, actor_id, answer_key_version)
    WHERE answer_key_version IS NOT NULL;
