//! Telling of what fired.

use futures::future::join_all;
use orderdesk_mcp_contract::trace::alert::Delivery;
use orderdesk_mcp_contract::{AlertEventId, TenantId, TraceId, UtcMillis};
use orderdesk_mcp_notify::{Letter, Message};
use orderdesk_mcp_storage::record::{AlertEventRecord, AlertRecord};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::target::Target;
use crate::error::Failure;
use crate::services::Services;

/// What is told, by its name in webhooks.
const FIRED: &str = "alert.fired";
const TEST: &str = "alert.test";
/// Events that are sent at once.
const AT_ONCE: u32 = 20;
/// How long nobody else sends one that was taken: longer than a try takes.
const LEASE_MS: i64 = 60_000;
/// How long an event waits after each try, in milliseconds. After the last one it is given up.
const WAITS_MS: [i64; 4] = [30_000, 120_000, 600_000, 3_600_000];
/// What of a value stands in an address as it is: the unreserved letters of RFC 3986.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What is told.
pub(super) struct Telling<'a> {
    kind: &'static str,
    id: AlertEventId,
    name: &'a str,
    query: &'a str,
    calls: u32,
    window_minutes: u32,
    trace_id: Option<TraceId>,
    at: UtcMillis,
    now: UtcMillis,
}

impl<'a> Telling<'a> {
    fn of(event: &'a AlertEventRecord, now: UtcMillis) -> Self {
        Self {
            kind: FIRED,
            id: event.id,
            name: &event.name,
            query: &event.query,
            calls: event.calls,
            window_minutes: event.window_minutes,
            trace_id: event.trace_id,
            at: event.at,
            now,
        }
    }

    /// As if an alert had fired just now.
    pub(super) fn test(alert: &'a AlertRecord, id: AlertEventId, now: UtcMillis) -> Self {
        Self {
            kind: TEST,
            id,
            name: &alert.name,
            query: &alert.query,
            calls: alert.threshold,
            window_minutes: alert.window_minutes,
            trace_id: None,
            at: now,
            now,
        }
    }

    /// The address of the calls, and of one of them.
    fn addresses(&self, public_url: &str) -> (String, Option<String>) {
        let query = utf8_percent_encode(self.query, KEPT);
        let calls = format!("{public_url}/traces?q={query}");
        let call = self.trace_id.map(|id| format!("{public_url}/traces/{id}"));
        (calls, call)
    }

    /// What a letter is about.
    fn subject(&self) -> String {
        if self.kind == TEST {
            format!("Test of the alert “{}”", self.name)
        } else {
            format!("Alert “{}”", self.name)
        }
    }

    /// What a letter says: no more than a webhook does.
    fn text(&self, public_url: &str) -> String {
        let (calls, call) = self.addresses(public_url);
        let first = if self.kind == TEST {
            format!(
                "This is a test of the alert “{}”: it did not fire.",
                self.name
            )
        } else {
            let window = self.window_minutes;
            format!(
                "The alert “{}” fired at {}.\n\nCalls: {}\nWithin: {window} min\nQuery: {}",
                self.name, self.at, self.calls, self.query
            )
        };
        let example = call.map(|call| format!("One of them: {call}\n"));
        format!(
            "{first}\n\nAll of them: {calls}\n{}\nOwners and admins of your workspace say where it is sent: {public_url}/traces/alerts\n",
            example.unwrap_or_default()
        )
    }

    fn body(&self, public_url: &str) -> String {
        let (calls, call) = self.addresses(public_url);
        let body = json!({
            "type": self.kind,
            "timestamp": self.at.to_string(),
            "data": {
                "alert": self.name,
                "query": self.query,
                "calls": self.calls,
                "window_minutes": self.window_minutes,
                "calls_url": calls,
                "call_url": call,
            },
        });
        body.to_string()
    }
}

