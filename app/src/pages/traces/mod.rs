//! Recorded calls: the list with its query, and one call by itself.

mod api;
mod counts;
mod list;
mod one;
mod query;
mod rows;
mod view;
mod waterfall;

pub(crate) use list::TracesPage;
