use leptos::prelude::*;

use super::{Whole, icon};

/// How much a button asks for attention; one primary button a view.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Primary,
    Plain,
    Danger,
    /// Dangerous, and seldom needed where it stands.
    DangerQuiet,
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Plain => "button",
            Self::Danger => "button button-danger",
            Self::DangerQuiet => "button button-danger-quiet",
        }
    }
}

/// Sends its form. While that is under way the label stays and further clicks do nothing; the button is not
/// disabled, which would take the focus away from whoever pressed it.
#[component]
pub(crate) fn SubmitButton(
    look: Look,
    /// Whether the form is under way.
    #[prop(into)]
    pending: Signal<bool>,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=look.class()
            aria-disabled=move || pending.get().then_some("true")
            on:click=move |event| {
                if pending.get_untracked() {
                    event.prevent_default();
                }
            }
        >
            <span class="spinner" aria-hidden="true" hidden=move || !pending.get()></span>
            {children()}
        </button>
    }
    .whole()
}

/// A [`SubmitButton`] with an icon, if its name is not blank, and a label.
pub(crate) fn submit_button(
    look: Look,
    pending: Signal<bool>,
    icon_name: &'static str,
    label: &'static str,
) -> AnyView {
    let icon = (!icon_name.is_empty()).then(|| icon(icon_name));
    view! { <SubmitButton look pending>{icon} {label}</SubmitButton> }.whole()
}
