//! The page, from the top.

use super::parts::{chart, checklist, figures, lines, lines_or, stores_state};
use super::view::Board;
use crate::parts::{Markup, Text, card, el, tabs};
use crate::routes;

/// What stands on the page.
pub(super) fn page(board: Board) -> Vec<Markup> {
    let range = |(name, title): (&'static str, &'static str)| {
        let address = [routes::DASHBOARD, "?range=", name].concat();
        (address, Text::from(title), name == board.range)
    };
    let ranges = [("24h", "24 hours"), ("7d", "7 days"), ("30d", "30 days")];
    let mut page = vec![el("p").class("page-note").text(board.note)];
    if !board.steps.is_empty() {
        page.push(checklist(&board.steps));
    }
    if board.is_in_use || !board.needs.is_empty() {
        let needs = lines_or(board.needs, "Nothing needs you.");
        page.push(card("needs-title", "Needs you").child(needs));
    }
    let mut columns = el("div").class("columns");
    if !board.stores.is_empty() {
        columns = columns.child(stores_state(board.as_of, board.stores, board.all_stores));
    }
    if board.is_in_use {
        page.push(tabs("Range", ranges.into_iter().map(range).collect()));
        page.push(figures("Impact", board.impact));
        if !board.impact_by_store.is_empty() {
            let by_store = lines(board.impact_by_store);
            page.push(card("impact-title", "Impact by store").child(by_store));
        }
        page.push(figures("Health", board.health));
        page.push(chart(board.chart, board.slots));
        let errors = lines_or(board.errors, "All quiet: no call failed.");
        columns = columns.child(card("errors-title", "Latest errors").child(errors));
    }
    page.push(columns);
    page
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::views::dashboard::StoreState;
    use orderdesk_mcp_contract::views::store::{BucketView, StoreView};
    use orderdesk_mcp_contract::{StoreUid, UtcMillis};

    use super::super::row;
    use super::*;
    use crate::parts::drawn;

    fn board() -> Board {
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
        let line = row(["error", "title", "mark", "text", "/x"]);
        Board {
            note: "note".into(),
            as_of: UtcMillis(0),
            range: "7d".into(),
            steps: "100".into(),
            is_in_use: true,
            needs: vec![line.clone()],
            impact: vec![row(["neutral", "Undone", "1", "more"])],
            impact_by_store: vec![row(["info", "Main", "", "text", ""])],
            health: vec![row([
                "neutral", "Calls", "1", "more", "/x", "0 0 4 20", "M0 0z",
            ])],
            chart: row(["t", "s", "0 0 100 960", "M1 1z", "", "1", "a", "b", "c"]),
            slots: vec![row(["10:00", "1", "0", "2 ms"])],
            stores: vec![state(Some(bucket)), state(None)],
            all_stores: "All".into(),
            errors: vec![line],
        }
    }

    #[test]
    fn the_browser_builds_what_is_drawn() {
        let quiet = Board {
            needs: Vec::new(),
            errors: Vec::new(),
            steps: String::new(),
            ..board()
        };
        for board in [board(), quiet] {
            let parts = page(board);
            let steps = parts.iter().flat_map(Markup::steps).collect();
            assert_eq!(drawn(steps), el("div").children(parts));
        }
    }
}
