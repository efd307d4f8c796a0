//! The dashboard: what happened in the last 24 hours, and what to do first in a new workspace.

mod api;
mod parts;

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::views::dashboard::Dashboard;
use server_fn::ServerFn as _;

use self::api::GetDashboard;
use self::parts::{checklist, latest_errors, stores_state};
use crate::live::{every_while_visible, not_updated, refresh};
use crate::parts::{Loaded, Markup, PageHead, Whole, card, el, hourly_bars};
use crate::transport::{answer, load, read};

const REFRESH_EVERY: Duration = Duration::from_secs(15);

/// The page at `/`: the figures, read anew every 15 s while the page is looked at.
pub(crate) struct DashboardPage;

// Like every page but the sign-in, code and data come with the first visit: what every visit loads stays small.
#[lazy_route]
impl LazyRoute for DashboardPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let figures = load(Signal::stored(String::new()), |_| {
            answer!(GetDashboard, api::get_dashboard(), &[])
        });
        let missed = RwSignal::new(None::<ApiError>);
        every_while_visible(REFRESH_EVERY, move || {
            leptos::task::spawn_local(refresh(figures, missed, GetDashboard::url(), &[]));
        });
        view! {
            <PageHead title="Dashboard"/>
            {not_updated(missed)}
            <Loaded data=figures lines=6 show/>
        }
        .into_any()
    }
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    read::<Dashboard>(text).map(|figures| overview(figures).whole())
}

/// What stands on the page, from the top.
fn overview(figures: Dashboard) -> Vec<Markup> {
    let done = [
        !figures.stores.is_empty(),
        figures.has_api_key,
        figures.has_mcp_call,
    ];
    let is_set_up = done == [true; 3];
    let is_in_use = is_set_up || figures.calls > 0;
    let as_of = figures.as_of;
    let mut parts = vec![
        el("p")
            .class("page-note")
            .text("The last 24 hours, as of ")
            .text(as_of.to_minute())
            .text(" UTC"),
    ];
    if !is_set_up {
        parts.push(checklist(done));
    }
    if is_in_use {
        parts.push(parts::figures(&figures));
        let hours = card("hours-title", "Calls per hour");
        parts.push(hours.child(hourly_bars(figures.hourly)));
    }
    let stores = (!figures.stores.is_empty()).then(|| stores_state(as_of, figures.stores));
    let errors = is_in_use.then(|| latest_errors(as_of, figures.latest_errors));
    parts.push(el("div").class("columns").maybe(stores).maybe(errors));
    parts
}
