use std::time::Duration;

use leptos::prelude::*;

use super::{Icon, Whole};

/// How long "Copied" stands.
const SHOWN_FOR: Duration = Duration::from_secs(2);

/// Copies a text; hidden until the page is hydrated, since nothing but script can do it.
#[component]
pub(crate) fn CopyButton(
    #[prop(into)] text: String,
    /// What is copied, for people who cannot see what stands beside the button.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let label = format!("Copy {what}");
    let copy = move |_| {
        // The promise is not waited for: browsers refuse only without a click, and this is one.
        let _ = window().navigator().clipboard().write_text(&text);
        copied.set(true);
        set_timeout(
            move || {
                copied.try_set(false);
            },
            SHOWN_FOR,
        );
    };
    view! {
        <button type="button" class="button button-small copy needs-script" aria-label=label on:click=copy>
            {move || if copied.get() { view! { <Icon name="check"/> } } else { view! { <Icon name="copy"/> } }}
            <span class="copy-label" role="status">{move || if copied.get() { "Copied" } else { "Copy" }}</span>
        </button>
    }
    .whole()
}

/// A block of code to take away.
#[component]
pub(crate) fn Code(
    #[prop(into)] text: String,
    /// What it is, for the copy button and the region's name.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    view! {
        <div class="code">
            <pre tabindex="0" role="region" aria-label=what.clone()><code>{text.clone()}</code></pre>
            <CopyButton text what/>
        </div>
    }
    .whole()
}
