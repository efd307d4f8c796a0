use std::sync::OnceLock;

use leptos::prelude::{document, window};
use orderdesk_mcp_contract::UtcMillis;

use super::markup::{Markup, el};

/// The cookie that tells the server the reader's time zone, by its IANA name.
const COOKIE: &str = "zone";

/// A moment by the reader's clock, with UTC on hover.
pub(crate) fn time(at: UtcMillis) -> Markup {
    el("time")
        .with("datetime", at.to_string())
        .with("title", utc(at))
        .text(local(at))
}

/// A moment to the minute, and that it is in UTC.
pub(crate) fn utc(at: UtcMillis) -> String {
    [&at.to_minute(), " UTC"].concat()
}

/// A moment to the minute by the reader's clock; where that is UTC or not known, it says so.
#[cfg(feature = "ssr")]
pub(crate) fn local(at: UtcMillis) -> String {
    let zone = crate::backend::cookie(COOKIE)
        .filter(|name| name != "UTC")
        .and_then(|name| jiff::tz::TimeZone::get(&name).ok());
    let moment = jiff::Timestamp::from_millisecond(at.0).ok();
    match (zone, moment) {
        (Some(zone), Some(moment)) => moment
            .to_zoned_datetime(zone)
            .strftime("%Y-%m-%d %H:%M")
            .to_string(),
        _ => utc(at),
    }
}

/// The same in the browser, which knows its own clock.
#[cfg(not(feature = "ssr"))]
pub(crate) fn local(at: UtcMillis) -> String {
    if zone_name().is_none_or(|name| name == "UTC") {
        return utc(at);
    }
    // Milliseconds of this and the next 250,000 years are exact in a double.
    #[expect(clippy::cast_precision_loss)]
    let moment = js_sys::Date::new(&(at.0 as f64).into());
    #[expect(clippy::cast_possible_truncation)]
    let behind_utc = (moment.get_timezone_offset() * 60_000.0) as i64;
    at.plus_millis(-behind_utc).to_minute()
}

/// The browser is asked once: it makes a whole formatter for it.
fn zone_name() -> Option<&'static str> {
    static NAME: OnceLock<Option<String>> = OnceLock::new();
    let ask = || {
        let format =
            js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
        js_sys::Reflect::get(&format.resolved_options(), &"timeZone".into())
            .ok()?
            .as_string()
    };
    NAME.get_or_init(ask).as_deref()
}

/// Lets the server know the reader's zone. In the browser, once a page. Where the server has shown the times of another one,
/// because the reader has travelled, the page is loaded anew, unless they are typing already: then the next one is right.
pub(crate) fn tell_zone() {
    let Some(name) = zone_name() else { return };
    let known = crate::theme::remembered();
    if known.contains(&[COOKIE, "=", name].concat()) {
        return;
    }
    crate::theme::remember(COOKIE, name);
    let typing = document().query_selector(":is(input,textarea,select):focus");
    let is_typing = typing.is_ok_and(|field| field.is_some());
    if known.contains("zone=") && !is_typing && crate::theme::remembered().contains(name) {
        // Fails only where a page may not be loaded, and then it stands as it is.
        let _ = window().location().reload();
    }
}
