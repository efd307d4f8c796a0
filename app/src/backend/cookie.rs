//! Small cookies that hold no secret: the theme, and a message for the next page.

use http::request::Parts;
use http::{HeaderValue, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// A cookie of this request.
pub(crate) fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then(|| value.to_owned()))
}

/// Sets a cookie for `max_age_secs`, or removes it with 0. The value must be visible ASCII without `;`. Script in
/// the page may read and replace it: it holds no secret.
pub(crate) fn set_cookie(name: &str, value: &str, max_age_secs: u32) {
    let line = format!("{name}={value}; Path=/; SameSite=Lax; Max-Age={max_age_secs}");
    if let (Some(response), Ok(line)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(&line),
    ) {
        response.append_header(header::SET_COOKIE, line);
    }
}
