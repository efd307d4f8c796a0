//! Who called and what about, in names: also of keys, people and stores that are gone.

use std::collections::HashMap;

use orderdesk_mcp_contract::trace::query::VALUE_MAX;
use orderdesk_mcp_contract::trace::view::{ActorKind, ActorName, StoreName, TraceLine};
use orderdesk_mcp_contract::{KeyId, StoreUid, TenantId};
use orderdesk_mcp_storage::record::TraceRecord;

use crate::error::Failure;
use crate::services::Services;

/// The names of a workspace's keys, people and stores.
pub(crate) struct Names {
    actors: HashMap<KeyId, (String, ActorKind)>,
    stores: HashMap<StoreUid, (String, bool)>,
    /// How many keys and people, and how many stores, have a name.
    actors_of: HashMap<String, usize>,
    stores_of: HashMap<String, usize>,
}

impl Services {
    pub(crate) async fn trace_names(&self, tenant: TenantId) -> Result<Names, Failure> {
        let storage = self.storage();
        let keys = storage.list_keys(tenant).await?.into_iter();
        let people = storage.list_members(tenant).await?.into_iter();
        let stores = storage.list_stores(tenant).await?.into_iter();
        let gone = storage.deleted_stores(tenant).await?.into_iter();
        let actors: HashMap<_, _> = keys
            .map(|key| (key.id, (key.name, ActorKind::Key)))
            .chain(people.map(|row| (row.member.id, (row.user.name, ActorKind::Person))))
            .collect();
        let stores: HashMap<_, _> = stores
            .map(|row| (row.id, (row.name, false)))
            .chain(gone.map(|row| (row.store.id, (row.store.name, true))))
            .collect();
        Ok(Names {
            actors_of: uses(actors.values().map(|(name, _)| name)),
            stores_of: uses(stores.values().map(|(name, _)| name)),
            actors,
            stores,
        })
    }
}

impl Names {
    /// No names, for what asks for none.
    pub(super) fn none() -> Self {
        Self {
            actors: HashMap::new(),
            stores: HashMap::new(),
            actors_of: HashMap::new(),
            stores_of: HashMap::new(),
        }
    }

    pub(crate) fn actor(&self, id: KeyId) -> ActorName {
        let known = self.actors.get(&id).cloned();
        let (name, kind) =
            known.unwrap_or_else(|| ("Somebody who is gone".into(), ActorKind::Gone));
        ActorName { id, name, kind }
    }

    pub(crate) fn store(&self, id: StoreUid) -> StoreName {
        let known = self.stores.get(&id).cloned();
        let (name, is_gone) = known.unwrap_or_else(|| ("A store that was removed".into(), true));
        StoreName { id, name, is_gone }
    }

    /// The keys and people of this name, whatever its case, or of this id.
    pub(super) fn actors_called(&self, text: &str) -> Vec<KeyId> {
        called(self.actors.iter().map(|(id, (name, _))| (*id, name)), text)
    }

    /// The stores of this name, whatever its case, or of this id.
    pub(super) fn stores_called(&self, text: &str) -> Vec<StoreUid> {
        called(self.stores.iter().map(|(id, (name, _))| (*id, name)), text)
    }

    /// What asks for a key or person in a query: the name, or the id where the name is not theirs alone.
    pub(super) fn actor_text(&self, actor: &ActorName) -> String {
        text_for(&self.actors_of, &actor.name, actor.id)
    }

    /// What asks for a store in a query.
    pub(super) fn store_text(&self, store: &StoreName) -> String {
        text_for(&self.stores_of, &store.name, store.id)
    }

    /// The names of all keys and people, in order.
    pub(super) fn all_actors(&self) -> Vec<String> {
        sorted(self.actors.values().map(|(name, _)| name.clone()))
    }

    /// The names of all stores, in order.
    pub(super) fn all_stores(&self) -> Vec<String> {
        sorted(self.stores.values().map(|(name, _)| name.clone()))
    }

    /// A call as lists show it.
    pub(super) fn line(&self, trace: &TraceRecord) -> TraceLine {
        TraceLine {
            id: trace.id,
            started_at: trace.started_at,
            duration_us: trace.duration_us.unsigned_abs(),
            door: trace.door,
            actor: trace.key_id.map(|id| self.actor(id)),
            client: trace.client.as_deref().map(Into::into),
            tool: trace.tool.to_string(),
            store: trace.store_id.map(|id| self.store(id)),
            order_id: trace.order_id.clone(),
            error: trace.error,
            cache_hit: trace.cache_hit,
            change_id: trace.change_id,
        }
    }
}

/// An id counts also when nobody has it any more: calls outlast whom they name.
fn called<'a, T: std::str::FromStr>(
    all: impl Iterator<Item = (T, &'a String)>,
    text: &str,
) -> Vec<T> {
    if let Ok(id) = text.parse() {
        return vec![id];
    }
    let wanted = compared(text);
    all.filter(|(_, name)| compared(name) == wanted)
        .map(|(id, _)| id)
        .collect()
}

fn compared(name: &str) -> String {
    name.trim().to_lowercase()
}

fn uses<'a>(names: impl Iterator<Item = &'a String>) -> HashMap<String, usize> {
    let mut uses = HashMap::new();
    for name in names {
        *uses.entry(compared(name)).or_default() += 1;
    }
    uses
}

/// A name of more than a term can hold gives way to the id, too.
fn text_for(uses: &HashMap<String, usize>, name: &str, id: impl ToString) -> String {
    let is_its_own = uses.get(&compared(name)) == Some(&1) && name.chars().count() <= VALUE_MAX;
    if is_its_own {
        name.to_owned()
    } else {
        id.to_string()
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<_> = names.collect();
    names.sort();
    names.dedup();
    names
}
