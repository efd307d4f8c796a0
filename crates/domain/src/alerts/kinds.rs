//! What each kind of alert looks for. Each asks what the list of calls asks, by the same indexes and within the same bounds.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::alert::AlertKind;
use orderdesk_mcp_contract::trace::query::{ChangeTest, Status, Term, Test, When};
use orderdesk_mcp_contract::{ApiError, ErrorCode, KeyId, TraceId, UtcMillis};
use orderdesk_mcp_storage::record::{
    AlertRecord, Door, Sieve, TRACE_PAGE_MAX, TraceRecord, TraceSearch,
};

use crate::error::Failure;
use crate::services::Services;
use crate::stores::DAY_MS;
use crate::traces::{Names, outcomes_of, search_of};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// When a night begins and ends, in hours of its time zone.
const NIGHT: (i8, i8) = (22, 6);
/// Most failed calls that are read at once to find the keys that fail.
const READ: u32 = 1000;
/// Most keys that are looked at for a streak.
const KEYS: usize = 50;
/// Most first calls that are told of in one look.
const FIRST_CALLS: u32 = 200;
/// How many pages of the list are read for rare calls, beyond those that the calls fill: each looks at 10,000 calls.
const PAGES_MORE: usize = 5;
/// How long a call of a tool takes at most: longer than any door lets it.
const LONGEST_CALL_MS: i64 = MINUTE_MS;
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

/// What a look shows.
pub(super) enum Looked {
    /// What an alert waits for is there: once, or of several keys once each.
    Found(Vec<Found>),
    /// It is not there.
    Quiet,
    /// Not enough was looked at to know, or it cannot be asked.
    Unknown,
}

/// The newest calls that pass a search.
struct Newest {
    calls: Vec<TraceRecord>,
    /// Whether there are no others.
    are_all: bool,
}

impl Services {
    /// Whether there is now what an alert looks for.
    pub(super) async fn find_for(
        &self,
        alert: &AlertRecord,
        names: &Names,
        now: UtcMillis,
    ) -> Result<Looked, Failure> {
        let from = now.plus_millis(-i64::from(alert.window_minutes) * MINUTE_MS);
        let found = match alert.kind {
            AlertKind::Query => return self.find_query(alert, names, from, now).await,
            AlertKind::ErrorStreak => self.find_streaks(alert, from).await?,
            AlertKind::NightWrite => self.find_night_write(alert, now).await?,
            AlertKind::NewTool => self.find_new_tools(alert, from, now).await?,
            AlertKind::Burst => self.find_burst(alert, from, now).await?,
        };
        Ok(if found.is_empty() {
            Looked::Quiet
        } else {
            Looked::Found(found)
        })
    }

    /// Costs as many pages of the list as the threshold has calls, and some more for rare ones.
    async fn find_query(
        &self,
        alert: &AlertRecord,
        names: &Names,
        from: UtcMillis,
        now: UtcMillis,
    ) -> Result<Looked, Failure> {
        // The page says why.
        let Ok(search) = search_for(&alert.query, names, now) else {
            return Ok(Looked::Unknown);
        };
        let newest = self.newest(alert, search, from, alert.threshold).await?;
        Ok(match enough(alert, &newest.calls, alert.query.clone()) {
            Some(found) => Looked::Found(vec![found]),
            None if newest.are_all => Looked::Quiet,
            None => Looked::Unknown,
        })
    }

    /// Costs some pages of failed calls, and one more for each key that has enough of them.
    async fn find_streaks(
        &self,
        alert: &AlertRecord,
        from: UtcMillis,
    ) -> Result<Vec<Found>, Failure> {
        let mut streaks = Vec::new();
        for key in self.failing_keys(alert, from).await?.into_iter().take(KEYS) {
            let of_key = TraceSearch {
                keys: Sieve::only([key]),
                ..of_tools()
            };
            let newest = self.newest(alert, of_key, from, alert.threshold).await?;
            let has_failed = |call: &TraceRecord| {
                call.error
                    .is_some_and(|error| error != ErrorCode::Cancelled)
            };
            if newest.calls.iter().all(has_failed) {
                let query = format!("key:{key} status:error");
                streaks.extend(enough(alert, &newest.calls, query));
            }
        }
        Ok(streaks)
    }

