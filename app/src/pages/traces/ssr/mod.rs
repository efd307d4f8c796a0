//! The server's side of the pages of recorded calls: read the query, ask the use cases, and put the answer into words.

mod again;
mod compare;
mod counts;
mod facts;
mod fault;
mod one;
mod rest;
mod steps;
pub(super) mod views;

use orderdesk_mcp_contract::trace::Door;
use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::view::{PayloadState, TraceLine};
use orderdesk_mcp_contract::{ApiError, ErrorCode, TraceId};

use self::again::Addresses;
use super::super::view::{CountsView, FaultView, OneView, Outcome, TraceRow, TracesView};
use crate::backend::{enter, reply};
use crate::parts::format::duration;
use crate::parts::{Drawn, local, utc};
use crate::routes;

/// Calls on one page of the list.
const PAGE: u32 = 40;

pub(super) async fn list(query: &str, before: &str) -> Result<TracesView, ApiError> {
    let (services, caller) = enter()?;
    let before: Option<TraceId> = before.parse().ok();
    let views = views::row(&services, &caller, query).await?;
    let asked = match TraceQuery::parse(query) {
        Ok(asked) => asked,
        Err(fault) => {
            let pieces = fault::pieces(query, fault.at, fault.len);
            return Ok(refused(views, fault::view(fault.message, pieces)));
        }
    };
    let page = match services.search_traces(&caller, &asked, before, PAGE).await {
        // What is asked may name a store that is not there: the page stands, and says so.
        Err(error) if error.code == ErrorCode::Invalid => {
            return Ok(refused(views, fault::of_name(query, &asked, error)));
        }
        found => reply(found)?,
    };
    let rest = rest::of(query, before.is_none(), &page).steps();
    Ok(TracesView {
        as_of: page.as_of,
        fault: None,
        rows: rows(&page.lines),
        views,
        rest,
    })
}

fn refused(views: Drawn, fault: FaultView) -> TracesView {
    TracesView {
        as_of: orderdesk_mcp_contract::UtcMillis(0),
        fault: Some(fault),
        rows: Vec::new(),
        views,
        rest: Vec::new(),
    }
}

pub(super) async fn counts(query: &str) -> Result<Option<CountsView>, ApiError> {
    let (services, caller) = enter()?;
    let Ok(asked) = TraceQuery::parse(query) else {
        return Ok(None);
    };
    match services.trace_counts(&caller, &asked).await {
        // The list says it.
        Err(error) if error.code == ErrorCode::Invalid => Ok(None),
        counted => Ok(Some(counts::view(&asked, reply(counted)?))),
    }
}

pub(super) async fn one(id: &str, from: &str, carried: bool) -> Result<OneView, ApiError> {
    let (services, caller) = enter()?;
    let id = reply(call_id(id))?;
    let (view, related) = reply(services.trace_with_related(&caller, id).await)?;
    let payload = if carried {
        Some(reply(services.trace_payload(&caller, id).await)?)
    } else {
        None
    };
    let from = from.parse().unwrap_or(0);
    let at = Addresses {
        origin: &services.settings().public_url,
        carried: format!("{}?from={from}&carried=1", routes::trace(id)),
    };
    let (now, part) = (services.now(), steps::Part::page(from));
    Ok(one::page(now, view, part, related, payload, &at))
}

pub(super) async fn compare(a: &str, b: &str, carried: bool) -> Result<Drawn, ApiError> {
    let (services, caller) = enter()?;
    let (a, b) = (reply(call_id(a))?, reply(call_id(b))?);
    let comparison = reply(services.compare_traces(&caller, a, b).await)?;
    let mut read = None;
    if carried {
        let mut both = [None, None];
        for (view, place) in [&comparison.left, &comparison.right]
            .into_iter()
            .zip(&mut both)
        {
            if view.payload != PayloadState::Nothing {
                *place = Some(reply(services.trace_payload(&caller, view.line.id).await)?);
            }
        }
        read = Some(both);
    }
    Ok(compare::page(&comparison, read))
}

/// The id in what names a call: the id itself, or a link to its page.
fn call_id(text: &str) -> Result<TraceId, ApiError> {
    let path = text.trim().split(['?', '#']).next().unwrap_or_default();
    let id = path.trim_end_matches('/').rsplit('/').next();
    id.unwrap_or_default().parse().map_err(|_| {
        ApiError::new(
            ErrorCode::NotFound,
            "There is no such call. It may have been thrown away by age.",
        )
    })
}

