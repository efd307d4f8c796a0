//! Alerts: what fired, what is looked for, and the buttons that switch it. Drawn here; it works without script.

use orderdesk_mcp_contract::trace::alert::{AlertEventView, AlertKind, AlertView, Delivery};
use orderdesk_mcp_contract::{ApiError, Right, SecretText};
use server_fn::ServerFn as _;

use super::super::{KeepAlertHere, RemoveAlert, SwitchAlert, TryAlert};
use super::alerts_form::{Refused, change, new};
use super::compare::with_title;
use super::forms::act;
use super::hint;
use crate::backend::{enter, reply, take};
use crate::parts::format::plural;
use crate::parts::{Drawn, Markup, Tone, badge, card, el, head, hidden, link, local};
use crate::routes;

/// Where the session keeps the secret of a webhook that was just set.
pub(super) const SECRET: &str = "alert_secret";
/// Where it keeps what was refused.
pub(super) const REFUSED: &str = "alert_refused";

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
    let fault = alert.fault.as_ref().map(|fault| {
        let text = format!("It is not looked for: {fault} Change its query.");
        el("p").class("field-error").text(text)
    });
    let line = el("li")
        .child(top)
        .child(what(alert))
        .maybe(fault)
        .child(el("p").class("hint").text(sent));
    if !may_set {
        return line;
    }
    let (is_own, is_sent) = (alert.kind == AlertKind::Query, alert.sent_to.is_some());
    let button = |url: &'static str, text: &'static str| act(url, text, &id, &alert.name);
    let (on, switch) = if alert.is_on {
        ("", "Switch off")
    } else {
        ("1", "Switch on")
    };
    let acts = el("div")
        .class("actions")
        .child(button(SwitchAlert::url(), switch).child(hidden("on", on)))
        .maybe(is_sent.then(|| button(TryAlert::url(), "Send a test")))
        .maybe(is_sent.then(|| button(KeepAlertHere::url(), "Send nowhere")))
        .maybe(is_own.then(|| button(RemoveAlert::url(), "Remove")));
    line.child(acts).child(change(alert, refused))
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
        AlertKind::NightWrite => {
            let zone = alert.zone.as_deref().unwrap_or("UTC");
            format!("It fires at the first call of a night, from 22:00 to 6:00 in {zone}, that changed something.")
        }
        AlertKind::NewTool => "It fires when a key or person that has called for a day or longer calls a tool for the first time.".to_owned(),
        AlertKind::Burst => format!("It fires at {calls} or more within {window}, if they are over five times as many as usual at this hour of the seven days before."),
    };
    el("p").text(text)
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
            zone: None,
            is_on: number.is_multiple_of(2),
            sent_to: Some("hooks.example.com".into()),
            firing_since: Some(UtcMillis(1)),
            fault: Some("There is no store “Gone”.".into()),
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
            let faults = steps
                .iter()
                .filter(|step| step.contains("There is no store “Gone”."));
            assert_eq!(faults.count(), AlertKind::ALL.len());
            let forms = steps.iter().filter(|step| *step == "<form").count();
            assert_eq!(forms > 0, may_set);
        }
    }
}
