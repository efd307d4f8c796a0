//! How many calls there were when, and the values to narrow the list by.

use super::view::{Bar, CountsView, FacetLine, FacetView};
use crate::parts::{Markup, el, link};

/// What stands beside the list. A live list stays live.
pub(super) fn beside(mut counts: CountsView, is_live: bool) -> Markup {
    if is_live {
        let values = counts.facets.iter_mut().flat_map(|facet| &mut facet.values);
        let hrefs = values.flat_map(|line| [&mut line.href, &mut line.without]);
        let bars = counts.bars.iter_mut().map(|bar| &mut bar.href);
        bars.chain(hrefs).for_each(keep_live);
    }
    let facets = counts.facets.into_iter().map(facet);
    let kept = (!counts.kept.is_empty()).then(|| el("p").class("histogram-slot").text(counts.kept));
    el("aside")
        .class("trace-side")
        .with("aria-label", "Narrow the list")
        .child(histogram(counts.said, counts.slot, counts.bars).maybe(kept))
        .child(el("div").class("facets").children(facets))
}

/// The same address of a list that is kept up to date; a blank one stays blank.
fn keep_live(href: &mut String) {
    if !href.is_empty() {
        let first = !href.contains('?');
        href.push_str(if first { "?live=1" } else { "&live=1" });
    }
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
        .child(el("p").class("histogram-slot").text(slot))
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
            .with("aria-label", ["Leave out ", &line.label].concat())
    });
    el("li").child(only).maybe(without)
}
