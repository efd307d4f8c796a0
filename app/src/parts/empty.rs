use leptos::prelude::*;

use super::icon;
use super::markup::{Markup, Text, el};

/// What stands where a list would, and what to do about it: links, the most useful first.
pub(crate) fn empty(
    icon: &'static str,
    title: &'static str,
    text: impl Into<Text>,
    actions: impl IntoIterator<Item = Markup>,
) -> Markup {
    el("div")
        .class("empty")
        .child(mark(icon))
        .child(el("h2").text(title))
        .child(el("p").text(text))
        .child(el("div").class("actions").children(actions))
}

fn mark(name: &'static str) -> Markup {
    el("span").class("empty-icon").child(icon(name))
}

/// The same with something in it that listens.
#[component]
pub(crate) fn Empty(icon: &'static str, title: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="empty">
            {mark(icon)}
            <h2>{title}</h2>
            {children()}
        </div>
    }
}
