//! What facets are counted from.

use std::borrow::Cow;

use orderdesk_mcp_contract::trace::query::Field;
use orderdesk_mcp_storage::record::{Margin, TraceGroup, TraceMargin, TraceSearch};

use super::facets::passes;

/// Calls, added up.
pub(super) enum Groups {
    /// By all that is counted by at once, so that a search can be tried on each group.
    Together(Vec<TraceGroup>),
    /// All calls, by one thing at a time: for searches that all of them pass.
    Apart(Vec<TraceMargin>),
    /// For searches that name one field: the calls that pass, together, and all calls apart, for that field.
    But(Field, Vec<TraceGroup>, Vec<TraceMargin>),
}

impl Groups {
    /// The groups that tell a field's values apart.
    pub(super) fn of(&self, field: Field) -> Cow<'_, [TraceGroup]> {
        match self {
            Self::Together(groups) => Cow::Borrowed(groups),
            Self::But(but, groups, _) if *but != field => Cow::Borrowed(groups),
            Self::But(_, _, margins) | Self::Apart(margins) => {
                let groups = margins.iter().flat_map(|margin| apart(field, margin));
                groups.collect()
            }
        }
    }

    /// How many calls pass a search.
    pub(super) fn calls(&self, search: &TraceSearch) -> u64 {
        match self {
            Self::Together(groups) | Self::But(_, groups, _) => {
                let passing = groups.iter().filter(|group| passes(group, search, None));
                passing.map(|group| group.calls).sum()
            }
            Self::Apart(margins) => {
                let all = margins.iter().filter(|margin| margin.of == Margin::All);
                all.map(|margin| margin.calls).sum()
            }
        }
    }
}

/// The groups of a field that a margin stands for; what else they have in common is not known and not asked.
fn apart(field: Field, margin: &TraceMargin) -> Vec<TraceGroup> {
    let group = TraceGroup {
        tool: String::new(),
        store_id: None,
        key_id: None,
        door: margin.door,
        error: None,
        cached: None,
        calls: margin.calls,
        slower: margin.slower,
    };
    match (field, &margin.of) {
        (Field::Tool, Margin::Tool(tool)) => vec![TraceGroup {
            tool: tool.clone(),
            ..group
        }],
        (Field::Store, Margin::Store(store_id)) => vec![TraceGroup {
            store_id: *store_id,
            ..group
        }],
        (Field::Key, Margin::Key(key_id)) => vec![TraceGroup {
            key_id: *key_id,
            ..group
        }],
        (Field::Status, Margin::Outcome(error)) => vec![TraceGroup {
            error: *error,
            ..group
        }],
        (Field::Door | Field::Latency, Margin::All) => vec![group],
        (Field::Cached, Margin::All) => {
            let of = |hit, calls| TraceGroup {
                cached: Some(hit),
                calls,
                ..group.clone()
            };
            let missed = margin.cache_lookups.saturating_sub(margin.cache_hits);
            vec![of(true, margin.cache_hits), of(false, missed)]
        }
        _ => Vec::new(),
    }
}
