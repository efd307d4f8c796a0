//! What each kind of alert looks for. Each asks what the list of calls asks, by the same indexes and within the same bounds.

use std::collections::{BTreeMap, BTreeSet};

use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::alert::AlertKind;
use orderdesk_mcp_contract::trace::query::{ChangeTest, Status};
use orderdesk_mcp_contract::{ErrorCode, KeyId, TenantId, TraceId, UtcMillis};
use orderdesk_mcp_storage::record::{
    AlertRecord, Door, Sieve, TRACE_PAGE_MAX, TraceRecord, TraceSearch,
};

use crate::error::Failure;
use crate::services::Services;
use crate::stores::DAY_MS;
use crate::traces::{Names, outcomes_of, search_of};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// When a night begins and ends, in hours of UTC.
const NIGHT: (i64, i64) = (22, 6);
/// Most calls that are read for one look at a ready-made alert.
const READ: u32 = 1000;
/// Most pairs of a key and a tool that are looked at.
const PAIRS: usize = 50;
/// How many times as many calls as usual are a burst.
const BURST: u64 = 5;
/// Over how many days the usual is looked at.
const USUAL_DAYS: i64 = 7;

/// What was found.
pub(super) struct Found {
    /// How many calls there are, as far as they were counted.
    pub(super) calls: u32,
    /// One of them.
    pub(super) example: Option<TraceId>,
    /// The query that asks for them.
    pub(super) query: String,
}

impl Services {
    /// Whether there is now what an alert looks for.
    pub(super) async fn find_for(
        &self,
        alert: &AlertRecord,
        names: &Names,
        now: UtcMillis,
    ) -> Result<Option<Found>, Failure> {
        let from = now.plus_millis(-i64::from(alert.window_minutes) * MINUTE_MS);
        match alert.kind {
            AlertKind::Query => self.find_query(alert, names, from, now).await,
            AlertKind::ErrorStreak => self.find_streak(alert, from).await,
            AlertKind::NightWrite => self.find_night_write(alert, now).await,
            AlertKind::NewTool => self.find_new_tool(alert, from, now).await,
            AlertKind::Burst => self.find_burst(alert, from, now).await,
        }
    }

    /// Costs as many pages of the list as the threshold has calls.
    async fn find_query(
        &self,
        alert: &AlertRecord,
        names: &Names,
        from: UtcMillis,
        now: UtcMillis,
    ) -> Result<Option<Found>, Failure> {
        // Of a store or key that is gone there are no new calls.
        let Ok(query) = TraceQuery::parse(&alert.query) else {
            return Ok(None);
        };
        let Ok(mut search) = search_of(&query, names, now) else {
            return Ok(None);
        };
        search.from = search.from.max(from);
        let calls = self
            .newest(alert.tenant_id, &search, alert.threshold)
            .await?;
        Ok(enough(alert, &calls, alert.query.clone()))
    }

