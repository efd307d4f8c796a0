//! What stands below the calls of a list, or in their place.

use orderdesk_mcp_contract::trace::export::{EXPORT_PATH, ExportFormat};
use orderdesk_mcp_contract::trace::view::TracePage;

use crate::parts::{Markup, Tone, el, empty, link, link_button, local, notice};
use crate::routes;

/// Beside calls of which some may be missing.
pub(super) fn damaged() -> Markup {
    let text = "What is stored of some calls of this time is damaged, so they are missing here. The server's log says where; only a backup has them still.";
    notice(Tone::Warn, text)
}

/// Of a page of what a query asks for; `is_first` when it is the newest.
pub(super) fn of(query: &str, is_first: bool, page: &TracePage) -> Markup {
    let newest = (!is_first).then(|| link_button(routes::traces(&[("q", query)]), "Newest"));
    let older = page.next.map(|next| {
        let next = next.to_string();
        link_button(routes::traces(&[("q", query), ("before", &next)]), "Older")
    });
    let note = page.looked_back_to.map(|moment| {
        el("p").class("hint").with("role", "status").text(format!(
            "So as to answer at once, calls were looked at back to {}. “Older” goes on from there.",
            local(moment)
        ))
    });
    let damaged = page.is_damaged.then(damaged);
    let pager = (newest.is_some() || older.is_some()).then(|| {
        el("nav")
            .class("pager")
            .with("aria-label", "Pages")
            .maybe(newest)
            .maybe(older)
    });
    let is_empty = page.lines.is_empty();
    el("div")
        .class("stack")
        .maybe(is_empty.then(|| nothing(query, is_first, page)))
        .maybe(damaged)
        .maybe(note)
        .maybe((!is_empty).then(|| files(query)))
        .maybe(pager)
}

/// All calls that the query asks for, as files.
fn files(query: &str) -> Markup {
    // The router leaves links to files alone.
    let file = |format: ExportFormat| {
        let parameters = [("q", query), ("format", format.as_str())];
        link_button(
            routes::with_parameters(EXPORT_PATH, &parameters),
            format.label(),
        )
        .class("button button-small")
        .flag("download", true)
    };
    el("details")
        .class("more")
        .child(el("summary").text("Export these calls"))
        .child(el("p").class("hint").text(
            "At most 100,000 of them, the newest first, without what they carried. Only OpenTelemetry has their steps.",
        ))
        .child(el("div").class("actions").children(ExportFormat::ALL.map(file)))
}

fn nothing(query: &str, is_first: bool, page: &TracePage) -> Markup {
    let has_older = page.next.is_some();
    if query.is_empty() && is_first && !has_older && !page.is_damaged {
        return empty(
            "activity",
            "No calls yet",
            "Every call of an assistant and of the console stands here, with what happened in it.",
            [link_button(routes::CONNECT, "Connect an assistant").class("button button-primary")],
        );
    }
    let says = match (has_older, is_first) {
        (true, _) => "No call of those looked at matches. ",
        (false, true) => "No call matches. ",
        (false, false) => "There are no older calls. ",
    };
    let kept = page
        .kept_from
        .map(|from| format!("Calls are kept from {} on. ", local(from)));
    el("p")
        .class("nothing")
        .text(says)
        .text(kept.unwrap_or_default())
        .child(link(routes::TRACES, "Show all calls"))
}
