use tracing_subscriber::EnvFilter;

use super::reader::{Reader, Setting};

const LOG_LEVEL: Setting = Setting::new(
    "LOG_LEVEL",
    "info",
    "`error`, `warn`, `info`, `debug` or `trace`; or a list by part such as `warn,orderdesk_mcp_domain=debug`. The log \
     goes to standard error.",
);
const LOG_FORMAT: Setting = Setting::new(
    "LOG_FORMAT",
    "json",
    "`json`, one object a line, or `text` for reading along.",
);

pub(super) const SETTINGS: &[Setting] = &[LOG_LEVEL, LOG_FORMAT];

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct Log {
    /// Directives as `tracing-subscriber` reads them.
    pub directives: String,
    /// How lines look.
    pub format: LogFormat,
}

impl Log {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            directives: reader.parsed(&LOG_LEVEL, parse_level),
            format: reader.parsed(&LOG_FORMAT, |text| {
                match text.to_ascii_lowercase().as_str() {
                    "json" => Ok(LogFormat::Json),
                    "text" => Ok(LogFormat::Text),
                    _ => Err("`json` or `text`".into()),
                }
            }),
        }
    }
}

fn parse_level(text: &str) -> Result<String, String> {
    // The earlier system's two other names.
    let lower = text.to_ascii_lowercase();
    let directives =
        match lower.as_str() {
            "warning" => "warn",
            "critical" => "error",
            "error" | "warn" | "info" | "debug" | "trace" => lower.as_str(),
            _ if text.contains(['=', ',']) => text,
            _ => return Err(
                "a level (error, warn, info, debug, trace) or a list such as warn,orderdesk=debug"
                    .into(),
            ),
        };
    EnvFilter::builder()
        .parse(directives)
        .map(|_| directives.to_owned())
        .map_err(|_| "a list of levels such as warn,orderdesk=debug".into())
}