pub(super) async fn beside(id: &str) -> Result<Option<OneView>, ApiError> {
    let (services, caller) = enter()?;
    let Ok(id) = id.parse() else { return Ok(None) };
    match services.trace_view(&caller, id).await {
        // Thrown away since: the list stays, and the panel says so.
        Err(error) if error.code == ErrorCode::NotFound => Ok(None),
        found => {
            let view = reply(found)?;
            Ok(Some(one::beside(services.now(), view)))
        }
    }
}

/// The rows, each with its share of the longest.
fn rows(lines: &[TraceLine]) -> Vec<TraceRow> {
    let longest = lines.iter().map(|line| line.duration_us).max();
    let longest = longest.unwrap_or(0).max(1);
    lines.iter().map(|line| row(line, longest)).collect()
}

fn row(line: &TraceLine, longest_us: u64) -> TraceRow {
    let share = line.duration_us.saturating_mul(100) / longest_us;
    TraceRow {
        id: line.id,
        at: line.started_at,
        tool: line.tool.clone(),
        outcome: outcome(line.error),
        who: who(line),
        store: line
            .store
            .as_ref()
            .map(|store| store.name.clone())
            .unwrap_or_default(),
        order: line
            .order_id
            .as_ref()
            .map(|order| (order.clone(), of_order(order))),
        took: took(line.duration_us),
        share: u8::try_from(share).unwrap_or(100).clamp(1, 100),
        change: line.change_id,
    }
}

/// The address of all calls about an order.
fn of_order(order: &str) -> String {
    use orderdesk_mcp_contract::trace::query::{Term, Test};
    let term = Term::only(Test::Order(order.to_owned()));
    let query = TraceQuery::default().with(term).to_string();
    routes::traces(&[("q", &query)])
}

/// Who called, and through what: an assistant by the client it says it is.
fn who(line: &TraceLine) -> String {
    let Some(actor) = &line.actor else {
        return line.door.label().to_owned();
    };
    // A browser's name says nothing that the door does not.
    let client = line
        .client
        .as_deref()
        .filter(|_| matches!(line.door, Door::Mcp | Door::Stdio));
    format!("{} · {}", actor.name, client.unwrap_or(line.door.label()))
}

fn outcome(error: Option<ErrorCode>) -> Outcome {
    let (tone, word) = match error {
        None => ("ok", "Succeeded".to_owned()),
        Some(ErrorCode::Cancelled) => ("neutral", "Given up".to_owned()),
        Some(code) => ("error", code.as_str().replace('_', " ")),
    };
    Outcome {
        tone: tone.to_owned(),
        word,
    }
}

/// A duration that may be far below a millisecond, which is the smallest unit that everybody knows.
fn took(micros: u64) -> String {
    match micros {
        0 => "0 ms".to_owned(),
        1..1_000 => format!("0.{:02} ms", micros.div_ceil(10).min(99)),
        1_000..10_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        _ => duration(micros / 1_000),
    }
}

/// A moment by the reader's clock, with UTC where that is another.
fn moment(at: orderdesk_mcp_contract::UtcMillis) -> String {
    let (here, there) = (local(at), utc(at));
    if here == there {
        here
    } else {
        format!("{here} ({there})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_keep_what_matters() {
        for (micros, said) in [
            (0, "0 ms"),
            (1, "0.01 ms"),
            (120, "0.12 ms"),
            (999, "0.99 ms"),
            (1_000, "1.0 ms"),
            (9_990, "9.9 ms"),
            (10_000, "10 ms"),
            (1_250_000, "1.3 s"),
        ] {
            assert_eq!(took(micros), said);
        }
    }

    #[test]
    fn a_call_is_named_by_its_id_or_a_link() {
        let id = TraceId::from_parts(1, 1);
        for text in [
            format!("{id}"),
            format!(" https://x.example/traces/{id}?from=50#step-3 "),
            format!("/traces/{id}/"),
        ] {
            assert_eq!(call_id(&text).ok(), Some(id), "{text}");
        }
        for text in ["", "/traces/compare", "https://x.example/traces/"] {
            assert_eq!(call_id(text).unwrap_err().code, ErrorCode::NotFound);
        }
    }

    #[test]
    fn outcomes_are_told_apart() {
        let shown = |error| {
            let Outcome { tone, word } = outcome(error);
            (tone, word)
        };
        let pair = |tone: &str, word: &str| (tone.to_owned(), word.to_owned());
        assert_eq!(shown(None), pair("ok", "Succeeded"));
        assert_eq!(
            shown(Some(ErrorCode::Cancelled)),
            pair("neutral", "Given up")
        );
        assert_eq!(
            shown(Some(ErrorCode::RateLimited)),
            pair("error", "rate limited")
        );
    }
}
