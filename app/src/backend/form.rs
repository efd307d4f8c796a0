//! Forms sent by the browser itself, before or without WASM: each is answered with a redirect, and what there
//! is to say travels to the next page in a cookie. Not in the address, where anybody could write a message
//! that looks like ours.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::request::Parts;
use http::{HeaderValue, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::cookie::{cookie, set_cookie};
use super::guard::{accepts_html, is_server_fn, reply, see_other};
use crate::flash::Flash;
use orderdesk_mcp_contract::{ApiError, ErrorCode};

const COOKIE: &str = "odm_flash";
/// Long enough for a slow page, short enough not to surprise.
const MAX_AGE_SECS: u32 = 60;
/// Browsers keep at most 4,096 bytes of a cookie with its name and attributes.
const MAX_BYTES: usize = 3_900;

/// Where a form that the browser itself sent goes next. Does nothing when our own code in the browser called
/// the server function: that decides by the answer.
pub(crate) fn leave(path: &str, flash: Option<Flash>) {
    let Some(response) = use_context::<ResponseOptions>() else {
        return;
    };
    if !is_native_form() {
        return;
    }
    if let Some(text) = flash.as_ref().and_then(encode) {
        set_cookie(COOKIE, &text, MAX_AGE_SECS);
    }
    see_other(&response, path);
}

/// Passes on what a form came to; one without script goes to `path`, which says it, or beside the form of that name why not.
///
/// # Errors
/// Those of the result.
pub(crate) fn leave_saying(
    path: &str,
    form: &str,
    result: Result<String, ApiError>,
) -> Result<String, ApiError> {
    let result = reply(result);
    let flash = match &result {
        Ok(said) => Flash::notice(said.clone()),
        Err(error) => Flash::refused(form, error),
    };
    leave(path, Some(flash));
    result
}

/// Has the browser keep the answer as a file instead of going anywhere.
pub(crate) fn download(name: &str) {
    if let Some(response) = use_context::<ResponseOptions>()
        && let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
    {
        response.insert_header(header::CONTENT_DISPOSITION, value);
    }
}

/// Whether a form that the browser itself sent is being answered, after which the next page must show what there is.
pub(crate) fn is_native_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| is_server_fn(&parts) && accepts_html(&parts))
}

/// What the form before this page left to say, once.
pub(crate) fn take_flash() -> Option<Flash> {
    let text = cookie(COOKIE)?;
    set_cookie(COOKIE, "", 0);
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// The cookie's text; an apology rather than half of it when it is too long.
fn encode(flash: &Flash) -> Option<String> {
    let whole = URL_SAFE_NO_PAD.encode(serde_json::to_vec(flash).ok()?);
    if whole.len() <= MAX_BYTES {
        return Some(whole);
    }
    let too_long = ApiError::new(
        ErrorCode::Unavailable,
        "There is more to say about this than fits without JavaScript. Switch it on and try again to see it.",
    );
    Some(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&Flash::refused(&flash.form, &too_long)).ok()?))
}
