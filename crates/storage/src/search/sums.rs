//! Calls added up.

use std::collections::BTreeMap;

use orderdesk_mcp_contract::{ErrorCode, UtcMillis};

use crate::record::{
    NewestCalls, SLOWER_THAN_MS, SlotTotals, TraceGroup, TraceRecord, TraceSearch, TraceSums,
};

impl NewestCalls {
    /// The calls that began in the search's stretch of time, added up: all of them by what they have in common, and by slots of
    /// `slot_ms` those that pass the whole search.
    pub fn sums(&self, search: &TraceSearch, slot_ms: i64) -> TraceSums {
        let within = |call: &&TraceRecord| (search.from..search.until).contains(&call.started_at);
        let mut groups: BTreeMap<_, TraceGroup> = BTreeMap::new();
        let mut slots: BTreeMap<i64, SlotTotals> = BTreeMap::new();
        for call in self.calls.iter().filter(within) {
            let key = (
                &call.tool,
                call.store_id,
                call.key_id,
                call.door.as_str(),
                call.error.map(ErrorCode::as_str),
                call.cache_hit,
            );
            let group = groups.entry(key).or_insert_with(|| group_of(call));
            group.calls += 1;
            for (slower, than) in group.slower.iter_mut().zip(SLOWER_THAN_MS) {
                *slower += u64::from(call.duration_us > i64::from(than) * 1000);
            }
            if search.passes_groups(call) {
                let starts_at = call.started_at.0 / slot_ms * slot_ms;
                let slot = slots.entry(starts_at).or_insert(SlotTotals {
                    starts_at: UtcMillis(starts_at),
                    calls: 0,
                    errors: 0,
                });
                slot.calls += 1;
                slot.errors +=
                    u64::from(call.error.is_some_and(|code| code != ErrorCode::Cancelled));
            }
        }
        TraceSums {
            groups: groups.into_values().collect(),
            slots: slots.into_values().collect(),
            counted_from: None,
        }
    }
}

/// The group of calls like this one, still without any.
fn group_of(call: &TraceRecord) -> TraceGroup {
    TraceGroup {
        tool: call.tool.to_string(),
        store_id: call.store_id,
        key_id: call.key_id,
        door: call.door,
        error: call.error,
        cached: call.cache_hit,
        calls: 0,
        slower: [0; SLOWER_THAN_MS.len()],
    }
}
