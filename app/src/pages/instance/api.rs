//! The workspaces of the server.

use leptos::prelude::*;
use orderdesk_mcp_contract::views::people::{SettingView, TenantExport, TenantView};
use orderdesk_mcp_contract::{ApiError, UtcMillis};
use serde::{Deserialize, Serialize};

/// The form's name in a [`crate::flash::Flash`].
pub(super) const FORM: &str = "instance";

/// The page's data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InstanceView {
    /// The moment it was read.
    pub as_of: UtcMillis,
    /// The workspaces, by name.
    pub tenants: Vec<TenantView>,
    /// The server's settings.
    pub settings: Vec<SettingView>,
}

/// All workspaces, as figures, and the server's settings. Errors: `Forbidden` unless whoever asks looks after the server.
#[server(endpoint = "list_tenants")]
pub async fn list_tenants() -> Result<InstanceView, ApiError> {
    let (services, caller) = crate::backend::enter()?;
    Ok(InstanceView {
        as_of: services.now(),
        tenants: crate::backend::reply(services.instance(&caller).await)?,
        settings: crate::backend::reply(services.settings_in_force(&caller))?,
    })
}

/// Stops the use of a workspace or lets it go on, and says so. Errors: `Forbidden`, `NotFound`, `Conflict` for one's own.
#[server(endpoint = "set_suspended")]
pub async fn set_suspended(id: String, suspended: bool) -> Result<String, ApiError> {
    ssr::set_suspended(&id, suspended).await
}

/// What a workspace has, as a file to keep. Errors: `Forbidden`, `NotFound`.
#[server(endpoint = "export_tenant")]
pub async fn export_tenant(id: String) -> Result<TenantExport, ApiError> {
    ssr::export(&id).await
}

/// Deletes a suspended workspace when its name was typed exactly, and says so. Errors: `Forbidden`, `NotFound`, `Invalid` for
/// another name, `Conflict` for one that is in use or has changes under way.
#[server(endpoint = "delete_tenant")]
pub async fn delete_tenant(
    id: String,
    #[server(default)] typed_name: String,
) -> Result<String, ApiError> {
    ssr::delete(&id, &typed_name).await
}

#[cfg(feature = "ssr")]
mod ssr {
    use orderdesk_mcp_contract::views::people::TenantExport;
    use orderdesk_mcp_contract::{ApiError, ErrorCode, TenantId};

    use super::FORM;
    use crate::backend::{download, enter, leave, leave_saying, reply};
    use crate::flash::Flash;
    use crate::routes;

    pub(super) async fn set_suspended(id: &str, is_suspended: bool) -> Result<String, ApiError> {
        let (services, caller) = enter()?;
        let set = match parse(id) {
            Ok(id) => services.set_suspended(&caller, id, is_suspended).await,
            Err(error) => Err(error),
        };
        leave_saying(
            routes::INSTANCE,
            FORM,
            set.map(|name| {
                if is_suspended {
                    format!("{name} is suspended.")
                } else {
                    format!("{name} can be used again.")
                }
            }),
        )
    }

    pub(super) async fn export(id: &str) -> Result<TenantExport, ApiError> {
        let (services, caller) = enter()?;
        let export = match parse(id) {
            Ok(id) => services.export_tenant(&caller, id).await,
            Err(error) => Err(error),
        };
        let export = reply(export);
        match &export {
            Ok(_) => download("workspace.json"),
            Err(error) => leave(routes::INSTANCE, Some(Flash::refused(FORM, error))),
        }
        export
    }

    pub(super) async fn delete(id: &str, typed_name: &str) -> Result<String, ApiError> {
        let (services, caller) = enter()?;
        let deleted = match parse(id) {
            Ok(id) => services.delete_tenant(&caller, id, typed_name).await,
            Err(error) => Err(error),
        };
        leave_saying(
            routes::INSTANCE,
            FORM,
            deleted.map(|name| format!("{name} is deleted.")),
        )
    }

    fn parse(id: &str) -> Result<TenantId, ApiError> {
        id.parse().map_err(|_| {
            ApiError::new(
                ErrorCode::NotFound,
                "There is no such workspace on this server.",
            )
        })
    }
}
