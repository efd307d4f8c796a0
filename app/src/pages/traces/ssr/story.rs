//! Calls as a story, drawn here: the life of an order, or one run.

use orderdesk_mcp_contract::trace::Door;
use orderdesk_mcp_contract::trace::story::{Happened, Story, StoryEvent};
use orderdesk_mcp_contract::trace::view::{StoreName, TraceLine};
use orderdesk_mcp_contract::{ApiError, ChangeId, ChangeState, ErrorCode, TraceId};

use super::compare::with_title;
use super::rest;
use super::rows::{outcome_badge, who};
use super::{call_id, hint, took};
use crate::backend::{enter, reply};
use crate::pages::changes::state_badge;
use crate::parts::format::plural;
use crate::parts::{Drawn, Markup, Tone, badge, card, el, link, link_button, local, utc};
use crate::routes;

/// The story of an order, of one store where that is named, or else of the run that a call belongs to.
pub(in super::super) async fn page(
    call: &str,
    order: &str,
    before: &str,
) -> Result<Drawn, ApiError> {
    let (services, caller) = enter()?;
    if order.is_empty() {
        let call = reply(call_id(call))?;
        let story = reply(services.run_story(&caller, call).await)?;
        return Ok(run(&story));
    }
    let before: Option<TraceId> = before.parse().ok();
    let store = call.parse().ok();
    let story = services.order_story(&caller, order, store, before).await;
    let address = |before: &str| {
        let parameters = [("a", call), ("b", order), ("from", before)];
        routes::with_parameters(routes::STORY, &parameters)
    };
    Ok(of_order(order, before.is_some(), &reply(story)?, address))
}

/// The address of an order's story.
pub(super) fn story_of_order(order: &str, store: Option<&StoreName>) -> String {
    let store = store.map(|store| store.id.to_string()).unwrap_or_default();
    routes::with_parameters(routes::STORY, &[("a", &store), ("b", order)])
}

/// The address of the story of a call's run.
pub(super) fn story_of_run(call: TraceId) -> String {
    routes::with_parameters(routes::STORY, &[("a", &call.to_string())])
}

fn of_order(order: &str, is_older: bool, story: &Story, address: impl Fn(&str) -> String) -> Drawn {
    let title = format!("The story of order {order}");
    let calls = story.events.iter().filter_map(line_of).count() as u64;
    let said = format!(
        "{} in this part, with each step of its changes. Oldest first; calls are told of for as long as they are kept, changes always.",
        plural(calls, "call about it", "calls about it")
    );
    let cut = story.is_cut.then(|| {
        hint("Of its changes only the newest 50 are told; the list of changes has all of them.")
    });
    let before = story
        .before
        .map(|id| el("p").child(link_button(address(&id.to_string()), "What was before")));
    let newest = is_older.then(|| el("p").child(link_button(address(""), "To the newest part")));
    let body = el("div")
        .class("stack")
        .child(
            card("story-title", "What happened")
                .child(hint(said))
                .maybe(story.is_damaged.then(rest::damaged))
                .maybe(cut)
                .maybe(before)
                .child(events(story, false))
                .maybe(newest),
        )
        .child(ways(&[
            (
                routes::traces(&[("q", &story.query)]),
                "All calls about this order",
            ),
            (
                routes::with_parameters(routes::CHANGES, &[("order", order)]),
                "All changes of this order",
            ),
        ]));
    with_title(&title, &body)
}

fn run(story: &Story) -> Drawn {
    let lines: Vec<&TraceLine> = story.events.iter().filter_map(line_of).collect();
    let title = lines.first().map_or_else(
        || "A run".to_owned(),
        |line| format!("A run of {}", name_of(line)),
    );
    let cut = story
        .is_cut
        .then(|| hint("The run is longer than is told here: at most 200 calls on either side."));
    let body = el("div")
        .class("stack")
        .child(
            card("story-title", "What happened")
                .child(el("p").text(summary(&lines)))
                .maybe(story.is_damaged.then(rest::damaged))
                .maybe(cut)
                .child(events(story, true)),
        )
        .child(ways(&[(
            routes::traces(&[("q", &story.query)]),
            "All calls of this run",
        )]));
    with_title(&title, &body)
}

/// A run in two sentences.
fn summary(lines: &[&TraceLine]) -> String {
    let [Some(first), Some(last)] = [lines.first(), lines.last()] else {
        return String::new();
    };
    let failed = lines
        .iter()
        .filter(|line| {
            line.error
                .is_some_and(|error| error != ErrorCode::Cancelled)
        })
        .count() as u64;
    let mut orders: Vec<_> = lines
        .iter()
        .filter_map(|line| line.order_id.as_deref())
        .collect();
    orders.sort_unstable();
    orders.dedup();
    let mut changes: Vec<ChangeId> = lines.iter().filter_map(|line| line.change_id).collect();
    changes.sort_unstable();
    changes.dedup();
    let ended = last
        .started_at
        .plus_millis(i64::try_from(last.duration_us / 1000).unwrap_or(0));
    let lasted = u64::try_from(ended.since(first.started_at)).unwrap_or(0);
    let went = match failed {
        0 => "All went well.".to_owned(),
        failed => format!("{} failed.", plural(failed, "of them", "of them")),
    };
    format!(
        "{} made {} in {}, from {} on. {went} It was about {}, and {} came of it.",
        who(first),
        plural(lines.len() as u64, "call", "calls"),
        minutes(lasted),
        utc(first.started_at),
        plural(orders.len() as u64, "order", "orders"),
        plural(changes.len() as u64, "change", "changes"),
    )
}

