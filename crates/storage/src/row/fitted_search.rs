use orderdesk_mcp_contract::trace::query::ChangeTest;
use orderdesk_mcp_contract::{ErrorCode, TenantId, TraceId, UtcMillis};

use serde_json::Value;

use super::trace_hours::read_id;
use super::{TraceRow, holds_nul};
use crate::error::StorageError;
use crate::record::{
    Door, Sieve, TRACE_LENGTH_MAX_MS, TRACE_PAGE_MAX, TraceRecord, TraceRows, TraceSearch,
    WordSieve,
};

/// Sorts before every id and after every id, so that a range of ids is two conditions an index can use.
const BEFORE_EVERY_ID: &str = "";
const AFTER_EVERY_ID: &str = "~";
/// The last millisecond that an id can hold.
const ID_TIME_MAX: i64 = (1 << 48) - 1;

/// Which traces to search for, as the statements take it. `only_…` are absent where all pass.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct FittedSearch {
    pub tenant_id: String,
    /// Ids from here on.
    pub from_id: String,
    /// Ids before this one.
    pub before_id: String,
    pub from: i64,
    pub until: i64,
    pub least_us: i64,
    pub most_us: i64,
    pub only_tools: Option<Vec<String>>,
    pub never_tools: Vec<String>,
    pub only_stores: Option<Vec<String>>,
    pub never_stores: Vec<String>,
    pub only_keys: Option<Vec<String>>,
    pub never_keys: Vec<String>,
    pub only_orders: Option<Vec<String>>,
    pub never_orders: Vec<String>,
    pub only_clients: Option<Vec<String>>,
    pub never_clients: Vec<String>,
    pub only_doors: Option<Vec<&'static str>>,
    pub only_outcomes: Option<Vec<&'static str>>,
    pub only_cached: Option<Vec<&'static str>>,
    /// `yes`, `no` or an id; absent: either.
    pub change: Option<String>,
    /// Lists of lists of lists of words, as JSON; absent: all pass.
    pub only_words: Option<String>,
    /// Lists of words, as JSON; absent: none is left out.
    pub never_words: Option<String>,
    /// The word that the search begins at.
    looked_up: Option<String>,
    /// One more than the page, to know whether there are more.
    pub limit: i64,
    /// How many candidates are passed over to get to the last one that is looked at.
    pub look_past: i64,
}

/// What a search begins at; the rest of it is tried on the rows that this finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchLookup {
    /// One order.
    Order,
    /// One change.
    Change,
    /// One word.
    Word,
    /// Everything that a change came of.
    Changed,
    /// What failed or was given up.
    Failed,
    /// One key.
    Key,
    /// One store.
    Store,
    /// One tool.
    Tool,
    /// The workspace.
    All,
}

impl FittedSearch {
    /// The search of a page.
    pub fn new(
        tenant: TenantId,
        search: &TraceSearch,
        before: Option<TraceId>,
        limit: u32,
    ) -> Self {
        let doors = |doors: &Vec<Door>| doors.iter().map(|door| door.as_str()).collect();
        let outcomes = |all: &Vec<Option<ErrorCode>>| all.iter().copied().map(outcome).collect();
        let cached = |all: &Vec<Option<bool>>| all.iter().copied().map(cached).collect();
        let last = time_id(search.until.plus_millis(TRACE_LENGTH_MAX_MS));
        let before = before.map_or_else(|| AFTER_EVERY_ID.to_owned(), |id| id.to_string());
        let first = time_id(search.from.plus_millis(-TRACE_LENGTH_MAX_MS));
        // No id is between the two.
        let after = search.after.map(|id| format!("{id}{AFTER_EVERY_ID}"));
        Self {
            tenant_id: tenant.to_string(),
            from_id: after.map_or(first.clone(), |after| after.max(first)),
            before_id: last.min(before),
            from: search.from.0,
            until: search.until.0,
            least_us: search.duration_us.0,
            most_us: search.duration_us.1,
            only_tools: only(&search.tools),
            never_tools: never(&search.tools),
            only_stores: only(&search.stores),
            never_stores: never(&search.stores),
            only_keys: only(&search.keys),
            never_keys: never(&search.keys),
            only_orders: only(&search.orders),
            never_orders: never(&search.orders),
            only_clients: only(&search.clients),
            never_clients: never(&search.clients),
            only_doors: search.doors.as_ref().map(doors),
            only_outcomes: search.outcomes.as_ref().map(outcomes),
            only_cached: search.cached.as_ref().map(cached),
            change: search.change.map(|change| match change {
                ChangeTest::Any => "yes".to_owned(),
                ChangeTest::None => "no".to_owned(),
                ChangeTest::Id(id) => id.to_string(),
            }),
            only_words: only_words(&search.words),
            never_words: never_words(&search.words),
            looked_up: looked_up(&search.words),
            limit: i64::from(limit.min(TRACE_PAGE_MAX)) + 1,
            look_past: i64::from(search.look_at.max(1)) - 1,
        }
    }

