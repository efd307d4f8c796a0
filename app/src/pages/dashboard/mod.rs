//! The dashboard: what happened in the last 24 hours, and what to do first in a new workspace.

mod api;
mod parts;

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::views::dashboard::Dashboard;
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use server_fn::ServerFn as _;

use self::api::GetDashboard;
use self::parts::{Checklist, Figures, LatestErrors, StoresState};
use crate::parts::{HourlyBars, Loaded, Notice, PageHead, Tone, Whole};
use crate::transport::{Data, answer, load, poll, read};

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
            leptos::task::spawn_local(refresh(figures, missed));
        });
        view! {
            <PageHead title="Dashboard"/>
            <div role="status">
                {move || missed.get().map(|error| view! {
                    <Notice tone=Tone::Warn><p>"The figures below are not updated at the moment. "{error.message}</p></Notice>
                }.whole())}
            </div>
            <Loaded data=figures lines=6 show/>
        }
        .into_any()
    }
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    read::<Dashboard>(text).map(|figures| view! { <Overview figures/> }.whole())
}

/// Replaces the figures by new ones. When there are none the old ones stay, unless the session has ended. The page may be
/// gone by the time of the answer.
async fn refresh(figures: Data, missed: RwSignal<Option<ApiError>>) {
    match poll(GetDashboard::url()).await {
        Err(error) if error.code != ErrorCode::Unauthenticated => {
            missed.try_set(Some(error));
        }
        answer => {
            missed.try_set(None);
            figures.try_set(Some(answer));
        }
    }
}

fn every_while_visible(period: Duration, work: impl Fn() + Clone + 'static) {
    Effect::new(move |started: Option<bool>| {
        if started.is_none() {
            let work = work.clone();
            let tick = move || {
                if document().visibility_state() == web_sys::VisibilityState::Visible {
                    work();
                }
            };
            if let Ok(timer) = set_interval_with_handle(tick, period) {
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
