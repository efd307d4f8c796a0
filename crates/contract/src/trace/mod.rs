//! Recorded calls: how they are asked for, and what pages show of them.

pub mod alert;
pub mod door;
pub mod export;
pub mod query;
pub mod retention;
pub mod saved;
pub mod schedule;
pub mod story;
pub mod view;

pub use door::{Door, SpanKind};
pub use query::{QueryFault, TraceQuery};
