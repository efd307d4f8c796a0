use orderdesk_mcp_contract::trace::query::ChangeTest;
use orderdesk_mcp_contract::{ErrorCode, KeyId, StoreUid, TraceId, UtcMillis};

use super::{Door, SlotTotals, TraceRecord};

/// The longest page of a search.
pub const TRACE_PAGE_MAX: u32 = 200;
/// How many candidates are looked at for a page that somebody waits for: blocks lie all over a large database, and some 20
/// microseconds each keep a page of what is rare below 100 ms. Of blocks that hold few candidates each, ten times as many calls
/// are read at most.
pub const TRACE_PAGE_LOOKS_AT: u32 = 4_000;
/// Most blocks of calls that are thrown away at once: each goes from the list of everything that it is found by, in pages all
/// over the file, and who records waits meanwhile.
pub const BLOCKS_PURGED_AT_ONCE: u32 = 100;
/// How far a trace's id and its beginning may be apart, in milliseconds: ids are made when calls end, and no call takes
/// longer. What would is not found by its time.
pub const TRACE_LENGTH_MAX_MS: i64 = 600_000;
/// The durations above which calls are counted as slower, in milliseconds.
pub const SLOWER_THAN_MS: [u32; 6] = [10, 100, 300, 1000, 3000, 10_000];

/// Values that pass, and values that do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sieve<T> {
    /// Only these pass; absent: all.
    pub only: Option<Vec<T>>,
    /// These do not. What has no value passes.
    pub never: Vec<T>,
}

impl<T> Default for Sieve<T> {
    fn default() -> Self {
        Self {
            only: None,
            never: Vec::new(),
        }
    }
}

impl<T> Sieve<T> {
    /// Only these pass.
    pub fn only(values: impl Into<Vec<T>>) -> Self {
        Self {
            only: Some(values.into()),
            never: Vec::new(),
        }
    }

    /// Whether a value, or its absence, passes.
    pub fn passes<V: ?Sized>(&self, value: Option<&V>) -> bool
    where
        T: PartialEq<V>,
    {
        let is = |value: &V, values: &Vec<T>| values.iter().any(|one| one == value);
        let is_in = |values: &Vec<T>| value.is_some_and(|value| is(value, values));
        self.only.as_ref().is_none_or(is_in) && !is_in(&self.never)
    }
}

/// Words that calls are found by, and words that leave them out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WordSieve {
    /// Of each of these, one entry must have all its words in the call.
    pub only: Vec<Vec<Vec<String>>>,
    /// None of these may have all its words in the call.
    pub never: Vec<Vec<String>>,
}

impl WordSieve {
    /// Whether a call with these words passes.
    pub fn passes(&self, words: &[String]) -> bool {
        let has = |all: &Vec<String>| all.iter().all(|word| words.contains(word));
        self.only.iter().all(|either| either.iter().any(has)) && !self.never.iter().any(has)
    }
}

/// Which traces to search for. All of it must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceSearch {
    /// The tool.
    pub tools: Sieve<String>,
    /// The store.
    pub stores: Sieve<StoreUid>,
    /// The key or member.
    pub keys: Sieve<KeyId>,
    /// The order.
    pub orders: Sieve<String>,
    /// Parts of the client's name, in lower case: ASCII letters are compared without case.
    pub clients: Sieve<String>,
    /// The door; absent: any.
    pub doors: Option<Vec<Door>>,
    /// How it ended, none for well; absent: in any way.
    pub outcomes: Option<Vec<Option<ErrorCode>>>,
    /// Whether the cache answered, none where it was not asked; absent: any.
    pub cached: Option<Vec<Option<bool>>>,
    /// Whether a change came of it, or which; absent: either.
    pub change: Option<ChangeTest>,
    /// The words.
    pub words: WordSieve,
    /// The shortest and the longest duration, in microseconds.
    pub duration_us: (i64, i64),
    /// It began at this moment or later.
    pub from: UtcMillis,
    /// It began before this moment.
    pub until: UtcMillis,
    /// It was recorded after this one.
    pub after: Option<TraceId>,
    /// How many of the newest candidates are looked at, traces or sums of hours, at least 1.
    pub look_at: u32,
}

