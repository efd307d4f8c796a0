//! Writing to the person at the terminal.

use std::io::{self, IsTerminal, Read, Write};

use anyhow::{Context, bail};

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

/// Reads a secret from standard input, after asking for it where a person types.
///
/// # Errors
/// Standard input is no text, or holds more than `most` bytes.
pub(super) fn read_secret(prompt: &str, what: &str, most: u64) -> anyhow::Result<String> {
    if io::stdin().is_terminal() {
        note(prompt);
    }
    let mut text = String::new();
    io::stdin()
        .take(most + 1)
        .read_to_string(&mut text)
        .context("standard input cannot be read as text")?;
    if text.len() as u64 > most {
        bail!("standard input holds more than {what}; give it that alone");
    }
    Ok(text)
}
