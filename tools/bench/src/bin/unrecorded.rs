//! The product, built without recording calls: what it does more often than the product, recording costs.

use std::process::ExitCode;

/// The product's own.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    orderdesk_mcp_server::cli::main()
}
