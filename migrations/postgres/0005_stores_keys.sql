-- Keys that took over from one another and who made them, stores that can be restored, and an index for the dashboard. The same
-- columns and rules as ../sqlite/0005_stores_keys.sql; what 0001 says of ids and times holds here too.

-- The key that took over. Keys are never removed by themselves, so without a foreign key.
ALTER TABLE keys ADD COLUMN replaced_by TEXT COLLATE "C" CHECK (length(replaced_by) = 26);

-- The key or member that made it; NULL for the command line. Without a foreign key, as for invitations.
ALTER TABLE keys ADD COLUMN created_by TEXT COLLATE "C" CHECK (length(created_by) = 26);

-- A deleted store keeps its id, name and sealed key until it is purged, so that it can be restored as it was.
ALTER TABLE stores ADD COLUMN deleted_at BIGINT CHECK (deleted_at >= 0);

CREATE INDEX stores_deleted ON stores (deleted_at) WHERE deleted_at IS NOT NULL;

-- Everything the dashboard adds up of changes, so that it never touches the table.
CREATE INDEX changes_by_time ON changes
    (tenant_id, applying_at, state, store_id, record_kind, record_id, money)
    WHERE applying_at IS NOT NULL;
