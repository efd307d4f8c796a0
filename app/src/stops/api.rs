//! Stopping and resuming writes.

use leptos::prelude::*;
use orderdesk_mcp_contract::{ApiError, StopScope};

/// The forms' name in a [`crate::flash::Flash`], and that of the frame's other forms: it says above the page why one was
/// refused.
pub(crate) const FORM: &str = "stops";

/// Stops writes of the workspace, of a store or of a key, and says so. Errors: `Forbidden`, `NotFound`, `Invalid` for a
/// reason that is too long.
#[server(endpoint = "stop_writes")]
pub async fn stop_writes(
    scope: StopScope,
    #[server(default)] target: String,
    #[server(default)] reason: String,
    #[server(default)] back: String,
) -> Result<String, ApiError> {
    let (services, caller) = crate::backend::enter()?;
    let stop = services
        .stop_writes(&caller, scope, target.trim(), Some(&reason))
        .await;
    ssr::answer(&back, stop.map(|stop| ssr::stopped(&stop)))
}

/// Ends a stop, and says so. Errors: `Forbidden`, `NotFound` when nothing is stopped there.
#[server(endpoint = "resume_writes")]
pub async fn resume_writes(
    scope: StopScope,
    #[server(default)] target: String,
    #[server(default)] back: String,
) -> Result<String, ApiError> {
    let (services, caller) = crate::backend::enter()?;
    let stop = services.resume_writes(&caller, scope, target.trim()).await;
    ssr::answer(&back, stop.map(|stop| ssr::resumed(&stop)))
}

#[cfg(feature = "ssr")]
mod ssr {
    use orderdesk_mcp_contract::views::change::StopView;
    use orderdesk_mcp_contract::{ApiError, StopScope};

    use super::FORM;
    use crate::backend::{leave_saying, page_before};
    use crate::routes;

    /// Passes the answer on; a form without script goes back to where it was sent from.
    pub(super) fn answer(back: &str, result: Result<String, ApiError>) -> Result<String, ApiError> {
        let page = page_before();
        let back = if back.is_empty() { &page } else { back };
        leave_saying(routes::safe_path(back), FORM, result)
    }

    pub(super) fn stopped(stop: &StopView) -> String {
        format!("{} are stopped.", subject(stop))
    }

    pub(super) fn resumed(stop: &StopView) -> String {
        format!("{} go on.", subject(stop))
    }

    fn subject(stop: &StopView) -> String {
        match stop.scope {
            StopScope::Tenant => "All writes".to_owned(),
            StopScope::Store => format!("Writes to {}", stop.target_name),
            StopScope::Key => format!("Writes of the key {}", stop.target_name),
        }
    }
}
