//! The dashboard's figures put into words and shapes.

mod bars;
mod draw;
mod needs;
mod parts;
mod view;

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::trace::query::{Term, Test, When};
use orderdesk_mcp_contract::views::dashboard::{
    Dashboard, FailedCall, Range, SlotCount, StoreImpact,
};

use self::bars::{path_of, trend};
use self::needs::needs;
use self::view::{Board, Rows};
use super::Overview;
use crate::parts::format::{ago, count, duration, percent, plural};
use crate::parts::{Markup, local};
use crate::routes;

pub(super) fn overview(figures: Dashboard) -> Overview {
    let board = board(figures);
    Overview {
        is_new: !board.steps.is_empty(),
        drawn: draw::page(board).iter().flat_map(Markup::steps).collect(),
    }
}

fn board(figures: Dashboard) -> Board {
    let done = [
        figures.stores_in_all > 0,
        figures.has_api_key,
        figures.has_mcp_call,
    ];
    let is_set_up = done == [true; 3];
    let is_in_use = is_set_up || figures.calls > 0;
    let span = span(figures.range);
    let step = |is_done: &bool| if *is_done { '1' } else { '0' };
    Board {
        note: format!("The last {span}, as of {}", local(figures.as_of)),
        as_of: figures.as_of,
        range: figures.range.as_str().to_owned(),
        steps: if is_set_up {
            String::new()
        } else {
            done.iter().map(step).collect()
        },
        is_in_use,
        needs: needs(figures.as_of, &figures.needs),
        impact: impact(&figures.impact),
        impact_by_store: by_store(&figures.impact),
        health: health(&figures),
        chart: chart(&figures, span),
        slots: table(&figures.slots),
        all_stores: match figures.stores_in_all {
            1 => "All stores".to_owned(),
            many => format!("All {} stores", count(many)),
        },
        stores: figures.stores,
        errors: errors(figures.as_of, figures.latest_errors),
    }
}

const BAD: &str = "error";
const PLAIN: &str = "info";

/// A row of these texts.
fn row<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

fn span(range: Range) -> &'static str {
    match range {
        Range::Day => "24 hours",
        Range::Week => "7 days",
        Range::Month => "30 days",
    }
}

fn impact(stores: &[StoreImpact]) -> Rows {
    let sum = |of: fn(&StoreImpact) -> u64| stores.iter().map(of).sum::<u64>();
    let (orders, undone) = (
        count(sum(|store| store.orders)),
        count(sum(|store| store.undone)),
    );
    let changes = plural(
        sum(|store| store.changes),
        "change took effect",
        "changes took effect",
    );
    let moved: Vec<_> = stores.iter().filter(|store| has_money(store)).collect();
    // Stores may have different currencies, and Order Desk does not tell them: amounts of several are never added up.
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
    vec![
        row(["neutral", "Orders touched", &orders, &changes]),
        row(["neutral", "Money moved", &money, &of_whom]),
        row(["neutral", "Undone", &undone, "taken back, and proved to be"]),
    ]
}

fn has_money(store: &StoreImpact) -> bool {
    store.money.ten_thousandths() > 0
}

fn by_store(stores: &[StoreImpact]) -> Rows {
    if stores.len() < 2 {
        return Rows::new();
    }
    let line = |store: &StoreImpact| {
        let orders = plural(store.orders, "order", "orders");
        let changes = plural(store.changes, "change", "changes");
        let money = if has_money(store) {
            format!(" · {} moved, in its currency", store.money)
        } else {
            String::new()
        };
        let mark = if store.sandbox { "Sandbox" } else { "" };
        let text = format!("{orders} · {changes}{money}");
        row([PLAIN, &store.store_name, mark, &text, ""])
    };
    stores.iter().map(line).collect()
}

