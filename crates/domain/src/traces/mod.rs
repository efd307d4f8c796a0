//! What every call did: recorded while it runs, written off the request path.

mod call;
mod payload;
mod recorder;
mod retention;
mod spans;
mod watch;

pub(crate) use call::Call;
pub(crate) use payload::size_of_json;
pub(crate) use recorder::Recorder;
pub(crate) use spans::SpanLog;
pub(crate) use watch::Watch;
