//! The stores: the list, adding one, and one by itself.

use orderdesk_mcp_contract::views::connection::ConnectionReport;

use crate::flash::Flash;

mod add;
mod api;
mod danger;
mod deleted;
mod detail;
mod edit;
mod health;
mod list;

pub(crate) use detail::StorePage;
#[cfg(feature = "ssr")]
pub(crate) use health::store_health;
pub(crate) use list::StoresPage;

/// The connection test that a form without script left behind.
fn left_report(flash: &Flash) -> Option<ConnectionReport> {
    serde_json::from_slice(flash.report.as_deref()?.as_bytes()).ok()
}
