use leptos::prelude::*;

/// How full something is.
#[component]
pub(crate) fn Meter(
    /// What is measured, in words.
    #[prop(into)]
    label: String,
    value: u32,
    max: u32,
) -> impl IntoView {
    let share = if max == 0 {
        0
    } else {
        u64::from(value.min(max)) * 100 / u64::from(max)
    };
    let class = if share < 20 {
        "meter-fill meter-low"
    } else {
        "meter-fill"
    };
    view! {
        <svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label=label>
            <rect class="meter-track" width="100" height="6"></rect>
            <rect class=class width=share.to_string() height="6"></rect>
        </svg>
    }
}
