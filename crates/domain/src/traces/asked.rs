//! A query as the database is asked: names become ids, and closed sets what is left of them.

use orderdesk_mcp_contract::trace::Door;
use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::query::{Status, Test};
use orderdesk_mcp_contract::{ApiError, ErrorCode, UtcMillis};
use orderdesk_mcp_storage::record::{Sieve, TraceSearch, WordSieve};

use super::names::Names;
use super::words::{changed_word, words_of};

/// Names that are told when one is not known.
const NAMES_TOLD: usize = 20;
/// The longest query that is kept, in characters.
const KEPT_MAX: usize = 1000;

/// Refuses a query that cannot be kept with an alert or a scheduled export: one line, as long as their columns' CHECKs have it.
///
/// # Errors
/// `Invalid` at `query`.
pub(crate) fn one_line(query: &str) -> Result<(), ApiError> {
    if query.chars().any(char::is_control) || query.chars().count() > KEPT_MAX {
        let text = "A query is one line of at most 1,000 characters without control characters.";
        return Err(ApiError::invalid("query", text));
    }
    Ok(())
}

/// What the database is asked for by a query.
///
/// # Errors
/// `Invalid` at `query[…]`, with the number of the term, for a key, person or store that the workspace does not know.
pub(crate) fn search_of(
    query: &TraceQuery,
    names: &Names,
    now: UtcMillis,
) -> Result<TraceSearch, ApiError> {
    let mut search = TraceSearch::default();
    let (mut doors, mut outcomes, mut cached) =
        (Sieve::default(), Sieve::default(), Sieve::default());
    let (mut texts, mut changed) = (Sieve::default(), Sieve::default());
    for (number, term) in query.terms().iter().enumerate() {
        let excluded = term.excluded;
        match &term.test {
            Test::Tool(tool) => put(&mut search.tools, excluded, [tool.clone()]),
            Test::Order(order) => put(&mut search.orders, excluded, [order.clone()]),
            Test::Client(part) => put(&mut search.clients, excluded, [part.to_ascii_lowercase()]),
            Test::Store(text) => {
                let found = names.stores_called(text);
                if found.is_empty() {
                    let message = format!("There is no store “{text}” in this workspace.");
                    return Err(unknown(number, message, names.all_stores()));
                }
                put(&mut search.stores, excluded, found);
            }
            Test::Key(text) => {
                let found = names.actors_called(text);
                if found.is_empty() {
                    let message =
                        format!("There is no key and no person “{text}” in this workspace.");
                    return Err(unknown(number, message, names.all_actors()));
                }
                put(&mut search.keys, excluded, found);
            }
            Test::Door(door) => put(&mut doors, excluded, [*door]),
            Test::Status(status) => put(&mut outcomes, excluded, outcomes_of(*status)),
            Test::Cached(hit) => put(&mut cached, excluded, [Some(*hit)]),
            Test::Latency(latency) => search.duration_us = latency.bounds_us(),
            Test::Text(text) => {
                let words: Vec<_> = words_of(text).collect();
                if words.is_empty() {
                    let message = "There is no word to search for in this text. Write a part that has letters or digits.";
                    return Err(ApiError::invalid(format!("query[{number}]"), message));
                }
                put(&mut texts, excluded, [words]);
            }
            Test::Changed(field) => put(&mut changed, excluded, [vec![changed_word(field)]]),
            Test::Change(change) => search.change = Some(*change),
            Test::Since(when) => search.from = when.start(now),
            Test::Until(when) => search.until = when.end(now),
        }
    }
    search.words = WordSieve {
        only: texts.only.into_iter().chain(changed.only).collect(),
        never: [texts.never, changed.never].concat(),
    };
    search.doors = left_of(&doors, Door::ALL);
    let all_outcomes = std::iter::once(None).chain(ErrorCode::ALL.map(Some));
    search.outcomes = left_of(&outcomes, all_outcomes);
    search.cached = left_of(&cached, [None, Some(true), Some(false)]);
    Ok(search)
}

/// The outcomes that a status stands for.
pub(crate) fn outcomes_of(status: Status) -> Vec<Option<ErrorCode>> {
    match status {
        Status::Ok => vec![None],
        Status::Code(code) => vec![Some(code)],
        Status::Failed => {
            let failed = ErrorCode::ALL.into_iter();
            let failed = failed.filter(|code| *code != ErrorCode::Cancelled);
            failed.map(Some).collect()
        }
    }
}

fn put<T>(sieve: &mut Sieve<T>, excluded: bool, values: impl IntoIterator<Item = T>) {
    if excluded {
        sieve.never.extend(values);
    } else {
        sieve.only.get_or_insert_default().extend(values);
    }
}

/// The values of a closed set that pass; none when nothing was said of it.
fn left_of<T: PartialEq>(sieve: &Sieve<T>, all: impl IntoIterator<Item = T>) -> Option<Vec<T>> {
    let is_asked = sieve.only.is_some() || !sieve.never.is_empty();
    is_asked.then(|| {
        all.into_iter()
            .filter(|value| sieve.passes(Some(value)))
            .collect()
    })
}

fn unknown(number: usize, message: String, known: Vec<String>) -> ApiError {
    ApiError::invalid(format!("query[{number}]"), message)
        .with_allowed(known.into_iter().take(NAMES_TOLD))
}
