//! The tools of orders.

mod read;
mod write;

pub(crate) use read::store_ref;
pub(super) use read::{DEFAULT_LIMIT, fingerprint, read_cursor};
