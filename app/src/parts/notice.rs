use leptos::prelude::*;

use super::{Icon, Tone};

fn icon_of(tone: Tone) -> &'static str {
    match tone {
        Tone::Ok => "circle-check",
        Tone::Warn => "triangle-alert",
        Tone::Error => "circle-alert",
        Tone::Neutral | Tone::Info => "info",
    }
}

/// A message that stays, beside what it is about. Errors are announced at once.
#[component]
pub(crate) fn Notice(tone: Tone, children: Children) -> impl IntoView {
    let role = (tone == Tone::Error).then_some("alert");
    view! {
        <div class=format!("notice notice-{}", tone.as_str()) role=role>
            <Icon name=icon_of(tone)/>
            <div class="notice-text">{children()}</div>
        </div>
    }
}
