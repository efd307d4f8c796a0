//! The whole server, for whoever looks after it: workspaces as figures, and nothing of their orders.

use orderdesk_mcp_contract::views::change::{ChangeQuery, ChangeSummary};
use orderdesk_mcp_contract::views::people::{
    ExportedPerson, SettingView, TenantExport, TenantView,
};
use orderdesk_mcp_contract::{ApiError, ErrorCode, TenantId};
use orderdesk_mcp_storage::record::{PersonRecord, TenantFigures, TenantRemoval};
use serde_json::json;

use crate::audit::Act;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::stores::{DAY_MS, view as store_view};
use crate::traces::Call;

impl Services {
    /// All workspaces of this server, by name.
    ///
    /// # Errors
    /// `Forbidden` unless the caller looks after the server.
    pub async fn instance(&self, caller: &Caller) -> Result<Vec<TenantView>, ApiError> {
        require_instance_admin(caller)?;
        let now = self.now();
        let from = now.plus_millis(-DAY_MS);
        let rows = self.storage().list_tenants(from, now).await;
        let rows = rows.map_err(|error| Failure::from(error).answer())?;
        Ok(rows
            .into_iter()
            .map(|row| view(row, caller.tenant_id()))
            .collect())
    }

    /// The server's settings with the values in force; of secrets only whether they are set.
    ///
    /// # Errors
    /// `Forbidden` unless the caller looks after the server.
    pub fn settings_in_force(&self, caller: &Caller) -> Result<Vec<SettingView>, ApiError> {
        require_instance_admin(caller)?;
        Ok(self.settings().in_force.clone())
    }

    /// Stops the use of a workspace, or lets it go on: its keys and people are refused from this moment. Gives its name.
    ///
    /// # Errors
    /// `Forbidden` unless the caller looks after the server, `NotFound` without such a workspace, `Conflict` for the one
    /// the caller is in.
    pub async fn set_suspended(
        &self,
        caller: &Caller,
        id: TenantId,
        is_suspended: bool,
    ) -> Result<String, ApiError> {
        let facts = json!({ "tenant_id": id, "suspended": is_suspended });
        let call = self.begin(caller, "set_suspended").noting(facts);
        let outcome = self.write_suspended(&call, id, is_suspended).await;
        self.finish(call, outcome).await
    }

    async fn write_suspended(
        &self,
        call: &Call,
        id: TenantId,
        is_suspended: bool,
    ) -> Result<String, Failure> {
        let caller = call.caller();
        require_instance_admin(caller)?;
        let tenant = self.storage().tenant(id).await?;
        let tenant = tenant.ok_or_else(no_such_workspace)?;
        if is_suspended && id == caller.tenant_id() {
            return Err(ApiError::new(ErrorCode::Conflict, OWN).into());
        }
        self.enter_for_both(call, id).await?;
        if !is_suspended {
            self.renew_alerts(id).await?;
        }
        let at = is_suspended.then(|| self.now());
        if !self.storage().set_tenant_suspended(id, at).await? {
            return Err(no_such_workspace());
        }
        // Whoever is of it: there is no telling them apart without asking for each.
        self.accounts().forget_rows();
        if is_suspended {
            self.storage().remove_tenant_sessions(id).await?;
        }
        Ok(tenant.name)
    }
}

impl Services {
    /// What a workspace has, to be kept.
    ///
    /// # Errors
    /// `Forbidden` unless the caller looks after the server, `NotFound` without such a workspace.
    pub async fn export_tenant(
        &self,
        caller: &Caller,
        id: TenantId,
    ) -> Result<TenantExport, ApiError> {
        let facts = json!({ "tenant_id": id });
        let call = self.begin(caller, "export_tenant").noting(facts);
        let outcome = self.write_export(&call, id).await;
        self.finish(call, outcome).await
    }

    async fn write_export(&self, call: &Call, id: TenantId) -> Result<TenantExport, Failure> {
        require_instance_admin(call.caller())?;
        let tenant = self.storage().tenant(id).await?;
        let tenant = tenant.ok_or_else(no_such_workspace)?;
        self.enter_for_both(call, id).await?;
        let stores = self.storage().list_stores(id).await?;
        let keys = self.storage().list_keys(id).await?;
        let people = self.storage().list_members(id).await?;
        let person = |row: PersonRecord| ExportedPerson {
            name: row.user.name,
            email: row.user.email,
            role: row.member.role,
            joined_at: row.member.created_at,
        };
        Ok(TenantExport {
            exported_at: self.now(),
            name: tenant.name,
            created_at: tenant.created_at,
            stores: stores.iter().map(store_view).collect::<Result<_, _>>()?,
            keys: keys.iter().map(|key| self.key_view(key)).collect(),
            people: people.into_iter().map(person).collect(),
            changes: self.all_changes(id).await?,
        })
    }

