//! The dashboard's figures.

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;
use serde::{Deserialize, Serialize};

use crate::parts::Drawn;

/// The page's data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Whether the first steps are not all done.
    pub is_new: bool,
    /// What stands on the page, from the top. The server draws it: nothing in it listens, and the browser needs no code for it.
    pub drawn: Drawn,
}

/// The figures of a range: `24h`, `7d` or `30d`; the first for anything else. Errors: `Unauthenticated`, `Unavailable`.
#[server(endpoint = "dashboard")]
pub async fn get_dashboard(#[server(default)] range: String) -> Result<Overview, ApiError> {
    let (services, caller) = crate::backend::enter()?;
    let range = orderdesk_mcp_contract::views::dashboard::Range::from_name(&range);
    let figures = crate::backend::reply(services.dashboard(&caller, range).await)?;
    Ok(ssr::overview(&figures))
}

#[cfg(feature = "ssr")]
#[path = "ssr.rs"]
mod ssr;
