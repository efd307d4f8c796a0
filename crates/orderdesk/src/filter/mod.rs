//! What a list may be narrowed by. Only documented parameters exist here: Order Desk ignores
//! unknown ones, so a misspelt filter would quietly list everything.

mod date;
mod order;
mod parts;
mod product;

pub use date::FilterDate;
pub use order::OrderFilter;
pub use parts::{Direction, FieldName, Limit};
pub use product::{ProductCode, ProductFilter};

/// Why a filter was refused. Names the field, never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// Not `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS`, or no day of the calendar.
    #[error("a date must be `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS`")]
    Date,
    /// Not a member name.
    #[error("a field name must be 1 to 64 lower-case letters, digits or `_`, such as `date_added`")]
    Field,
    /// Outside the page size.
    #[error("`limit` must be between 1 and 500")]
    Limit,
    /// Not a SKU that can be searched for.
    #[error("a product code must be 1 to 200 characters without commas or control characters")]
    Code,
    /// A text to search for is blank, too long or holds control characters.
    #[error("`{0}` must be 1 to 200 characters without control characters")]
    Text(&'static str),
    /// More than can be asked for at once.
    #[error("`{0}` holds too many values; at most {1}")]
    TooMany(&'static str, usize),
    /// The end lies before the start.
    #[error("`{0}` lies before its start date")]
    Reversed(&'static str),
}

/// The longest text to search for, in characters.
pub const MAX_TEXT: usize = 200;

/// True for 1 to 200 characters, not all white space, none a control character.
fn is_search_text(text: &str) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= MAX_TEXT
        && !text.chars().any(char::is_control)
}
