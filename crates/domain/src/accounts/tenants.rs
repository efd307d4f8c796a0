//! Workspaces.

use orderdesk_mcp_contract::{Access, ApiError, ErrorCode, KeyKind, Right, validate};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{Door, TenantRecord};
use orderdesk_mcp_vault::Secret;
use serde_json::json;

use super::keys::NewKeyRequest;
use crate::audit::Act;
use crate::caller::{Caller, Credential, Origin};
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Call;

/// A workspace that was just made. The key is shown once and kept nowhere.
#[derive(Debug)]
pub struct NewTenant {
    /// The workspace.
    pub tenant: TenantRecord,
    /// Its master key.
    pub master_key: Secret,
}

/// A name as it is compared: without spaces around it, in lower case.
pub(crate) fn name_key(name: &str) -> String {
    name.trim().to_lowercase()
}

fn name_is_taken(field: &str, name: &str) -> Failure {
    ApiError {
        field: Some(field.into()),
        ..ApiError::new(
            ErrorCode::Conflict,
            format!("There is already a workspace named `{name}`."),
        )
    }
    .into()
}

impl Services {
    /// Makes a workspace with its master key. For the operator at the command line and the first start;
    /// no door leads here.
    ///
    /// # Errors
    /// `Invalid` for an unusable name, `Conflict` when it is taken.
    pub async fn create_tenant(&self, name: &str) -> Result<NewTenant, ApiError> {
        validate::short_text("tenant", name, validate::NAME_MAX)?;
        self.add_tenant(name).await.map_err(Failure::answer)
    }

    async fn add_tenant(&self, name: &str) -> Result<NewTenant, Failure> {
        let tenant = TenantRecord {
            id: self.new_tenant_id()?,
            name: name.trim().to_owned(),
            name_key: name_key(name),
            created_at: self.now(),
            suspended_at: None,
        };
        let request = NewKeyRequest {
            name: "Owner".into(),
            kind: KeyKind::Master,
            access: Access::Write,
            expires_at: None,
        };
        let (row, master_key) = self.issue_key(tenant.id, &request, None).await?;
        match self.storage().add_tenant(&tenant, &row).await {
            Ok(()) => {
                // Its log begins with it. Where that fails the next start begins it.
                let facts = json!({ "key_id": row.id });
                self.enter(&Act::of_operator(tenant.id, "create_tenant", facts))
                    .await?;
                Ok(NewTenant { tenant, master_key })
            }
            Err(StorageError::Taken { .. }) => Err(name_is_taken("tenant", &tenant.name)),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives the caller's workspace another name. Commands and the next sign-in know it by the new one.
    ///
    /// # Errors
    /// `Forbidden` without the right, `Invalid` for an unusable name, `Conflict` when it is taken.
    pub async fn rename_tenant(&self, caller: &Caller, name: &str) -> Result<(), ApiError> {
        let call = self.begin(caller, "rename_tenant");
        let outcome = self.write_tenant_name(&call, name).await;
        self.finish(call, outcome).await
    }

    async fn write_tenant_name(&self, call: &Call, name: &str) -> Result<(), Failure> {
        let caller = call.caller();
        caller.require(Right::Settings)?;
        validate::short_text("tenant_name", name, validate::NAME_MAX)?;
        call.enter().await?;
        let (id, name) = (caller.tenant_id(), name.trim());
        match self
            .storage()
            .rename_tenant(id, name, &name_key(name))
            .await
        {
            // A workspace that is gone has nobody who could call.
            Ok(_) => {}
            Err(StorageError::Taken { .. }) => return Err(name_is_taken("tenant_name", name)),
            Err(error) => return Err(error.into()),
        }
        // Whoever is of it: there is no telling them apart without asking for each.
        self.accounts().forget_rows();
        Ok(())
    }

    /// A workspace by its name, without regard to case. For the operator.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn tenant_by_name(&self, name: &str) -> Result<Option<TenantRecord>, ApiError> {
        let found = self.storage().tenant_by_name_key(&name_key(name)).await;
        found.map_err(|error| Failure::from(error).answer())
    }

    /// How many workspaces there are. For the operator and the first start.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn count_tenants(&self) -> Result<u64, ApiError> {
        self.storage()
            .count_tenants()
            .await
            .map_err(|error| Failure::from(error).answer())
    }

    /// The operator at the command line, acting for a workspace with its first valid master key's
    /// standing. Whoever can run the command can read the database and its key, so no credential is asked.
    ///
    /// # Errors
    /// `NotFound` without such a workspace, `Forbidden` when all its master keys are revoked.
    pub async fn operator(&self, tenant: &str) -> Result<Caller, ApiError> {
        self.operator_for(tenant).await.map_err(Failure::answer)
    }

    async fn operator_for(&self, name: &str) -> Result<Caller, Failure> {
        let Some(tenant) = self.storage().tenant_by_name_key(&name_key(name)).await? else {
            let text = format!(
                "There is no workspace named `{name}`. Make it with `orderdesk-mcp tenant create`."
            );
            return Err(ApiError {
                field: Some("tenant".into()),
                ..ApiError::new(ErrorCode::NotFound, text)
            }
            .into());
        };
        let now = self.now();
        let usable = self
            .storage()
            .list_keys(tenant.id)
            .await?
            .into_iter()
            .find(|key| {
                key.kind == KeyKind::Master
                    && key.access == Access::Write
                    && key.revoked_at.is_none()
                    && key.expires_at.is_none_or(|end| now < end)
            });
        let Some(key) = usable else {
            let text = format!(
                "The workspace `{}` has no valid master key with write access to act with.",
                tenant.name
            );
            return Err(ApiError::new(ErrorCode::Forbidden, text).into());
        };
        let policy = self.storage().key_policy(tenant.id, key.id).await?;
        let who = crate::caller::Who {
            credential: Credential::Key(key),
            tenant,
            policy: policy.unwrap_or_default(),
        };
        let (who, origin) = (std::sync::Arc::new(who), Origin::of(Door::Cli));
        Ok(Caller::new(who, origin, now))
    }
}
