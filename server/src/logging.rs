//! Where log lines go: standard error, always, because standard output belongs to results and to MCP.

use std::io;
use std::panic::{self, PanicHookInfo};
use std::thread;

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

/// As many characters of a panic's text are logged.
const PANIC_TEXT_MAX: usize = 300;

/// Logs as the settings say, panics too.
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
    started.map_err(|_| anyhow!("logging was started twice"))?;
    panic::set_hook(Box::new(tell_panic));
    Ok(())
}

/// A panic as a log line like any other. Its text may quote data, so it is told at `debug` only.
fn tell_panic(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string);
    let thread = thread::current();
    let thread = thread.name();
    tracing::error!(target: "panic", location, thread, "the program panicked");
    let text = panic.payload_as_str().unwrap_or_default();
    let text: String = text.chars().take(PANIC_TEXT_MAX).collect();
    tracing::debug!(target: "panic", text, "what the panic said");
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

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::filter::LevelFilter;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is logged of a panic at this level, line by line as JSON.
    fn logged(level: LevelFilter) -> Vec<serde_json::Value> {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = fmt::Subscriber::builder()
            .json()
            .with_max_level(level)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let outcome = panic::catch_unwind(|| panic!("canary {}", "x".repeat(1000)));
            assert!(outcome.is_err());
        });
        let bytes = lines.0.lock().unwrap();
        let text = String::from_utf8_lossy(&bytes);
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn a_panic_is_a_line_of_the_log_without_its_text() {
        let before = panic::take_hook();
        panic::set_hook(Box::new(tell_panic));
        let (usual, detailed) = (logged(LevelFilter::INFO), logged(LevelFilter::DEBUG));
        panic::set_hook(before);
        assert_eq!(usual.len(), 1);
        let location = usual[0]["fields"]["location"].as_str().unwrap();
        assert!(location.contains("logging.rs"), "{location}");
        assert!(!usual[0].to_string().contains("canary"));
        let text = detailed[1]["fields"]["text"].as_str().unwrap();
        assert!(text.starts_with("canary") && text.len() == PANIC_TEXT_MAX);
    }
}
