use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;

use super::{Problem, Whole, skeleton};
use crate::transport::Data;

/// Shows data once it is there; until then its outline, or what was there before.
#[component]
pub(crate) fn Loaded(
    data: Data,
    /// How many lines its outline has.
    #[prop(default = 4)]
    lines: u32,
    /// Whether to show nothing when it cannot be had; the page around it says so.
    #[prop(optional)]
    is_quiet: bool,
    /// Whether the heading comes with the data, so that a problem brings one too.
    #[prop(optional)]
    brings_head: bool,
    /// Reads the data and makes the view of it.
    show: fn(&str) -> Result<AnyView, ApiError>,
) -> impl IntoView {
    view! {
        <Transition fallback=move || skeleton(lines)>
            {move || Suspend::new(async move {
                match data.await.and_then(|text| show(&text)) {
                    Ok(view) => view,
                    Err(_) if is_quiet => ().whole(),
                    Err(error) => view! { <Problem error is_page=brings_head/> }.whole(),
                }
            })}
        </Transition>
    }
    .into_any()
}