    /// Costs five pages of failed calls at most, and one more for each key that has enough of them.
    async fn find_streak(
        &self,
        alert: &AlertRecord,
        from: UtcMillis,
    ) -> Result<Option<Found>, Failure> {
        let failed = TraceSearch {
            outcomes: Some(outcomes_of(Status::Failed)),
            ..of_tools(from)
        };
        let failed = self.newest(alert.tenant_id, &failed, READ).await?;
        let mut by_key: BTreeMap<KeyId, u32> = BTreeMap::new();
        for key in failed.iter().filter_map(|call| call.key_id) {
            *by_key.entry(key).or_default() += 1;
        }
        by_key.retain(|_, failed| *failed >= alert.threshold);
        for key in by_key.into_keys().take(PAIRS) {
            let of_key = TraceSearch {
                keys: only(key),
                ..of_tools(from)
            };
            let calls = self
                .newest(alert.tenant_id, &of_key, alert.threshold)
                .await?;
            let has_failed = |call: &TraceRecord| {
                call.error
                    .is_some_and(|error| error != ErrorCode::Cancelled)
            };
            if calls.iter().all(has_failed)
                && let Some(found) = enough(alert, &calls, format!("key:{key} status:error"))
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Costs one page of calls that changed something.
    async fn find_night_write(
        &self,
        alert: &AlertRecord,
        now: UtcMillis,
    ) -> Result<Option<Found>, Failure> {
        let Some(from) = night_of(now) else {
            return Ok(None);
        };
        let search = TraceSearch {
            change: Some(ChangeTest::Any),
            ..of_tools(from)
        };
        let calls = self
            .newest(alert.tenant_id, &search, alert.threshold)
            .await?;
        Ok(enough(alert, &calls, "change:yes".to_owned()))
    }

    /// Costs five pages of calls at most, and one or two more for each pair of a key and a tool among them.
    async fn find_new_tool(
        &self,
        alert: &AlertRecord,
        from: UtcMillis,
        now: UtcMillis,
    ) -> Result<Option<Found>, Failure> {
        let tenant = alert.tenant_id;
        let calls = self.newest(tenant, &of_tools(from), READ).await?;
        let pairs: BTreeSet<_> = calls
            .iter()
            .filter_map(|call| Some((call.key_id?, &call.tool)))
            .collect();
        for (key, tool) in pairs.into_iter().take(PAIRS) {
            let earlier = |until| TraceSearch {
                keys: only(key),
                until,
                ..of_tools(UtcMillis(0))
            };
            let of_tool = TraceSearch {
                tools: only(tool.clone()),
                ..earlier(from)
            };
            if self.may_have_called(tenant, &of_tool).await?
                || !self
                    .has_called(tenant, &earlier(now.plus_millis(-DAY_MS)))
                    .await?
            {
                continue;
            }
            let is_one = |call: &&TraceRecord| call.key_id == Some(key) && call.tool == *tool;
            let new: Vec<_> = calls.iter().filter(is_one).cloned().collect();
            let query = format!("key:{key} tool:{tool}");
            if let Some(found) = enough(alert, &new, query) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Costs a count of the newest calls, and in a burst one of the sums of eight days of hours.
    async fn find_burst(
        &self,
        alert: &AlertRecord,
        from: UtcMillis,
        now: UtcMillis,
    ) -> Result<Option<Found>, Failure> {
        let search = of_tools(from);
        let counted = self
            .storage()
            .count_traces(alert.tenant_id, &search, HOUR_MS)
            .await?;
        let calls: u64 = counted.slots.iter().map(|slot| slot.calls).sum();
        if calls < u64::from(alert.threshold) {
            return Ok(None);
        }
        let this_hour = now.0 - now.0.rem_euclid(HOUR_MS);
        let since = UtcMillis(this_hour - (USUAL_DAYS + 1) * DAY_MS);
        let hours = self
            .storage()
            .slot_totals(alert.tenant_id, since, HOUR_MS)
            .await?;
        let first = this_hour - USUAL_DAYS * DAY_MS;
        // Of a workspace that is newer nobody knows what is usual.
        if hours.first().is_none_or(|hour| hour.starts_at.0 > first) {
            return Ok(None);
        }
        let same_hour = hours.iter().filter(|hour| {
            let at = hour.starts_at.0;
            (first..this_hour).contains(&at) && (this_hour - at) % DAY_MS == 0
        });
        let usual: u64 = same_hour.map(|hour| hour.calls).sum();
        // The calls of a window against those of seven hours, without fractions.
        let hours_of_usual = 60 * USUAL_DAYS.unsigned_abs();
        if calls * hours_of_usual <= BURST * usual * u64::from(alert.window_minutes) {
            return Ok(None);
        }
        let newest = self.newest(alert.tenant_id, &search, 1).await?;
        Ok(Some(Found {
            calls: u32::try_from(calls).unwrap_or(u32::MAX),
            example: newest.first().map(|call| call.id),
            query: "door:mcp door:stdio door:console".to_owned(),
        }))
    }

    /// At most `most` of the newest calls that pass a search.
    async fn newest(
        &self,
        tenant: TenantId,
        search: &TraceSearch,
        most: u32,
    ) -> Result<Vec<TraceRecord>, Failure> {
        let mut found: Vec<TraceRecord> = Vec::new();
        let mut before = None;
        for _ in 0..=most.div_ceil(TRACE_PAGE_MAX) {
            let there = u32::try_from(found.len()).unwrap_or(u32::MAX);
            let left = most.saturating_sub(there).min(TRACE_PAGE_MAX);
            if left == 0 {
                break;
            }
            let page = self
                .storage()
                .search_traces(tenant, search, before, left)
                .await?;
            found.extend(page.rows);
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// Whether there is a call that passes, among as many as are looked at.
    async fn has_called(&self, tenant: TenantId, search: &TraceSearch) -> Result<bool, Failure> {
        let page = self
            .storage()
            .search_traces(tenant, search, None, 1)
            .await?;
        Ok(!page.rows.is_empty())
    }

    /// Whether there may be one: where not all were looked at, it is not known that there is none.
    async fn may_have_called(
        &self,
        tenant: TenantId,
        search: &TraceSearch,
    ) -> Result<bool, Failure> {
        let page = self
            .storage()
            .search_traces(tenant, search, None, 1)
            .await?;
        Ok(!page.rows.is_empty() || page.next.is_some())
    }
}

/// Calls of tools from a moment on.
fn of_tools(from: UtcMillis) -> TraceSearch {
    let doors = Door::ALL.into_iter().filter(|door| door.is_for_tools());
    TraceSearch {
        doors: Some(doors.collect()),
        from,
        ..TraceSearch::default()
    }
}

fn only<T>(value: T) -> Sieve<T> {
    Sieve {
        only: Some(vec![value]),
        never: Vec::new(),
    }
}

/// What was found, if it is as much as the alert waits for.
fn enough(alert: &AlertRecord, calls: &[TraceRecord], query: String) -> Option<Found> {
    let count = u32::try_from(calls.len()).unwrap_or(u32::MAX);
    (count >= alert.threshold).then(|| Found {
        calls: count,
        example: calls.first().map(|call| call.id),
        query,
    })
}

/// When the night began that a moment is in; none by day.
fn night_of(now: UtcMillis) -> Option<UtcMillis> {
    let (begins, ends) = NIGHT;
    let today = now.0 - now.0.rem_euclid(DAY_MS);
    let hour = (now.0 - today) / HOUR_MS;
    if hour >= begins {
        Some(UtcMillis(today + begins * HOUR_MS))
    } else if hour < ends {
        Some(UtcMillis(today - DAY_MS + begins * HOUR_MS))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_is_from_ten_to_six() {
        let at = |day: i64, hour: i64| UtcMillis(day * DAY_MS + hour * HOUR_MS);
        for (moment, expected) in [
            (at(5, 22), Some(at(5, 22))),
            (at(5, 23), Some(at(5, 22))),
            (at(6, 0), Some(at(5, 22))),
            (at(6, 5), Some(at(5, 22))),
            (at(6, 6), None),
            (at(6, 21), None),
        ] {
            assert_eq!(night_of(moment), expected);
        }
    }
}
