//! Calls per slot of time: as bars, in words, and as a table.

use orderdesk_mcp_contract::views::dashboard::{Dashboard, Range, SlotCount};

use super::bars::Bars;
use crate::parts::format::{count, duration, plural};
use crate::parts::{Markup, card, el, head, local};

/// The chart of a stretch of time, which is called so.
pub(super) fn chart(figures: &Dashboard, span: &str) -> Markup {
    let slots = &figures.slots;
    let calls: u64 = slots.iter().map(all_of).sum();
    let failed: u64 = slots.iter().map(|slot| slot.failed).sum();
    let summary = format!(
        "{} in the last {span}, {} failed",
        plural(calls, "call", "calls"),
        count(failed)
    );
    let most = count(slots.iter().map(all_of).max().unwrap_or(0));
    let quiet = |class: &'static str| el("div").class(class).with("aria-hidden", "true");
    let key = |class: &'static str, text: &'static str| el("span").class(class).text(text);
    let figure = el("figure")
        .class("bars")
        .child(
            el("figcaption")
                .child(el("span").class("bars-summary").text(summary.clone()))
                .child(key("bars-key bars-key-ok", "Succeeded"))
                .child(key("bars-key bars-key-failed", "Failed")),
        )
        .child(
            el("div")
                .class("bars-plot")
                .child(quiet("bars-top").text(most))
                .child(Bars::of(slots).draw(summary)),
        )
        .child(quiet("bars-axis").children(axis(figures)))
        .child(
            el("details")
                .class("bars-table")
                .child(el("summary").text("Show as table"))
                .child(table(slots)),
        );
    let title = match figures.range {
        Range::Day => "Calls per hour",
        Range::Week => "Calls per 6 hours",
        Range::Month => "Calls per day",
    };
    card("calls-title", title).child(figure)
}

fn all_of(slot: &SlotCount) -> u64 {
    slot.ok + slot.failed
}

/// What stands below the first, the middle and the last bar.
fn axis(figures: &Dashboard) -> [Markup; 3] {
    let slots = &figures.slots;
    // Of a day the time, of more the month and day.
    let part = match figures.range {
        Range::Day => 11..16,
        Range::Week | Range::Month => 5..10,
    };
    let label = |slot: Option<&SlotCount>| {
        let text = slot.map(|slot| local(slot.starts_at)).unwrap_or_default();
        let text = text.get(part.clone()).unwrap_or_default().to_owned();
        el("span").text(text)
    };
    [
        label(slots.first()),
        label(slots.get(slots.len() / 2)),
        label(slots.last()),
    ]
}

fn table(slots: &[SlotCount]) -> Markup {
    let number = |text: String| el("td").class("number").text(text);
    let row = |slot: &SlotCount| {
        let slowness = slot.p95_ms.map_or_else(|| "–".to_owned(), duration);
        el("tr")
            .child(el("th").with("scope", "row").text(local(slot.starts_at)))
            .child(number(count(slot.ok)))
            .child(number(count(slot.failed)))
            .child(number(slowness))
    };
    el("table")
        .class("table")
        .child(head(&[
            ("From", ""),
            ("Succeeded", "number"),
            ("Failed", "number"),
            ("95th percentile", "number"),
        ]))
        .child(el("tbody").children(slots.iter().map(row)))
}
