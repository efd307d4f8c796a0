//! The server's side of the pages of recorded calls: read the query, ask the use cases, and put the answer into words.

mod again;
pub(super) mod alerts;
pub(super) mod alerts_acts;
mod alerts_form;
mod compare;
mod counts;
mod facts;
mod fault;
mod forms;
mod one;
mod rest;
mod rows;
pub(super) mod schedules;
pub(super) mod schedules_acts;
mod schedules_form;
mod side;
mod steps;
pub(super) mod story;
pub(super) mod views;
mod waterfall;

use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::view::{PayloadState, TracePage};
use orderdesk_mcp_contract::{ApiError, ErrorCode, TraceId};

use self::again::Addresses;
use self::rows::Beside;
use super::super::view::{OneView, TracesView};
use crate::backend::{enter, reply};
use crate::parts::format::{count, duration};
use crate::parts::{Drawn, Markup, el, local, utc};
use crate::routes;

/// Calls on one page of the list.
const PAGE: u32 = 40;
/// Where no call is shown, those are new that ended this long before the page was read, in milliseconds, or later: calls are
/// written a little after they ended.
const WRITTEN_WITHIN_MS: u64 = 60_000;

pub(super) async fn list(query: &str, before: &str) -> Result<TracesView, ApiError> {
    let (services, caller) = enter()?;
    let before: Option<TraceId> = before.parse().ok();
    let views = views::row(&services, &caller, query).await?;
    let list = match TraceQuery::parse(query) {
        Err(found) => {
            let pieces = fault::pieces(query, found.at, found.len);
            fault::drawn(fault::of(found.message, pieces))
        }
        Ok(asked) => match services.search_traces(&caller, &asked, before, PAGE).await {
            // What is asked may name a store that is not there: the page stands, and says so.
            Err(error) if error.code == ErrorCode::Invalid => {
                fault::drawn(fault::of_name(query, &asked, error))
            }
            found => {
                let left_out = super::super::columns::left_out();
                page(query, before.is_none(), &reply(found)?, &left_out)
            }
        },
    };
    Ok(TracesView {
        views,
        list: list.steps(),
    })
}

pub(super) async fn completions(typed: &str) -> Result<Drawn, ApiError> {
    let (services, caller) = enter()?;
    let queries = reply(services.complete_query(&caller, typed).await)?;
    Ok(words(queries).steps())
}

/// Whole queries that the browser offers for a field.
fn words(queries: Vec<String>) -> Markup {
    let option = |query: String| el("option").with("value", query);
    el("datalist")
        .with("id", "query-words")
        .children(queries.into_iter().map(option))
}

/// A page of calls, with what stands below them. It holds the id that every call has passed which is not among them because it
/// is new.
fn page(query: &str, is_first: bool, page: &TracePage, left_out: &[String]) -> Markup {
    let (lines, beside) = (&page.lines, Beside::Peek);
    let table = rows::table("Calls, newest first", page.as_of, lines, beside, left_out);
    let is_empty = lines.is_empty();
    let read_at = u64::try_from(page.as_of.0).unwrap_or(0);
    let newest = page.lines.first().map_or_else(
        || TraceId::from_parts(read_at.saturating_sub(WRITTEN_WITHIN_MS), 0),
        |line| line.id,
    );
    el("div")
        .class("stack")
        .with("data-newest", newest.to_string())
        .maybe((!is_empty).then_some(table))
        .maybe((!is_empty).then(|| rows::columns(left_out)))
        .child(rest::of(query, is_first, page))
}

/// How many calls of a query are newer than one, in words; blank when none is.
pub(super) async fn newer(query: &str, after: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let (Ok(asked), Ok(after)) = (TraceQuery::parse(query), after.parse()) else {
        return Ok(String::new());
    };
    match services.newer_traces(&caller, &asked, after).await {
        // The list says it.
        Err(error) if error.code == ErrorCode::Invalid => Ok(String::new()),
        found => reply(found).map(|found| new_calls(found.calls, found.has_more)),
    }
}

fn new_calls(calls: u64, has_more: bool) -> String {
    match (calls, has_more) {
        // Also where so many others were looked at that none was found among them: of those in between it was asked before.
        (0, _) => String::new(),
        (1, false) => "1 new call".to_owned(),
        (calls, false) => format!("{} new calls", count(calls)),
        (calls, true) => format!("{}+ new calls", count(calls)),
    }
}

