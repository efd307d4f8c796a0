use orderdesk_mcp_contract::{ErrorCode, TenantId};

use super::holds_nul;
use crate::record::{Door, Sieve, TraceSearch};

/// Which sums of hours to count, as the statements take it. `only_…` are absent where all pass.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct HourSearch {
    pub tenant_id: String,
    pub until: i64,
    pub only_tools: Option<Vec<String>>,
    pub never_tools: Vec<String>,
    pub only_stores: Option<Vec<String>>,
    pub never_stores: Vec<String>,
    pub only_keys: Option<Vec<String>>,
    pub never_keys: Vec<String>,
    pub only_doors: Option<Vec<&'static str>>,
    pub only_outcomes: Option<Vec<&'static str>>,
    pub only_cached: Option<Vec<&'static str>>,
}

impl HourSearch {
    /// The search of sums that groups are counted by.
    pub fn new(tenant: TenantId, search: &TraceSearch) -> Self {
        let doors = |doors: &Vec<Door>| doors.iter().map(|door| door.as_str()).collect();
        let outcomes = |all: &Vec<Option<ErrorCode>>| all.iter().copied().map(outcome).collect();
        let cached = |all: &Vec<Option<bool>>| all.iter().copied().map(cached).collect();
        Self {
            tenant_id: tenant.to_string(),
            until: search.until.0,
            only_tools: only(&search.tools),
            never_tools: never(&search.tools),
            only_stores: only(&search.stores),
            never_stores: never(&search.stores),
            only_keys: only(&search.keys),
            never_keys: never(&search.keys),
            only_doors: search.doors.as_ref().map(doors),
            only_outcomes: search.outcomes.as_ref().map(outcomes),
            only_cached: search.cached.as_ref().map(cached),
        }
    }
}

/// How calls ended, as it is counted and searched by; without an error: well.
pub(super) fn outcome(error: Option<ErrorCode>) -> &'static str {
    error.map_or("ok", ErrorCode::as_str)
}

/// What the cache did, as it is counted and searched by.
pub(super) fn cached(hit: Option<bool>) -> &'static str {
    match hit {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
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
