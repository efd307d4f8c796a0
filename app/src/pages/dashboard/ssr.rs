//! The dashboard drawn: what stands on it, from the top.

mod bars;
mod chart;
mod figures;
mod lines;
mod needs;
mod steps;
mod stores;

use orderdesk_mcp_contract::views::dashboard::{Dashboard, Range};

use self::lines::lines_or;
use super::Overview;
use crate::parts::{Markup, Text, card, el, local, tabs};
use crate::routes;

pub(super) fn overview(figures: &Dashboard) -> Overview {
    Overview {
        is_new: !steps::are_done(figures),
        drawn: page(figures).iter().flat_map(Markup::steps).collect(),
    }
}

fn page(figures: &Dashboard) -> Vec<Markup> {
    let (as_of, span) = (figures.as_of, span(figures.range));
    let note = format!("The last {span}, as of {}", local(as_of));
    let mut page = vec![el("p").class("page-note").text(note)];
    if !steps::are_done(figures) {
        page.push(steps::checklist(figures));
    }
    let is_in_use = steps::are_done(figures) || figures.calls > 0;
    let needs = needs::needs(as_of, &figures.needs);
    if is_in_use || !needs.is_empty() {
        let needs = lines_or(needs, "Nothing needs you.");
        page.push(card("needs-title", "Needs you").child(needs));
    }
    let mut columns = el("div").class("columns");
    if !figures.stores.is_empty() {
        columns = columns.child(stores::stores(figures));
    }
    if is_in_use {
        page.push(ranges(figures.range));
        page.push(figures::impact(&figures.impact));
        page.extend(lines::impact_by_store(&figures.impact));
        page.push(figures::health(figures));
        page.push(chart::chart(figures, span));
        columns = columns.child(lines::latest_errors(as_of, &figures.latest_errors));
    }
    page.push(columns);
    page
}

fn span(range: Range) -> &'static str {
    match range {
        Range::Day => "24 hours",
        Range::Week => "7 days",
        Range::Month => "30 days",
    }
}

fn ranges(open: Range) -> Markup {
    let tab = |range: Range| {
        let address = [routes::DASHBOARD, "?range=", range.as_str()].concat();
        (address, Text::from(span(range)), range == open)
    };
    let all = [Range::Day, Range::Week, Range::Month];
    tabs("Range", all.into_iter().map(tab).collect())
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::views::dashboard::{FailedCall, Needs, SlotCount, StoreState};
    use orderdesk_mcp_contract::views::store::{BucketView, StoreView};
    use orderdesk_mcp_contract::{ErrorCode, StoreUid, TraceId, UtcMillis};

    use super::*;
    use crate::parts::drawn;

    fn figures() -> Dashboard {
        let store = StoreView {
            id: StoreUid::from_parts(1, 1),
            store_id: "1".parse().unwrap(),
            store_name: "Main".into(),
            label: None,
            sandbox: true,
            created_at: UtcMillis(0),
        };
        let bucket = BucketView {
            tokens: 3,
            capacity: 20,
            in_flight: 0,
            circuit_open: true,
        };
        let state = |bucket| StoreState {
            store: store.clone(),
            bucket,
            calls: 2,
            errors: 1,
            last_call_at: None,
        };
        let impact = |name: &str, money: &str| figures::tests::store(name, money);
        Dashboard {
            as_of: UtcMillis(7_200_000),
            from: UtcMillis(0),
            range: Range::Week,
            stores_in_all: 2,
            has_api_key: true,
            has_mcp_call: false,
            needs: Needs {
                waiting: 1,
                failing: vec![state(None)],
                ..Needs::default()
            },
            impact: vec![impact("Main", "1"), impact("Toy", "0")],
            calls: 3,
            errors: 1,
            cache_hits: 1,
            cache_lookups: 2,
            p50_ms: Some(1),
            p95_ms: Some(2),
            p99_ms: None,
            slots: vec![SlotCount {
                starts_at: UtcMillis(0),
                ok: 2,
                failed: 1,
                p95_ms: Some(2),
            }],
            stores: vec![state(Some(bucket)), state(None)],
            latest_errors: vec![FailedCall {
                trace_id: TraceId::from_parts(1, 1),
                tool: "orders_get".into(),
                store_name: Some("Main".into()),
                code: ErrorCode::NotFound,
                started_at: UtcMillis(0),
            }],
        }
    }

    #[test]
    fn the_browser_builds_what_is_drawn() {
        let quiet = Dashboard {
            needs: Needs::default(),
            latest_errors: Vec::new(),
            has_mcp_call: true,
            ..figures()
        };
        for figures in [figures(), quiet] {
            let parts = page(&figures);
            let steps = parts.iter().flat_map(Markup::steps).collect();
            assert_eq!(drawn(steps), el("div").children(parts));
        }
    }
}
