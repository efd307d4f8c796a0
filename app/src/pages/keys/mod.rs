//! The keys: the list, making one, showing it once, and one by itself with what it may change.

mod api;
mod detail;
mod gate;
mod list;
mod made;
mod new;
mod policy;
mod revoke;
mod rotate;
mod view;

pub(crate) use detail::KeyPage;
pub(crate) use list::KeysPage;
