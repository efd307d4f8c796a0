-- The queries of recorded calls that a person keeps under names of their own. The same table, columns and rules as
-- ../postgres/0010_views.sql; what 0001 says of ids, times and tenant_id holds here too.
--
-- The actor is whoever is signed in, named without a foreign key as in the traces; nobody else sees their views.
CREATE TABLE trace_views (
    tenant_id  TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    actor_id   TEXT    NOT NULL CHECK (length(actor_id) = 26),
    id         TEXT    NOT NULL CHECK (length(id) = 26),
    name       TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    query      TEXT    NOT NULL CHECK (length(query) BETWEEN 1 AND 1000),
    created_at INTEGER NOT NULL CHECK (created_at >= 0),
    PRIMARY KEY (tenant_id, actor_id, id),
    CONSTRAINT trace_views_name_key UNIQUE (tenant_id, actor_id, name)
) STRICT;
