//! What every call did: recorded while it runs, written off the request path.

mod again;
mod asked;
mod call;
mod complete;
mod copy;
mod counts;
mod export;
mod facets;
mod groups;
mod names;
mod one;
mod payload;
mod recorder;
mod redact;
mod related;
mod retention;
mod saved;
mod sealing;
mod search;
mod spans;
mod story;
mod watch;
mod waterfall;
mod words;

pub use again::CallAgain;
pub(crate) use asked::{one_line, outcomes_of, search_of};
pub(crate) use call::Call;
pub use export::TraceExport;
pub(crate) use names::Names;
pub(crate) use recorder::Recorder;
pub use saved::no_such_view;
pub(crate) use sealing::BlockSealer;
pub use search::NewerTraces;
pub(crate) use spans::SpanLog;
pub(crate) use watch::Watch;
pub(crate) use words::up_to_others;
