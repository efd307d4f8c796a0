//! How long recorded calls are kept, and throwing the old ones away.

use std::time::Duration;

use orderdesk_mcp_contract::trace::retention::{GoingCalls, KeptCalls, Retention};
use orderdesk_mcp_contract::{ApiError, Right, TenantId, TraceId, UtcMillis};
use orderdesk_mcp_storage::record::BLOCKS_PURGED_AT_ONCE;
use orderdesk_mcp_storage::row::made_at;
use serde_json::json;

use super::Call;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::stores::DAY_MS;

/// How often blocks are thrown away for one workspace in one turn, at most, so that the rest of the upkeep is not held up.
const TURNS: u32 = 1_000;
/// Most calls that are counted before somebody is asked whether they may go.
const ASKED_ABOUT: u32 = 100_000;
/// Rest in between, in which others write.
const REST: Duration = Duration::from_millis(10);

impl Services {
    /// The recorded calls that the caller's workspace keeps, and for how long.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn kept_calls(&self, caller: &Caller) -> Result<KeptCalls, ApiError> {
        caller.require(Right::Look)?;
        let read = async {
            let tenant = caller.tenant_id();
            let stock = self.storage().trace_stock(tenant).await?;
            let chosen = self.storage().trace_retention(tenant).await?;
            Ok::<_, Failure>(KeptCalls {
                retention: chosen.unwrap_or_default(),
                calls: stock.calls,
                oldest: stock.oldest,
                bytes: stock.calls.saturating_mul(stock.bytes_each),
            })
        };
        read.await.map_err(Failure::answer)
    }

    /// What the caller's workspace would throw away by [`Services::set_retention`] that it keeps now; none when nothing. It is
    /// counted up to 100,000 calls.
    ///
    /// # Errors
    /// As [`Services::set_retention`].
    pub async fn going_calls(
        &self,
        caller: &Caller,
        retention: Retention,
    ) -> Result<Option<GoingCalls>, ApiError> {
        caller.require(Right::Settings)?;
        retention.check()?;
        let tenant = caller.tenant_id();
        let find = async {
            // Nobody is asked about what is refused after that.
            self.long_enough_for_exports(tenant, retention).await?;
            self.find_going(tenant, retention).await
        };
        find.await.map_err(Failure::answer)
    }

    async fn find_going(
        &self,
        tenant: TenantId,
        retention: Retention,
    ) -> Result<Option<GoingCalls>, Failure> {
        let chosen = self.storage().trace_retention(tenant).await?;
        // What is older than this goes anyway.
        let from = self
            .first_to_keep(tenant, chosen.unwrap_or_default())
            .await?;
        let before = self.first_to_keep(tenant, retention).await?;
        let found = self
            .storage()
            .traces_between(tenant, from, before, ASKED_ABOUT + 1)
            .await?;
        let most = u64::from(ASKED_ABOUT);
        Ok(found.ends.map(|(oldest, newest)| GoingCalls {
            calls: found.calls.min(most),
            are_more: found.calls > most,
            from: made_at(oldest),
            until: made_at(newest),
        }))
    }

    /// Sets how long the caller's workspace keeps recorded calls. Older ones are thrown away within a minute or two.
    ///
    /// # Errors
    /// `Forbidden` without the right, `Invalid` out of bounds, `Conflict` at `keep_days` when calls would be gone before a scheduled
    /// export has written them.
    pub async fn set_retention(
        &self,
        caller: &Caller,
        retention: Retention,
    ) -> Result<(), ApiError> {
        let call = self.begin(caller, "set_retention").noting(json!(retention));
        let outcome = self.write_retention(&call, retention).await;
        self.finish(call, outcome).await
    }

    async fn write_retention(&self, call: &Call, retention: Retention) -> Result<(), Failure> {
        call.caller().require(Right::Settings)?;
        retention.check()?;
        let (tenant, now) = (call.tenant(), self.now());
        self.long_enough_for_exports(tenant, retention).await?;
        call.enter().await?;
        self.storage()
            .set_trace_retention(tenant, &retention, now)
            .await?;
        Ok(())
    }

    /// Throws away what every workspace keeps no longer. Done once a minute by itself; no door leads here.
    pub async fn purge_traces(&self) {
        let all = match self.storage().trace_retentions().await {
            Ok(all) => all,
            Err(error) => {
                tracing::warn!(%error, "failed to look for old recorded calls; will try again in a minute");
                return;
            }
        };
        let mut thrown_away = 0;
        for (tenant, chosen) in all {
            // One workspace's trouble is not the others'.
            match self.purge(tenant, chosen.unwrap_or_default()).await {
                Ok(gone) => thrown_away += gone,
                Err(failure) => {
                    let error = failure.answer();
                    tracing::warn!(%error, %tenant, "failed to throw away old recorded calls; will try again in a minute");
                }
            }
        }
        if thrown_away > 0 {
            tracing::info!(
                traces = thrown_away,
                "threw away recorded calls by their age or number"
            );
        }
    }

    /// In small transactions with a rest after every few, so that nobody who writes waits for long.
    async fn purge(&self, tenant: TenantId, retention: Retention) -> Result<u64, Failure> {
        let before = self.first_to_keep(tenant, retention).await?;
        let ending = self.end_of_process();
        let mut thrown_away = 0;
        for _ in 0..TURNS {
            if ending.is_cancelled() {
                break;
            }
            let gone = self
                .storage()
                .purge_traces(tenant, before, BLOCKS_PURGED_AT_ONCE)
                .await?;
            thrown_away += gone;
            if gone == 0 {
                break;
            }
            tokio::time::sleep(REST).await;
        }
        Ok(thrown_away)
    }

    /// When the oldest call ended that a workspace still has; none when it has none. What was chosen does not tell it: it may
    /// have been less before.
    pub(super) async fn kept_from(&self, tenant: TenantId) -> Result<Option<UtcMillis>, Failure> {
        let (first, last) = (
            TraceId::from_parts(0, 0),
            TraceId::from_parts(u64::MAX >> 16, u128::MAX),
        );
        let all = self
            .storage()
            .traces_between(tenant, first, last, 0)
            .await?;
        Ok(all.ends.map(|(oldest, _)| made_at(oldest)))
    }

    /// Calls older than this one are thrown away. Ids are made when calls end, so they sort by that.
    async fn first_to_keep(
        &self,
        tenant: TenantId,
        retention: Retention,
    ) -> Result<TraceId, Failure> {
        let since = self
            .now()
            .plus_millis(-i64::from(retention.keep_days) * DAY_MS);
        let by_age = TraceId::from_parts(u64::try_from(since.0).unwrap_or(0), 0);
        let by_count = match retention.keep_calls {
            Some(calls) => self.storage().oldest_block_to_keep(tenant, calls).await?,
            None => None,
        };
        Ok(by_count.map_or(by_age, |by_count| by_count.max(by_age)))
    }
}
