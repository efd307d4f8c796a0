//! One change.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::{ApiError, ChangeState};
use server_fn::ServerFn as _;

use super::api::{DECIDE_FORM, GetChange};
use super::decide::{Decision, decision_forms};
use super::diff::{BEFORE_AFTER, Column, FIELDS, diff_table, more_fields};
use super::list::record_link;
use super::look::{is_moving, said, state_badge, tone, word};
use super::undo::{provide_undo, undo_card, undo_facts};
use super::view::{ChangeView, EventRow, FieldRow};
use crate::attention::look_again;
use crate::live::{every_while_visible, not_updated, refresh, shown};
use crate::parts::format::count;
use crate::parts::{
    Loaded, Markup, Notice, PageHead, Tone, Whole, card, code, el, left_refusal, link, link_button,
    notice, time, toast, told,
};
use crate::routes;
use crate::transport::{Data, answer, load, poll, read};

/// How often a change that is being carried out is looked at.
const REFRESH_EVERY: Duration = Duration::from_secs(2);
/// A proposal is looked at once in so many of those.
const PROPOSAL_TURNS: u32 = 8;
const GOES: &[Column] = &[("What goes", "diff-old")];
const THREE_SIDES: &[Column] = &[
    ("Before", "diff-old"),
    ("Wanted", "diff-new"),
    ("Found, by somebody else", "diff-found"),
];
const BINDING: &str = "Approving writes exactly this difference. If somebody else changes the same meanwhile, it comes back to you.";

/// The page at `/changes/:id`; with `?undo` it shows what taking the change back would do.
pub(crate) struct ChangePage;

#[lazy_route]
impl LazyRoute for ChangePage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let (params, query) = (use_params_map(), use_query_map());
        let id = move || params.with(|params| params.get("id").unwrap_or_default());
        // The id, and each after a blank: whether undoing is looked at, and the place of the first field.
        let asked = Signal::derive(move || {
            let (undo, from) = query.with(|query| (query.get("undo"), query.get("from")));
            format!("{} {} {}", id(), undo.is_some(), from.unwrap_or_default())
        });
        let change = load(asked, |asked| {
            let [id, undo, from] = split(&asked);
            answer!(
                GetChange,
                super::api::get_change(id.to_owned(), undo == "true", from.to_owned()),
                &[("id", id), ("undo", undo), ("from", from)]
            )
        });
        let decision = Decision::new();
        provide_context(decision);
        let news = RwSignal::new(false);
        Effect::new(move |_| {
            if let Some(outcome) = decision.outcome() {
                toast(said(outcome.row.state));
            } else if !decision.is_refused() {
                return;
            }
            // Refused because the difference is another by now: that is what is shown next.
            change.refetch();
            look_again();
        });
        provide_undo();
        Effect::watch(
            id,
            move |_, _, _: Option<()>| {
                decision.clear();
                news.set(false);
            },
            false,
        );
        let missed = RwSignal::new(None);
        keep_watch(change, asked, news, missed);
        let show_news = move |_| {
            news.set(false);
            change.refetch();
        };
        view! {
            {not_updated(missed)}
            <div role="status">
                {move || news.get().then(|| view! {
                    <Notice tone=Tone::Warn>
                        "This change is not as it stands below any more. "
                        <button type="button" class="link" on:click=show_news>"Show it as it is now"</button>
                    </Notice>
                }.whole())}
            </div>
            <Loaded data=change lines=10 brings_head=true show/>
        }
        .into_any()
    }
}

fn split(asked: &str) -> [&str; 3] {
    let mut parts = asked.splitn(3, ' ');
    [(); 3].map(|()| parts.next().unwrap_or_default())
}

/// What is asked for, as the server function reads it.
fn fields(asked: &str) -> [(&str, &str); 3] {
    let [id, undo, from] = split(asked);
    [("id", id), ("undo", undo), ("from", from)]
}

