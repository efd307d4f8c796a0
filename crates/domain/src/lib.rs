#![doc = include_str!("../README.md")]

pub mod accounts;
mod alerts;
mod audit;
mod caller;
mod changes;
mod clock;
mod console;
mod dashboard;
mod error;
mod ids;
mod limits;
pub mod metrics;
mod schedules;
mod search;
mod services;
mod settings;
pub mod stores;
pub mod tools;
mod traces;
mod upstream;

pub use accounts::{NewKeyRequest, NewTenant, NewUser};
pub use alerts::no_such_alert;
pub use audit::{AuditReport, NotedEnd};
pub use caller::{Actor, Caller, Identity, Origin, traceparent};
#[cfg(feature = "crash-points")]
pub use changes::crash::POINTS as CRASH_POINTS;
pub use clock::{Clock, SystemClock};
pub use console::{ConsoleRequest, known_tool, no_such_call};
pub use orderdesk_mcp_storage::record::Door;
pub use schedules::no_such_schedule;
pub use search::Found;
pub use services::{Parts, Services, StartError};
pub use settings::{
    AlertSettings, CacheSettings, ChangeSettings, ExportSettings, LimitSettings, MailSettings,
    Settings,
};
pub use tools::{Run, ToolAnswer};
pub use traces::{CallAgain, NewerTraces, TraceExport, no_such_view};
