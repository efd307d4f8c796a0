use orderdesk_mcp_contract::UtcMillis;

use super::markup::{Markup, el};

/// A moment, always in UTC: the server does not know the reader's zone, and a text that changes under the
/// reader is worse than one to convert.
pub(crate) fn time(at: UtcMillis) -> Markup {
    el("time")
        .with("datetime", at.to_string())
        .text(at.to_minute())
        .text(" UTC")
}