/// Looks again by itself: every 2 s while the change is being carried out, every 16 s while it waits. What somebody is
/// about to decide on is never replaced under the pointer; that there is news is said instead.
fn keep_watch(
    change: Data,
    asked: Signal<String>,
    news: RwSignal<bool>,
    missed: RwSignal<Option<ApiError>>,
) {
    let turn = StoredValue::new(0_u32);
    every_while_visible(REFRESH_EVERY, move || {
        turn.update_value(|turn| *turn = turn.wrapping_add(1));
        let Some(Ok(before)) = shown(change) else {
            return;
        };
        let Ok(view) = read::<ChangeView>(&before) else {
            return;
        };
        let state = view.row.state;
        let asked = asked.get_untracked();
        if is_moving(state) {
            leptos::task::spawn_local(async move {
                refresh(change, missed, GetChange::url(), &fields(&asked)).await;
            });
        } else if state == ChangeState::Proposed && turn.get_value().is_multiple_of(PROPOSAL_TURNS)
        {
            leptos::task::spawn_local(async move {
                let now = poll(GetChange::url(), &fields(&asked)).await;
                if now.is_ok_and(|now| now != before) && shown(change) == Some(Ok(before)) {
                    news.try_set(true);
                }
            });
        }
    });
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    read::<ChangeView>(text).map(|change| view! { <Detail change/> }.whole())
}

#[component]
fn Detail(mut change: ChangeView) -> impl IntoView {
    let decision: Decision = expect_context();
    let state = change.row.state;
    let outcome = change.outcome.take().map(|text| notice(tone(state), text));
    let decide = (state == ChangeState::Proposed).then(|| {
        section(
            "card",
            ["decision-title", "Your decision"],
            vec![
                el("p").class("hint").text(BINDING).whole(),
                decision_forms(&change, decision, ""),
            ],
        )
    });
    let was_made = matches!(state, ChangeState::Verified | ChangeState::Undone);
    let mut side: Vec<AnyView> = decide.into_iter().collect();
    let facts = [
        Some(facts(&change)),
        notes("warnings", "To know", std::mem::take(&mut change.warnings)),
        notes(
            "policy",
            "What the key's policy says",
            std::mem::take(&mut change.policy),
        ),
        calls(&change.upstream_calls),
        was_made.then(|| undo_facts(&change)),
    ];
    side.extend(facts.into_iter().flatten().map(Whole::whole));
    let what = change.row.what.clone();
    let looks_at_undo = change.undo.is_some();
    let undo = undo_card(&mut change);
    let journal = journal(std::mem::take(&mut change.events));
    let main = vec![
        three_sides(std::mem::take(&mut change.three_way), change.more_three_way).whole(),
        difference(change, looks_at_undo),
    ];
    let stack = |parts| el("div").class("stack").around(parts);
    view! {
        <PageHead title=what up=(routes::CHANGES, "Changes")>{state_badge(state)}</PageHead>
        {told(left_refusal(DECIDE_FORM))}
        {outcome}
        {undo}
        {el("div").class("columns change").around(vec![stack(main), stack(side), journal.whole()])}
    }
    .whole()
}

fn difference(change: ChangeView, looks_at_undo: bool) -> AnyView {
    let pages = pages(&change, looks_at_undo);
    let table = if !change.deleted.is_empty() {
        diff_table("What is deleted", GOES, change.deleted)
    } else if change.diff.is_empty() {
        el("p").class("hint").text("Nothing differs.")
    } else {
        diff_table("What changes", BEFORE_AFTER, change.diff)
    };
    let json = el("details").class("more").around(vec![
        el("summary").text("Show as JSON").whole(),
        code(change.json, "the difference as JSON"),
    ]);
    section(
        "card",
        ["difference-title", "Difference"],
        vec![table.whole(), pages.whole(), json],
    )
}