    /// The same search without what groups are counted by, which leaves less to begin at.
    #[must_use]
    pub fn ungrouped(self) -> Self {
        Self {
            only_tools: None,
            never_tools: Vec::new(),
            only_stores: None,
            never_stores: Vec::new(),
            only_keys: None,
            never_keys: Vec::new(),
            only_doors: None,
            only_outcomes: None,
            only_cached: None,
            ..self
        }
    }

    /// The page, from the rows that were found: one more than it holds when there are more, and the oldest candidate that
    /// was looked at, where there are more of them.
    ///
    /// # Errors
    /// `Corrupt` when a row cannot be read.
    pub fn page(
        &self,
        mut rows: Vec<TraceRow>,
        oldest: Option<&str>,
    ) -> Result<TraceRows, StorageError> {
        let holds = usize::try_from(self.limit - 1).unwrap_or_default();
        let has_more = rows.len() > holds;
        rows.truncate(holds);
        let rows: Vec<TraceRecord> = rows
            .into_iter()
            .map(TryInto::try_into)
            .collect::<Result<_, _>>()?;
        let oldest = oldest.filter(|_| !has_more).map(read_id).transpose()?;
        let last = rows.last().filter(|_| has_more).map(|row| row.id);
        Ok(TraceRows {
            rows,
            next: last.or(oldest),
            looked_back_to: oldest,
        })
    }

    /// The condition that leaves the fewest rows to look at, as far as one can tell, and its value.
    pub fn lookup(&self) -> (SearchLookup, Option<&str>) {
        if let Some(order) = single(&self.only_orders) {
            return (SearchLookup::Order, Some(order));
        }
        let is_id = |change: &&str| !matches!(*change, "yes" | "no");
        if let Some(id) = self.change.as_deref().filter(is_id) {
            return (SearchLookup::Change, Some(id));
        }
        if let Some(word) = &self.looked_up {
            return (SearchLookup::Word, Some(word));
        }
        if self.change.as_deref() == Some("yes") {
            return (SearchLookup::Changed, None);
        }
        let has_failed = |outcomes: &Vec<&str>| !outcomes.contains(&OK);
        if self.only_outcomes.as_ref().is_some_and(has_failed) {
            return (SearchLookup::Failed, None);
        }
        let one = [
            (SearchLookup::Key, single(&self.only_keys)),
            (SearchLookup::Store, single(&self.only_stores)),
            (SearchLookup::Tool, single(&self.only_tools)),
        ];
        let found = one.into_iter().find(|(_, value)| value.is_some());
        found.unwrap_or((SearchLookup::All, None))
    }
}

/// The name of an outcome that is no error.
const OK: &str = "ok";

/// An outcome as it is counted and searched by.
pub(super) fn outcome(error: Option<ErrorCode>) -> &'static str {
    error.map_or(OK, ErrorCode::as_str)
}

/// What the cache did, as it is counted and searched by.
pub(super) fn cached(hit: Option<bool>) -> &'static str {
    match hit {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    }
}

fn single(only: &Option<Vec<String>>) -> Option<&str> {
    match only.as_deref() {
        Some([one]) => Some(one),
        _ => None,
    }
}

fn only<T: ToString>(sieve: &Sieve<T>) -> Option<Vec<String>> {
    sieve.only.as_ref().map(|values| texts(values))
}

fn never<T: ToString>(sieve: &Sieve<T>) -> Vec<String> {
    texts(&sieve.never)
}

/// Values as text. What no row can hold is left out: it finds nothing, and excludes nothing.
fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    let texts = values.iter().map(ToString::to_string);
    texts.filter(|text| !holds_nul(text)).collect()
}

/// As JSON. What no row can hold is left out here, too.
fn only_words(words: &WordSieve) -> Option<String> {
    let holdable = |either: &Vec<Vec<String>>| Value::from_iter(holdable(either));
    let only = || words.only.iter().map(holdable).collect::<Value>();
    (!words.only.is_empty()).then(|| only().to_string())
}

fn never_words(words: &WordSieve) -> Option<String> {
    let never = || Value::from_iter(holdable(&words.never));
    (!words.never.is_empty()).then(|| never().to_string())
}

fn holdable(either: &[Vec<String>]) -> impl Iterator<Item = &[String]> {
    let lists = either.iter().map(Vec::as_slice);
    lists.filter(|words| !words.iter().any(|word| holds_nul(word)))
}

