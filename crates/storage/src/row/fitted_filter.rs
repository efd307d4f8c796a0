use std::collections::BTreeSet;

use orderdesk_mcp_contract::{ChangeState, TenantId};

use super::{ChangeRow, holds_nul};
use crate::record::ChangeFilter;

/// Sorts after every id, so that "no older than" is one condition an index can use.
const AFTER_EVERY_ID: &str = "~";
/// The longest page the port promises: two hundred, and one more to know whether there are more.
const PAGE_MAX: u32 = 201;

/// Which changes to list, as the statements take it.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct FittedFilter<'a> {
    pub tenant_id: String,
    pub before: String,
    pub limit: u32,
    pub store_id: Option<String>,
    pub record_id: Option<&'a str>,
    pub key_id: Option<String>,
    pub tool: Option<&'a str>,
    /// Each state once; none for all.
    pub states: BTreeSet<ChangeState>,
}

/// By which of its conditions a list is looked up; the others are tried on the rows this one finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// By record: it has few changes.
    Record,
    /// By each of the states in turn.
    State,
    /// By key.
    Key,
    /// By store.
    Store,
    /// By tool.
    Tool,
    /// By workspace only.
    Tenant,
}

impl<'a> FittedFilter<'a> {
    /// None when it asks for a text that no row can hold.
    pub fn new(tenant: TenantId, filter: &'a ChangeFilter) -> Option<Self> {
        let (record_id, tool) = (filter.record_id.as_deref(), filter.tool.as_deref());
        if record_id.is_some_and(holds_nul) || tool.is_some_and(holds_nul) {
            return None;
        }
        let before = filter.before.map(|id| id.to_string());
        Some(Self {
            tenant_id: tenant.to_string(),
            before: before.unwrap_or_else(|| AFTER_EVERY_ID.to_owned()),
            limit: filter.limit.min(PAGE_MAX),
            store_id: filter.store_id.map(|id| id.to_string()),
            record_id,
            key_id: filter.key_id.map(|id| id.to_string()),
            tool,
            states: filter.states.iter().copied().collect(),
        })
    }

    /// The condition that leaves the fewest rows to look at, as far as one can tell: few changes are on their way at any
    /// time, while nearly all have ended in some state.
    pub fn lookup(&self) -> Lookup {
        let on_their_way = self.states.iter().all(|state| !state.is_settled());
        let has_states = !self.states.is_empty();
        match (&self.record_id, &self.key_id, &self.store_id, &self.tool) {
            (Some(_), ..) => Lookup::Record,
            _ if has_states && on_their_way => Lookup::State,
            (_, Some(_), ..) => Lookup::Key,
            (_, _, Some(_), _) => Lookup::Store,
            (.., Some(_)) => Lookup::Tool,
            _ if has_states => Lookup::State,
            _ => Lookup::Tenant,
        }
    }

    /// The page, from the pages of several states.
    pub fn page(&self, mut rows: Vec<ChangeRow>) -> Vec<ChangeRow> {
        rows.sort_by(|one, other| other.id.cmp(&one.id));
        rows.truncate(usize::try_from(self.limit).unwrap_or(usize::MAX));
        rows
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::{KeyId, StoreUid};

    use super::*;

    #[test]
    fn the_rarest_condition_is_looked_up() {
        let tenant = TenantId::from_parts(1, 1);
        let lookup = |filter: &ChangeFilter| FittedFilter::new(tenant, filter).unwrap().lookup();
        let mut filter = ChangeFilter::default();
        assert_eq!(lookup(&filter), Lookup::Tenant);
        filter.states = vec![ChangeState::Verified, ChangeState::Proposed];
        assert_eq!(lookup(&filter), Lookup::State);
        filter.tool = Some("orders_update".into());
        assert_eq!(lookup(&filter), Lookup::Tool);
        filter.store_id = Some(StoreUid::from_parts(1, 2));
        assert_eq!(lookup(&filter), Lookup::Store);
        filter.key_id = Some(KeyId::from_parts(1, 3));
        assert_eq!(lookup(&filter), Lookup::Key);
        filter.states = vec![ChangeState::Unknown, ChangeState::Proposed];
        assert_eq!(lookup(&filter), Lookup::State);
        filter.record_id = Some("7".into());
        assert_eq!(lookup(&filter), Lookup::Record);
        filter.tool = Some("\0".into());
        assert!(FittedFilter::new(tenant, &filter).is_none());
    }
}