impl Services {
    /// Sends what is to be sent by now. Done again and again by itself; no door leads here.
    pub async fn deliver_alerts(&self) {
        loop {
            let now = self.now();
            let until = now.plus_millis(LEASE_MS);
            let taken = self.storage().take_alert_deliveries(now, until, AT_ONCE);
            let taken = match taken.await {
                Ok(taken) => taken,
                Err(error) => return tracing::warn!(%error, "failed to look for alerts to send"),
            };
            join_all(taken.iter().map(|event| self.deliver(event))).await;
            if taken.len() < AT_ONCE as usize {
                return;
            }
        }
    }

    async fn deliver(&self, event: &AlertEventRecord) {
        if let Err(failure) = self.try_to_deliver(event).await {
            let error = failure.answer();
            tracing::warn!(%error, tenant = %event.tenant_id, event = %event.id, "failed to send an alert; will try again");
        }
    }

    async fn try_to_deliver(&self, event: &AlertEventRecord) -> Result<(), Failure> {
        let alerts = self.storage().alerts(event.tenant_id).await?;
        let now = self.now();
        let Some(alert) = alerts.iter().find(|alert| alert.id == event.alert_id) else {
            let fault = Some("the alert was removed");
            return self
                .settle_telling(event, Delivery::Failed, now, fault)
                .await;
        };
        let sent = match self.open_target(alert) {
            Ok(Some(target)) => {
                let telling = Telling::of(event, now);
                self.send_telling(event.tenant_id, &target, &telling)
                    .await?
            }
            Ok(None) => {
                return self.settle_telling(event, Delivery::Shown, now, None).await;
            }
            // Waits and ends as what is not received does: it would come back for ever.
            Err(failure) => {
                failure.answer();
                Err("the address cannot be opened".to_owned())
            }
        };
        match sent {
            Ok(()) => self.settle_telling(event, Delivery::Sent, now, None).await,
            Err(fault) => {
                let tries = usize::try_from(event.attempts).unwrap_or(usize::MAX);
                let wait = WAITS_MS.get(tries.saturating_sub(1));
                let (delivery, next) = match wait {
                    Some(wait) => (Delivery::Pending, self.now().plus_millis(*wait)),
                    None => (Delivery::Failed, now),
                };
                self.settle_telling(event, delivery, next, Some(&fault))
                    .await
            }
        }
    }

    async fn settle_telling(
        &self,
        event: &AlertEventRecord,
        delivery: Delivery,
        next: UtcMillis,
        fault: Option<&str>,
    ) -> Result<(), Failure> {
        let settled = self
            .storage()
            .settle_alert_delivery(event, delivery, next, fault);
        settled.await?;
        Ok(())
    }

    /// Tells once. Within: why it did not arrive, in a few words.
    pub(super) async fn send_telling(
        &self,
        tenant: TenantId,
        target: &Target,
        telling: &Telling<'_>,
    ) -> Result<Result<(), String>, Failure> {
        let (id, at_secs) = (telling.id.to_string(), telling.now.0.div_euclid(1000));
        let public_url = &self.settings().public_url;
        let sent = match target {
            Target::Webhook { secret, address } => {
                let body = telling.body(public_url);
                let message = Message {
                    id: &id,
                    at_secs,
                    body: &body,
                };
                let webhooks = &self.alert_state().webhooks;
                webhooks.send(address.expose(), secret, message).await
            }
            Target::Mail { to } => {
                let Some(mails) = &self.alert_state().mails else {
                    return Ok(Err("this server sends no e-mail".to_owned()));
                };
                let Some(to) = self.member_email(tenant, to).await? else {
                    return Ok(Err("nobody here has this address".to_owned()));
                };
                let letter = Letter {
                    id: &id,
                    at_secs,
                    to: &to,
                    subject: &telling.subject(),
                    text: &telling.text(public_url),
                };
                mails.send(letter).await
            }
        };
        Ok(sent.map_err(|fault| fault.to_string()))
    }
}
