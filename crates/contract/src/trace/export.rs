//! In which form recorded calls leave.

use serde::{Deserialize, Serialize};

/// The address of the file, with the query as `q` and the form as `format`.
pub const EXPORT_PATH: &str = "/traces/export";
/// Calls in an export at most, the newest ones.
pub const EXPORT_MAX: u64 = 100_000;

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// A table for spreadsheets (RFC 4180), with a head.
    Csv,
    /// A line of JSON for each call.
    Jsonl,
    /// Calls with their spans as OpenTelemetry's file exporter writes them: a `TracesData` in JSON for each line.
    Otlp,
}

impl ExportFormat {
    /// Every form.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Jsonl, Self::Otlp];

    /// Its name in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Otlp => "otlp",
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Jsonl => "JSON lines",
            Self::Otlp => "OpenTelemetry",
        }
    }

    /// The form of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }

    /// What the file is called.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Csv => "calls.csv",
            Self::Jsonl => "calls.jsonl",
            Self::Otlp => "calls.otlp.jsonl",
        }
    }

    /// Its media type. That of lines of JSON is not registered; this one is what programs expect.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Jsonl | Self::Otlp => "application/x-ndjson",
        }
    }
}
