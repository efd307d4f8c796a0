//! The dashboard's figures put into words.

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::views::account::KeyView;
use orderdesk_mcp_contract::views::dashboard::{
    Dashboard, FailedCall, Needs, Range, SlotCount, StoreImpact, StoreState,
};

use super::super::view::{Board, Chart, Figure, Line};
use crate::parts::format::{ago, count, duration, percent, plural, store_in_words};
use crate::routes;

pub(super) fn board(figures: Dashboard) -> Board {
    let done = [
        figures.stores_in_all > 0,
        figures.has_api_key,
        figures.has_mcp_call,
    ];
    let is_set_up = done == [true; 3];
    let is_in_use = is_set_up || figures.calls > 0;
    let span = span(figures.range);
    Board {
        note: format!("The last {span}, as of "),
        as_of: figures.as_of,
        range: figures.range.as_str().to_owned(),
        steps: (!is_set_up).then_some(done),
        needs: needs(figures.as_of, &figures.needs),
        impact: is_in_use.then(|| impact(&figures.impact)),
        impact_by_store: by_store(&figures.impact),
        health: is_in_use.then(|| health(&figures)),
        chart: is_in_use.then(|| chart(&figures, span)),
        all_stores: match figures.stores_in_all {
            1 => "All stores".to_owned(),
            many => format!("All {} stores", count(many)),
        },
        stores: figures.stores,
        errors: is_in_use.then(|| errors(figures.as_of, figures.latest_errors)),
    }
}

fn span(range: Range) -> &'static str {
    match range {
        Range::Day => "24 hours",
        Range::Week => "7 days",
        Range::Month => "30 days",
    }
}

/// The worst first.
fn needs(as_of: UtcMillis, needs: &Needs) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut add = |is_bad, title: String, mark: &str, text: &str, href: String| {
        lines.push(Line {
            is_bad,
            title,
            mark: mark.to_owned(),
            text: text.to_owned(),
            href,
        });
    };
    if needs.unknown > 0 {
        let title = plural(
            needs.unknown,
            "change with an unknown outcome",
            "changes with unknown outcomes",
        );
        let text = "Order Desk did not answer; the server keeps looking until it is settled.";
        add(
            true,
            title,
            "Unknown",
            text,
            format!("{}?state=trouble", routes::CHANGES),
        );
    }
    for state in &needs.failing {
        let (mark, text) = failing(state);
        add(
            true,
            store_in_words(&state.store.store_name, state.store.sandbox),
            mark,
            text,
            routes::store(state.store.id),
        );
    }
    if needs.conflicts > 0 {
        let title = plural(
            needs.conflicts,
            "conflict in the last 24 hours",
            "conflicts in the last 24 hours",
        );
        let text = "Somebody else edited the record meanwhile; their edit was kept.";
        add(
            true,
            title,
            "Conflict",
            text,
            format!("{}?state=trouble", routes::CHANGES),
        );
    }
    if needs.waiting > 0 {
        let title = plural(
            needs.waiting,
            "change waits for a decision",
            "changes wait for a decision",
        );
        add(
            false,
            title,
            "Waiting",
            "Nothing happens until somebody approves or denies.",
            routes::APPROVALS.to_owned(),
        );
    }
    for key in &needs.ending {
        add(
            false,
            format!("The key {}", key.name),
            "Ends soon",
            &ends(as_of, key),
            routes::key(key.id),
        );
    }
    lines
}

fn failing(state: &StoreState) -> (&'static str, &'static str) {
    if state.bucket.is_some() {
        (
            "Held back",
            "Order Desk kept failing for this store. Test its connection to see why.",
        )
    } else {
        (
            "Key unreadable",
            "The saved API key cannot be opened. Give the store a new one.",
        )
    }
}

fn ends(as_of: UtcMillis, key: &KeyView) -> String {
    let end = key.expires_at.unwrap_or(as_of);
    let hours = u64::try_from(end.since(as_of) / 3_600_000).unwrap_or(0);
    let left = match hours {
        0 => "less than an hour".to_owned(),
        1..48 => plural(hours, "hour", "hours"),
        _ => plural(hours / 24, "day", "days"),
    };
    format!("It ends in {left}. Rotate it, and both work while it is changed over.")
}

fn figure(label: &str, value: String, detail: String) -> Figure {
    Figure {
        label: label.to_owned(),
        value,
        detail,
        is_bad: false,
        trend: Vec::new(),
    }
}

fn impact(stores: &[StoreImpact]) -> Vec<Figure> {
    let sum = |of: fn(&StoreImpact) -> u64| stores.iter().map(of).sum::<u64>();
    let undone = sum(|store| store.undone);
    let changes = sum(|store| store.changes);
    let moved: Vec<_> = stores.iter().filter(|store| has_money(store)).collect();
    // Stores may have different currencies, and Order Desk does not tell them: amounts of several are never added up.
    let money = match moved[..] {
        [] => figure(
            "Money moved",
            "–".to_owned(),
            "no total of an order changed".to_owned(),
        ),
        [store] => figure(
            "Money moved",
            store.money.to_string(),
            format!("in {}, in its currency", store.store_name),
        ),
        _ => figure(
            "Money moved",
            count(moved.len() as u64),
            "stores with moved totals, listed below".to_owned(),
        ),
    };
    vec![
        figure(
            "Orders touched",
            count(sum(|store| store.orders)),
            plural(changes, "change took effect", "changes took effect"),
        ),
        money,
        figure(
            "Undone",
            count(undone),
            "taken back, and proved to be".to_owned(),
        ),
    ]
}

