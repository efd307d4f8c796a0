//! Order Desk for AI assistants and people, safely.

use std::process::ExitCode;

fn main() -> ExitCode {
    orderdesk_mcp_server::cli::main()
}
