//! The frame around the signed-in pages: navigation, who is signed in, theme, sign-out.

use leptos::prelude::*;
use leptos_router::components::{A, Outlet};
use leptos_router::hooks::use_location;
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::access::Access;
use orderdesk_mcp_contract::views::account::SignedIn;
use server_fn::ServerFn as _;

use crate::parts::{Icon, Loaded, Whole};
use crate::routes;
use crate::session::{SignOut, load_me};
use crate::theme::{SetTheme, Theme, show_theme, use_theme};
use crate::transport::read;

/// Frame and page. Below 768 px the navigation is a drawer: a popover, so that it opens without script.
#[component]
pub(crate) fn Shell() -> impl IntoView {
    let me = load_me();
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
                <Brand/>
            </div>
            <div class="rail" id="nav" popover="auto">
                <Brand/>
                <MainNav/>
                <div class="account">
                    <ThemeSwitch/>
                    <Loaded data=me lines=1 is_quiet=true show=show_account/>
                    <SignOutForm/>
                </div>
            </div>
        </header>
        <main id="main" tabindex="-1">
            <Outlet/>
        </main>
    }
    .into_any()
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

#[component]
fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href=routes::DASHBOARD aria-label="Order Desk MCP, dashboard">
            <svg class="brand-mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
                <use href="/icons.svg#package-check"></use>
            </svg>
            <span class="brand-name">"Order Desk MCP"</span>
        </a>
    }
    .whole()
}

#[component]
fn MainNav() -> impl IntoView {
    let item = |href: &'static str, icon: &'static str, name: &'static str| {
        view! {
            <li>
                <A href=href exact={href == routes::DASHBOARD} attr:class="nav-link" attr:title=name>
                    <Icon name=icon/>
                    <span class="nav-name">{name}</span>
                </A>
            </li>
        }
    };
    view! {
        <nav class="nav" aria-label="Main">
            <ul>
                {item(routes::DASHBOARD, "layout-dashboard", "Dashboard")}
                {item(routes::STORES, "store", "Stores")}
                {item(routes::CONNECT, "plug", "Connect")}
            </ul>
        </nav>
    }
    .whole()
}

fn show_account(text: &str) -> Result<AnyView, ApiError> {
    read::<SignedIn>(text).map(|me| view! { <Account me/> }.whole())
}

#[component]
fn Account(me: SignedIn) -> impl IntoView {
    let access = match me.access {
        Access::Read => "may look",
        Access::Propose => "may propose changes",
        Access::Write => "may change everything",
    };
    view! {
        <div class="who">
            <p class="who-tenant" title=me.tenant_name.clone()>{me.tenant_name.clone()}</p>
            <p class="who-key" title=format!("{}, {access}", me.key_name)>"Key: "{me.key_name.clone()}</p>
        </div>
    }
    .whole()
}

/// A native form: the page that follows is a new one, with nothing of this session left in memory.
#[component]
fn SignOutForm() -> impl IntoView {
    view! {
        <form method="post" action=SignOut::url() class="sign-out">
            <button type="submit" class="button button-quiet nav-link" title="Sign out">
                <Icon name="log-out"/>
                <span class="nav-name">"Sign out"</span>
            </button>
        </form>
    }
    .whole()
}

/// Auto, light, dark. Without script the form sets the cookie and comes back; with it the change is at once.
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
