//! Order Desk for AI assistants and people, safely.

use std::process::ExitCode;

/// Each call allocates some hundred small pieces on one thread and frees many of them on another. The C library's allocator
/// takes a lock for those and spends a third of a call's time; this one keeps them apart by thread.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    orderdesk_mcp_server::cli::main()
}
