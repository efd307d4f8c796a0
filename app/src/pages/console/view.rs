//! What the console's page and its server exchange.

use orderdesk_mcp_contract::form::FormSpec;
use orderdesk_mcp_contract::views::console::{ConsoleCall, ConsoleRun, ConsoleStore, ConsoleTool};
use orderdesk_mcp_contract::{ApiError, UtcMillis};
use serde::{Deserialize, Serialize};

/// What does not change with the tool.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConsoleView {
    /// The tools, in the catalog's order.
    pub tools: Vec<ConsoleTool>,
}

/// The person's calls.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CallsView {
    /// When they were read.
    pub as_of: UtcMillis,
    /// Saved and not, newest first.
    pub calls: Vec<ConsoleCall>,
}

/// One tool, with what it is to be called with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ToolView {
    /// Who asks, and in which workspace, as the browser keeps calls by it.
    pub owner: String,
    /// The tool.
    pub tool: ConsoleTool,
    /// What it does, as models read it.
    pub description: String,
    /// Its form.
    pub form: FormSpec,
    /// The stores it can be called on.
    pub stores: Vec<ConsoleStore>,
    /// The endpoint, for what is copied.
    pub mcp_url: String,
    /// The arguments, as JSON: from the link, or from a call that was made or saved.
    pub arguments: String,
    /// Whether the address asks for just these arguments.
    pub is_given: bool,
    /// What came of it, for a page that follows a form without script.
    pub run: Option<ConsoleRun>,
    /// What of the link could not be read.
    pub problem: Option<ApiError>,
}
