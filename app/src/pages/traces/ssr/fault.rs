//! Where a query is at fault, and the names that may stand there.

use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::query::{Term, Test};

use super::super::super::view::FaultView;
use crate::routes;

/// Names that are offered.
const KNOWN: usize = 8;

/// What stands before a fault, the fault, and what stands behind it.
type Pieces = (String, String, String);

/// A fault without names that could stand there.
pub(super) fn view(message: String, pieces: Pieces) -> FaultView {
    FaultView {
        message,
        pieces,
        known: Vec::new(),
    }
}

/// The query in three, with so many characters from one on in the middle.
pub(super) fn pieces(query: &str, at: usize, len: usize) -> Pieces {
    let piece = |from: usize, most: usize| query.chars().skip(from).take(most).collect();
    (piece(0, at), piece(at, len), piece(at + len, usize::MAX))
}

/// A name that the workspace does not know: the error says in which term, and which names it knows.
pub(super) fn of_name(query: &str, asked: &TraceQuery, error: ApiError) -> FaultView {
    let place = || {
        let field = error.field.as_deref()?;
        let number: usize = field
            .strip_prefix("query[")?
            .strip_suffix(']')?
            .parse()
            .ok()?;
        let term = asked.terms().get(number)?;
        TraceQuery::place_of(query, number).map(|(at, len)| (term, at, len))
    };
    let Some((term, at, len)) = place() else {
        return view(
            error.message,
            (query.to_owned(), String::new(), String::new()),
        );
    };
    let pieces = pieces(query, at, len);
    let (before, _, after) = &pieces;
    let known = |name: String| {
        let test = match term.test {
            Test::Store(_) => Test::Store(name.clone()),
            _ => Test::Key(name.clone()),
        };
        let excluded = term.excluded;
        let asked = format!("{before}{}{after}", Term { excluded, test });
        (name, routes::traces(&[("q", &asked)]))
    };
    FaultView {
        known: error.allowed.into_iter().take(KNOWN).map(known).collect(),
        ..view(error.message, pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_not_known_is_marked_and_can_be_replaced() {
        let query = "tool:ü  -store:\"No where\" door:mcp";
        let asked = TraceQuery::parse(query).unwrap();
        let error = ApiError::invalid("query[1]", "There is no such store.")
            .with_allowed(["Main shop".to_owned()]);
        let fault = of_name(query, &asked, error);
        let (before, piece, after) = &fault.pieces;
        assert_eq!(
            [before, piece, after],
            ["tool:ü  ", "-store:\"No where\"", " door:mcp"]
        );
        let [(name, href)] = &fault.known[..] else {
            panic!("{:?}", fault.known);
        };
        assert_eq!(name, "Main shop");
        let wanted = "tool:ü  -store:\"Main shop\" door:mcp";
        assert_eq!(*href, routes::traces(&[("q", wanted)]));
    }
}
