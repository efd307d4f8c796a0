use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::trace::alert::{AlertKind, Delivery};

use super::{At, named};
use crate::error::StorageError;
use crate::record::{AlertEventRecord, AlertRecord};

/// A row of `alerts`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct AlertRow {
    pub tenant_id: String,
    pub id: String,
    pub kind: String,
    pub name: String,
    pub query: String,
    pub threshold: i64,
    pub window_minutes: i64,
    pub zone: Option<String>,
    pub is_on: bool,
    pub sealed_key_version: Option<i64>,
    pub sealed_target: Option<Vec<u8>>,
    pub firing_since: Option<i64>,
    pub looked_at: i64,
    pub created_at: i64,
}

impl TryFrom<AlertRow> for AlertRecord {
    type Error = StorageError;
    fn try_from(row: AlertRow) -> Result<Self, StorageError> {
        let at = At {
            table: "alerts",
            row: &row.id,
        };
        let sealed_target = match (row.sealed_key_version, row.sealed_target) {
            (Some(version), Some(bytes)) => Some(at.sealed(version, bytes)?),
            (None, None) => None,
            _ => return Err(at.corrupt("sealed_target")),
        };
        Ok(Self {
            tenant_id: at.parse("tenant_id", &row.tenant_id)?,
            id: at.parse("id", &row.id)?,
            kind: named(AlertKind::ALL, AlertKind::as_str, &row.kind)
                .ok_or_else(|| at.corrupt("kind"))?,
            name: row.name,
            query: row.query,
            threshold: row
                .threshold
                .try_into()
                .map_err(|_| at.corrupt("threshold"))?,
            window_minutes: row
                .window_minutes
                .try_into()
                .map_err(|_| at.corrupt("window_minutes"))?,
            zone: row.zone,
            is_on: row.is_on,
            sealed_target,
            firing_since: row.firing_since.map(UtcMillis),
            looked_at: UtcMillis(row.looked_at),
            created_at: UtcMillis(row.created_at),
        })
    }
}

/// A row of `alert_events`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct AlertEventRow {
    pub tenant_id: String,
    pub id: String,
    pub alert_id: String,
    pub name: String,
    pub query: String,
    pub calls: i64,
    pub window_minutes: i64,
    pub trace_id: Option<String>,
    pub at: i64,
    pub delivery: String,
    pub attempts: i64,
    pub next_try_at: i64,
    pub fault: Option<String>,
}

impl TryFrom<AlertEventRow> for AlertEventRecord {
    type Error = StorageError;
    fn try_from(row: AlertEventRow) -> Result<Self, StorageError> {
        let at = At {
            table: "alert_events",
            row: &row.id,
        };
        Ok(Self {
            tenant_id: at.parse("tenant_id", &row.tenant_id)?,
            id: at.parse("id", &row.id)?,
            alert_id: at.parse("alert_id", &row.alert_id)?,
            name: row.name,
            query: row.query,
            calls: row.calls.try_into().map_err(|_| at.corrupt("calls"))?,
            window_minutes: row
                .window_minutes
                .try_into()
                .map_err(|_| at.corrupt("window_minutes"))?,
            trace_id: at.parse_opt("trace_id", row.trace_id)?,
            at: UtcMillis(row.at),
            delivery: named(Delivery::ALL, Delivery::as_str, &row.delivery)
                .ok_or_else(|| at.corrupt("delivery"))?,
            attempts: row
                .attempts
                .try_into()
                .map_err(|_| at.corrupt("attempts"))?,
            next_try_at: UtcMillis(row.next_try_at),
            fault: row.fault,
        })
    }
}
