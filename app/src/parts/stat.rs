use leptos::prelude::*;

use super::Tone;

/// One figure with its name and what it is made of.
#[component]
pub(crate) fn Stat(
    label: &'static str,
    #[prop(into)] value: String,
    #[prop(into)] detail: String,
    #[prop(default = Tone::Neutral)] tone: Tone,
) -> impl IntoView {
    view! {
        <div class=format!("stat stat-{}", tone.as_str())>
            <dt>{label}</dt>
            <dd class="stat-value">{value}</dd>
            <dd class="stat-detail">{detail}</dd>
        </div>
    }
}
