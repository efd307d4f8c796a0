//! What the forms of alerts ask for: done, and back to the page.

use orderdesk_mcp_contract::trace::alert::NewAlert;
use orderdesk_mcp_contract::{ApiError, SecretText};
use orderdesk_mcp_domain::no_such_alert;

use super::alerts::{REFUSED, SECRET};
use super::alerts_form::INPUTS;
use super::forms::{back, done};
use crate::backend::{enter, keep};
use crate::routes;

pub(in super::super) async fn save(
    id: &str,
    typed: [String; INPUTS.len()],
) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let [name, query, threshold, window, webhook, zone] = typed.clone();
    let new = NewAlert {
        name,
        query,
        // What is no number is out of bounds.
        threshold: threshold.trim().parse().unwrap_or(0),
        window_minutes: window.trim().parse().unwrap_or(0),
        webhook,
        zone,
    };
    let (saved, said) = if id.is_empty() {
        (
            services.add_alert(&caller, new).await,
            "The alert is added.",
        )
    } else {
        let saved = match id.parse() {
            Ok(id) => services.set_alert(&caller, id, new).await,
            Err(_) => Err(no_such_alert()),
        };
        (saved, "The alert is changed.")
    };
    if let Ok(Some(secret)) = &saved {
        keep(SECRET, &caller, &SecretText::new(secret.expose())).await?;
    }
    back(routes::ALERTS, REFUSED, (id, typed), saved.map(|_| said)).await
}

pub(in super::super) async fn switch(id: &str, is_on: bool) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let switched = match id.parse() {
        Ok(id) => services.switch_alert(&caller, id, is_on).await,
        Err(_) => Err(no_such_alert()),
    };
    let said = if is_on {
        "The alert is on."
    } else {
        "The alert is off."
    };
    done(routes::ALERTS, switched.map(|()| said))
}

pub(in super::super) async fn keep_here(id: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let kept = match id.parse() {
        Ok(id) => services.keep_alert_here(&caller, id).await,
        Err(_) => Err(no_such_alert()),
    };
    done(
        routes::ALERTS,
        kept.map(|()| "The alert is sent nowhere any more."),
    )
}

pub(in super::super) async fn remove(id: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let removed = match id.parse() {
        Ok(id) => services.remove_alert(&caller, id).await,
        Err(_) => Err(no_such_alert()),
    };
    done(routes::ALERTS, removed.map(|()| "The alert is removed."))
}

pub(in super::super) async fn send_test(id: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let sent = match id.parse() {
        Ok(id) => services.try_alert(&caller, id).await,
        Err(_) => Err(no_such_alert()),
    };
    done(
        routes::ALERTS,
        sent.map(|()| "A test was sent, and it was answered with success."),
    )
}