impl TraceSearch {
    /// Whether a call passes. It must have its words.
    pub fn passes(&self, trace: &TraceRecord) -> bool {
        let client = trace.client.as_ref().map(|name| name.to_ascii_lowercase());
        let is_named = |parts: &Vec<String>| {
            let name = client.as_deref();
            name.is_some_and(|name| parts.iter().any(|part| name.contains(part.as_str())))
        };
        (self.from..self.until).contains(&trace.started_at)
            && (self.duration_us.0..=self.duration_us.1).contains(&trace.duration_us)
            && self.passes_groups(trace)
            && self.orders.passes(trace.order_id.as_ref())
            && self.clients.only.as_ref().is_none_or(is_named)
            && !is_named(&self.clients.never)
            && match self.change {
                None => true,
                Some(ChangeTest::Any) => trace.change_id.is_some(),
                Some(ChangeTest::None) => trace.change_id.is_none(),
                Some(ChangeTest::Id(id)) => trace.change_id == Some(id),
            }
            && self.words.passes(&trace.words)
    }

    /// Whether a call passes what groups are counted by.
    pub(crate) fn passes_groups(&self, trace: &TraceRecord) -> bool {
        self.tools.passes(Some(&*trace.tool))
            && self.stores.passes(trace.store_id.as_ref())
            && self.keys.passes(trace.key_id.as_ref())
            && among(self.doors.as_ref(), &trace.door)
            && among(self.outcomes.as_ref(), &trace.error)
            && among(self.cached.as_ref(), &trace.cache_hit)
    }

    /// The same search without what groups are counted by, which leaves less to begin at.
    #[must_use]
    pub fn ungrouped(&self) -> Self {
        Self {
            tools: Sieve::default(),
            stores: Sieve::default(),
            keys: Sieve::default(),
            doors: None,
            outcomes: None,
            cached: None,
            ..self.clone()
        }
    }
}

fn among<T: PartialEq>(all: Option<&Vec<T>>, value: &T) -> bool {
    all.is_none_or(|all| all.contains(value))
}

impl Default for TraceSearch {
    fn default() -> Self {
        Self {
            tools: Sieve::default(),
            stores: Sieve::default(),
            keys: Sieve::default(),
            orders: Sieve::default(),
            clients: Sieve::default(),
            doors: None,
            outcomes: None,
            cached: None,
            change: None,
            words: WordSieve::default(),
            duration_us: (0, i64::MAX),
            from: UtcMillis(0),
            until: UtcMillis(i64::MAX),
            after: None,
            look_at: 10_000,
        }
    }
}

/// A page of a search, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceRows {
    /// The traces, without spans and payload.
    pub rows: Vec<TraceRecord>,
    /// The next page holds traces older than this one; absent at the end.
    pub next: Option<TraceId>,
    /// For a page that is not full because enough was looked at: all candidates from this id on were. It may be of no call.
    pub looked_back_to: Option<TraceId>,
    /// Whether calls may be missing because a block that was read is damaged.
    pub is_damaged: bool,
}

/// The newest candidates of a search, to be counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewestCalls {
    /// The calls that pass the search without what groups are counted by, newest first, with what they are counted by.
    pub calls: Vec<TraceRecord>,
    /// How many candidates were looked at, and from which id on they are all, where there are more; absent when these are all.
    pub looked_at: Option<(u64, TraceId)>,
    /// Whether calls may be missing because a block that was read is damaged.
    pub is_damaged: bool,
}

/// Calls that are alike in all that is counted by, added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceGroup {
    /// The tool.
    pub tool: String,
    /// The store.
    pub store_id: Option<StoreUid>,
    /// The key or member.
    pub key_id: Option<KeyId>,
    /// The door.
    pub door: Door,
    /// The failure; absent when they succeeded.
    pub error: Option<ErrorCode>,
    /// Whether the cache answered; absent where it was not asked.
    pub cached: Option<bool>,
    /// How many.
    pub calls: u64,
    /// How many of them took longer than each of [`SLOWER_THAN_MS`].
    pub slower: [u64; SLOWER_THAN_MS.len()],
}

/// Counts for a search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceSums {
    /// Groups of calls, also of ones that miss some of tool, store, key, door, outcome and cache: so that each of these can
    /// be counted as if the search did not name it.
    pub groups: Vec<TraceGroup>,
    /// The calls that pass the whole search by slots of time, oldest first; slots without any are left out.
    pub slots: Vec<SlotTotals>,
    /// The first hour that was counted, where there were more sums of hours than were looked at.
    pub counted_from: Option<UtcMillis>,
}

#[cfg(test)]
mod tests;
