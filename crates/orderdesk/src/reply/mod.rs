//! The envelope around Order Desk's answers, and list and batch answers.

mod batch;
mod envelope;
mod page;

pub use batch::BatchEntry;
pub use envelope::{Envelope, EnvelopeError, MAX_MESSAGE, Status};
pub use page::Page;
