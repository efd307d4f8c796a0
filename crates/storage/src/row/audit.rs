use orderdesk_mcp_contract::{ErrorCode, TenantId, UtcMillis};

use super::{At, named};
use crate::error::StorageError;
use crate::record::{AuditEntry, Door};

/// A row of `audit_entries`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct AuditRow {
    pub tenant_id: String,
    pub seq: i64,
    pub at: i64,
    pub act: String,
    pub actor_id: Option<String>,
    pub door: String,
    pub request_id: Option<String>,
    pub of_seq: Option<i64>,
    pub error: Option<String>,
    pub facts: String,
    pub hash: Vec<u8>,
}

impl TryFrom<AuditRow> for AuditEntry {
    type Error = StorageError;
    fn try_from(row: AuditRow) -> Result<Self, StorageError> {
        let place = format!("{} {}", row.tenant_id, row.seq);
        let at = At {
            table: "audit_entries",
            row: &place,
        };
        let error = row.error.as_deref().map(|name| {
            named(ErrorCode::ALL, ErrorCode::as_str, name).ok_or_else(|| at.corrupt("error"))
        });
        Ok(Self {
            tenant_id: at.parse("tenant_id", &row.tenant_id)?,
            seq: row.seq.unsigned_abs(),
            at: UtcMillis(row.at),
            actor_id: at.parse_opt("actor_id", row.actor_id)?,
            door: named(Door::ALL, Door::as_str, &row.door).ok_or_else(|| at.corrupt("door"))?,
            error: error.transpose()?,
            act: row.act,
            request_id: row.request_id,
            of_seq: row.of_seq.map(i64::unsigned_abs),
            facts: row.facts,
            hash: row.hash.try_into().map_err(|_| at.corrupt("hash"))?,
        })
    }
}

/// A row of `audit_ends`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct AuditEndRow {
    pub tenant_id: String,
    pub sealed_key_version: i64,
    pub sealed_end: Vec<u8>,
}

impl TryFrom<AuditEndRow> for crate::record::AuditEnd {
    type Error = StorageError;
    fn try_from(row: AuditEndRow) -> Result<Self, StorageError> {
        let at = At {
            table: "audit_ends",
            row: &row.tenant_id,
        };
        at.sealed(row.sealed_key_version, row.sealed_end)
    }
}

/// A workspace's id, as a column holds it.
///
/// # Errors
/// `Corrupt` when it is none.
pub fn tenant_id_of(id: &str) -> Result<TenantId, StorageError> {
    let at = At {
        table: "tenants",
        row: id,
    };
    at.parse("id", id)
}
