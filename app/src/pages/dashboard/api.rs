//! The dashboard's figures.

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;

use super::view::Board;

/// The figures of a range: `24h`, `7d` or `30d`; the first for anything else. Errors: `Unauthenticated`, `Unavailable`.
#[server(endpoint = "dashboard")]
pub async fn get_dashboard(#[server(default)] range: String) -> Result<Board, ApiError> {
    let (services, caller) = crate::backend::enter()?;
    let range = orderdesk_mcp_contract::views::dashboard::Range::from_name(&range);
    crate::backend::reply(services.dashboard(&caller, range).await).map(ssr::board)
}

#[cfg(feature = "ssr")]
#[path = "ssr.rs"]
mod ssr;