/// The longest word that a call must have, which is likely the rarest; rather not that of a changed field, which alone holds a
/// colon: many calls change the same.
fn looked_up(words: &WordSieve) -> Option<String> {
    let must = words
        .only
        .iter()
        .filter_map(|either| match either.as_slice() {
            [all] => Some(all),
            _ => None,
        });
    let must = must.flatten().filter(|word| !holds_nul(word));
    must.max_by_key(|word| (!word.contains(':'), word.len()))
        .cloned()
}

/// The first id of a moment.
fn time_id(at: UtcMillis) -> String {
    if at.0 <= 0 {
        return BEFORE_EVERY_ID.to_owned();
    }
    if at.0 > ID_TIME_MAX {
        return AFTER_EVERY_ID.to_owned();
    }
    TraceId::from_parts(at.0.unsigned_abs(), 0).to_string()
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::{ChangeId, KeyId, StoreUid};

    use super::*;

    fn only<T>(values: impl Into<Vec<T>>) -> Sieve<T> {
        Sieve {
            only: Some(values.into()),
            never: Vec::new(),
        }
    }

    #[test]
    fn the_rarest_condition_is_looked_up() {
        let tenant = TenantId::from_parts(1, 1);
        let lookup = |search: &TraceSearch| FittedSearch::new(tenant, search, None, 1).lookup().0;
        let mut search = TraceSearch::default();
        assert_eq!(lookup(&search), SearchLookup::All);
        search.tools = only(["a".to_owned()]);
        assert_eq!(lookup(&search), SearchLookup::Tool);
        search.stores = only([StoreUid::from_parts(1, 1)]);
        assert_eq!(lookup(&search), SearchLookup::Store);
        search.keys = only([KeyId::from_parts(1, 1)]);
        assert_eq!(lookup(&search), SearchLookup::Key);
        search.keys = only([KeyId::from_parts(1, 1), KeyId::from_parts(1, 2)]);
        assert_eq!(lookup(&search), SearchLookup::Store);
        search.outcomes = Some(vec![Some(ErrorCode::Invalid)]);
        assert_eq!(lookup(&search), SearchLookup::Failed);
        search.outcomes = Some(vec![None, Some(ErrorCode::Invalid)]);
        search.change = Some(ChangeTest::None);
        assert_eq!(lookup(&search), SearchLookup::Store);
        search.change = Some(ChangeTest::Any);
        assert_eq!(lookup(&search), SearchLookup::Changed);
        let words = |text: &str| text.split(' ').map(ToOwned::to_owned).collect::<Vec<_>>();
        search.words.only = vec![
            vec![words("a"), words("b")],
            vec![words("c ddd ee")],
            vec![words("changed:shipping")],
        ];
        let fitted = FittedSearch::new(tenant, &search, None, 1);
        assert_eq!(fitted.lookup(), (SearchLookup::Word, Some("ddd")));
        search.change = Some(ChangeTest::Id(ChangeId::from_parts(1, 1)));
        assert_eq!(lookup(&search), SearchLookup::Change);
        search.orders = only(["7".to_owned()]);
        assert_eq!(lookup(&search), SearchLookup::Order);
    }

    #[test]
    fn times_bound_the_ids() {
        let tenant = TenantId::from_parts(1, 1);
        let ids = |from: i64, until: i64, before: Option<TraceId>| {
            let search = TraceSearch {
                from: UtcMillis(from),
                until: UtcMillis(until),
                ..TraceSearch::default()
            };
            let fitted = FittedSearch::new(tenant, &search, before, 1);
            (fitted.from_id, fitted.before_id)
        };
        let id = |millis| TraceId::from_parts(millis, 0).to_string();
        assert_eq!(ids(0, i64::MAX, None), (String::new(), "~".to_owned()));
        let (from, until) = (10_000_000, 20_000_000);
        assert_eq!(ids(from, until, None), (id(9_400_000), id(20_600_000)));
        let before = TraceId::from_parts(15_000_000, 3);
        assert_eq!(ids(from, until, Some(before)).1, before.to_string());
    }

    #[test]
    fn what_is_newer_than_a_trace_begins_behind_it() {
        let from_id = |from: i64, after: TraceId| {
            let search = TraceSearch {
                from: UtcMillis(from),
                after: Some(after),
                ..TraceSearch::default()
            };
            FittedSearch::new(TenantId::from_parts(1, 1), &search, None, 1).from_id
        };
        let id = |millis, random| TraceId::from_parts(millis, random);
        let first = from_id(0, id(15_000_000, 3));
        assert!(id(15_000_000, 3).to_string() < first && first < id(15_000_000, 4).to_string());
        // The time of the search bounds it as ever.
        let by_time = id(19_400_000, 0).to_string();
        assert_eq!(from_id(20_000_000, id(15_000_000, 3)), by_time);
    }
}
