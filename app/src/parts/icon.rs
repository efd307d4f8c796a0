use leptos::prelude::*;

/// One icon of the sprite that the build makes from `style/icons.txt`; always beside a word or a label.
#[component]
pub(crate) fn Icon(name: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" width="16" height="16" aria-hidden="true" focusable="false">
            <use href=format!("/icons.svg#{name}")></use>
        </svg>
    }
}