fn has_money(store: &StoreImpact) -> bool {
    store.money.ten_thousandths() > 0
}

fn by_store(stores: &[StoreImpact]) -> Vec<Line> {
    if stores.len() < 2 {
        return Vec::new();
    }
    let line = |store: &StoreImpact| {
        let orders = plural(store.orders, "order", "orders");
        let changes = plural(store.changes, "change", "changes");
        let money = if has_money(store) {
            format!(" · {} moved, in its currency", store.money)
        } else {
            String::new()
        };
        Line {
            is_bad: false,
            title: store.store_name.clone(),
            mark: if store.sandbox {
                "Sandbox".to_owned()
            } else {
                String::new()
            },
            text: format!("{orders} · {changes}{money}"),
            href: String::new(),
        }
    };
    stores.iter().map(line).collect()
}

fn health(figures: &Dashboard) -> Vec<Figure> {
    let errors = figures.errors;
    let (hits, lookups) = (figures.cache_hits, figures.cache_lookups);
    let (hit_rate, saved) = if lookups == 0 {
        ("–".to_owned(), "no cacheable reads yet".to_owned())
    } else {
        (
            percent(hits, lookups),
            format!("{} of {} reads", count(hits), count(lookups)),
        )
    };
    let failed = if errors == 0 {
        "none".to_owned()
    } else {
        plural(errors, "failed call", "failed calls")
    };
    let ms = |ms: Option<u64>| ms.map_or_else(|| "–".to_owned(), duration);
    let trend = |of: fn(&SlotCount) -> u64| figures.slots.iter().map(of).collect();
    vec![
        Figure {
            trend: trend(|slot| slot.ok + slot.failed),
            ..figure(
                "Calls",
                count(figures.calls),
                "through MCP, web and command line".to_owned(),
            )
        },
        Figure {
            is_bad: errors > 0,
            trend: trend(|slot| slot.failed),
            ..figure("Errors", percent(errors, figures.calls), failed)
        },
        figure(
            "95th percentile",
            ms(figures.p95_ms),
            format!(
                "half within {}, 99 of 100 within {}",
                ms(figures.p50_ms),
                ms(figures.p99_ms)
            ),
        ),
        figure("Cache hits", hit_rate, saved),
    ]
}

fn chart(figures: &Dashboard, span: &str) -> Chart {
    let slots = &figures.slots;
    let calls: u64 = slots.iter().map(|slot| slot.ok + slot.failed).sum();
    let failed: u64 = slots.iter().map(|slot| slot.failed).sum();
    let label = |slot: Option<&SlotCount>| {
        let text = slot
            .map(|slot| slot.starts_at.to_minute())
            .unwrap_or_default();
        let part = if figures.range == Range::Day {
            text.get(11..)
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
    Chart {
        title: title.to_owned(),
        summary: format!(
            "{} in the last {span}, {} failed",
            plural(calls, "call", "calls"),
            count(failed)
        ),
        axis: [
            label(slots.first()),
            label(slots.get(slots.len() / 2)),
            label(slots.last()) + " UTC",
        ],
        slots: slots.clone(),
    }
}

fn errors(as_of: UtcMillis, errors: Vec<FailedCall>) -> Vec<Line> {
    let line = |call: FailedCall| Line {
        is_bad: true,
        title: call.tool,
        mark: call.code.as_str().replace('_', " "),
        text: match call.store_name {
            Some(store) => format!("{store} · {}", ago(as_of, call.started_at)),
            None => ago(as_of, call.started_at),
        },
        href: String::new(),
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
        let value = |stores: &[StoreImpact]| impact(stores)[1].value.clone();
        assert_eq!(value(&[]), "–");
        assert_eq!(value(&[store("A", "0")]), "–");
        assert_eq!(value(&[store("A", "19.95"), store("B", "0")]), "19.95");
        assert_eq!(value(&[store("A", "1"), store("B", "2")]), "2");
        let lines = by_store(&[store("A", "1"), store("Toy", "2.50")]);
        assert_eq!(
            lines[0].text,
            "1 order · 2 changes · 1.00 moved, in its currency"
        );
        assert_eq!(lines[1].mark, "Sandbox");
    }

    #[test]
    fn the_worst_comes_first() {
        let lines = needs(
            UtcMillis(0),
            &Needs {
                waiting: 2,
                unknown: 1,
                conflicts: 1,
                ..Needs::default()
            },
        );
        let titles: Vec<_> = lines.iter().map(|line| line.title.as_str()).collect();
        assert_eq!(
            titles,
            [
                "1 change with an unknown outcome",
                "1 conflict in the last 24 hours",
                "2 changes wait for a decision"
            ]
        );
        assert!(needs(UtcMillis(0), &Needs::default()).is_empty());
    }
}
