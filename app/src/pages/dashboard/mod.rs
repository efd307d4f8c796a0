//! The dashboard: what needs somebody, what was done, how the service does, and what to do first in a new workspace.

mod api;

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::ApiError;
use server_fn::ServerFn as _;

use self::api::{GetDashboard, Overview};
use crate::live::{every_while_visible, not_updated, refresh, shown};
use crate::parts::{Loaded, PageHead, Whole, drawn};
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
    let overview = shown(board).and_then(|text| read::<Overview>(&text.ok()?).ok());
    overview.is_some_and(|overview| overview.is_new)
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    read::<Overview>(text).map(|overview| drawn(overview.drawn).whole())
}