/// Which fields of a long difference these are, and the way to the others. Who looks at what undoing would do goes on to.
fn pages(change: &ChangeView, looks_at_undo: bool) -> Option<Markup> {
    let (from, all) = change.shown;
    let from_which = if looks_at_undo {
        "?undo&from="
    } else {
        "?from="
    };
    let to = |from: usize, text: &'static str| {
        let address = [
            &routes::change(&change.row.id),
            from_which,
            &from.to_string(),
        ]
        .concat();
        link_button(address, text)
    };
    let next = from + FIELDS;
    let number = |place: usize| count(place as u64);
    (all > FIELDS).then(|| {
        let here = [
            "Fields ",
            &number(from + 1),
            " to ",
            &number(next.min(all)),
            " of ",
            &number(all),
        ];
        el("nav")
            .class("pager")
            .with("aria-label", "Fields")
            .child(el("span").text(here.concat()))
            .maybe((from > 0).then(|| to(from.saturating_sub(FIELDS), "Fields before")))
            .maybe((next < all).then(|| to(next, "Next fields")))
    })
}

/// A card whose parts are not all markup.
pub(super) fn section(
    class: &'static str,
    [id, title]: [&'static str; 2],
    mut parts: Vec<AnyView>,
) -> AnyView {
    parts.insert(0, el("h2").with("id", id).text(title).whole());
    el("section")
        .class(class)
        .with("aria-labelledby", id)
        .around(parts)
}

fn three_sides(rows: Vec<FieldRow>, more: usize) -> Option<Markup> {
    (!rows.is_empty()).then(|| {
        card("conflict-title", "Somebody else changed the same")
            .child(el("p").class("hint").text(
                "Theirs was kept and nothing was written. Ask for the change again if it is still wanted.",
            ))
            .child(diff_table("Both changes", THREE_SIDES, rows))
            .maybe(more_fields(more))
    })
}

fn facts(change: &ChangeView) -> Markup {
    let row = change.row.clone();
    let client = row
        .client
        .map(|client| el("span").class("quiet").text(" · ").text(client));
    let mut facts = vec![
        (
            "Store",
            link([routes::STORES, "/", &row.store_id].concat(), row.store),
        ),
        ("Record", record_link(row.kind, row.record)),
    ];
    facts.extend(
        row.money
            .map(|money| ("Total moves by", el("span").text(money))),
    );
    facts.push((
        "Asked by",
        el("span")
            .child(link(routes::changes_of(row.key_id), row.key))
            .maybe(client),
    ));
    facts.push(("Asked", time(row.at)));
    let said = [
        ("Why", &change.reason),
        ("Decided by", &change.decided_by),
        ("Decision", &change.decision_reason),
    ];
    facts.extend(
        said.into_iter()
            .filter_map(|(name, text)| Some((name, el("span").text(text.clone()?)))),
    );
    let others = [
        ("Takes back", &change.undoes),
        ("Undone by", &change.undone_by),
    ];
    facts.extend(
        others.into_iter().filter_map(|(name, id)| {
            Some((name, link(routes::change(id.as_ref()?), "this change")))
        }),
    );
    let fact = |(name, value): (&'static str, Markup)| [el("dt").text(name), el("dd").child(value)];
    card("facts-title", "Details").child(
        el("dl")
            .class("facts")
            .children(facts.into_iter().flat_map(fact)),
    )
}

fn notes(id: &'static str, title: &'static str, notes: Vec<String>) -> Option<Markup> {
    (!notes.is_empty()).then(|| card(id, title).child(note_list(notes)))
}

/// Sentences, one below the other.
pub(crate) fn note_list(notes: Vec<String>) -> Markup {
    let notes = notes.into_iter().map(|note| el("li").text(note));
    el("ul").class("notes").children(notes)
}

fn calls(calls: &[String]) -> Option<Markup> {
    let call = |call: &String| el("li").child(el("code").class("mono").text(call.clone()));
    (!calls.is_empty()).then(|| {
        card("calls-title", "Requests to Order Desk")
            .child(el("ul").class("notes").children(calls.iter().map(call)))
    })
}

fn journal(events: Vec<EventRow>) -> Markup {
    let entry = |event: EventRow| {
        let state = event
            .state
            .map(|state| el("strong").text(word(state)).text(". "));
        el("li")
            .child(time(event.at))
            .child(el("span").maybe(state).text(event.text))
    };
    card("journal-title", "What happened").child(
        el("ol")
            .class("journal")
            .children(events.into_iter().map(entry)),
    )
}
