//! Alerts and what fired, as people see them.

use orderdesk_mcp_contract::trace::alert::{AlertEventView, AlertKind, AlertView};
use orderdesk_mcp_contract::{ApiError, Right, TenantId};
use orderdesk_mcp_storage::record::{AlertEventRecord, AlertRecord};

use super::kinds::search_for;
use super::target::Target;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Names;

/// Events that are shown.
const SHOWN: u32 = 50;

impl Services {
    /// The alerts of the caller's workspace: ready-made ones first, then its own, oldest first.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn alerts(&self, caller: &Caller) -> Result<Vec<AlertView>, ApiError> {
        caller.require(Right::Look)?;
        let read = async {
            let tenant = caller.tenant_id();
            self.prepare_alerts(tenant).await?;
            let mut alerts = self.storage().alerts(tenant).await?;
            alerts.sort_by_key(|alert| (alert.kind == AlertKind::Query, alert.id));
            let names = self.trace_names(tenant).await?;
            let views = alerts.iter().map(|alert| self.alert_view(alert, &names));
            Ok::<_, Failure>(views.collect())
        };
        read.await.map_err(Failure::answer)
    }

    fn alert_view(&self, alert: &AlertRecord, names: &Names) -> AlertView {
        // A ready-made one has a blank query, which can always be asked.
        let search = search_for(&alert.query, names, self.now());
        let sent_to = match self.open_target(alert) {
            Ok(target) => target.map(|target| match target {
                Target::Mail { to } => to,
                Target::Webhook { address, .. } => {
                    let host = self.alert_state().webhooks.check(address.expose());
                    host.unwrap_or_else(|fault| fault.to_string())
                }
            }),
            Err(failure) => {
                failure.answer();
                Some("an address that cannot be opened any more".to_owned())
            }
        };
        AlertView {
            id: alert.id,
            kind: alert.kind,
            name: alert.name.clone(),
            query: alert.query.clone(),
            threshold: alert.threshold,
            window_minutes: alert.window_minutes,
            zone: alert.zone.clone(),
            is_on: alert.is_on,
            sent_to,
            firing_since: alert.firing_since,
            fault: search.err().map(|error| error.message),
        }
    }

    /// How many alerts of a workspace fire now, and how many cannot be looked for; of those that are on.
    pub(crate) async fn alerts_in_need(&self, tenant: TenantId) -> Result<(u64, u64), Failure> {
        let mut alerts = self.storage().alerts(tenant).await?;
        alerts.retain(|alert| alert.is_on);
        let fires = |alert: &&AlertRecord| alert.firing_since.is_some();
        let firing = alerts.iter().filter(fires).count() as u64;
        alerts.retain(|alert| alert.kind == AlertKind::Query);
        if alerts.is_empty() {
            return Ok((firing, 0));
        }
        let (names, now) = (self.trace_names(tenant).await?, self.now());
        let is_silent = |alert: &&AlertRecord| search_for(&alert.query, &names, now).is_err();
        Ok((firing, alerts.iter().filter(is_silent).count() as u64))
    }

    /// What fired lately in the caller's workspace, newest first.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn alert_events(&self, caller: &Caller) -> Result<Vec<AlertEventView>, ApiError> {
        caller.require(Right::Look)?;
        let events = self.storage().alert_events(caller.tenant_id(), SHOWN).await;
        let events = events.map_err(|error| Failure::from(error).answer())?;
        Ok(events.into_iter().map(event_view).collect())
    }
}

fn event_view(event: AlertEventRecord) -> AlertEventView {
    AlertEventView {
        id: event.id,
        name: event.name,
        query: event.query,
        calls: u64::from(event.calls),
        window_minutes: event.window_minutes,
        trace_id: event.trace_id,
        at: event.at,
        delivery: event.delivery,
        attempts: event.attempts,
        fault: event.fault,
    }
}
