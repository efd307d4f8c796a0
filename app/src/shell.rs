//! The frame around the signed-in pages: navigation, who is signed in, theme, sign-out.

use leptos::prelude::*;
use leptos_router::components::{A, Outlet};
use leptos_router::hooks::use_location;
use orderdesk_mcp_contract::access::Access;
use orderdesk_mcp_contract::views::account::SignedIn;
use orderdesk_mcp_contract::{ApiError, TenantId};
use server_fn::ServerFn as _;

use crate::attention::{provide_attention, show_badge, show_link, show_stopped};
use crate::palette::palette_button;
use crate::parts::{Icon, Loaded, Markup, Whole, el, icon, link};
use crate::routes;
use crate::session::{SignOut, SwitchTenant, load_me};
use crate::stops::{stop_panel, stop_refused};
use crate::theme::{SetTheme, Theme, show_theme, use_theme};
use crate::transport::{Data, read};

/// Frame and page. Below 768 px the navigation is a drawer: a popover, so that it opens without script.
#[component]
pub(crate) fn Shell() -> impl IntoView {
    let me = load_me();
    let attention = provide_attention();
    close_drawer_after_navigation();
    view! {
        <a class="skip" href="#main" rel="external">"Skip to content"</a>
        <header class="frame">
            <div class="topbar">
                <button
                    type="button" class="button button-quiet button-icon" popovertarget="nav"
                    aria-label="Open navigation"
                >
                    <Icon name="menu"/>
                </button>
                {brand()}
                <Loaded data=attention lines=0 is_quiet=true show=show_link/>
            </div>
            <div class="rail" id="nav" popover="auto">
                {brand()}
                {palette_button()}
                <MainNav attention/>
                <div class="account">
                    {stop_panel()}
                    <ThemeSwitch/>
                    <Loaded data=me lines=1 is_quiet=true show=show_account/>
                    {sign_out_form()}
                </div>
            </div>
        </header>
        <main id="main" tabindex="-1">
            {offline()}
            {stop_refused()}
            <Loaded data=attention lines=0 is_quiet=true show=show_stopped/>
            <Outlet/>
        </main>
    }
    .into_any()
}

/// Seen only while the browser has no network.
fn offline() -> Markup {
    el("p")
        .class("offline")
        .with("role", "status")
        .text("You are offline. What you typed stays here; send it when the connection is back.")
}

fn close_drawer_after_navigation() {
    let pathname = use_location().pathname;
    let close = move |_: &String, _: Option<&String>, _: Option<()>| {
        use wasm_bindgen::JsCast as _;
        let nav = document()
            .get_element_by_id("nav")
            .and_then(|nav| nav.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(nav) = nav {
            // Fails only for an element without `popover`; this one has it.
            let _ = nav.hide_popover();
        }
    };
    Effect::watch(move || pathname.get(), close, false);
}

fn brand() -> Markup {
    el("a")
        .class("brand")
        .with("href", routes::DASHBOARD)
        .with("aria-label", "Order Desk MCP, dashboard")
        .child(
            el("svg")
                .class("brand-mark")
                .with("viewBox", "0 0 24 24")
                .with("width", "24")
                .with("height", "24")
                .with("aria-hidden", "true")
                .child(el("use").with("href", "/icons.svg#package-check")),
        )
        .child(el("span").class("brand-name").text("Order Desk MCP"))
}

/// The pages of the navigation: the letter that leads there after `g`, address, icon, name.
pub(crate) const PAGES: [(&str, &str, &str, &str); 10] = [
    ("d", routes::DASHBOARD, "layout-dashboard", "Dashboard"),
    ("a", routes::APPROVALS, "inbox", "Approvals"),
    ("c", routes::CHANGES, "history", "Changes"),
    ("t", routes::TRACES, "activity", "Traces"),
    ("s", routes::STORES, "store", "Stores"),
    ("o", routes::CONSOLE, "terminal", "Console"),
    ("k", routes::KEYS, "key-round", "Keys"),
    ("n", routes::CONNECT, "plug", "Connect"),
    ("p", routes::PEOPLE, "users", "People"),
    (",", routes::SETTINGS, "settings", "Settings"),
];

#[component]
fn MainNav(attention: Data) -> impl IntoView {
    let item = |(letter, href, icon, name): (
        &'static str,
        &'static str,
        &'static str,
        &'static str,
    )| {
        let has_badge = href == routes::APPROVALS;
        view! {
            <li>
                <A
                    href=href exact={href == routes::DASHBOARD} attr:class="nav-link" attr:title=name
                    attr:data-go=letter
                >
                    <Icon name=icon/>
                    <span class="nav-name">{name}</span>
                    {has_badge.then(|| view! { <Loaded data=attention lines=0 is_quiet=true show=show_badge/> })}
                </A>
            </li>
        }
    };
    view! {
        <nav class="nav" aria-label="Main">
            <ul>{PAGES.map(item).into_iter().collect_view()}</ul>
        </nav>
    }
    .into_any()
}

fn show_account(text: &str) -> Result<AnyView, ApiError> {
    read::<SignedIn>(text).map(|me| account(me).whole())
}

/// What a key may do, as people say it.
pub(crate) fn access_in_words(access: Access) -> &'static str {
    match access {
        Access::Read => "may look",
        Access::Propose => "may propose changes",
        Access::Write => "may change everything",
    }
}

