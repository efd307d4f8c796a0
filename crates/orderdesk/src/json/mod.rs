//! A JSON value that keeps what it was given: number text, member order, unknown members.

mod convert;
mod lenient;
mod number;
mod object;
mod parse;
mod serde_impl;
mod value;

pub use convert::JsonError;
pub use lenient::Entry;
pub use number::Number;
pub use object::Object;
pub use value::Json;

/// The deepest nesting of arrays and objects accepted from outside.
///
/// Order Desk's deepest documented value (a map in an item's metadata, in a list reply) sits at 6.
pub const MAX_DEPTH: usize = 64;

/// The most values one document may hold, so that a small hostile text cannot fill the memory.
pub const MAX_VALUES: usize = 1_000_000;
