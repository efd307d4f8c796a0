//! The whole server, for whoever looks after it: workspaces as figures, and nothing of their orders.

use orderdesk_mcp_contract::views::people::TenantView;
use orderdesk_mcp_contract::{ApiError, ErrorCode, TenantId};
use orderdesk_mcp_storage::record::TenantFigures;

use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::stores::DAY_MS;

impl Services {
    /// All workspaces of this server, by name.
    ///
    /// # Errors
    /// `Forbidden` unless the caller looks after the server.
    pub async fn instance(&self, caller: &Caller) -> Result<Vec<TenantView>, ApiError> {
        require_instance_admin(caller)?;
        let from = self.now().plus_millis(-DAY_MS);
        let rows = self.storage().list_tenants(from).await;
        let rows = rows.map_err(|error| Failure::from(error).answer())?;
        Ok(rows
            .into_iter()
            .map(|row| view(row, caller.tenant_id()))
            .collect())
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
        let call = self.begin(caller, "set_suspended");
        let outcome = self.write_suspended(caller, id, is_suspended).await;
        self.finish(call, outcome).await
    }

    async fn write_suspended(
        &self,
        caller: &Caller,
        id: TenantId,
        is_suspended: bool,
    ) -> Result<String, Failure> {
        require_instance_admin(caller)?;
        let tenant = self.storage().tenant(id).await?;
        let tenant = tenant.ok_or_else(no_such_workspace)?;
        if is_suspended && id == caller.tenant_id() {
            return Err(ApiError::new(ErrorCode::Conflict, OWN).into());
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