fn account(me: SignedIn) -> Markup {
    let (what, may) = match me.role {
        None => ("Key: ", access_in_words(me.access)),
        Some(role) => ("", role.as_str()),
    };
    let key = [&me.name, ", ", may].concat();
    let instance = me
        .is_instance_admin
        .then(|| el("p").child(link(routes::INSTANCE, "Workspaces of this server")));
    // The style sheet takes the switch away from whoever may not use it; it stands there until that is known.
    el("div")
        .class(if me.may_stop {
            "who"
        } else {
            "who who-cannot-stop"
        })
        .child(
            el("p")
                .class("who-tenant")
                .with("title", me.tenant_name.clone())
                .text(me.tenant_name),
        )
        .child(
            el("p")
                .class("who-key")
                .with("title", key)
                .text(what)
                .text(me.name),
        )
        .maybe(switch_form(me.others))
        .maybe(instance)
}

/// Goes on in another workspace, for people who have several. A native form, for the reason that signing out is one.
fn switch_form(others: Vec<(TenantId, String)>) -> Option<Markup> {
    let option =
        |(id, name): (TenantId, String)| el("option").with("value", id.to_string()).text(name);
    (!others.is_empty()).then(|| {
        el("form")
            .class("switch")
            .with("method", "post")
            .with("action", SwitchTenant::url())
            .child(
                el("select")
                    .class("input")
                    .with("name", "tenant")
                    .with("aria-label", "Another workspace")
                    .children(others.into_iter().map(option)),
            )
            .child(el("button").class("button button-small").text("Switch"))
    })
}

/// A native form: the page that follows is a new one, with nothing of this session left in memory.
fn sign_out_form() -> Markup {
    el("form")
        .class("sign-out")
        .with("method", "post")
        .with("action", SignOut::url())
        .child(
            el("button")
                .class("button button-quiet nav-link")
                .with("type", "submit")
                .with("title", "Sign out")
                .child(icon("log-out"))
                .child(el("span").class("nav-name").text("Sign out")),
        )
}

/// Auto, light, dark, high contrast. Without script the form sets the cookie and comes back; with it the change is at once.
#[component]
pub(crate) fn ThemeSwitch() -> impl IntoView {
    let current = use_theme();
    let location = use_location();
    let here = move || {
        let search = location.search.get();
        if search.is_empty() {
            location.pathname.get()
        } else {
            format!("{}?{search}", location.pathname.get())
        }
    };
    let choice = move |theme: Theme| {
        let (name, icon) = match theme {
            Theme::Auto => ("Theme as in the system", "monitor"),
            Theme::Light => ("Light theme", "sun"),
            Theme::Dark => ("Dark theme", "moon"),
            Theme::Contrast => ("High contrast", "contrast"),
        };
        view! {
            <button
                type="submit" name="theme" value=theme.as_str() title=name aria-label=name
                aria-pressed=move || if current.get() == theme { "true" } else { "false" }
                on:click=move |_| show_theme(current, theme)
            >
                <Icon name=icon/>
            </button>
        }
    };
    view! {
        <div class="theme" role="group" aria-label="Theme">
            <form method="post" action=SetTheme::url() on:submit=|event| event.prevent_default()>
                <input type="hidden" name="back" prop:value=here value=here/>
                {Theme::ALL.map(choice).into_iter().collect_view()}
            </form>
        </div>
    }
    .whole()
}
