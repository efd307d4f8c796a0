//! Recorded calls: the list with its query, and one call by itself.

mod api;
mod asked;
mod brush;
mod columns;
mod dom;
mod list;
mod one;
mod query;
mod tail;
mod view;

pub(crate) use list::TracesPage;
