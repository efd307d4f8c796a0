//! Alerts: what fired, what is looked for, and the forms that change it. Drawn here; it works without script.

use orderdesk_mcp_contract::trace::alert::{
    ALERT_NAME_MAX, AlertEventView, AlertKind, AlertView, Delivery,
};
use orderdesk_mcp_contract::{ApiError, Right, SecretText};
use serde::{Deserialize, Serialize};
use server_fn::ServerFn as _;

use super::super::{RemoveAlert, SaveAlert, SwitchAlert, TryAlert};
use super::compare::with_title;
use crate::backend::{enter, reply, take};
use crate::parts::format::plural;
use crate::parts::{Drawn, Markup, Tone, badge, card, el, head, hidden, link, local};
use crate::routes;

/// Where the session keeps the secret of a webhook that was just set.
pub(super) const SECRET: &str = "alert_secret";
/// Where it keeps what was refused.
pub(super) const REFUSED: &str = "alert_refused";
/// The fields of the form, by their names.
pub(super) const INPUTS: [&str; 5] = ["name", "query", "threshold", "window", "webhook"];

/// What was typed and refused.
#[derive(Serialize, Deserialize)]
pub(super) struct Refused {
    /// The alert's id; blank for a new one.
    pub(super) id: String,
    pub(super) typed: [String; INPUTS.len()],
    pub(super) error: ApiError,
}

/// All that the page shows.
struct Page {
    alerts: Vec<AlertView>,
    events: Vec<AlertEventView>,
    may_set: bool,
    query: String,
    secret: Option<SecretText>,
    refused: Option<Refused>,
}

pub(in super::super) async fn list(query: &str) -> Result<Drawn, ApiError> {
    let (services, caller) = enter()?;
    let page = Page {
        alerts: reply(services.alerts(&caller).await)?,
        events: reply(services.alert_events(&caller).await)?,
        may_set: caller.may(Right::Settings),
        query: query.to_owned(),
        secret: take(SECRET, &caller).await?,
        refused: take(REFUSED, &caller).await?,
    };
    Ok(drawn(page))
}

fn drawn(page: Page) -> Drawn {
    let Page {
        alerts,
        events,
        may_set,
        query,
        secret,
        refused,
    } = page;
    let (own, ready_made): (Vec<_>, Vec<_>) = alerts
        .iter()
        .partition(|alert| alert.kind == AlertKind::Query);
    let lines = |alerts: Vec<&AlertView>| {
        let line = |alert: &AlertView| one(alert, may_set, refused.as_ref());
        el("ul")
            .class("alerts")
            .children(alerts.into_iter().map(line))
    };
    let own = if own.is_empty() {
        el("p").class("nothing").text("There are none yet.")
    } else {
        lines(own)
    };
    let may_not = (!may_set).then(|| hint("Owners and admins add, change and switch alerts."));
    let page = el("div")
        .class("stack")
        .maybe(secret.map(secret_card))
        .child(fired(&events))
        .child(
            card("alerts-own", "Alerts of this workspace")
                .child(own)
                .maybe(may_not),
        )
        .maybe(may_set.then(|| new(query, refused.as_ref())))
        .child(
            card("alerts-ready", "Ready-made alerts")
                .child(hint(
                    "They look at every call of a tool, and can be switched off.",
                ))
                .child(lines(ready_made)),
        );
    with_title("Alerts", &page)
}

fn hint(text: &'static str) -> Markup {
    el("p").class("hint").text(text)
}

fn secret_card(secret: SecretText) -> Markup {
    card("alerts-secret", "The webhook’s secret")
        .child(hint(
            "Give it to whoever receives the webhook, to check signatures as Standard Webhooks say. It is not shown again; a webhook that is set anew gets another one.",
        ))
        .child(el("p").child(el("code").class("mono").text(secret.expose().to_owned())))
}