    async fn all_changes(&self, tenant: TenantId) -> Result<Vec<ChangeSummary>, Failure> {
        let mut query = ChangeQuery {
            limit: EXPORTED_AT_ONCE,
            ..ChangeQuery::default()
        };
        let mut all = Vec::new();
        loop {
            let page = self.page_of(tenant, &query).await?;
            query.before = page.changes.last().map(|change| change.id);
            // Reasons are free text: they may name customers.
            all.extend(page.changes.into_iter().map(|change| ChangeSummary {
                reason: None,
                ..change
            }));
            if !page.has_more {
                return Ok(all);
            }
        }
    }

    /// Deletes a suspended workspace for good when its name was typed exactly. Gives the name.
    ///
    /// # Errors
    /// `Forbidden` unless the caller looks after the server, `NotFound` without such a workspace, `Invalid` for another name,
    /// `Conflict` for one that is in use or has changes that are not settled.
    pub async fn delete_tenant(
        &self,
        caller: &Caller,
        id: TenantId,
        typed_name: &str,
    ) -> Result<String, ApiError> {
        let facts = json!({ "tenant_id": id });
        let call = self.begin(caller, "delete_tenant").noting(facts);
        let outcome = self.remove_for_good(&call, id, typed_name).await;
        self.finish(call, outcome).await
    }

    async fn remove_for_good(
        &self,
        call: &Call,
        id: TenantId,
        typed_name: &str,
    ) -> Result<String, Failure> {
        require_instance_admin(call.caller())?;
        let tenant = self.storage().tenant(id).await?;
        let tenant = tenant.ok_or_else(no_such_workspace)?;
        if typed_name.trim() != tenant.name {
            return Err(ApiError::invalid(
                "typed_name",
                "This is not the workspace's name. Type it exactly as it stands above.",
            )
            .into());
        }
        // Its own log goes with it.
        call.enter().await?;
        loop {
            let refused = match self.storage().remove_tenant(id, REMOVED_AT_ONCE).await? {
                TenantRemoval::Going => continue,
                TenantRemoval::Gone => break,
                TenantRemoval::NotThere => return Err(no_such_workspace()),
                TenantRemoval::InUse => {
                    "This workspace is in use. Suspend it first. Nothing was deleted."
                }
                TenantRemoval::HasOpenChanges => {
                    "Changes of this workspace are under way, or their outcomes are not known yet. Wait until they are settled. Nothing was deleted."
                }
            };
            return Err(ApiError::new(ErrorCode::Conflict, refused).into());
        }
        self.accounts().forget_rows();
        self.store_rows().forget(id);
        Ok(tenant.name)
    }
}

impl Services {
    /// Enters what is done to a whole workspace into the log of whoever does it, and into its own, which does not learn who
    /// of another workspace it was.
    async fn enter_for_both(&self, call: &Call, id: TenantId) -> Result<(), Failure> {
        call.enter().await?;
        if id != call.tenant() {
            let facts = json!({ "by": "somebody who looks after the server" });
            self.enter(&Act {
                door: call.caller().door(),
                ..Act::of_operator(id, call.name(), facts)
            })
            .await?;
        }
        Ok(())
    }
}

/// Changes read at once for an export.
const EXPORTED_AT_ONCE: u32 = 200;
/// Recorded calls removed in one transaction: a few milliseconds' work.
const REMOVED_AT_ONCE: u32 = 2_000;

const OWN: &str =
    "You are in this workspace: suspending it would lock you out. Sign in to another one first.";

fn require_instance_admin(caller: &Caller) -> Result<(), ApiError> {
    if caller.is_instance_admin() {
        return Ok(());
    }
    Err(ApiError::new(
        ErrorCode::Forbidden,
        "Only people who look after the whole server see its workspaces. Whoever runs it makes such a person with `orderdesk-mcp user grant-instance-admin`.",
    ))
}

fn view(row: TenantFigures, own: TenantId) -> TenantView {
    TenantView {
        id: row.tenant.id,
        is_own: row.tenant.id == own,
        name: row.tenant.name,
        created_at: row.tenant.created_at,
        suspended_at: row.tenant.suspended_at,
        stores: row.stores,
        keys: row.keys,
        people: row.people,
        calls: row.calls,
        last_active_at: row.last_active_at,
    }
}

fn no_such_workspace() -> Failure {
    ApiError::new(
        ErrorCode::NotFound,
        "There is no such workspace on this server.",
    )
    .into()
}