fn health(figures: &Dashboard) -> Rows {
    let errors = figures.errors;
    let (hits, lookups) = (figures.cache_hits, figures.cache_lookups);
    let (hit_rate, saved) = if lookups == 0 {
        ("–".to_owned(), "no cacheable reads yet".to_owned())
    } else {
        let saved = format!("{} of {} reads", count(hits), count(lookups));
        (percent(hits, lookups), saved)
    };
    let failed = if errors == 0 {
        "none".to_owned()
    } else {
        plural(errors, "failed call", "failed calls")
    };
    let tone = if errors == 0 { "neutral" } else { BAD };
    let ms = |ms: Option<u64>| ms.map_or_else(|| "–".to_owned(), duration);
    let others = format!(
        "half within {}, 99 of 100 within {}",
        ms(figures.p50_ms),
        ms(figures.p99_ms)
    );
    let all: Vec<_> = figures
        .slots
        .iter()
        .map(|slot| slot.ok + slot.failed)
        .collect();
    let bad: Vec<_> = figures.slots.iter().map(|slot| slot.failed).collect();
    let slow: Vec<_> = figures
        .slots
        .iter()
        .map(|slot| slot.p95_ms.unwrap_or(0))
        .collect();
    let (view_box, calls) = trend(&all);
    let (_, failures) = trend(&bad);
    let (_, slowness) = trend(&slow);
    let since = Term::only(Test::Since(When::at(figures.from)));
    let since = format!("door:mcp door:stdio door:console {since}");
    let all_of_them = routes::traces(&[("q", &since)]);
    let failed_ones = routes::traces(&[("q", &format!("status:error {since}"))]);
    vec![
        row([
            "neutral",
            "Calls",
            &count(figures.calls),
            "by assistants and in the console",
            &all_of_them,
            &view_box,
            &calls,
        ]),
        row([
            tone,
            "Errors",
            &percent(errors, figures.calls),
            &failed,
            &failed_ones,
            &view_box,
            &failures,
        ]),
        row([
            "neutral",
            "95th percentile",
            &ms(figures.p95_ms),
            &others,
            "",
            &view_box,
            &slowness,
        ]),
        row(["neutral", "Cache hits", &hit_rate, &saved]),
    ]
}

fn chart(figures: &Dashboard, span: &str) -> Vec<String> {
    let slots = &figures.slots;
    let calls: u64 = slots.iter().map(|slot| slot.ok + slot.failed).sum();
    let failed: u64 = slots.iter().map(|slot| slot.failed).sum();
    let most = slots.iter().map(|slot| slot.ok + slot.failed).max();
    let label = |slot: Option<&SlotCount>| {
        let text = slot.map(|slot| local(slot.starts_at)).unwrap_or_default();
        let part = if figures.range == Range::Day {
            text.get(11..16)
        } else {
            text.get(5..10)
        };
        part.unwrap_or_default().to_owned()
    };
    let title = match figures.range {
        Range::Day => "Calls per hour",
        Range::Week => "Calls per 6 hours",
        Range::Month => "Calls per day",
    };
    let summary = format!(
        "{} in the last {span}, {} failed",
        plural(calls, "call", "calls"),
        count(failed)
    );
    let (view_box, ok, failed) = path_of(slots);
    vec![
        title.to_owned(),
        summary,
        view_box,
        ok,
        failed,
        count(most.unwrap_or(0)),
        label(slots.first()),
        label(slots.get(slots.len() / 2)),
        label(slots.last()),
    ]
}

fn table(slots: &[SlotCount]) -> Rows {
    let line = |slot: &SlotCount| {
        row([
            &local(slot.starts_at),
            &count(slot.ok),
            &count(slot.failed),
            &slot.p95_ms.map_or_else(|| "–".to_owned(), duration),
        ])
    };
    slots.iter().map(line).collect()
}

fn errors(as_of: UtcMillis, errors: Vec<FailedCall>) -> Rows {
    let line = |call: FailedCall| {
        let code = call.code.as_str().replace('_', " ");
        let when = ago(as_of, call.started_at);
        let text = match call.store_name {
            Some(store) => format!("{store} · {when}"),
            None => when,
        };
        let href = routes::trace(call.trace_id);
        row([BAD, &call.tool, &code, &text, &href])
    };
    errors.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::Money;

    use super::*;

    fn store(name: &str, money: &str) -> StoreImpact {
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
        let value = |stores: &[StoreImpact]| impact(stores)[1][2].clone();
        assert_eq!(value(&[]), "–");
        assert_eq!(value(&[store("A", "0")]), "–");
        assert_eq!(value(&[store("A", "19.95"), store("B", "0")]), "19.95");
        assert_eq!(value(&[store("A", "1"), store("B", "2")]), "2");
        let lines = by_store(&[store("A", "1"), store("Toy", "2.50")]);
        assert_eq!(
            lines[0][3],
            "1 order · 2 changes · 1.00 moved, in its currency"
        );
        assert_eq!(lines[1][2], "Sandbox");
    }
}
