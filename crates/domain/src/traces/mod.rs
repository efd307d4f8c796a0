//! What every call did: recorded while it runs, written off the request path.

mod call;
mod recorder;
mod spans;

pub(crate) use call::Call;
pub(crate) use recorder::Recorder;
