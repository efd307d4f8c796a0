//! Tools called by people in the browser: the same path as an assistant's call, with what happened inside to look at.

mod calls;
mod choices;
mod note;
mod run;

pub use run::ConsoleRequest;

use orderdesk_mcp_contract::tool::ToolSpec;
use orderdesk_mcp_contract::tools::catalog;
use orderdesk_mcp_contract::views::console::{ConsoleHints, ConsoleStore, ConsoleTool};
use orderdesk_mcp_contract::{ApiError, ErrorCode};

use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::tools::permit;

impl Services {
    /// All tools, with the reason beside those that the caller may not call.
    pub fn console_tools(&self, caller: &Caller) -> Vec<ConsoleTool> {
        let tools = catalog::offered().iter().map(|spec| ConsoleTool {
            name: spec.name.to_owned(),
            title: spec.title.to_owned(),
            family: spec.family().to_owned(),
            hints: ConsoleHints {
                reads: spec.hints.read_only,
                destructive: spec.hints.destructive,
                idempotent: spec.hints.idempotent,
                dry_run: spec.need.is_write(),
            },
            refused: permit(caller, spec).err().map(|error| error.message),
        });
        tools.collect()
    }

    /// The workspace's stores, by name, and which of them is meant when none is named.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn console_stores(&self, caller: &Caller) -> Result<Vec<ConsoleStore>, ApiError> {
        let read = async {
            let rows = self.storage().list_stores(caller.tenant_id()).await?;
            let active = self
                .who(caller.actor())
                .await?
                .and_then(|who| who.active_store());
            let is_only = rows.len() == 1;
            let stores = rows.into_iter().map(|row| ConsoleStore {
                is_active: is_only || active == Some(row.id),
                sandbox: row.sandbox,
                name: row.name,
            });
            Ok::<_, Failure>(stores.collect())
        };
        read.await.map_err(Failure::answer)
    }
}

/// The tool of this name.
///
/// # Errors
/// `NotFound`.
pub fn known_tool(name: &str) -> Result<&'static ToolSpec, ApiError> {
    catalog::find(name).ok_or_else(|| {
        ApiError::new(
            ErrorCode::NotFound,
            "There is no such tool. Choose one of the list in the console.",
        )
    })
}

/// Says that the caller has no such call.
pub fn no_such_call() -> ApiError {
    ApiError::new(
        ErrorCode::NotFound,
        "There is no such call among yours; it may have been removed.",
    )
}
