//! The dashboard's figures.

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::views::dashboard::Dashboard;

/// The figures of the last 24 hours. Errors: `Unauthenticated`, `Unavailable`.
#[server(endpoint = "dashboard")]
pub async fn get_dashboard() -> Result<Dashboard, ApiError> {
    let (services, caller) = crate::backend::enter()?;
    crate::backend::reply(services.dashboard(&caller).await)
}
