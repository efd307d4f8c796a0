use leptos::prelude::*;

use super::markup::{Markup, Text, el};
use super::{Tone, icon};

fn icon_of(tone: Tone) -> &'static str {
    match tone {
        Tone::Ok => "circle-check",
        Tone::Warn => "triangle-alert",
        Tone::Error => "circle-alert",
        Tone::Neutral | Tone::Info => "info",
    }
}

/// A message that stays, beside what it is about, in plain text. Errors are announced at once.
pub(crate) fn notice(tone: Tone, text: impl Into<Text>) -> Markup {
    notice_of(tone, el("p").text(text))
}

/// The same around a paragraph.
pub(crate) fn notice_of(tone: Tone, paragraph: Markup) -> Markup {
    let around = el("div").class(["notice notice-", tone.as_str()].concat());
    let around = if tone == Tone::Error {
        around.with("role", "alert")
    } else {
        around
    };
    around
        .child(icon(icon_of(tone)))
        .child(el("div").class("notice-text").child(paragraph))
}

/// A message with something in it that listens.
#[component]
pub(crate) fn Notice(tone: Tone, children: Children) -> impl IntoView {
    let role = (tone == Tone::Error).then_some("alert");
    view! {
        <div class=["notice notice-", tone.as_str()].concat() role=role>
            {icon(icon_of(tone))}
            <div class="notice-text">{children()}</div>
        </div>
    }
}
