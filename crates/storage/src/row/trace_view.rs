use orderdesk_mcp_contract::UtcMillis;

use super::At;
use crate::error::StorageError;
use crate::record::TraceViewRecord;

/// A row of `trace_views`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct TraceViewRow {
    pub tenant_id: String,
    pub actor_id: String,
    pub id: String,
    pub name: String,
    pub query: String,
    pub created_at: i64,
}

impl TryFrom<TraceViewRow> for TraceViewRecord {
    type Error = StorageError;
    fn try_from(row: TraceViewRow) -> Result<Self, StorageError> {
        let at = At {
            table: "trace_views",
            row: &row.id,
        };
        Ok(Self {
            tenant_id: at.parse("tenant_id", &row.tenant_id)?,
            actor_id: at.parse("actor_id", &row.actor_id)?,
            id: at.parse("id", &row.id)?,
            name: row.name,
            query: row.query,
            created_at: UtcMillis(row.created_at),
        })
    }
}
