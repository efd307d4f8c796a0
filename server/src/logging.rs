//! Where log lines go: standard error, always, because standard output belongs to results and to MCP.

use std::io;

use anyhow::anyhow;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::config::{Log, LogFormat};

/// Parts that say too much at `info`: a line per request, errors when a client hangs up, and session
/// internals. The operator's own directives come after and win.
const QUIETED: &str =
    "rmcp=warn,rmcp::service=off,tower_sessions=warn,tower_sessions_core=warn,hyper=warn,sqlx=warn";

/// Logs as the settings say.
///
/// # Errors
/// Logging was started before.
pub(crate) fn start(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::builder().parse_lossy(format!("{QUIETED},{}", log.directives));
    let registry = tracing_subscriber::registry().with(filter);
    let lines = fmt::layer().with_writer(io::stderr).with_target(true);
    let started: Result<(), TryInitError> = match log.format {
        LogFormat::Json => registry
            .with(lines.json().flatten_event(true).with_span_list(false))
            .try_init(),
        LogFormat::Text => registry.with(lines.with_ansi(false)).try_init(),
    };
    started.map_err(|_| anyhow!("logging was started twice"))
}

/// Warnings and errors only, in words: for commands that end at once.
pub(crate) fn start_quietly() {
    let filter = EnvFilter::new("warn,sqlx=error");
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .with_target(false)
        .without_time()
        .with_ansi(false);
    if tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init()
        .is_err()
    {
        tracing::debug!("logging was started before");
    }
}
