//! What stands beside the list, drawn: how many calls there were when, and the values to narrow it by.

use crate::parts::{Markup, el, link};

/// What there is beside the list.
pub(super) struct CountsView {
    /// How many calls there are, of which time, and whether all were counted.
    pub(super) said: String,
    /// The bars of the histogram, oldest first.
    pub(super) bars: Vec<Bar>,
    /// The length of a bar, in words.
    pub(super) slot: String,
    /// From when on the calls themselves are kept, in a sentence; blank where all that are counted are.
    pub(super) kept: String,
    /// The values that the list can be narrowed by.
    pub(super) facets: Vec<FacetView>,
}

/// One bar.
pub(super) struct Bar {
    /// The address of the calls of this stretch of time.
    pub(super) href: String,
    /// What it stands for, in words.
    pub(super) title: String,
    /// Height of the calls that did not fail, in hundredths of the highest bar.
    pub(super) ok: u8,
    /// Height of those that failed, on top of it.
    pub(super) failed: u8,
}

/// The values of one field.
pub(super) struct FacetView {
    /// What the field is called.
    pub(super) title: String,
    /// Its values.
    pub(super) values: Vec<FacetLine>,
    /// How many more there are, in words; blank when these are all.
    pub(super) more: String,
}

/// One value.
pub(super) struct FacetLine {
    /// What it is called.
    pub(super) label: String,
    /// How many calls have it.
    pub(super) calls: String,
    /// The address of the list with it or, when it is chosen, without it.
    pub(super) href: String,
    /// Whether the query asks for it.
    pub(super) is_chosen: bool,
    /// The address of the list without what has it; blank when that is what the query says.
    pub(super) without: String,
}

/// What stands beside the list.
pub(super) fn beside(counts: CountsView) -> Markup {
    let facets = counts.facets.into_iter().map(facet);
    let kept = (!counts.kept.is_empty()).then(|| el("p").class("histogram-slot").text(counts.kept));
    el("aside")
        .class("trace-side")
        .with("aria-label", "Narrow the list")
        .child(histogram(counts.said, counts.slot, counts.bars).maybe(kept))
        .child(el("div").class("facets").children(facets))
}

/// Each bar leads to the calls of its stretch of time.
fn histogram(said: String, slot: String, bars: Vec<Bar>) -> Markup {
    let height = |value: u8, y: u8, class: &'static str| {
        el("rect")
            .class(class)
            .with("y", y.to_string())
            .with("width", "10")
            .with("height", value.to_string())
    };
    let bar = |bar: Bar| {
        let (ok, failed) = (bar.ok.min(100), bar.failed.min(100));
        let top = 100_u8.saturating_sub(ok);
        let drawing = el("svg")
            .with("viewBox", "0 0 10 100")
            .with("preserveAspectRatio", "none")
            .with("aria-hidden", "true")
            .child(height(ok, top, "bar-ok"))
            .child(height(failed, top.saturating_sub(failed), "bar-failed"));
        el("li").child(
            el("a")
                .with("href", bar.href)
                .with("title", bar.title.clone())
                .with("aria-label", bar.title)
                .with("data-noscroll", "true")
                .child(drawing),
        )
    };
    el("figure")
        .class("histogram")
        .child(el("figcaption").text(said))
        .child(el("ol").children(bars.into_iter().map(bar)))
        // Leads to the time of several bars, when the browser knows of which.
        .child(
            el("a")
                .class("histogram-range")
                .flag("hidden", true)
                .with("data-noscroll", "true"),
        )
        .child(el("p").class("histogram-slot").text(slot))
        .child(
            el("p")
                .class("histogram-slot histogram-brush needs-script")
                .text("Drag over several for their time."),
        )
}

fn facet(facet: FacetView) -> Markup {
    let more = (!facet.more.is_empty()).then(|| el("p").class("facet-more").text(facet.more));
    el("section")
        .class("facet")
        .child(el("h2").text(facet.title))
        .child(el("ul").children(facet.values.into_iter().map(value)))
        .maybe(more)
}

fn value(line: FacetLine) -> Markup {
    let name = el("span").class("facet-name").text(line.label.clone());
    let only = link(line.href, "")
        .class("facet-value")
        .with("data-noscroll", "true")
        .child(name)
        .child(el("span").class("facet-calls").text(line.calls));
    let only = if line.is_chosen {
        only.with("aria-current", "true")
    } else {
        only
    };
    let without = (!line.without.is_empty()).then(|| {
        link(line.without, "−")
            .class("facet-not")
            .with("data-noscroll", "true")
            .with("title", "Leave these out")
            .with("aria-label", format!("Leave out {}", line.label))
    });
    el("li").child(only).maybe(without)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_builds_what_stands_beside_the_list() {
        let line = |is_chosen: bool| FacetLine {
            label: "a".into(),
            calls: "2".into(),
            href: "/traces?q=a".into(),
            is_chosen,
            without: "/traces".into(),
        };
        let counts = CountsView {
            said: "2 calls".into(),
            bars: vec![Bar {
                href: "/traces".into(),
                title: "one".into(),
                ok: 50,
                failed: 50,
            }],
            slot: "Each bar is an hour.".into(),
            kept: "Calls are kept.".into(),
            facets: vec![FacetView {
                title: "Tool".into(),
                values: vec![line(true), line(false)],
                more: "and 1 more".into(),
            }],
        };
        let steps = beside(counts).steps();
        let built = crate::parts::drawn(steps.clone()).steps();
        assert_eq!(built[1..built.len() - 1], steps);
    }
}
