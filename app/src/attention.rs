//! What needs somebody's attention on every page: changes that wait for a decision, and writes that are stopped.

use std::time::Duration;

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::views::change::Attention;
use server_fn::ServerFn as _;

use crate::live::{every_while_visible, refresh};
use crate::parts::format::count;
use crate::parts::{Markup, Tone, Whole, el, link, notice_of};
use crate::routes;
use crate::transport::{Data, answer, load, read};

const REFRESH_EVERY: Duration = Duration::from_secs(30);

/// How many changes wait, and whether any writes are stopped. Errors: `Unauthenticated`, `Unavailable`.
#[server(endpoint = "attention")]
pub async fn get_attention() -> Result<Attention, ApiError> {
    let (services, caller) = crate::backend::enter()?;
    crate::backend::reply(services.attention(&caller).await)
}

#[derive(Clone, Copy)]
struct Shown(Data);

/// Loads it, and anew twice a minute while a page is looked at. Once, in the frame.
pub(crate) fn provide_attention() -> Data {
    let data = load(Signal::stored(String::new()), |_| {
        answer!(GetAttention, get_attention(), &[])
    });
    provide_context(Shown(data));
    // What cannot be had just now is not worth a word on every page.
    let missed = RwSignal::new(None);
    every_while_visible(REFRESH_EVERY, move || {
        leptos::task::spawn_local(refresh(data, missed, GetAttention::url(), &[]));
    });
    data
}

/// Looks again at once, after something was decided, stopped or resumed here.
pub(crate) fn look_again() {
    if let Some(Shown(data)) = use_context() {
        data.refetch();
    }
}

/// The number beside the navigation's "Approvals".
pub(crate) fn show_badge(text: &str) -> Result<AnyView, ApiError> {
    Ok(badge(read::<Attention>(text)?.waiting).whole())
}

fn badge(waiting: u64) -> Option<Markup> {
    (waiting > 0).then(|| {
        el("span")
            .class("nav-count")
            .text(count(waiting))
            .child(el("span").class("visually-hidden").text(" waiting"))
    })
}

/// The same for narrow screens, where the navigation is a drawer.
pub(crate) fn show_link(text: &str) -> Result<AnyView, ApiError> {
    let badge = badge(read::<Attention>(text)?.waiting);
    let link = badge.map(|badge| {
        link(routes::APPROVALS, "Approvals ")
            .class("topbar-waiting")
            .child(badge)
    });
    Ok(link.whole())
}

/// That writes are stopped, above every page.
pub(crate) fn show_stopped(text: &str) -> Result<AnyView, ApiError> {
    let has_stops = read::<Attention>(text)?.has_stops;
    let banner = has_stops.then(|| {
        let text = el("p")
            .text("Writes are stopped: nothing is changed in Order Desk where a stop is in force. ")
            .child(link(routes::STOPS, "Show what is stopped"));
        notice_of(Tone::Warn, text)
    });
    Ok(banner.whole())
}
