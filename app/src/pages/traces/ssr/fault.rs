//! Where a query is at fault, and the names that may stand there.

use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::query::{Term, Test};

use crate::parts::{Markup, Tone, el, link, notice};
use crate::routes;

/// Names that are offered.
const KNOWN: usize = 8;

/// What stands before a fault, the fault, and what stands behind it.
type Pieces = (String, String, String);

/// What is wrong with a query.
pub(super) struct Fault {
    /// What it is, and what may stand there.
    message: String,
    /// The query in three pieces: what is at fault is the one in the middle.
    pieces: Pieces,
    /// Names that may stand there, each with the address of the list that asks for it.
    known: Vec<(String, String)>,
}

/// A fault without names that could stand there.
pub(super) fn of(message: String, pieces: Pieces) -> Fault {
    Fault {
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
pub(super) fn of_name(query: &str, asked: &TraceQuery, error: ApiError) -> Fault {
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
        return of(
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
    Fault {
        known: error.allowed.into_iter().take(KNOWN).map(known).collect(),
        ..of(error.message, pieces)
    }
}

/// Where a query cannot be read, and what may stand there.
pub(super) fn drawn(fault: Fault) -> Markup {
    let (before, piece, after) = fault.pieces;
    let marked = el("p")
        .class("query-marked mono")
        .text(before)
        .child(el("mark").text(piece))
        .text(after);
    let known = fault
        .known
        .into_iter()
        .map(|(name, href)| el("li").child(link(href, name).with("data-noscroll", "true")));
    let known: Vec<_> = known.collect();
    let known = (!known.is_empty()).then(|| {
        el("div")
            .child(el("p").class("hint").text("These are known:"))
            .child(el("ul").class("query-known").children(known))
    });
    el("div")
        .class("stack query-fault")
        .with("id", "query-fault")
        .child(notice(Tone::Error, fault.message))
        .child(marked)
        .maybe(known)
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
