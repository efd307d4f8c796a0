//! Calls counted by one thing at a time; what statistics calls marginal totals.

use orderdesk_mcp_contract::{ErrorCode, KeyId, StoreUid};

use super::{Door, SLOWER_THAN_MS, SlotTotals};

/// One thing that calls have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Margin {
    /// Nothing: they are all calls.
    All,
    /// The tool.
    Tool(String),
    /// The store; absent where they name none.
    Store(Option<StoreUid>),
    /// The key or member; absent where nobody is known.
    Key(Option<KeyId>),
    /// The failure; absent where they succeeded.
    Outcome(Option<ErrorCode>),
}

/// The calls of one door that have one thing in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceMargin {
    /// What they have in common.
    pub of: Margin,
    /// The door.
    pub door: Door,
    /// How many.
    pub calls: u64,
    /// For how many of them the cache was asked.
    pub cache_lookups: u64,
    /// How many the cache answered.
    pub cache_hits: u64,
    /// How many of them took longer than each of [`SLOWER_THAN_MS`].
    pub slower: [u64; SLOWER_THAN_MS.len()],
}

/// All calls of a stretch of time, counted by one thing at a time and by slots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceMargins {
    /// By each thing that calls have in common, in no order.
    pub margins: Vec<TraceMargin>,
    /// By slots of time, oldest first; slots without any are left out.
    pub slots: Vec<SlotTotals>,
}
