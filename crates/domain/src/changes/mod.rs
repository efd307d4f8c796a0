//! Changes: every write to Order Desk, from proposal to undo.

mod add;
mod ask;
mod completer;
pub mod crash;
mod decide;
mod ending;
mod engine;
mod gate;
mod lease;
mod look;
mod names;
mod operation;
mod plan;
mod policy;
mod receipt;
mod record;
mod request;
mod sealed;
mod send;
mod show;
mod stops;
mod totals;
mod undo;
mod verify;
mod wish;
mod words;

pub(crate) use names::Wishes;
pub(crate) use receipt::left;
pub(crate) use request::{Asked, ChangeRequest, NewStock};
