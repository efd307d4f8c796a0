//! The dashboard: what needs somebody, what was done, how the service does, and what to do first in a new workspace.

mod api;
mod parts;
mod view;

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::ApiError;
use server_fn::ServerFn as _;

use self::api::GetDashboard;
use self::parts::{chart, checklist, figures, lines, lines_or, stores_state};
use self::view::Board;
use crate::live::{every_while_visible, not_updated, refresh, shown};
use crate::parts::{Loaded, Markup, PageHead, Text, Whole, card, el, tabs};
use crate::routes;
use crate::transport::{Data, answer, load, read};

const REFRESH_EVERY: Duration = Duration::from_secs(15);
/// While somebody goes through the first steps, each shall turn green soon after it is done.
const FIRST_STEPS_EVERY: Duration = Duration::from_secs(5);

/// The page at `/`: the figures, read anew every 15 s while the page is looked at.
pub(crate) struct DashboardPage;

// Like every page but the sign-in, code and data come with the first visit: what every visit loads stays small.
#[lazy_route]
impl LazyRoute for DashboardPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let range = Memo::new(move |_| query.with(|query| query.get("range").unwrap_or_default()));
        let board = load(range.into(), |range| {
            answer!(
                GetDashboard,
                api::get_dashboard(range.clone()),
                &[("range", &range)]
            )
        });
        let missed = RwSignal::new(None::<ApiError>);
        let look = move || {
            leptos::task::spawn_local(async move {
                let range = range.get_untracked();
                refresh(board, missed, GetDashboard::url(), &[("range", &range)]).await;
            });
        };
        every_while_visible(REFRESH_EVERY, look);
        every_while_visible(FIRST_STEPS_EVERY, move || {
            if is_new(board) {
                look();
            }
        });
        view! {
            <PageHead title="Dashboard"/>
            {not_updated(missed)}
            <Loaded data=board lines=6 show/>
        }
        .into_any()
    }
}

/// Whether the first steps are shown.
fn is_new(board: Data) -> bool {
    let board = shown(board).and_then(|text| read::<Board>(&text.ok()?).ok());
    board.is_some_and(|board| !board.steps.is_empty())
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    read::<Board>(text).map(|board| overview(board).whole())
}

/// What stands on the page, from the top.
fn overview(board: Board) -> Vec<Markup> {
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
