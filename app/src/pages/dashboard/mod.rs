//! The dashboard: what happened in the last 24 hours, and what to do first in a new workspace.

mod api;
mod parts;

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::views::dashboard::Dashboard;

use self::api::GetDashboard;
use self::parts::{Checklist, Figures, LatestErrors, StoresState};
use crate::parts::{HourlyBars, Loaded, PageHead, Whole};
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
        refresh_while_visible(move || figures.refetch());
        view! {
            <PageHead title="Dashboard"/>
            <Loaded data=figures lines=6 show/>
        }
        .into_any()
    }
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    read::<Dashboard>(text).map(|figures| view! { <Overview figures/> }.whole())
}

fn refresh_while_visible(refresh: impl Fn() + Clone + 'static) {
    Effect::new(move |started: Option<bool>| {
        if started.is_none() {
            let refresh = refresh.clone();
            let tick = move || {
                if document().visibility_state() == web_sys::VisibilityState::Visible {
                    refresh();
                }
            };
            if let Ok(timer) = set_interval_with_handle(tick, REFRESH_EVERY) {
                on_cleanup(move || timer.clear());
            }
        }
        true
    });
}

#[component]
fn Overview(figures: Dashboard) -> impl IntoView {
    let is_set_up = !figures.stores.is_empty() && figures.has_api_key && figures.has_mcp_call;
    let is_quiet = figures.calls == 0;
    let as_of = figures.as_of;
    view! {
        <p class="page-note">"The last 24 hours, as of "{as_of.to_minute()}" UTC"</p>
        {(!is_set_up)
            .then(|| {
                view! {
                    <Checklist
                        has_store=!figures.stores.is_empty() has_key=figures.has_api_key has_call=figures.has_mcp_call
                    />
                }
            })}
        {(is_set_up || !is_quiet)
            .then(|| {
                view! {
                    <Figures figures=figures.clone()/>
                    <section class="card" aria-labelledby="hours-title">
                        <h2 id="hours-title">"Calls per hour"</h2>
                        <HourlyBars hours=figures.hourly.clone()/>
                    </section>
                }
            })}
        <div class="columns">
            {(!figures.stores.is_empty()).then(|| view! { <StoresState as_of stores=figures.stores.clone()/> })}
            {(is_set_up || !is_quiet).then(|| view! { <LatestErrors as_of errors=figures.latest_errors.clone()/> })}
        </div>
    }
    .whole()
}
