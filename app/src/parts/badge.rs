use super::icon::icon;
use super::markup::{Markup, Text, el};

/// What a colour means; the word beside it says the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Neutral,
    Ok,
    Warn,
    Error,
    Info,
}

impl Tone {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Info => "info",
        }
    }
}

/// A short word about a thing's state. An icon's name that is blank is none.
pub(crate) fn badge(tone: Tone, icon_name: &'static str, word: impl Into<Text>) -> Markup {
    let icon = (!icon_name.is_empty()).then(|| icon(icon_name));
    el("span")
        .class(["badge badge-", tone.as_str()].concat())
        .maybe(icon)
        .text(word)
}
