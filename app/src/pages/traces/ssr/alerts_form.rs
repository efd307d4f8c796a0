//! The forms of alerts, with what was typed and refused.

use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::trace::alert::{ALERT_NAME_MAX, AlertKind, AlertView};
use serde::{Deserialize, Serialize};
use server_fn::ServerFn as _;

use super::super::SaveAlert;
use super::hint;
use crate::parts::{Markup, card, el, hidden};

/// The fields of the form, by their names.
pub(super) const INPUTS: [&str; 6] = ["name", "query", "threshold", "window", "webhook", "zone"];
/// Those of an own alert.
const OF_OWN: &[&str] = INPUTS.split_at(5).0;

/// What was typed and refused.
#[derive(Serialize, Deserialize)]
pub(super) struct Refused {
    /// The alert's id; blank for a new one.
    pub(super) id: String,
    pub(super) typed: [String; INPUTS.len()],
    pub(super) error: ApiError,
}

/// The form that changes an alert, of a ready-made one only where it is sent. Open where something was refused.
pub(super) fn change(alert: &AlertView, refused: Option<&Refused>) -> Markup {
    let id = alert.id.to_string();
    let refused = refused.filter(|refused| refused.id == id);
    let as_it_is = || {
        [
            alert.name.clone(),
            alert.query.clone(),
            alert.threshold.to_string(),
            alert.window_minutes.to_string(),
            String::new(),
            alert.zone.clone().unwrap_or_default(),
        ]
    };
    let typed = refused.map_or_else(as_it_is, |refused| refused.typed.clone());
    let (shown, says) = match (alert.kind, &alert.sent_to) {
        (AlertKind::Query, _) => (OF_OWN, "Change"),
        (AlertKind::NightWrite, _) => (&INPUTS[4..], "Change its time zone, or where it is sent"),
        (_, Some(_)) => (&INPUTS[4..5], "Send it elsewhere"),
        (_, None) => (&INPUTS[4..5], "Send it to a webhook"),
    };
    let form = fields(&id, shown, &typed, refused)
        .child(el("button").class("button button-small").text("Save"));
    if refused.is_some() {
        return form;
    }
    el("details")
        .class("more")
        .child(el("summary").text(says))
        .child(form)
}

/// The form of a new alert.
pub(super) fn new(query: String, refused: Option<&Refused>) -> Markup {
    let refused = refused.filter(|refused| refused.id.is_empty());
    let typed = refused.map_or_else(
        || {
            [
                String::new(),
                query,
                "10".into(),
                "10".into(),
                String::new(),
                String::new(),
            ]
        },
        |refused| refused.typed.clone(),
    );
    card("alerts-new", "New alert")
        .child(hint(
            "It fires once when as many calls as you say match within the window, and again only after there were fewer.",
        ))
        .child(
            fields("", OF_OWN, &typed, refused)
                .child(el("button").class("button button-primary").text("Add alert")),
        )
}

/// The form's fields with what is typed in them.
fn fields(
    id: &str,
    shown: &[&'static str],
    typed: &[String; INPUTS.len()],
    refused: Option<&Refused>,
) -> Markup {
    let field = |name: &&'static str| {
        let value = INPUTS
            .iter()
            .position(|known| known == name)
            .map(|at| typed[at].clone());
        let (label, kind, max, about) = match *name {
            "name" => ("Name", "text", ALERT_NAME_MAX.to_string(), ""),
            "query" => (
                "Query of calls",
                "text",
                "1000".to_owned(),
                "As above the list of calls, such as status:error. Blank: every call.",
            ),
            "threshold" => ("Number of calls", "number", "5".to_owned(), ""),
            "window" => ("Window in minutes", "number", "4".to_owned(), ""),
            "zone" => (
                "Time zone of the night",
                "text",
                "60".to_owned(),
                "Its name, such as Europe/Berlin or America/New_York. Blank: UTC.",
            ),
            _ => (
                "Webhook",
                "url",
                "2000".to_owned(),
                if id.is_empty() {
                    "An address that begins with https://. Blank: it is shown here only."
                } else {
                    "An address that begins with https://. Blank: as it is now."
                },
            ),
        };
        let input_id = if id.is_empty() {
            format!("alert-{name}")
        } else {
            format!("alert-{name}-{id}")
        };
        let about = (!about.is_empty()).then(|| hint(about));
        let fault = refused
            .filter(|refused| refused.error.field.as_deref() == Some(*name))
            .map(|refused| error(&refused.error));
        el("div")
            .class("field")
            .child(el("label").with("for", input_id.clone()).text(label))
            .child(
                el("input")
                    .class("input")
                    .with("id", input_id)
                    .with("type", kind)
                    .with("name", *name)
                    .with("maxlength", max)
                    .with("autocomplete", "off")
                    .flag("required", !matches!(*name, "query" | "webhook" | "zone"))
                    .with("value", value.unwrap_or_default()),
            )
            .maybe(about)
            .maybe(fault)
    };
    let general = refused
        .filter(|refused| {
            !refused
                .error
                .field
                .as_deref()
                .is_some_and(|at| shown.contains(&at))
        })
        .map(|refused| error(&refused.error));
    form(SaveAlert::url())
        .class("alert-form")
        .child(hidden("id", id.to_owned()))
        .maybe(general)
        .children(shown.iter().map(field))
}

fn error(error: &ApiError) -> Markup {
    el("p")
        .class("field-error")
        .with("role", "alert")
        .text(error.message.clone())
}

pub(super) fn form(url: &'static str) -> Markup {
    el("form").with_all(&[("method", "post"), ("action", url)])
}
