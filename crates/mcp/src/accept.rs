//! What a client says it accepts.

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue};

/// Whether a client takes JSON, or did not say what it takes.
pub(crate) fn takes_json(headers: &HeaderMap) -> bool {
    !headers.contains_key(ACCEPT) || headers.get_all(ACCEPT).iter().any(names_json)
}

fn names_json(value: &HeaderValue) -> bool {
    value.to_str().is_ok_and(|text| {
        text.split(',').any(|range| {
            let essence = range.split(';').next().unwrap_or_default().trim();
            ["application/json", "application/*", "*/*"]
                .iter()
                .any(|json| essence.eq_ignore_ascii_case(json))
        })
    })
}
