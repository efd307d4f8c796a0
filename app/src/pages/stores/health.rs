//! Whether a store can be used, in a word.

use leptos::prelude::*;
use orderdesk_mcp_contract::views::store::BucketView;

use crate::parts::{Badge, Tone, Whole};

/// The state of a store as its request bucket shows it.
#[component]
pub(crate) fn StoreHealth(
    /// Absent when the saved credentials cannot be opened.
    bucket: Option<BucketView>,
    /// Whether to say nothing when all is well.
    #[prop(optional)]
    is_quiet: bool,
) -> impl IntoView {
    match bucket {
        None => view! { <Badge tone=Tone::Error icon="circle-x">"Key unreadable"</Badge> }.whole(),
        Some(bucket) if bucket.circuit_open => {
            view! { <Badge tone=Tone::Error icon="circle-pause">"Held back"</Badge> }.whole()
        }
        Some(_) if is_quiet => ().whole(),
        Some(_) => view! { <Badge tone=Tone::Ok icon="circle-check">"Ready"</Badge> }.whole(),
    }
}
