//! The keys: the list, and one by itself with what it may change.

mod api;
mod detail;
mod list;
mod policy;
mod revoke;
mod view;

pub(crate) use detail::KeyPage;
pub(crate) use list::KeysPage;
