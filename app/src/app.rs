//! The root: what every page shares, and which address shows which page.

use std::hint;
use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{Lazy, SsrMode, path};

use orderdesk_mcp_contract::views::connection::ConnectionReport;
use orderdesk_mcp_contract::views::store::{BucketView, StoreView};

use crate::flash::provide_flash;
use crate::pages::approvals::ApprovalsPage;
use crate::pages::changes::{ChangePage, ChangesPage};
use crate::pages::connect::ConnectPage;
use crate::pages::console::ConsolePage;
use crate::pages::dashboard::DashboardPage;
use crate::pages::instance::InstancePage;
use crate::pages::join::JoinPage;
use crate::pages::keys::{KeyPage, KeysPage};
use crate::pages::login::LoginPage;
use crate::pages::not_found::NotFoundPage;
use crate::pages::people::PeoplePage;
use crate::pages::settings::SettingsPage;
use crate::pages::stores::{StorePage, StoresPage};
use crate::pages::traces::TracesPage;
use crate::palette::listen_to_keys;
use crate::parts::format::{ago, count, duration, plural};
use crate::parts::{
    Toaster, code_of, connection_steps, provide_page_focus, provide_request_id, provide_toasts,
    tell_zone,
};
use crate::shell::Shell;
use crate::theme::provide_theme;
use crate::transport::read;

/// The whole app, to be rendered inside `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Root/>
        </Router>
    }
}

/// What several pages show belongs to the code that every visit loads, once, instead of to each page's own. The
/// build splits by what is mentioned where, so it is mentioned here.
fn keep_with_main() {
    hint::black_box(connection_steps as fn(_) -> _);
    hint::black_box(code_of as fn(_, _) -> _);
    hint::black_box(ago as fn(_, _) -> _);
    hint::black_box(count as fn(_) -> _);
    hint::black_box(duration as fn(_) -> _);
    hint::black_box(plural as fn(_, _, _) -> _);
    hint::black_box(read::<StoreView> as fn(&str) -> _);
    hint::black_box(read::<BucketView> as fn(&str) -> _);
    hint::black_box(read::<ConnectionReport> as fn(&str) -> _);
}

/// How long what can wait does so after the page has taken over: the first look at the clock's zone costs as much as a page.
const LATER: Duration = Duration::from_millis(500);

/// Pages are rendered whole before anything is sent (`SsrMode::Async`): only then can a missing store answer
/// 404 and a signed-out person be redirected.
#[component]
fn Root() -> impl IntoView {
    keep_with_main();
    provide_request_id();
    provide_flash();
    provide_theme();
    provide_toasts();
    listen_to_keys();
    Effect::new(|_| set_timeout(tell_zone, LATER));
    view! {
        {provide_page_focus()}
        <Routes fallback=NotFoundPage>
            <Route path=path!("/login") view=LoginPage ssr=SsrMode::Async/>
            <Route path=path!("/join") view={Lazy::<JoinPage>::new()} ssr=SsrMode::Async/>
            <ParentRoute path=path!("") view=Shell ssr=SsrMode::Async>
                <Route path=path!("") view={Lazy::<DashboardPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("stores") view={Lazy::<StoresPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("stores/:id") view={Lazy::<StorePage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("changes") view={Lazy::<ChangesPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("changes/:id") view={Lazy::<ChangePage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("traces") view={Lazy::<TracesPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("traces/:id") view={Lazy::<TracesPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("approvals") view={Lazy::<ApprovalsPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("keys") view={Lazy::<KeysPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("keys/:id/made") view={Lazy::<KeysPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("keys/:id") view={Lazy::<KeyPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("people") view={Lazy::<PeoplePage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("settings") view={Lazy::<SettingsPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("console") view={Lazy::<ConsolePage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("instance") view={Lazy::<InstancePage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("connect") view={Lazy::<ConnectPage>::new()} ssr=SsrMode::Async/>
            </ParentRoute>
        </Routes>
        <Toaster/>
    }
}
