//! What stands before every write: the key's policy and stops.

use orderdesk_mcp_contract::{KeyId, KeyPolicy, StopScope, StoreUid, TenantId};
use orderdesk_mcp_storage::record::WriteStop;

use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;

impl Services {
    /// The policy of the caller's key, as the database has it now: a write never goes by an old one.
    pub(super) async fn policy_of(&self, caller: &Caller) -> Result<KeyPolicy, Failure> {
        let policy = self
            .storage()
            .key_policy(caller.tenant_id(), caller.actor_id())
            .await?;
        Ok(policy.unwrap_or_default())
    }

    /// The widest stop that covers a write of this key to this store.
    pub(super) async fn stop_for(
        &self,
        tenant: TenantId,
        store: StoreUid,
        key: KeyId,
    ) -> Result<Option<WriteStop>, Failure> {
        let stops = self.storage().write_stops(tenant).await?;
        Ok(stops.into_iter().find(|stop| match stop.scope {
            StopScope::Tenant => true,
            StopScope::Store => stop.target == store.to_string(),
            StopScope::Key => stop.target == key.to_string(),
        }))
    }
}
