//! The audit log: who did what, newest first.

use leptos::prelude::*;
use orderdesk_mcp_contract::views::audit::{AuditLine, AuditPage};

use crate::parts::{Markup, Tone, Whole, badge, card, el, head, link_button, time};
use crate::routes;

/// The query's parameter for the place that older entries begin before.
pub(super) const BEFORE: &str = "before";

/// One page of it, with the ways to the others; or why it cannot be read.
pub(super) fn audit_card(log: Result<AuditPage, String>, is_first: bool) -> AnyView {
    let about = el("p").class("hint").text(
        "Who did what to keys, people, stores and settings, and who read what calls carried. Entries are added and never changed; whoever runs the server can prove it with orderdesk-mcp audit verify.",
    );
    let part = match log {
        Ok(page) => el("div")
            .child(table(page.lines))
            .maybe((!is_first).then(|| link_button(routes::AUDIT, "Newest")))
            .maybe(page.before.map(|before| {
                let before = before.to_string();
                let place = routes::with_parameters(routes::SETTINGS, &[(BEFORE, &before)]);
                link_button([&place, "#audit-title"].concat(), "Older")
            })),
        Err(why) => el("p").text(why),
    };
    card("audit-title", "Audit log")
        .child(about)
        .child(part)
        .whole()
}

fn table(lines: Vec<AuditLine>) -> Markup {
    if lines.is_empty() {
        return el("p").text("There are no entries here.");
    }
    el("table")
        .class("table table-cards")
        .child(head(&[
            ("Entry", "number"),
            ("When", ""),
            ("Who", ""),
            ("What", ""),
            ("About", ""),
        ]))
        .child(el("tbody").children(lines.into_iter().map(row)))
}

fn row(line: AuditLine) -> Markup {
    let cell = |label| el("td").with("data-label", label);
    let not_done = line.of_seq.map(|seq| {
        let of = [" Entry ", &seq.to_string()].concat();
        el("p")
            .child(badge(Tone::Warn, "triangle-alert", "Not done"))
            .text(of)
    });
    // One element in each cell: as cards, cells stand beside their labels.
    let lines = |lines: Vec<Markup>| el("div").children(lines);
    let hint = |text: String| el("span").class("hint").text(text);
    let facts = line.facts.into_iter().map(|fact| {
        let name = hint([&fact.name, ": "].concat());
        el("div").child(name).text(fact.value)
    });
    let who = vec![el("div").text(line.actor), hint(line.door)];
    let what = std::iter::once(el("div").text(line.act)).chain(not_done);
    el("tr")
        .child(cell("Entry").class("number").text(line.seq.to_string()))
        .child(cell("When").child(time(line.at)))
        .child(cell("Who").child(lines(who)))
        .child(cell("What").child(lines(what.collect())))
        .child(cell("About").child(lines(facts.collect())))
}
