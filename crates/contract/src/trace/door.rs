//! Where a call came in, and what was done in it.

use serde::{Deserialize, Serialize};

/// The door a call came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// MCP over HTTP.
    Mcp,
    /// MCP over standard input and output.
    Stdio,
    /// The web app.
    Web,
    /// A tool called by a person in the web app's console.
    Console,
    /// The command line.
    Cli,
}

impl Door {
    /// Every door.
    pub const ALL: [Self; 5] = [Self::Mcp, Self::Stdio, Self::Web, Self::Console, Self::Cli];

    /// The name it is stored and asked for under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mcp => "mcp",
            Self::Stdio => "stdio",
            Self::Web => "web",
            Self::Console => "console",
            Self::Cli => "cli",
        }
    }

    /// Whether tools are called through it; what people do in the web app and at the command line is no call of a tool.
    pub fn is_for_tools(self) -> bool {
        matches!(self, Self::Mcp | Self::Stdio | Self::Console)
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Mcp => "MCP over HTTP",
            Self::Stdio => "MCP over stdio",
            Self::Web => "Web app",
            Self::Console => "Console",
            Self::Cli => "Command line",
        }
    }
}

/// What a span shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpanKind {
    /// Proving who calls, before the call began.
    Auth,
    /// Asking what rules, stops and budgets say of a change.
    Policy,
    /// Asking the cache, or waiting for another call that is fetching the same.
    Cache,
    /// Waiting for other changes of the same record.
    Queue,
    /// Waiting for a place in the store's request bucket.
    Pace,
    /// One request to Order Desk.
    Upstream,
    /// Reading again after a write, to prove what came of it.
    Verify,
    /// Writing into our own database what is about to be done.
    Database,
}

impl SpanKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Auth,
        Self::Policy,
        Self::Cache,
        Self::Queue,
        Self::Pace,
        Self::Upstream,
        Self::Verify,
        Self::Database,
    ];

    /// The name it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Policy => "policy",
            Self::Cache => "cache",
            Self::Queue => "queue",
            Self::Pace => "pace",
            Self::Upstream => "upstream",
            Self::Verify => "verify",
            Self::Database => "database",
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Auth => "Proving the caller",
            Self::Policy => "Rules",
            Self::Cache => "Cache",
            Self::Queue => "Waiting in line",
            Self::Pace => "Waiting for the store's limit",
            Self::Upstream => "Order Desk",
            Self::Verify => "Verifying",
            Self::Database => "Database",
        }
    }

    /// Whether it happened before the call began, and is no part of its duration.
    pub fn is_before(self) -> bool {
        matches!(self, Self::Auth)
    }

    /// Whether the call only waited meanwhile.
    pub fn is_wait(self) -> bool {
        matches!(self, Self::Queue | Self::Pace)
    }
}