pub(super) async fn counts(query: &str) -> Result<Drawn, ApiError> {
    let (services, caller) = enter()?;
    let Ok(asked) = TraceQuery::parse(query) else {
        return Ok(Drawn::new());
    };
    match services.trace_counts(&caller, &asked).await {
        // The list says it.
        Err(error) if error.code == ErrorCode::Invalid => Ok(Drawn::new()),
        counted => Ok(side::beside(counts::view(&asked, reply(counted)?)).steps()),
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
    Ok(one::page(now, &view, part, &related, payload, &at))
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

pub(super) async fn beside(id: &str) -> Result<Drawn, ApiError> {
    let (services, caller) = enter()?;
    let found = match id.parse() {
        Ok(id) => match services.trace_view(&caller, id).await {
            // Thrown away since: the list stays, and the panel says so.
            Err(error) if error.code == ErrorCode::NotFound => None,
            found => Some(reply(found)?),
        },
        Err(_) => None,
    };
    Ok(one::panel(found.as_ref()).steps())
}

/// The address of all calls about an order.
fn of_order(order: &str) -> String {
    use orderdesk_mcp_contract::trace::query::{Term, Test};
    let term = Term::only(Test::Order(order.to_owned()));
    let query = TraceQuery::default().with(term).to_string();
    routes::traces(&[("q", &query)])
}

/// What explains something.
fn hint(text: impl Into<String>) -> Markup {
    el("p").class("hint").text(text.into())
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
    fn the_browser_builds_what_it_offers() {
        let steps = words(vec!["tool:".into(), "store:\"Größe\"".into()]).steps();
        let built = crate::parts::drawn(steps.clone()).steps();
        assert_eq!(built[1..built.len() - 1], steps);
    }

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
    fn new_calls_are_told_in_words() {
        for (calls, has_more, said) in [
            (0, false, ""),
            (0, true, ""),
            (1, false, "1 new call"),
            (12, false, "12 new calls"),
            (200, true, "200+ new calls"),
        ] {
            assert_eq!(new_calls(calls, has_more), said);
        }
    }

    #[test]
    fn the_browser_builds_the_list() {
        use orderdesk_mcp_contract::trace::Door;
        use orderdesk_mcp_contract::trace::view::{StoreName, TraceLine};
        use orderdesk_mcp_contract::{ChangeId, StoreUid, UtcMillis};

        let line = TraceLine {
            id: TraceId::from_parts(7, 1),
            started_at: UtcMillis(1),
            duration_us: 5,
            door: Door::Console,
            actor: None,
            client: None,
            tool: "orders_get".into(),
            store: Some(StoreName {
                id: StoreUid::from_parts(1, 1),
                name: "Main".into(),
                is_gone: false,
            }),
            order_id: Some("7".into()),
            error: None,
            cache_hit: None,
            change_id: Some(ChangeId::from_parts(1, 1)),
        };
        let mut found = TracePage {
            as_of: UtcMillis(60_007),
            kept_from: None,
            lines: vec![line],
            next: Some(TraceId::from_parts(2, 2)),
            looked_back_to: Some(UtcMillis(2)),
            is_damaged: true,
        };
        let newest = format!("@data-newest={}", TraceId::from_parts(7, 1));
        let asserted = |page: &TracePage, newest: &str| {
            let steps = self::page("order:7", false, page, &["who".to_owned()]).steps();
            let built = crate::parts::drawn(steps.clone()).steps();
            assert_eq!(built[1..built.len() - 1], steps);
            assert!(steps.iter().any(|step| step == newest), "{steps:?}");
        };
        asserted(&found, &newest);
        let tells_damage = |page: &TracePage| {
            let steps = self::page("", true, page, &[]).steps();
            steps.iter().any(|step| step.contains("is damaged"))
        };
        assert!(tells_damage(&found));
        found.is_damaged = false;
        assert!(!tells_damage(&found));
        found.is_damaged = true;
        found.lines.clear();
        // Nothing is shown, so that what is written late is new.
        let newest = format!("@data-newest={}", TraceId::from_parts(7, 0));
        asserted(&found, &newest);
        let known = fault::of("No.".into(), ("a".into(), "b".into(), "c".into()));
        let steps = fault::drawn(known).steps();
        let built = crate::parts::drawn(steps.clone()).steps();
        assert_eq!(built[1..built.len() - 1], steps);
    }
}
