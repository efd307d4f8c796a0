//! Tools, their forms, runs, and the person's calls.

use std::collections::BTreeMap;

use leptos::prelude::*;
use orderdesk_mcp_contract::form::JsonFault;
use orderdesk_mcp_contract::views::console::{ConsoleChoice, ConsoleRun};
use orderdesk_mcp_contract::{ApiError, ConsoleCallId};

use super::view::{CallsView, ConsoleView, ToolView};

/// The forms' names in a [`crate::flash::Flash`].
pub(super) const RUN_FORM: &str = "run_console_tool";
pub(super) const CALLS_FORM: &str = "console_calls";

/// The tools, with the reason beside those that the person may not call.
#[server(endpoint = "get_console")]
pub async fn get_console() -> Result<ConsoleView, ApiError> {
    ssr::console().await
}

/// One tool's form, filled in from a link's `args` or from one of the person's calls. Errors: `NotFound`.
#[server(endpoint = "get_console_tool")]
pub async fn get_console_tool(
    #[server(default)] tool: String,
    #[server(default)] args: String,
    #[server(default)] call: String,
) -> Result<Option<ToolView>, ApiError> {
    ssr::tool(&tool, &args, &call).await
}

/// What is wrong with arguments, by line.
#[server(endpoint = "check_console_arguments")]
pub async fn check_console_arguments(
    tool: String,
    #[server(default)] arguments: String,
) -> Result<Vec<JsonFault>, ApiError> {
    ssr::check(&tool, &arguments)
}

/// Calls a tool with arguments as JSON, or with the fields of a form that the browser sent, each by its JSON Pointer. That
/// the tool failed stands in the answer. Errors: `NotFound`, and `Invalid` for what keeps it from being called.
#[server(endpoint = "run_console_tool")]
pub async fn run_console_tool(
    tool: String,
    #[server(default)] arguments: String,
    #[server(default)] fields: BTreeMap<String, String>,
    #[server(default)] dry_run: bool,
    #[server(default)] confirm: String,
) -> Result<ConsoleRun, ApiError> {
    ssr::run(tool, arguments, fields, dry_run, confirm).await
}

/// What can be picked for an argument. Errors: those of the tools that list the same.
#[server(endpoint = "console_choices")]
pub async fn console_choices(
    picker: String,
    #[server(default)] store: String,
) -> Result<Vec<ConsoleChoice>, ApiError> {
    ssr::choices(&picker, &store).await
}

/// The person's calls, saved and not, newest first.
#[server(endpoint = "list_console_calls")]
pub async fn list_console_calls() -> Result<CallsView, ApiError> {
    ssr::calls().await
}

/// Saves a call without its secrets. Errors: `NotFound`, `Invalid` with the field at fault, `Conflict` when there are too
/// many.
#[server(endpoint = "save_console_call")]
pub async fn save_console_call(
    tool: String,
    name: String,
    #[server(default)] arguments: String,
) -> Result<ConsoleCallId, ApiError> {
    ssr::save(&tool, &name, &arguments).await
}

/// Gives a saved call another name. Errors: `NotFound`, `Invalid`.
#[server(endpoint = "rename_console_call")]
pub async fn rename_console_call(id: String, name: String) -> Result<(), ApiError> {
    ssr::rename(&id, &name).await
}

/// Removes one of the person's calls. Errors: `NotFound`.
#[server(endpoint = "remove_console_call")]
pub async fn remove_console_call(id: String) -> Result<(), ApiError> {
    ssr::remove(&id).await
}

#[cfg(feature = "ssr")]
#[path = "ssr.rs"]
mod ssr;
