//! The dashboard: what happened in the last 24 hours.

use std::collections::HashMap;

use orderdesk_mcp_contract::views::dashboard::{Dashboard, FailedCall, HourCount};
use orderdesk_mcp_contract::{Access, ApiError, KeyKind, StoreUid, UtcMillis};
use orderdesk_mcp_storage::record::{Door, TraceFilter};

use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::stores::DAY_MS;

const HOUR_MS: i64 = 3_600_000;
const HOURS: i64 = 24;
/// Failed calls shown.
const LATEST_ERRORS: u32 = 5;

impl Services {
    /// The figures of the caller's workspace. Looking at them is not recorded: a page that refreshes
    /// itself would otherwise be what it mostly shows.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn dashboard(&self, caller: &Caller) -> Result<Dashboard, ApiError> {
        self.read_dashboard(caller).await.map_err(Failure::answer)
    }

    async fn read_dashboard(&self, caller: &Caller) -> Result<Dashboard, Failure> {
        let tenant = caller.tenant_id();
        let as_of = self.now();
        let from = UtcMillis(as_of.0 - DAY_MS);
        let storage = self.storage();
        let totals = storage.call_totals(tenant, from).await?;
        let by_store = self.store_totals_24h(caller).await?;
        let rows = storage.list_stores(tenant).await?;
        let names: HashMap<StoreUid, String> =
            rows.iter().map(|row| (row.id, row.name.clone())).collect();
        let stores = rows
            .iter()
            .map(|row| self.state_of(row, by_store.get(&row.id)));
        let stores = stores.collect::<Result<Vec<_>, Failure>>()?;
        let failed = TraceFilter {
            failed_only: true,
            limit: LATEST_ERRORS,
            ..TraceFilter::default()
        };
        let latest_errors = storage
            .list_traces(tenant, &failed)
            .await?
            .into_iter()
            .filter_map(|trace| {
                Some(FailedCall {
                    trace_id: trace.id,
                    tool: trace.tool,
                    store_name: trace.store_id.and_then(|id| names.get(&id).cloned()),
                    code: trace.error?,
                    started_at: trace.started_at,
                })
            });
        let latest_errors = latest_errors.collect();
        let keys = storage.list_keys(tenant).await?;
        let has_api_key = keys.iter().any(|key| {
            key.kind == KeyKind::Api
                && key.access >= Access::Read
                && key.revoked_at.is_none()
                && key.expires_at.is_none_or(|end| as_of < end)
        });
        Ok(Dashboard {
            as_of,
            calls: totals.calls,
            errors: totals.errors,
            cache_hits: totals.cache_hits,
            cache_lookups: totals.cache_lookups,
            p95_ms: totals
                .p95_us
                .map(|us| u64::try_from(us).unwrap_or_default().div_ceil(1000)),
            hourly: self.hourly(caller, as_of).await?,
            stores,
            latest_errors,
            has_api_key,
            has_mcp_call: storage.has_call(tenant, Door::Mcp).await?
                || storage.has_call(tenant, Door::Stdio).await?,
        })
    }

    /// The last 24 whole or begun hours, the ones without calls too.
    async fn hourly(&self, caller: &Caller, as_of: UtcMillis) -> Result<Vec<HourCount>, Failure> {
        let last = as_of.0 - as_of.0.rem_euclid(HOUR_MS);
        let first = last - (HOURS - 1) * HOUR_MS;
        let totals = self
            .storage()
            .slot_totals(caller.tenant_id(), UtcMillis(first), HOUR_MS)
            .await?;
        let by_start: HashMap<i64, _> = totals
            .into_iter()
            .map(|hour| (hour.starts_at.0, hour))
            .collect();
        let hours = (0..HOURS).map(|hour| {
            let starts_at = first + hour * HOUR_MS;
            let totals = by_start.get(&starts_at);
            let errors = totals.map_or(0, |hour| hour.errors);
            let calls = totals.map_or(0, |hour| hour.calls);
            HourCount {
                starts_at: UtcMillis(starts_at),
                ok: calls.saturating_sub(errors),
                failed: errors,
            }
        });
        Ok(hours.collect())
    }
}
