//! Queries of recorded calls under names: those that everybody has, and those that a person keeps.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::id::TraceViewId;
use crate::validate;

/// Longest name of a view, in characters.
pub const VIEW_NAME_MAX: usize = 80;

/// Most views that a person can keep in a workspace.
pub const VIEWS_MAX: u32 = 50;

/// What everybody has: a name, and the query. The first is the list itself.
pub const READY_MADE: [(&str, &str); 6] = [
    ("All calls", ""),
    ("Errors", "status:error"),
    ("Slower than 1 s", "latency:>1000"),
    ("Writes", "change:yes"),
    ("Not from the cache", "cached:no"),
    ("From assistants", "door:mcp door:stdio"),
];

/// A query that a person keeps under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// Its id.
    pub id: TraceViewId,
    /// Its name, which no other view of the person has.
    pub name: String,
    /// The query as it was typed.
    pub query: String,
}

/// A view's name without blanks around it.
///
/// # Errors
/// `Invalid` at `name` when it is blank, longer than [`VIEW_NAME_MAX`] or not one line.
pub fn view_name(name: &str) -> Result<&str, ApiError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(ApiError::invalid("name", "Give the view a name."));
    }
    validate::optional_text("name", name, VIEW_NAME_MAX)?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::TraceQuery;

    #[test]
    fn what_is_ready_made_can_be_asked() {
        for (name, query) in READY_MADE {
            assert_eq!(view_name(name), Ok(name));
            let read = TraceQuery::parse(query).map(|query| query.to_string());
            assert_eq!(read.as_deref(), Ok(query), "{name}");
        }
    }

    #[test]
    fn names_are_one_line_and_not_blank() {
        assert_eq!(view_name("  Größe  "), Ok("Größe"));
        for name in ["", " ", "a\nb", "a\0b", &"x".repeat(VIEW_NAME_MAX + 1)] {
            let refused = view_name(name).unwrap_err();
            assert_eq!(refused.field.as_deref(), Some("name"), "{name:?}");
        }
    }
}
