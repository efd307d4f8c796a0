use super::Tone;
use super::markup::{Markup, Text, el};

/// One figure with its name and what it is made of.
pub(crate) fn stat(
    label: &'static str,
    value: impl Into<Text>,
    detail: impl Into<Text>,
    tone: Tone,
) -> Markup {
    el("div")
        .class(["stat stat-", tone.as_str()].concat())
        .child(el("dt").text(label))
        .child(el("dd").class("stat-value").text(value))
        .child(el("dd").class("stat-detail").text(detail))
}
