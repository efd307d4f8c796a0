//! Labelled inputs. Help and error are tied to the input; an error that arrives takes the focus there.

use leptos::html;
use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::tools::receipt::REASON_MAX;

use super::markup::{Markup, Text, el};
use super::{Icon, Whole};

/// The error's text if it is about this field.
fn error_of(name: &'static str, refusal: Signal<Option<ApiError>>) -> Signal<Option<String>> {
    Signal::derive(move || {
        refusal
            .get()
            .filter(|error| error.field.as_deref() == Some(name))
            .map(|error| error.message)
    })
}

fn focus_on_error(input: NodeRef<html::Input>, error: Signal<Option<String>>) {
    Effect::new(move |_| {
        if error.get().is_some()
            && let Some(input) = input.get()
        {
            // Fails only for an element that is not in the page.
            let _ = input.focus();
        }
    });
}

fn described_by(id: &str, has_help: bool, has_error: bool) -> Option<String> {
    match (has_help, has_error) {
        (false, false) => None,
        (true, false) => Some(format!("{id}-help")),
        (false, true) => Some(format!("{id}-error")),
        (true, true) => Some(format!("{id}-error {id}-help")),
    }
}

#[component]
fn Around(
    name: &'static str,
    label: &'static str,
    help: Option<&'static str>,
    optional: bool,
    error: Signal<Option<String>>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=name>
                {label} {optional.then(|| view! { <span class="field-optional">" optional"</span> })}
            </label>
            {children()}
            <p class="field-error" id=format!("{name}-error") hidden=move || error.get().is_none()>
                <Icon name="circle-alert"/>
                <span>{move || error.get().unwrap_or_default()}</span>
            </p>
            {help.map(|help| view! { <p class="field-help" id=format!("{name}-help")>{help}</p> })}
        </div>
    }
    .whole()
}

/// One line of text. Its id is its name.
#[component]
pub(crate) fn TextField(
    name: &'static str,
    label: &'static str,
    #[prop(optional)] help: Option<&'static str>,
    #[prop(optional)] value: String,
    #[prop(optional)] optional: bool,
    #[prop(optional)] mono: bool,
    /// A token of the HTML standard's autofill list.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Most characters taken.
    max: usize,
    #[prop(into)] refusal: Signal<Option<ApiError>>,
) -> impl IntoView {
    let error = error_of(name, refusal);
    let input = NodeRef::<html::Input>::new();
    focus_on_error(input, error);
    view! {
        <Around name label help optional error>
            <input
                node_ref=input class="input" class:mono=mono type="text" id=name name=name value=value
                autocomplete=autocomplete autocapitalize="off" spellcheck="false" maxlength=max.to_string()
                required=!optional autofocus=error.get_untracked().is_some()
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=move || described_by(name, help.is_some(), error.get().is_some())
            />
        </Around>
    }
    .whole()
}

/// Why, in a few words; may be left blank. Has no id, so that a page can have several.
pub(crate) fn reason_field() -> Markup {
    el("label")
        .class("field")
        .child(
            el("span")
                .class("field-label")
                .text("Reason ")
                .child(el("span").class("field-optional").text("optional")),
        )
        .child(
            el("input")
                .class("input")
                .with("type", "text")
                .with("name", "reason")
                .with("autocomplete", "off")
                .with("maxlength", REASON_MAX.to_string()),
        )
}

/// A field that nobody sees.
pub(crate) fn hidden(name: &'static str, value: impl Into<Text>) -> Markup {
    el("input")
        .with("type", "hidden")
        .with("name", name)
        .with("value", value)
}

/// A secret: masked, with a button that shows it. Pasting and password managers are welcome.
#[component]
pub(crate) fn SecretField(
    name: &'static str,
    label: &'static str,
    #[prop(optional)] help: Option<&'static str>,
    autocomplete: &'static str,
    #[prop(optional)] optional: bool,
    #[prop(into)] refusal: Signal<Option<ApiError>>,
) -> impl IntoView {
    let error = error_of(name, refusal);
    let input = NodeRef::<html::Input>::new();
    let shown = RwSignal::new(false);
    focus_on_error(input, error);
    view! {
        <Around name label help optional error>
            <div class="secret">
                <input
                    node_ref=input class="input mono" type=move || if shown.get() { "text" } else { "password" }
                    id=name name=name autocomplete=autocomplete autocapitalize="off" spellcheck="false" required=!optional
                    autofocus=error.get_untracked().is_some()
                    aria-invalid=move || error.get().map(|_| "true")
                    aria-describedby=move || described_by(name, help.is_some(), error.get().is_some())
                />
                <button
                    type="button" class="button button-quiet button-icon needs-script"
                    aria-label=format!("Show {label}")
                    aria-pressed=move || if shown.get() { "true" } else { "false" }
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    {move || if shown.get() { view! { <Icon name="eye-off"/> } } else { view! { <Icon name="eye"/> } }}
                </button>
            </div>
        </Around>
    }
    .whole()
}
