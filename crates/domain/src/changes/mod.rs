//! Changes: every write to Order Desk, from proposal to undo.

mod request;
mod stub;

pub(crate) use request::{Asked, ChangeRequest, NewStock};
