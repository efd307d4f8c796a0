//! Figures side by side: what changes have done, and how the service does.

use orderdesk_mcp_contract::trace::query::{Term, Test, When};
use orderdesk_mcp_contract::views::dashboard::{Dashboard, SlotCount, StoreImpact};

use super::bars::Trend;
use crate::parts::format::{count, duration, percent, plural};
use crate::parts::{Markup, Tone, el, link};
use crate::routes;

/// A figure, with its name and what it is made of.
struct Figure {
    tone: Tone,
    name: &'static str,
    value: String,
    detail: String,
    /// Where it leads.
    href: Option<String>,
    /// How it went.
    trend: Option<Trend>,
}

impl Figure {
    fn new(name: &'static str, value: String, detail: impl Into<String>) -> Self {
        Self {
            tone: Tone::Neutral,
            name,
            value,
            detail: detail.into(),
            href: None,
            trend: None,
        }
    }

    fn draw(self) -> Markup {
        let value = match self.href {
            Some(href) => link(href, self.value),
            None => el("span").text(self.value),
        };
        let trend = |trend: Trend| el("dd").child(trend.draw());
        el("div")
            .class(["stat stat-", self.tone.as_str()].concat())
            .child(el("dt").text(self.name))
            .child(el("dd").class("stat-value").child(value))
            .child(el("dd").class("stat-detail").text(self.detail))
            .maybe(self.trend.map(trend))
    }
}

fn side_by_side<const N: usize>(title: &'static str, figures: [Figure; N]) -> Markup {
    el("section")
        .with("aria-label", title)
        .child(el("h2").class("stats-title").text(title))
        .child(el("dl").class("stats").children(figures.map(Figure::draw)))
}

/// What changes have done.
pub(super) fn impact(stores: &[StoreImpact]) -> Markup {
    let sum = |of: fn(&StoreImpact) -> u64| stores.iter().map(of).sum::<u64>();
    let orders = count(sum(|store| store.orders));
    let changes = plural(
        sum(|store| store.changes),
        "change took effect",
        "changes took effect",
    );
    let undone = count(sum(|store| store.undone));
    side_by_side(
        "Impact",
        [
            Figure::new("Orders touched", orders, changes),
            moved(stores),
            Figure::new("Undone", undone, "taken back, and proved to be"),
        ],
    )
}

/// The money that changes moved. Stores may have different currencies, and Order Desk does not tell them: amounts of several
/// are never added up.
fn moved(stores: &[StoreImpact]) -> Figure {
    let moved: Vec<_> = stores.iter().filter(|store| has_money(store)).collect();
    let (money, of_whom) = match moved[..] {
        [] => ("–".to_owned(), "no total of an order changed".to_owned()),
        [store] => (
            store.money.to_string(),
            format!("in {}, in its currency", store.store_name),
        ),
        _ => (
            count(moved.len() as u64),
            "stores with moved totals, listed below".to_owned(),
        ),
    };
    Figure::new("Money moved", money, of_whom)
}

/// Whether changes moved money in a store.
pub(super) fn has_money(store: &StoreImpact) -> bool {
    store.money.ten_thousandths() > 0
}

/// How the service does.
pub(super) fn health(figures: &Dashboard) -> Markup {
    let trend = |of: fn(&SlotCount) -> u64| {
        let values: Vec<_> = figures.slots.iter().map(of).collect();
        Some(Trend::of(&values))
    };
    let ms = |ms: Option<u64>| ms.map_or_else(|| "–".to_owned(), duration);
    let since = Term::only(Test::Since(When::at(figures.from)));
    let of_tools = format!("door:mcp door:stdio door:console {since}");
    let failed = match figures.errors {
        0 => "none".to_owned(),
        errors => plural(errors, "failed call", "failed calls"),
    };
    let others = format!(
        "half within {}, 99 of 100 within {}",
        ms(figures.p50_ms),
        ms(figures.p99_ms)
    );
    let calls = Figure {
        href: Some(routes::traces(&[("q", &of_tools)])),
        trend: trend(|slot| slot.ok + slot.failed),
        ..Figure::new(
            "Calls",
            count(figures.calls),
            "by assistants and in the console",
        )
    };
    let errors = Figure {
        tone: if figures.errors == 0 {
            Tone::Neutral
        } else {
            Tone::Error
        },
        href: Some(routes::traces(&[("q", &format!("status:error {since}"))])),
        trend: trend(|slot| slot.failed),
        ..Figure::new("Errors", percent(figures.errors, figures.calls), failed)
    };
    let slowness = Figure {
        trend: trend(|slot| slot.p95_ms.unwrap_or(0)),
        ..Figure::new("95th percentile", ms(figures.p95_ms), others)
    };
    side_by_side("Health", [calls, errors, slowness, cache_hits(figures)])
}

fn cache_hits(figures: &Dashboard) -> Figure {
    let (hits, lookups) = (figures.cache_hits, figures.cache_lookups);
    let (rate, saved) = if lookups == 0 {
        ("–".to_owned(), "no cacheable reads yet".to_owned())
    } else {
        let saved = format!("{} of {} reads", count(hits), count(lookups));
        (percent(hits, lookups), saved)
    };
    Figure::new("Cache hits", rate, saved)
}

#[cfg(test)]
pub(super) mod tests {
    use orderdesk_mcp_contract::Money;

    use super::*;

    pub(in super::super) fn store(name: &str, money: &str) -> StoreImpact {
        StoreImpact {
            store_name: name.into(),
            sandbox: name == "Toy",
            changes: 2,
            orders: 1,
            money: money.parse::<Money>().unwrap(),
            undone: 1,
        }
    }

    #[test]
    fn amounts_of_different_stores_are_never_added_up() {
        let value = |stores: &[StoreImpact]| moved(stores).value;
        assert_eq!(value(&[]), "–");
        assert_eq!(value(&[store("A", "0")]), "–");
        assert_eq!(value(&[store("A", "19.95"), store("B", "0")]), "19.95");
        assert_eq!(value(&[store("A", "1"), store("B", "2")]), "2");
    }
}
