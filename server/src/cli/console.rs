//! Writing to the person at the terminal.

use std::io::{self, Write};

use anyhow::Context;

/// Writes a line to standard output, at once.
///
/// # Errors
/// Standard output is closed.
pub(super) fn say(line: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .context("standard output is closed")
}

/// Writes a line to standard error. Nobody may be listening there, and then there is nobody to tell.
pub(super) fn note(line: &str) {
    let mut err = io::stderr().lock();
    if writeln!(err, "{line}").is_err() {
        tracing::debug!("standard error is closed");
    }
}