/// What fired lately.
fn fired(events: &[AlertEventView]) -> Markup {
    let fired = card("alerts-fired", "Fired lately");
    if events.is_empty() {
        return fired.child(el("p").class("nothing").text(
            "No alert has fired. What fires stands here for 90 days, with the calls that it was about.",
        ));
    }
    fired.child(
        el("table")
            .class("table table-cards")
            .child(
                el("caption")
                    .class("visually-hidden")
                    .text("What fired, newest first"),
            )
            .child(head(&[
                ("When", ""),
                ("Alert", ""),
                ("What", ""),
                ("Sent", ""),
            ]))
            .child(el("tbody").children(events.iter().map(event))),
    )
}

fn event(event: &AlertEventView) -> Markup {
    let cell = |label| el("td").with("data-label", label);
    let calls = plural(event.calls, "call", "calls");
    let window = plural(u64::from(event.window_minutes), "minute", "minutes");
    let example = event
        .trace_id
        .map(|id| link(routes::trace(id), "One of them"));
    let (tone, word) = match event.delivery {
        Delivery::Shown => (Tone::Neutral, "Shown here"),
        Delivery::Pending => (Tone::Warn, "To be sent"),
        Delivery::Sent => (Tone::Ok, "Sent"),
        Delivery::Failed => (Tone::Error, "Not sent"),
    };
    let fault = event.fault.as_ref().map(|fault| {
        let tries = plural(u64::from(event.attempts), "try", "tries");
        el("span")
            .class("hint")
            .text(format!("After {tries}: {fault}."))
    });
    el("tr")
        .child(cell("When").text(local(event.at)))
        .child(cell("Alert").text(event.name.clone()))
        .child(
            cell("What").child(
                el("span")
                    .class("alert-what")
                    .child(link(
                        routes::traces(&[("q", &event.query)]),
                        format!("{calls} within {window}"),
                    ))
                    .maybe(example),
            ),
        )
        .child(
            cell("Sent").child(
                el("span")
                    .class("alert-what")
                    .child(badge(tone, "", word))
                    .maybe(fault),
            ),
        )
}

/// One alert, with the forms that change it.
fn one(alert: &AlertView, may_set: bool, refused: Option<&Refused>) -> Markup {
    let id = alert.id.to_string();
    let state = match (alert.is_on, alert.firing_since) {
        (false, _) => badge(Tone::Neutral, "", "Off"),
        (true, None) => badge(Tone::Ok, "", "On"),
        (true, Some(_)) => badge(Tone::Warn, "", "Fires now"),
    };
    let sent = match &alert.sent_to {
        Some(host) => format!("It is sent to {host}."),
        None => "It is shown here and sent nowhere.".to_owned(),
    };
    let top = el("div")
        .class("alert-head")
        .child(el("span").class("alert-name").text(alert.name.clone()))
        .child(state);
    let mut line = el("li")
        .child(top)
        .child(what(alert))
        .child(el("p").class("hint").text(sent));
    if !may_set {
        return line;
    }
    let is_own = alert.kind == AlertKind::Query;
    let label = |what: &str| format!("{what}: {}", alert.name);
    let button = |url: &'static str, text: &'static str| {
        form(url).child(hidden("id", id.clone())).child(
            el("button")
                .class("button button-small")
                .with("aria-label", label(text))
                .text(text),
        )
    };
    let (on, switch) = if alert.is_on {
        ("", "Switch off")
    } else {
        ("1", "Switch on")
    };
    let acts = el("div")
        .class("actions")
        .child(button(SwitchAlert::url(), switch).child(hidden("on", on)))
        .maybe(
            alert
                .sent_to
                .is_some()
                .then(|| button(TryAlert::url(), "Send a test")),
        )
        .maybe(is_own.then(|| button(RemoveAlert::url(), "Remove")));
    let refused = refused.filter(|refused| refused.id == id);
    let typed = refused.map_or_else(
        || {
            [
                alert.name.clone(),
                alert.query.clone(),
                alert.threshold.to_string(),
                alert.window_minutes.to_string(),
                String::new(),
            ]
        },
        |refused| refused.typed.clone(),
    );
    let shown = if is_own { &INPUTS[..] } else { &INPUTS[4..] };
    let change = fields(&id, shown, &typed, refused)
        .child(el("button").class("button button-small").text("Save"));
    line = line.child(acts);
    match refused {
        Some(_) => line.child(change),
        None => {
            let says = if is_own {
                "Change"
            } else {
                "Send it to a webhook"
            };
            line.child(
                el("details")
                    .class("more")
                    .child(el("summary").text(says))
                    .child(change),
            )
        }
    }
}

