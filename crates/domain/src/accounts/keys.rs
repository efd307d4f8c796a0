//! Keys: made, listed, revoked.

use std::collections::HashMap;

use orderdesk_mcp_contract::views::account::{ConnectInfo, KeyView};
use orderdesk_mcp_contract::{
    Access, ApiError, ErrorCode, KeyId, KeyKind, KeyPolicy, Right, TenantId, UtcMillis, validate,
};
use orderdesk_mcp_storage::record::{KeyRecord, NewKey};
use orderdesk_mcp_vault::{self as vault, Secret, token};
use serde_json::json;

use super::policies;
use crate::caller::{Actor, Caller};
use crate::error::Failure;
use crate::services::Services;

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewKeyRequest {
    /// A name for people, 1 to 80 characters.
    pub name: String,
    /// Master or API key.
    pub kind: KeyKind,
    /// What it may do.
    pub access: Access,
    /// When it ends by itself.
    pub expires_at: Option<UtcMillis>,
}

impl Services {
    /// Makes a key of the caller's workspace. The secret is given out here once and kept nowhere.
    ///
    /// # Errors
    /// `Forbidden` unless the caller manages keys, and for a master key unless they are an owner; `Invalid` for an unusable
    /// name or an end in the past.
    pub async fn create_key(
        &self,
        caller: &Caller,
        new: NewKeyRequest,
    ) -> Result<(KeyView, Secret), ApiError> {
        self.make_key(caller, new, None).await
    }

    /// The same with a policy of its own from the first moment.
    ///
    /// # Errors
    /// As [`Services::create_key`], and `Invalid` with the part of the policy at fault.
    pub async fn create_limited_key(
        &self,
        caller: &Caller,
        new: NewKeyRequest,
        policy: KeyPolicy,
    ) -> Result<(KeyView, Secret), ApiError> {
        self.make_key(caller, new, Some(policy)).await
    }

    async fn make_key(
        &self,
        caller: &Caller,
        new: NewKeyRequest,
        policy: Option<KeyPolicy>,
    ) -> Result<(KeyView, Secret), ApiError> {
        let facts = |id: Option<KeyId>| {
            json!({
                "key_id": id,
                "kind": new.kind,
                "access": new.access,
                "expires_at": new.expires_at,
                "policy": policy,
            })
        };
        let call = self.begin(caller, "create_key").noting(facts(None));
        let made = async {
            self.check_new_key(caller, &new)?;
            if let Some(policy) = &policy {
                policies::check(policy)?;
            }
            let (tenant, by) = (caller.tenant_id(), caller.maker());
            let (row, secret) = self.issue_key(tenant, &new, by).await?;
            call.note(facts(Some(row.id)));
            call.enter().await?;
            match &policy {
                Some(policy) => self.storage().add_limited_key(&row, policy).await?,
                None => self.storage().add_key(&row).await?,
            }
            Ok::<_, Failure>((view_of_new(&row, caller), secret))
        };
        let outcome = made.await;
        self.finish(call, outcome).await
    }

    fn check_new_key(&self, caller: &Caller, new: &NewKeyRequest) -> Result<(), ApiError> {
        caller.require(Right::Keys)?;
        if new.kind == KeyKind::Master {
            caller.require(Right::Own)?;
        }
        validate::short_text("name", &new.name, validate::NAME_MAX)?;
        if new.expires_at.is_some_and(|end| end <= self.now()) {
            return Err(ApiError::invalid(
                "expires_at",
                "The key would already have expired; choose a later date.",
            ));
        }
        Ok(())
    }

    /// Whether nobody can use the key any more.
    pub(super) fn has_ended(&self, key: &KeyRecord) -> bool {
        let now = self.now();
        key.revoked_at.is_some() || key.expires_at.is_some_and(|end| end <= now)
    }

    /// The keys of the caller's workspace, newest first.
    ///
    /// # Errors
    /// `Forbidden` unless the caller manages keys.
    pub async fn list_keys(&self, caller: &Caller) -> Result<Vec<KeyView>, ApiError> {
        caller.require(Right::Keys)?;
        self.read_keys(caller).await.map_err(Failure::answer)
    }

    async fn read_keys(&self, caller: &Caller) -> Result<Vec<KeyView>, Failure> {
        let tenant = caller.tenant_id();
        let rows = self.storage().list_keys(tenant).await?;
        let names = self.actor_names(tenant).await?;
        Ok(rows
            .iter()
            .map(|row| self.made_key_view(row, &names))
            .collect())
    }

    /// How many keys of a workspace each of its people and keys made that work still.
    pub(super) async fn live_keys_by_maker(
        &self,
        tenant: TenantId,
    ) -> Result<HashMap<KeyId, u32>, Failure> {
        let rows = self.storage().list_keys(tenant).await?;
        let mut counts = HashMap::new();
        for row in rows.iter().filter(|row| !self.has_ended(row)) {
            if let Some(maker) = row.created_by {
                *counts.entry(maker).or_default() += 1;
            }
        }
        Ok(counts)
    }

