//! The workspaces of the server.

use leptos::prelude::*;
use orderdesk_mcp_contract::views::people::{SettingView, TenantView};
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

#[cfg(feature = "ssr")]
mod ssr {
    use orderdesk_mcp_contract::{ApiError, ErrorCode};

    use super::FORM;
    use crate::backend::{enter, leave, reply};
    use crate::flash::Flash;
    use crate::routes;

    pub(super) async fn set_suspended(id: &str, is_suspended: bool) -> Result<String, ApiError> {
        let (services, caller) = enter()?;
        let set = match id.parse() {
            Ok(id) => services.set_suspended(&caller, id, is_suspended).await,
            Err(_) => Err(ApiError::new(
                ErrorCode::NotFound,
                "There is no such workspace on this server.",
            )),
        };
        let result = reply(set.map(|name| {
            if is_suspended {
                format!("{name} is suspended.")
            } else {
                format!("{name} can be used again.")
            }
        }));
        let flash = match &result {
            Ok(said) => Flash::notice(said.clone()),
            Err(error) => Flash::refused(FORM, error),
        };
        leave(routes::INSTANCE, Some(flash));
        result
    }
}