    /// The keys with as many failed calls as the alert waits for. One that fails much hides no other: once it is known, the
    /// search goes on without it.
    async fn failing_keys(
        &self,
        alert: &AlertRecord,
        from: UtcMillis,
    ) -> Result<Vec<KeyId>, Failure> {
        let mut failing: Vec<KeyId> = Vec::new();
        loop {
            let failed = TraceSearch {
                outcomes: Some(outcomes_of(Status::Failed)),
                keys: Sieve {
                    only: None,
                    never: failing.clone(),
                },
                ..of_tools()
            };
            let newest = self.newest(alert, failed, from, READ).await?;
            let mut by_key: BTreeMap<KeyId, u32> = BTreeMap::new();
            for key in newest.calls.iter().filter_map(|call| call.key_id) {
                *by_key.entry(key).or_default() += 1;
            }
            by_key.retain(|_, failed| *failed >= alert.threshold);
            let is_end = newest.are_all || by_key.is_empty();
            failing.extend(by_key.into_keys());
            if is_end || failing.len() >= KEYS {
                return Ok(failing);
            }
        }
    }

    /// Costs one page of calls that changed something.
    async fn find_night_write(
        &self,
        alert: &AlertRecord,
        now: UtcMillis,
    ) -> Result<Vec<Found>, Failure> {
        let Some(from) = night_of(now, alert.zone.as_deref()) else {
            return Ok(Vec::new());
        };
        let search = TraceSearch {
            change: Some(ChangeTest::Any),
            ..of_tools()
        };
        let newest = self.newest(alert, search, from, alert.threshold).await?;
        // Of each night anew.
        let since = Term::only(Test::Since(When::at(from)));
        let change = Term::only(Test::Change(ChangeTest::Any));
        let query = TraceQuery::default().with(change).with(since);
        let found = enough(alert, &newest.calls, query.to_string());
        Ok(found.into_iter().collect())
    }

    /// Costs one search of first calls, and a page of calls for each.
    async fn find_new_tools(
        &self,
        alert: &AlertRecord,
        from: UtcMillis,
        now: UtcMillis,
    ) -> Result<Vec<Found>, Failure> {
        let known_before = now.plus_millis(-DAY_MS);
        let new = self
            .storage()
            .first_calls(alert.tenant_id, from, known_before, FIRST_CALLS);
        let mut found = Vec::new();
        for first in new.await? {
            let query = format!("key:{} tool:{}", first.key_id, first.tool);
            let search = TraceSearch {
                keys: Sieve::only([first.key_id]),
                tools: Sieve::only([first.tool]),
                ..of_tools()
            };
            let newest = self.newest(alert, search, from, TRACE_PAGE_MAX).await?;
            found.extend(enough(alert, &newest.calls, query));
        }
        Ok(found)
    }

    /// Costs a count of the newest calls, and in a burst one of the sums of eight days of hours.
    async fn find_burst(
        &self,
        alert: &AlertRecord,
        from: UtcMillis,
        now: UtcMillis,
    ) -> Result<Vec<Found>, Failure> {
        let search = TraceSearch { from, ..of_tools() };
        let newest = self.storage().newest_traces(alert.tenant_id, &search);
        let newest = newest.await?;
        if newest.is_damaged {
            return Err(Failure::damaged_calls());
        }
        let passing = newest.calls.iter().filter(|call| search.passes(call));
        let counted = u64::try_from(passing.count()).unwrap_or(u64::MAX);
        if counted < u64::from(alert.threshold) {
            return Ok(Vec::new());
        }
        let this_hour = now.0 - now.0.rem_euclid(HOUR_MS);
        let since = UtcMillis(this_hour - (USUAL_DAYS + 1) * DAY_MS);
        let hours = self
            .storage()
            .slot_totals(alert.tenant_id, since, HOUR_MS)
            .await?;
        let first = this_hour - USUAL_DAYS * DAY_MS;
        // Of a workspace that has called for less than that nobody knows what is usual.
        let first_call =
            self.storage()
                .first_calls(alert.tenant_id, UtcMillis(0), UtcMillis(i64::MAX), 1);
        let first_call = first_call.await?;
        if first_call.first().is_none_or(|call| call.at.0 > first) {
            return Ok(Vec::new());
        }
        // The count of calls ends somewhere; the sum of an hour that lies in the window does not.
        let in_window = hours.iter().filter(|hour| hour.starts_at >= from);
        let calls = counted.max(in_window.map(|hour| hour.calls).sum());
        let usual_at = |this_hour: i64| -> u64 {
            let same_hour = hours.iter().filter(|hour| {
                let at = hour.starts_at.0;
                (this_hour - USUAL_DAYS * DAY_MS..this_hour).contains(&at)
                    && (this_hour - at) % DAY_MS == 0
            });
            same_hour.map(|hour| hour.calls).sum()
        };
        let mut usual = usual_at(this_hour);
        if from.0 < this_hour {
            // As busy as the hour that has just ended may be usual still.
            usual = usual.max(usual_at(this_hour - HOUR_MS));
        }
        // The calls of a window against those of seven hours, without fractions.
        let hours_of_usual = 60 * USUAL_DAYS.unsigned_abs();
        if calls * hours_of_usual <= BURST * usual * u64::from(alert.window_minutes) {
            return Ok(Vec::new());
        }
        let newest = self.newest(alert, search, from, 1).await?;
        Ok(vec![Found {
            calls: u32::try_from(calls).unwrap_or(u32::MAX),
            example: newest.calls.first().map(|call| call.id),
            query: "door:mcp door:stdio door:console".to_owned(),
        }])
    }

