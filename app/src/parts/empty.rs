use leptos::prelude::*;

use super::Icon;

/// What stands where a list would, and what to do about it.
#[component]
pub(crate) fn Empty(
    icon: &'static str,
    #[prop(into)] title: String,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty-icon"><Icon name=icon/></span>
            <h2>{title}</h2>
            {children()}
        </div>
    }
}
