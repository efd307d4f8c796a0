use leptos::prelude::*;

use super::Icon;

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

/// A short word about a thing's state.
#[component]
pub(crate) fn Badge(
    tone: Tone,
    #[prop(optional)] icon: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <span class=format!("badge badge-{}", tone.as_str())>
            {icon.map(|name| view! { <Icon name/> })} {children()}
        </span>
    }
}
