//! The forms of alerts, with what was typed and refused.

use orderdesk_mcp_contract::trace::alert::{ALERT_NAME_MAX, AlertKind, AlertView};
use server_fn::ServerFn as _;

use super::super::SaveAlert;
use super::forms::{self, ABOUT_QUERY, Input, QUERY_MAX, form, in_general};
use super::hint;
use crate::parts::{Markup, card, el, hidden};

/// The fields of the form, by their names.
pub(super) const INPUTS: [&str; 6] = ["name", "query", "threshold", "window", "webhook", "zone"];
/// Those of an own alert.
const OF_OWN: &[&str] = INPUTS.split_at(5).0;

/// What was typed and refused.
pub(super) type Refused = forms::Refused<[String; INPUTS.len()]>;

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
        (_, None) => (&INPUTS[4..5], "Send it somewhere"),
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
    let error = refused.map(|refused| &refused.error);
    let field = |&name: &&'static str| {
        let value = INPUTS
            .iter()
            .position(|known| *known == name)
            .map(|at| typed[at].clone());
        let (label, kind, max, about) = match name {
            "name" => ("Name", "text", ALERT_NAME_MAX, ""),
            "query" => ("Query of calls", "text", QUERY_MAX, ABOUT_QUERY),
            "threshold" => ("Number of calls", "number", 5, ""),
            "window" => ("Window in minutes", "number", 4, ""),
            "zone" => (
                "Time zone of the night",
                "text",
                60,
                "Its name, such as Europe/Berlin or America/New_York. Blank: UTC.",
            ),
            _ => (
                "Webhook or e-mail",
                "text",
                2000,
                if id.is_empty() {
                    "An address that begins with https://, or the e-mail address of somebody in this workspace. Blank: it is shown here only."
                } else {
                    "An address that begins with https://, or the e-mail address of somebody in this workspace. Blank: as it is now."
                },
            ),
        };
        let input_id = if id.is_empty() {
            format!("alert-{name}")
        } else {
            format!("alert-{name}-{id}")
        };
        let input = Input {
            id: input_id,
            name,
            label,
            kind,
            max,
            is_needed: !matches!(name, "query" | "webhook" | "zone"),
            value: value.unwrap_or_default(),
            about,
            error,
        };
        input.field()
    };
    form(SaveAlert::url())
        .class("alert-form")
        .child(hidden("id", id.to_owned()))
        .maybe(in_general(error, shown))
        .children(shown.iter().map(field))
}