/// A stretch of time, to the minute from one on.
fn minutes(millis: u64) -> String {
    match millis {
        0..60_000 => took(millis * 1000),
        _ => plural(millis.div_ceil(60_000), "minute", "minutes"),
    }
}

fn events(story: &Story, in_run: bool) -> Markup {
    el("ol")
        .class("story")
        .children(story.events.iter().map(|event| one(event, in_run)))
}

fn one(event: &StoryEvent, in_run: bool) -> Markup {
    let when = el("time")
        .class("story-when")
        .with("datetime", event.at.to_string())
        .with("title", utc(event.at))
        .text(local(event.at));
    let what = match &event.what {
        Happened::Call {
            line,
            title,
            change,
        } => called(line, title, *change, in_run),
        Happened::Step {
            change,
            summary,
            state,
            text,
        } => el("div")
            .class("story-what story-step")
            .maybe(state.map(state_badge))
            .child(el("span").text(text.clone()))
            .child(link(routes::change(*change), summary.clone())),
    };
    el("li").child(when).child(what)
}

fn called(line: &TraceLine, title: &str, change: Option<ChangeState>, in_run: bool) -> Markup {
    let by = (!in_run).then(|| el("span").class("hint").text(format!("by {}", who(line))));
    let order = line.order_id.as_deref().filter(|_| in_run);
    let order = order.map(|order| {
        link(
            story_of_order(order, line.store.as_ref()),
            format!("Order {order}"),
        )
    });
    let store = line.store.as_ref();
    let store = store.map(|store| el("span").class("hint").text(format!("in {}", store.name)));
    let cached = (line.cache_hit == Some(true)).then(|| badge(Tone::Neutral, "", "From the cache"));
    let change = line.change_id.filter(|_| in_run).map(|id| {
        el("span")
            .class("story-change")
            .child(link(routes::change(id), "Its change"))
            .maybe(change.map(state_badge))
    });
    el("div")
        .class("story-what")
        .child(link(routes::trace(line.id), title.to_owned()))
        .maybe(order)
        .maybe(store)
        .maybe(by)
        .maybe(line.error.map(|error| outcome_badge(Some(error))))
        .maybe(cached)
        .maybe(change)
}

fn ways(ways: &[(String, &'static str)]) -> Markup {
    let way = |(href, text): &(String, &'static str)| el("li").child(link(href.clone(), *text));
    card("story-ways", "Elsewhere").child(el("ul").class("notes").children(ways.iter().map(way)))
}

fn line_of(event: &StoryEvent) -> Option<&TraceLine> {
    match &event.what {
        Happened::Call { line, .. } => Some(line),
        Happened::Step { .. } => None,
    }
}

fn name_of(line: &TraceLine) -> String {
    let name = line.actor.as_ref().map(|actor| actor.name.clone());
    name.unwrap_or_else(|| match line.door {
        Door::Cli => "the operator".to_owned(),
        door => door.label().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::trace::view::{ActorKind, ActorName};
    use orderdesk_mcp_contract::{KeyId, StoreUid, UtcMillis};

    use super::*;

    fn story() -> Story {
        let line = TraceLine {
            id: TraceId::from_parts(1, 1),
            started_at: UtcMillis(1),
            duration_us: 120_000_000,
            door: Door::Mcp,
            actor: Some(ActorName {
                id: KeyId::from_parts(1, 1),
                name: "Claude & co".into(),
                kind: ActorKind::Key,
            }),
            client: Some("client 1.0".into()),
            tool: "orders_update".into(),
            store: Some(StoreName {
                id: StoreUid::from_parts(1, 1),
                name: "Größe".into(),
                is_gone: false,
            }),
            order_id: Some("10 042".into()),
            error: Some(ErrorCode::Conflict),
            cache_hit: Some(true),
            change_id: Some(ChangeId::from_parts(1, 1)),
        };
        let call = Happened::Call {
            line: Box::new(line),
            title: "Change an order".into(),
            change: Some(ChangeState::Conflict),
        };
        let step = Happened::Step {
            change: ChangeId::from_parts(1, 1),
            summary: "Change shipping.city".into(),
            state: Some(ChangeState::Conflict),
            text: "Somebody else changed it.".into(),
        };
        let at = |what| StoryEvent {
            at: UtcMillis(1),
            what,
        };
        Story {
            events: vec![at(call), at(step)],
            before: Some(TraceId::from_parts(1, 2)),
            is_cut: true,
            is_damaged: true,
            query: "order:\"10 042\"".into(),
        }
    }

    #[test]
    fn the_browser_builds_what_is_told() {
        let address = |before: &str| format!("/traces/story?from={before}");
        for (steps, title) in [
            (
                of_order("10 042", true, &story(), address),
                "The story of order 10 042",
            ),
            (run(&story()), "A run of Claude & co"),
        ] {
            assert_eq!(steps[0], title);
            let built = crate::parts::drawn(steps[1..].to_vec()).steps();
            assert_eq!(built[1..built.len() - 1], steps[1..]);
        }
    }

    #[test]
    fn a_run_is_summed_up() {
        let story = story();
        let lines: Vec<_> = story.events.iter().filter_map(line_of).collect();
        assert_eq!(
            summary(&lines),
            "Claude & co · client 1.0 made 1 call in 2 minutes, from 1970-01-01 00:00 UTC on. 1 of them failed. It was about 1 order, and 1 change came of it."
        );
    }
}
