//! What a change of a record is: how it is merged, how it differs, how it is carried over to another version.
//!
//! All of it is pure. Order Desk's `PUT` takes a whole record and blanks what is left out (`orderdesk-api.md` 5), so a
//! change is always worked out on a record that was read a moment ago, and everything that was not asked for stays.

mod apply;
mod create;
mod diff;
mod limits;
mod list;
mod merge;
mod path;
mod tree;
mod wire;

pub use apply::{Applied, Conflict};
pub use diff::FieldChange;
pub use limits::{CHECKOUT_DATA_MAX, METADATA_MAX, NOTES_MAX};
pub use merge::{MergeError, MergeProblem, NewNotes};
pub use path::{FieldPath, PathError, Step};
