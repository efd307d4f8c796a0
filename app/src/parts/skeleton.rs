use leptos::prelude::*;

/// Holds a page's place while its data is on the way; appears only when that takes a moment.
#[component]
pub(crate) fn Skeleton(#[prop(default = 4)] lines: u32) -> impl IntoView {
    view! {
        <div class="skeleton" role="status">
            <span class="visually-hidden">"Loading"</span>
            {(0..lines).map(|_| view! { <span class="skeleton-line" aria-hidden="true"></span> }).collect_view()}
        </div>
    }
}