    /// Revokes a key of the caller's workspace; it is refused from this moment.
    ///
    /// # Errors
    /// `Forbidden` unless the caller manages keys, and for a master key unless they are an owner; `NotFound` without such a
    /// key there.
    pub async fn revoke_key(&self, caller: &Caller, id: KeyId) -> Result<(), ApiError> {
        let call = self
            .begin(caller, "revoke_key")
            .noting(json!({ "key_id": id }));
        let revoked = async {
            self.key_to_manage(caller, id).await?;
            call.enter().await?;
            let (tenant, now) = (caller.tenant_id(), self.now());
            if !self.storage().revoke_key(tenant, id, now).await? {
                return Err(no_such_key());
            }
            self.accounts().forget(id).await;
            Ok(())
        };
        let outcome = revoked.await;
        self.finish(call, outcome).await
    }

    /// A key, if it is one of this workspace.
    pub(crate) async fn key_of(&self, tenant: TenantId, id: KeyId) -> Result<KeyRecord, Failure> {
        let row = self.storage().key(id).await?;
        row.filter(|row| row.tenant_id == tenant)
            .ok_or_else(no_such_key)
    }

    /// A key of the caller's workspace that the caller may limit and revoke.
    pub(super) async fn key_to_manage(
        &self,
        caller: &Caller,
        id: KeyId,
    ) -> Result<KeyRecord, Failure> {
        caller.require(Right::Keys)?;
        let row = self.key_of(caller.tenant_id(), id).await?;
        if row.kind == KeyKind::Master {
            caller.require(Right::Own)?;
        }
        Ok(row)
    }

    /// What the connect page needs.
    ///
    /// # Errors
    /// `Forbidden` unless the caller manages keys.
    pub async fn connect_info(&self, caller: &Caller) -> Result<ConnectInfo, ApiError> {
        let now = self.now();
        let mut keys = self.list_keys(caller).await?;
        keys.retain(|key| key.revoked_at.is_none() && key.expires_at.is_none_or(|end| now < end));
        Ok(ConnectInfo {
            mcp_url: format!("{}/mcp", self.settings().public_url),
            keys,
        })
    }

    /// A key that is still to be stored, made by `by`; none for the command line.
    pub(super) async fn issue_key(
        &self,
        tenant: TenantId,
        new: &NewKeyRequest,
        by: Option<KeyId>,
    ) -> Result<(NewKey, Secret), Failure> {
        let id = self.new_key_id()?;
        let kind = match new.kind {
            KeyKind::Master => vault::KeyKind::Master,
            KeyKind::Api => vault::KeyKind::Api,
        };
        let secret = token::issue(kind, &id.to_string(), self.entropy())
            .map_err(|error| Failure::bug("a key could not be issued", error))?;
        let hash = self.hash_secret(&secret).await?;
        let row = NewKey {
            id,
            tenant_id: tenant,
            name: new.name.trim().to_owned(),
            kind: new.kind,
            access: new.access,
            hash,
            hint: token::display_prefix(kind, &id.to_string()),
            created_at: self.now(),
            expires_at: new.expires_at,
            created_by: by,
        };
        Ok((row, secret))
    }

    /// Writes down which keys were used and which people were seen since the last time.
    pub(crate) async fn write_use(&self) {
        let (mut keys, mut members) = (Vec::new(), Vec::new());
        for (actor, at) in self.accounts().take_use() {
            match actor {
                Actor::Key(id) => keys.push((id, at)),
                Actor::Member(id) => members.push((id, at)),
            }
        }
        // Neither asks the database when there is nothing to write.
        if let Err(error) = self.storage().touch_keys(&keys).await {
            tracing::warn!(%error, keys = keys.len(), "failed to note when keys were last used");
        }
        if let Err(error) = self.storage().touch_members(&members).await {
            tracing::warn!(%error, people = members.len(), "failed to note when people were last seen");
        }
    }
}

pub(crate) fn no_such_key() -> Failure {
    ApiError::new(
        ErrorCode::NotFound,
        "There is no such key in this workspace.",
    )
    .into()
}

impl Services {
    /// A key as its pages show it, with its last use as this process knows it.
    pub(crate) fn key_view(&self, row: &KeyRecord) -> KeyView {
        let seen = self.accounts().last_use(row.id);
        KeyView {
            last_used_at: row.last_used_at.max(seen),
            ..view(row)
        }
    }

    /// The same with its maker's name, which is among `names`.
    pub(super) fn made_key_view(&self, row: &KeyRecord, names: &HashMap<KeyId, String>) -> KeyView {
        let named = |id| {
            names
                .get(&id)
                .map_or("somebody who is gone", String::as_str)
        };
        KeyView {
            made_by: row.created_by.map(|id| named(id).to_owned()),
            ..self.key_view(row)
        }
    }
}

fn view(row: &KeyRecord) -> KeyView {
    KeyView {
        id: row.id,
        name: row.name.clone(),
        kind: row.kind,
        access: row.access,
        hint: row.hint.clone(),
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
        revoked_at: row.revoked_at,
        replaced_by: row.replaced_by,
        made_by: None,
    }
}

pub(super) fn view_of_new(row: &NewKey, by: &Caller) -> KeyView {
    KeyView {
        id: row.id,
        name: row.name.clone(),
        kind: row.kind,
        access: row.access,
        hint: row.hint.clone(),
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: None,
        revoked_at: None,
        replaced_by: None,
        made_by: row.created_by.map(|_| by.actor_name().to_owned()),
    }
}
