//! What waits for a person's decision, each with its difference; and the switch that stops writes.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::{ApiError, StopScope, UtcMillis};

use super::changes::{
    ApprovalsView, BEFORE_AFTER, CARD_FIELDS, ChangeView, DECIDE_FORM, Decision, ListApprovals,
    decision_forms, diff_table, note_list, said, state_badge,
};
use crate::attention::look_again;
use crate::parts::format::{ago, count, plural};
use crate::parts::{
    Loaded, Markup, PageHead, Tone, Whole, el, empty, left_refusal, link, link_button, notice,
    toast, told,
};
use crate::routes;
use crate::stops::{provide_switch, stop_card};
use crate::transport::{answer, load, read};

/// The page at `/approvals`. It stays as it was loaded, so that nothing moves under somebody who decides; the number in the
/// navigation tells of more.
pub(crate) struct ApprovalsPage;

#[lazy_route]
impl LazyRoute for ApprovalsPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let approvals = load(Signal::stored(String::new()), |_| {
            answer!(ListApprovals, super::changes::list_approvals(), &[])
        });
        provide_switch(approvals);
        view! {
            <PageHead title="Approvals"/>
            {told(left_refusal(DECIDE_FORM))}
            <Loaded data=approvals lines=8 show/>
        }
        .into_any()
    }
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    let ApprovalsView {
        as_of,
        waiting,
        changes,
        stops,
        no_stop,
    } = read(text)?;
    let more = waiting.saturating_sub(changes.len() as u64);
    let more = (more > 0).then(|| {
        let text = ["Show ", &plural(more, "more proposal", "more proposals")].concat();
        let waiting = [routes::CHANGES, "?state=waiting"].concat();
        el("p").class("pager").child(link_button(waiting, text))
    });
    let list = if changes.is_empty() {
        nothing_waits().whole()
    } else {
        let cards = changes.into_iter().map(|change| card(as_of, change));
        el("ul").class("approvals").around(cards.collect())
    };
    let parts = vec![
        list,
        more.whole(),
        stop_card(StopScope::Tenant, String::new(), stops, no_stop),
    ];
    Ok(parts.whole())
}

fn nothing_waits() -> Markup {
    empty(
        "inbox",
        "Nothing waits for you",
        "A key that may only propose has all of its changes wait here. What else waits is set on each key's page: deletions do unless you say otherwise.",
        [
            link_button(routes::CHANGES, "See all changes"),
            link_button(routes::KEYS, "See the keys"),
        ],
    )
}

/// One proposal. After the decision it stays where it is and says what came of it.
fn card(as_of: UtcMillis, change: ChangeView) -> AnyView {
    let decision = Decision::new();
    Effect::new(move |_| {
        if let Some(change) = decision.outcome() {
            toast(said(change.row.state));
            look_again();
        }
    });
    let state = change.row.state;
    let now = move || decision.outcome().map_or(state, |change| change.row.state);
    let id = format!("change-{}", change.row.id);
    let title = el("h2").with("id", id.clone()).child(link(
        routes::change(&change.row.id),
        change.row.what.clone(),
    ));
    let badge = move || state_badge(now());
    let head = el("div")
        .class("card-head")
        .around(vec![title.whole(), badge.whole()]);
    let what = proposal(as_of, &change);
    let decide = move || {
        if decision.outcome().is_some() {
            el("p").class("hint").text(said(now())).whole()
        } else {
            decision_forms(&change, decision, routes::APPROVALS)
        }
    };
    el("li")
        .class("card approval")
        .with("id", ["proposal-", &id].concat())
        .with("aria-labelledby", id)
        .around(vec![head, what.whole(), decide.whole()])
}

/// What is proposed, by whom and why.
fn proposal(as_of: UtcMillis, change: &ChangeView) -> Vec<Markup> {
    let row = change.row.clone();
    let fact = || el("p").class("approval-facts");
    let record = match row.record {
        Some(id) => [&row.kind, " ", &id].concat(),
        None => ["New ", &row.kind.to_ascii_lowercase()].concat(),
    };
    let money = row
        .money
        .map(|money| [" · total moves by ", &money].concat());
    let client = row.client.map(|client| [" · ", &client].concat());
    let mut parts = vec![
        fact()
            .text(record)
            .text(" · ")
            .text(row.store)
            .text(money.unwrap_or_default()),
        fact()
            .text("Asked by ")
            .text(row.key)
            .text(client.unwrap_or_default())
            .text(", ")
            .text(ago(as_of, row.at)),
    ];
    parts.extend(change.reason.clone().map(|reason| {
        el("p")
            .class("approval-why")
            .text("“")
            .text(reason)
            .text("”")
    }));
    if change.deleted.is_empty() {
        let (_, all) = change.shown;
        parts.push(diff_table(
            "What changes",
            BEFORE_AFTER,
            change.diff.clone(),
        ));
        if all > CARD_FIELDS {
            let all = ["All ", &count(all as u64), " fields"].concat();
            parts.push(el("p").child(link(routes::change(&change.row.id), all)));
        }
    } else {
        parts.push(notice(
            Tone::Warn,
            "The whole order is deleted. Its page shows all that goes.",
        ));
    }
    parts.push(note_list(change.warnings.clone()));
    parts.push(el("p").class("hint").text(change.policy.join(" ")));
    parts
}
