//! The dashboard: what needs somebody, what was done, and how the service does.

mod needs;
mod percentiles;

use std::collections::HashMap;

use orderdesk_mcp_contract::views::dashboard::{
    Dashboard, FailedCall, Range, SlotCount, StoreImpact, StoreState,
};
use orderdesk_mcp_contract::{Access, ApiError, KeyKind, StoreUid, UtcMillis};
use orderdesk_mcp_storage::record::{
    Door, DurationCount, KeyRecord, StoreRecord, StoreTotals, TraceFilter, TraceRecord,
};

use self::percentiles::Durations;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;

const HOUR_MS: i64 = 3_600_000;
/// Failed calls shown.
const LATEST_ERRORS: usize = 5;
/// Failed calls looked at for them: what people are refused in the web app is among those.
const LOOKED_AT: u32 = 50;
/// Stores shown.
const STORES: usize = 6;

impl Services {
    /// The figures of the caller's workspace. Looking at them is not recorded: a page that refreshes
    /// itself would otherwise be what it mostly shows.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn dashboard(&self, caller: &Caller, range: Range) -> Result<Dashboard, ApiError> {
        let read = self.read_dashboard(caller, range).await;
        read.map_err(Failure::answer)
    }

    async fn read_dashboard(&self, caller: &Caller, range: Range) -> Result<Dashboard, Failure> {
        let tenant = caller.tenant_id();
        let as_of = self.now();
        let from = as_of.plus_millis(-range.millis());
        // Calls are counted by whole hours, and everything beside them is of the same time.
        let from = UtcMillis(from.0 - from.0.rem_euclid(HOUR_MS));
        let storage = self.storage();
        let totals = storage.call_totals(tenant, from).await?;
        let by_store = self.store_totals_24h(caller).await?;
        let rows = storage.list_stores(tenant).await?;
        let keys = storage.list_keys(tenant).await?;
        let durations = storage
            .call_durations(tenant, from, range.slot_ms())
            .await?;
        let of_all = Durations::of(&durations);
        Ok(Dashboard {
            as_of,
            range,
            from,
            needs: self.needs(caller, &rows, &by_store, &keys).await?,
            impact: self.store_impact(caller, from, &rows).await?,
            calls: totals.calls,
            errors: totals.errors,
            cache_hits: totals.cache_hits,
            cache_lookups: totals.cache_lookups,
            p50_ms: of_all.percentile_ms(50),
            p95_ms: of_all.percentile_ms(95),
            p99_ms: of_all.percentile_ms(99),
            slots: self.slots(caller, from, as_of, range, &durations).await?,
            stores: self.busiest(&rows, &by_store)?,
            stores_in_all: rows.len() as u64,
            latest_errors: self.latest_errors(caller, &rows).await?,
            has_api_key: keys.iter().any(|key| is_for_assistants(key, as_of)),
            has_mcp_call: storage.has_call(tenant, Door::Mcp).await?
                || storage.has_call(tenant, Door::Stdio).await?,
        })
    }

    /// What changes have done since, by store.
    async fn store_impact(
        &self,
        caller: &Caller,
        from: UtcMillis,
        rows: &[StoreRecord],
    ) -> Result<Vec<StoreImpact>, Failure> {
        let mut found = self.storage().impact(caller.tenant_id(), from).await?;
        found.sort_by_key(|impact| std::cmp::Reverse(impact.changes));
        let stores: HashMap<_, _> = rows.iter().map(|row| (row.id, row)).collect();
        let view = |impact: &orderdesk_mcp_storage::record::Impact| {
            let row = stores.get(&impact.store_id);
            let name = row.map_or("A store that was removed", |row| row.name.as_str());
            StoreImpact {
                store_name: name.to_owned(),
                sandbox: row.is_some_and(|row| row.sandbox),
                changes: impact.changes,
                orders: impact.orders,
                money: impact.money,
                undone: impact.undone,
            }
        };
        Ok(found.iter().map(view).collect())
    }

    /// The stores that were called most; of a thousand, the page shows a few.
    fn busiest(
        &self,
        rows: &[StoreRecord],
        by_store: &HashMap<StoreUid, StoreTotals>,
    ) -> Result<Vec<StoreState>, Failure> {
        let mut rows: Vec<_> = rows.iter().collect();
        // The sort keeps the order of names among equals.
        rows.sort_by_key(|row| {
            let calls = by_store.get(&row.id).map_or(0, |totals| totals.calls);
            std::cmp::Reverse(calls)
        });
        let shown = rows.into_iter().take(STORES);
        shown
            .map(|row| self.state_of(row, by_store.get(&row.id)))
            .collect()
    }

    async fn latest_errors(
        &self,
        caller: &Caller,
        rows: &[StoreRecord],
    ) -> Result<Vec<FailedCall>, Failure> {
        let filter = TraceFilter {
            failed_only: true,
            limit: LOOKED_AT,
            ..TraceFilter::default()
        };
        let failed = self
            .storage()
            .list_traces(caller.tenant_id(), &filter)
            .await?;
        let name = |id| rows.iter().find(|row| row.id == id).map(|row| &row.name);
        let view = |trace: TraceRecord| {
            Some(FailedCall {
                trace_id: trace.id,
                tool: trace.tool.into_owned(),
                store_name: trace.store_id.and_then(name).cloned(),
                code: trace.error?,
                started_at: trace.started_at,
            })
        };
        let of_tools = |trace: &TraceRecord| trace.door.is_for_tools();
        let latest = failed.into_iter().filter(of_tools).take(LATEST_ERRORS);
        Ok(latest.filter_map(view).collect())
    }

    /// The slots from the one that the range begins in to the one that it ends in, the ones without calls too. What was
    /// called before the range's first hour is not counted in the first.
    async fn slots(
        &self,
        caller: &Caller,
        from: UtcMillis,
        as_of: UtcMillis,
        range: Range,
        durations: &[DurationCount],
    ) -> Result<Vec<SlotCount>, Failure> {
        let length = range.slot_ms();
        let first = from.0 - from.0.rem_euclid(length);
        let totals = self
            .storage()
            .slot_totals(caller.tenant_id(), from, length)
            .await?;
        let by_start: HashMap<i64, _> = totals
            .into_iter()
            .map(|slot| (slot.starts_at.0, slot))
            .collect();
        let mut by_slot: HashMap<UtcMillis, Durations> = HashMap::new();
        for count in durations {
            by_slot.entry(count.starts_at).or_default().add(count);
        }
        let starts = (0..=range.slots()).map(|slot| first + slot * length);
        let slots = starts.filter(|start| *start <= as_of.0).map(|starts_at| {
            let totals = by_start.get(&starts_at);
            let errors = totals.map_or(0, |slot| slot.errors);
            let calls = totals.map_or(0, |slot| slot.calls);
            let starts_at = UtcMillis(starts_at);
            let durations = by_slot.get(&starts_at);
            SlotCount {
                starts_at,
                ok: calls.saturating_sub(errors),
                failed: errors,
                p95_ms: durations.and_then(|durations| durations.percentile_ms(95)),
            }
        });
        Ok(slots.collect())
    }
}

fn is_for_assistants(key: &KeyRecord, now: UtcMillis) -> bool {
    key.kind == KeyKind::Api
        && key.access >= Access::Read
        && key.revoked_at.is_none()
        && key.expires_at.is_none_or(|end| now < end)
}
