use leptos::prelude::*;

use super::markup::{Markup, el};

/// One icon of the sprite that the build makes from `style/icons.txt`; always beside a word or a label.
pub(crate) fn icon(name: &'static str) -> Markup {
    el("svg")
        .class("icon")
        .with("width", "16")
        .with("height", "16")
        .with("aria-hidden", "true")
        .with("focusable", "false")
        .child(el("use").with("href", ["/icons.svg#", name].concat()))
}

/// The same inside of a `view!`.
#[component]
pub(crate) fn Icon(name: &'static str) -> impl IntoView {
    icon(name)
}