    /// At most `most` of the newest calls that pass a search and ended at `from` or later.
    async fn newest(
        &self,
        alert: &AlertRecord,
        mut search: TraceSearch,
        from: UtcMillis,
        most: u32,
    ) -> Result<Newest, Failure> {
        // Calls are kept by when they began, and told of when they ended.
        search.from = search.from.max(from.plus_millis(-LONGEST_CALL_MS));
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut calls: Vec<TraceRecord> = Vec::new();
        let mut before = None;
        for _ in 0..most.div_ceil(TRACE_PAGE_MAX as usize) + PAGES_MORE {
            let page = self
                .storage()
                .search_traces(alert.tenant_id, &search, before, TRACE_PAGE_MAX)
                .await?;
            if page.is_damaged {
                return Err(Failure::damaged_calls());
            }
            let ended = |call: &TraceRecord| call.started_at.plus_millis(call.duration_us / 1000);
            calls.extend(page.rows.into_iter().filter(|call| ended(call) >= from));
            before = page.next;
            if calls.len() >= most || before.is_none() {
                break;
            }
        }
        let are_all = before.is_none() && calls.len() <= most;
        calls.truncate(most);
        Ok(Newest { calls, are_all })
    }
}

/// What the database is asked for by an alert's query.
///
/// # Errors
/// `Invalid` when it cannot be asked, or is about a time that is over.
pub(super) fn search_for(
    query: &str,
    names: &Names,
    now: UtcMillis,
) -> Result<TraceSearch, ApiError> {
    let query = TraceQuery::parse(query);
    let query = query.map_err(|fault| ApiError::invalid("query", fault.message))?;
    let search = search_of(&query, names, now)?;
    if search.until <= now {
        let text = "The time that its query asks for is over.";
        return Err(ApiError::invalid("query", text));
    }
    Ok(search)
}

/// Calls of tools.
fn of_tools() -> TraceSearch {
    let doors = Door::ALL.into_iter().filter(|door| door.is_for_tools());
    TraceSearch {
        doors: Some(doors.collect()),
        ..TraceSearch::default()
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

/// When the night began that a moment is in; none by day. A zone that is not known any more is UTC.
fn night_of(now: UtcMillis, zone: Option<&str>) -> Option<UtcMillis> {
    let zone = zone.and_then(|name| TimeZone::get(name).ok());
    let zone = zone.unwrap_or(TimeZone::UTC);
    let now = Timestamp::from_millisecond(now.0).ok()?;
    let now = now.to_zoned_datetime(zone.clone());
    let (begins, ends) = NIGHT;
    let evening = if now.hour() >= begins {
        now.date()
    } else if now.hour() < ends {
        now.date().yesterday().ok()?
    } else {
        return None;
    };
    let began = evening.at(begins, 0, 0, 0).to_zoned_datetime(zone).ok()?;
    Some(UtcMillis(began.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_is_from_ten_to_six() {
        let at = |text: &str| {
            let moment: Timestamp = text.parse().unwrap();
            UtcMillis(moment.as_millisecond())
        };
        for (moment, zone, expected) in [
            ("2026-11-05T22:00:00Z", None, Some("2026-11-05T22:00:00Z")),
            ("2026-11-05T23:59:59Z", None, Some("2026-11-05T22:00:00Z")),
            ("2026-11-06T00:00:00Z", None, Some("2026-11-05T22:00:00Z")),
            ("2026-11-06T05:59:59Z", None, Some("2026-11-05T22:00:00Z")),
            ("2026-11-06T06:00:00Z", None, None),
            ("2026-11-06T21:59:59Z", None, None),
            // In summer New York is four hours behind.
            (
                "2026-07-06T02:00:00Z",
                Some("America/New_York"),
                Some("2026-07-06T02:00:00Z"),
            ),
            (
                "2026-07-06T09:59:59Z",
                Some("America/New_York"),
                Some("2026-07-06T02:00:00Z"),
            ),
            ("2026-07-06T22:30:00Z", Some("America/New_York"), None),
            // The night in which the clock is put back is an hour longer.
            (
                "2026-10-25T04:59:59Z",
                Some("Europe/Berlin"),
                Some("2026-10-24T20:00:00Z"),
            ),
            (
                "2026-11-05T22:00:00Z",
                Some("Nowhere/At_All"),
                Some("2026-11-05T22:00:00Z"),
            ),
        ] {
            let found = night_of(at(moment), zone);
            assert_eq!(found, expected.map(at), "{moment} {zone:?}");
        }
    }
}
