-- How long recorded calls are kept, where a workspace has chosen it itself. The same table, columns and rules as
-- ../postgres/0007_retention.sql; what 0001 says of times holds here too.
CREATE TABLE trace_retention (
    tenant_id  TEXT    NOT NULL PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    keep_days  INTEGER NOT NULL CHECK (keep_days BETWEEN 1 AND 3650),
    keep_calls INTEGER CHECK (keep_calls >= 1),
    updated_at INTEGER NOT NULL CHECK (updated_at >= 0)
) STRICT, WITHOUT ROWID;