/// What an alert waits for, in a sentence.
fn what(alert: &AlertView) -> Markup {
    let calls = plural(u64::from(alert.threshold), "call", "calls");
    let window = plural(u64::from(alert.window_minutes), "minute", "minutes");
    let text = match alert.kind {
        AlertKind::Query if alert.query.is_empty() => {
            format!("It fires at {calls} of any kind within {window}.")
        }
        AlertKind::Query => {
            return el("p")
                .text(format!("It fires at {calls} within {window} of "))
                .child(link(routes::traces(&[("q", &alert.query)]), alert.query.clone()).class("mono"));
        }
        AlertKind::ErrorStreak => format!("It fires at {calls} of one key that failed one after the other within {window}."),
        AlertKind::NightWrite => "It fires at the first call of a night, from 22:00 to 6:00 UTC, that changed something.".to_owned(),
        AlertKind::NewTool => "It fires when a key that has called for a day or longer calls a tool for the first time.".to_owned(),
        AlertKind::Burst => format!("It fires at {calls} or more within {window}, if they are over five times as many as usual at this hour of the seven days before."),
    };
    el("p").text(text)
}

/// The form of a new alert.
fn new(query: String, refused: Option<&Refused>) -> Markup {
    let refused = refused.filter(|refused| refused.id.is_empty());
    let typed = refused.map_or_else(
        || {
            [
                String::new(),
                query,
                "10".into(),
                "10".into(),
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
            fields("", &INPUTS, &typed, refused)
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
                    .flag("required", !matches!(*name, "query" | "webhook"))
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

fn form(url: &'static str) -> Markup {
    el("form").with_all(&[("method", "post"), ("action", url)])
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::{AlertEventId, AlertId, ErrorCode, TraceId, UtcMillis};

    use super::*;

    fn alert(kind: AlertKind, number: u128) -> AlertView {
        AlertView {
            id: AlertId::from_parts(1, number),
            kind,
            name: "Mine & yours".into(),
            query: "status:error".into(),
            threshold: 1,
            window_minutes: 10,
            is_on: number.is_multiple_of(2),
            sent_to: Some("hooks.example.com".into()),
            firing_since: Some(UtcMillis(1)),
        }
    }

    fn page(may_set: bool) -> Page {
        let event = AlertEventView {
            id: AlertEventId::from_parts(1, 1),
            name: "Mine & yours".into(),
            query: "status:error".into(),
            calls: 7,
            window_minutes: 10,
            trace_id: Some(TraceId::from_parts(1, 1)),
            at: UtcMillis(1),
            delivery: Delivery::Pending,
            attempts: 1,
            fault: Some("no connection".into()),
        };
        let alerts = (1..)
            .zip(AlertKind::ALL)
            .map(|(number, kind)| alert(kind, number));
        let refused = Refused {
            id: String::new(),
            typed: Default::default(),
            error: ApiError::new(ErrorCode::Invalid, "No."),
        };
        Page {
            alerts: alerts.collect(),
            events: vec![event],
            may_set,
            query: "door:web".into(),
            secret: Some(SecretText::new("whsec_x")),
            refused: Some(refused),
        }
    }

    #[test]
    fn the_browser_builds_what_is_drawn() {
        for may_set in [true, false] {
            let steps = drawn(page(may_set));
            assert_eq!(steps[0], "Alerts");
            let built = crate::parts::drawn(steps[1..].to_vec()).steps();
            assert_eq!(built[1..built.len() - 1], steps[1..]);
            let forms = steps.iter().filter(|step| *step == "<form").count();
            assert_eq!(forms > 0, may_set);
        }
    }
}
