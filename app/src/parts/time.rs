use leptos::prelude::*;
use orderdesk_mcp_contract::UtcMillis;

/// A moment, always in UTC: the server does not know the reader's zone, and a text that changes under the
/// reader is worse than one to convert.
#[component]
pub(crate) fn Time(at: UtcMillis) -> impl IntoView {
    view! { <time datetime=at.to_string()>{at.to_minute()}" UTC"</time> }
}
