//! The calls of the blocks that a search begins at, newest first.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};

use orderdesk_mcp_contract::{TenantId, TraceId, UtcMillis};

use super::damage::Damage;
use super::posting::{has, posting_of};
use crate::error::StorageError;
use crate::port::Traces;
use crate::record::{
    AFTER_EVERY_ID, BEFORE_EVERY_ID, BlocksAsked, TRACE_LENGTH_MAX_MS, TraceRecord, TraceSearch,
};
use crate::row::{TraceBlockRow, newest_before};

/// The last millisecond that an id can hold.
const ID_TIME_MAX: i64 = (1 << 48) - 1;
/// Blocks that are read at once: few at first, because each may hold hundreds of calls, then as many as hold about so many calls.
const BLOCKS_LEAST: u32 = 16;
const BLOCKS_MOST: u32 = 512;
const CALLS_AT_ONCE: u64 = 2_000;
/// Calls that are read for each candidate that is looked at, at most: of a block with one candidate all calls are read, some two
/// microseconds each.
const READ_FOR_ONE: u64 = 10;

/// No id is between that text and this.
pub(super) fn after(id: &str) -> String {
    format!("{id}{AFTER_EVERY_ID}")
}

/// The candidates of a search that are still to come.
pub(super) struct Candidates<'a, S: ?Sized> {
    storage: &'a S,
    tenant: TenantId,
    asked: BlocksAsked,
    from_id: String,
    blocks: VecDeque<TraceBlockRow>,
    calls: BinaryHeap<ById>,
    is_last: bool,
    /// Calls and blocks that were read.
    read: (u64, u64),
    /// Calls that may be read.
    readable: u64,
    stopped_at: Option<TraceId>,
    damage: Damage,
}

impl<'a, S: Traces + ?Sized> Candidates<'a, S> {
    /// Those older than `before`.
    pub(super) fn of(
        storage: &'a S,
        tenant: TenantId,
        search: &TraceSearch,
        before: Option<String>,
    ) -> Self {
        let first = time_id(search.from.plus_millis(-TRACE_LENGTH_MAX_MS));
        let newer = search.after.map(|id| after(&id.to_string()));
        let last = time_id(search.until.plus_millis(TRACE_LENGTH_MAX_MS));
        let before = before.unwrap_or_else(|| AFTER_EVERY_ID.to_owned());
        let from_id = newer.map_or(first.clone(), |newer| newer.max(first));
        let before_id = last.min(before);
        Self {
            storage,
            tenant,
            asked: BlocksAsked {
                posting: posting_of(search),
                from: from_id.clone(),
                before: whole_until(&before_id),
                oldest_before: before_id,
                oldest_first: false,
                limit: BLOCKS_LEAST,
            },
            from_id,
            blocks: VecDeque::new(),
            calls: BinaryHeap::new(),
            is_last: false,
            read: (0, 0),
            readable: u64::from(search.look_at.max(1)) * READ_FOR_ONE,
            stopped_at: None,
            damage: Damage::default(),
        }
    }

    /// Where it stopped because enough was read: all from this one on were given, and none that is older.
    pub(super) fn stopped_at(&self) -> Option<TraceId> {
        self.stopped_at
    }

    /// Whether blocks were left out.
    pub(super) fn are_damaged(&self) -> bool {
        self.damage.is_met()
    }

    /// The next one, without spans.
    pub(super) async fn next(&mut self) -> Result<Option<TraceRecord>, StorageError> {
        loop {
            if self.blocks.is_empty() && !self.is_last {
                self.read_blocks().await?;
            }
            let Some(block) = self.blocks.front() else {
                return Ok(self.calls.pop().map(|call| call.0));
            };
            // Nothing in the blocks to come is newer than the next one's newest call.
            let newest = block.newest()?;
            if self.calls.peek().is_some_and(|call| call.0.id > newest)
                && let Some(call) = self.calls.pop()
            {
                return Ok(Some(call.0));
            }
            let stop = following(newest);
            // In blocks that reach beyond where the search begins it cannot stop: it would begin there again.
            if self.read.0 >= self.readable && stop.to_string() < self.asked.oldest_before {
                self.stopped_at = Some(stop);
                return Ok(None);
            }
            self.take_block()?;
        }
    }

    /// Whether there is another one, which is not given any more.
    pub(super) async fn are_more(&mut self) -> Result<bool, StorageError> {
        Ok(self.next().await?.is_some() || self.stopped_at.is_some())
    }

    async fn read_blocks(&mut self) -> Result<(), StorageError> {
        let (calls, blocks) = self.read;
        let at_once = (CALLS_AT_ONCE * blocks).checked_div(calls).unwrap_or(0);
        let at_once = u32::try_from(at_once).unwrap_or(BLOCKS_MOST);
        let asked = &mut self.asked;
        asked.limit = at_once.clamp(BLOCKS_LEAST, BLOCKS_MOST);
        let blocks = self.storage.trace_blocks(self.tenant, asked).await?;
        let most = usize::try_from(asked.limit).unwrap_or(usize::MAX);
        self.is_last = blocks.len() < most;
        if let Some(last) = blocks.last() {
            asked.before.clone_from(&last.id);
        }
        self.blocks.extend(blocks);
        Ok(())
    }

    /// Makes the calls of the next block known.
    fn take_block(&mut self) -> Result<(), StorageError> {
        let Some(block) = self.blocks.pop_front() else {
            return Ok(());
        };
        let (from, before) = (&self.from_id, &self.asked.oldest_before);
        let posting = &self.asked.posting;
        let is_candidate = |call: &TraceRecord| {
            let id = call.id.to_string();
            *from <= id && id < *before && has(call, posting)
        };
        let calls = self.damage.calls_beside(&block, self.tenant);
        self.read.0 += calls.len().max(1) as u64;
        self.read.1 += 1;
        let candidates = calls.into_iter().filter(is_candidate);
        self.calls.extend(candidates.map(ById));
        Ok(())
    }
}

/// The id that follows on this one.
fn following(id: TraceId) -> TraceId {
    const RANDOM_BITS: u32 = 80;
    let next = id.to_bits().saturating_add(1);
    let millis = u64::try_from(next >> RANDOM_BITS).unwrap_or(u64::MAX);
    TraceId::from_parts(millis, next & ((1 << RANDOM_BITS) - 1))
}

/// The newest calls of blocks that hold one before that id are before this one.
fn whole_until(before_id: &str) -> String {
    let id = before_id.trim_end_matches(AFTER_EVERY_ID);
    let Ok(id) = id.parse::<TraceId>() else {
        return before_id.to_owned();
    };
    newest_before(id)
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

/// A call in the order of its id.
struct ById(TraceRecord);

impl PartialEq for ById {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for ById {}

impl PartialOrd for ById {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ById {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.id.cmp(&other.0.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_bound_the_ids() {
        let id = |millis| TraceId::from_parts(millis, 0).to_string();
        assert_eq!(time_id(UtcMillis(0)), BEFORE_EVERY_ID);
        assert_eq!(time_id(UtcMillis(i64::MAX)), AFTER_EVERY_ID);
        assert_eq!(time_id(UtcMillis(9)), id(9));
        assert_eq!(
            whole_until(&TraceId::from_parts(5, 3).to_string()),
            id(1_006)
        );
        let behind = after(&TraceId::from_parts(5, 3).to_string());
        assert_eq!(whole_until(&behind), id(1_006));
        assert_eq!(whole_until(AFTER_EVERY_ID), AFTER_EVERY_ID);
        assert_eq!(whole_until(BEFORE_EVERY_ID), BEFORE_EVERY_ID);
    }
}
