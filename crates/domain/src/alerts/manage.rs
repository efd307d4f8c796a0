//! Alerts as people manage them.

use jiff::tz::TimeZone;
use orderdesk_mcp_contract::trace::alert::{ALERTS_MAX, AlertKind, NewAlert};
use orderdesk_mcp_contract::{AlertId, ApiError, ErrorCode, Right, TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::AlertRecord;
use orderdesk_mcp_vault::Secret;
use serde_json::json;

use super::deliver::Telling;
use super::kinds::search_for;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::{Call, Names, one_line};

impl Services {
    /// Adds an alert on a query, switched on. Gives the secret that its webhooks are signed with, which is not shown again;
    /// none when it is sent nowhere or by e-mail.
    ///
    /// # Errors
    /// `Forbidden` without the right, `Invalid` at the field at fault, `Conflict` when the name is taken or there are too many.
    pub async fn add_alert(
        &self,
        caller: &Caller,
        new: NewAlert,
    ) -> Result<Option<Secret>, ApiError> {
        let call = self.begin(caller, "add_alert");
        let outcome = self.write_new(&call, new).await;
        self.finish(call, outcome).await
    }

    async fn write_new(&self, call: &Call, new: NewAlert) -> Result<Option<Secret>, Failure> {
        call.caller().require(Right::Settings)?;
        let (tenant, now) = (call.tenant(), self.now());
        let new = own(new.checked()?, &self.trace_names(tenant).await?, now)?;
        self.prepare_alerts(tenant).await?;
        let mut row = AlertRecord {
            tenant_id: tenant,
            id: self.new_alert_id()?,
            kind: AlertKind::Query,
            name: new.name,
            query: new.query,
            threshold: new.threshold,
            window_minutes: new.window_minutes,
            zone: None,
            is_on: true,
            sealed_target: None,
            firing_since: None,
            looked_at: UtcMillis(0),
            created_at: now,
        };
        let secret = self.give_target(&mut row, &new.webhook).await?;
        enter(call, &row).await?;
        let most = ALERTS_MAX.saturating_add(as_u32(AlertKind::READY_MADE.len()));
        let added = self.storage().add_alert(&row, most).await;
        if added.map_err(|error| refused(error, &row.name))? {
            return Ok(secret);
        }
        let text = format!(
            "This workspace has {ALERTS_MAX} alerts, which is the most. Remove one of them first."
        );
        Err(ApiError::new(ErrorCode::Conflict, text).into())
    }

    /// Changes an alert; of a ready-made one only where it is sent, and of the one that looks at nights its time zone. A new webhook has a new secret, which is given; without one
    /// it is sent to where it was.
    ///
    /// # Errors
    /// As [`Services::add_alert`], and `NotFound`.
    pub async fn set_alert(
        &self,
        caller: &Caller,
        id: AlertId,
        new: NewAlert,
    ) -> Result<Option<Secret>, ApiError> {
        let call = self.begin(caller, "set_alert");
        let outcome = async {
            call.caller().require(Right::Settings)?;
            let mut row = self.own_alert(call.tenant(), id).await?;
            let webhook = new.webhook.trim().to_owned();
            if row.kind == AlertKind::NightWrite {
                row.zone = zone_of(&new.zone)?;
            }
            if row.kind == AlertKind::Query {
                let names = self.trace_names(call.tenant()).await?;
                let new = own(new.checked()?, &names, self.now())?;
                row.name = new.name;
                row.query = new.query;
                row.threshold = new.threshold;
                row.window_minutes = new.window_minutes;
            }
            let secret = self.give_target(&mut row, &webhook).await?;
            enter(&call, &row).await?;
            if webhook.is_empty() {
                // Somebody else may have set or removed it meanwhile.
                row.sealed_target = None;
            }
            let set = self.storage().set_alert(&row).await;
            there(set.map_err(|error| refused(error, &row.name))?)?;
            Ok(secret)
        };
        let outcome = outcome.await;
        self.finish(call, outcome).await
    }

    /// Lets an alert be sent nowhere any more.
    ///
    /// # Errors
    /// `Forbidden` without the right, `NotFound`.
    pub async fn keep_alert_here(&self, caller: &Caller, id: AlertId) -> Result<(), ApiError> {
        let call = self.begin(caller, "keep_alert_here");
        let outcome = async {
            call.caller().require(Right::Settings)?;
            let mut row = self.own_alert(call.tenant(), id).await?;
            row.sealed_target = None;
            enter(&call, &row).await?;
            there(self.storage().untarget_alert(call.tenant(), id).await?)
        };
        let outcome = outcome.await;
        self.finish(call, outcome).await
    }

    /// Switches an alert on or off. Switched on, it is quiet at first.
    ///
    /// # Errors
    /// `Forbidden` without the right, `NotFound`.
    pub async fn switch_alert(
        &self,
        caller: &Caller,
        id: AlertId,
        is_on: bool,
    ) -> Result<(), ApiError> {
        let call = self.begin(caller, "switch_alert");
        let outcome = async {
            call.caller().require(Right::Settings)?;
            let mut row = self.own_alert(call.tenant(), id).await?;
            row.is_on = is_on;
            enter(&call, &row).await?;
            there(
                self.storage()
                    .switch_alert(call.tenant(), id, is_on)
                    .await?,
            )
        };
        let outcome = outcome.await;
        self.finish(call, outcome).await
    }

    /// Removes an alert; what fired is kept.
    ///
    /// # Errors
    /// `Forbidden` without the right, `NotFound`, `Conflict` for a ready-made one.
    pub async fn remove_alert(&self, caller: &Caller, id: AlertId) -> Result<(), ApiError> {
        let call = self.begin(caller, "remove_alert");
        let outcome = async {
            call.caller().require(Right::Settings)?;
            let row = self.own_alert(call.tenant(), id).await?;
            if row.kind != AlertKind::Query {
                let text = "A ready-made alert cannot be removed. Switch it off instead.";
                return Err(ApiError::new(ErrorCode::Conflict, text).into());
            }
            enter(&call, &row).await?;
            there(self.storage().remove_alert(call.tenant(), id).await?)
        };
        let outcome = outcome.await;
        self.finish(call, outcome).await
    }

    /// Sends a test to where an alert is sent.
    ///
    /// # Errors
    /// `Forbidden` without the right, `NotFound`, `Conflict` when it is sent nowhere, `RateLimited` beyond the caller's share,
    /// `Unavailable` when it did not arrive, with why.
    pub async fn try_alert(&self, caller: &Caller, id: AlertId) -> Result<(), ApiError> {
        caller.require(Right::Settings)?;
        self.charge_request(caller)?;
        let call = self.begin(caller, "try_alert");
        let outcome = async {
            let row = self.own_alert(call.tenant(), id).await?;
            let Some(target) = self.open_target(&row)? else {
                let text =
                    "This alert is sent nowhere. Give it a webhook or an e-mail address first.";
                return Err(ApiError::new(ErrorCode::Conflict, text).into());
            };
            enter(&call, &row).await?;
            let telling = Telling::test(&row, self.new_alert_event_id()?, self.now());
            let sent = self.send_telling(call.tenant(), &target, &telling).await?;
            sent.map_err(|fault| {
                let text = format!("The test did not arrive: {fault}. The alert is as it was.");
                ApiError::new(ErrorCode::Unavailable, text).into()
            })
        };
        let outcome = outcome.await;
        self.finish(call, outcome).await
    }

    /// Sees to it that a workspace has the ready-made alerts. Of two processes one makes them, because names are taken once.
    pub(super) async fn prepare_alerts(&self, tenant: TenantId) -> Result<(), Failure> {
        if self.alert_state().is_prepared(tenant) {
            return Ok(());
        }
        let there = self.storage().alerts(tenant).await?;
        for kind in AlertKind::READY_MADE {
            let Some((name, threshold, window_minutes)) = kind.ready_made() else {
                continue;
            };
            if there.iter().any(|alert| alert.kind == kind) {
                continue;
            }
            let row = AlertRecord {
                tenant_id: tenant,
                id: self.new_alert_id()?,
                kind,
                name: name.to_owned(),
                query: String::new(),
                threshold,
                window_minutes,
                zone: None,
                is_on: true,
                sealed_target: None,
                firing_since: None,
                looked_at: UtcMillis(0),
                created_at: self.now(),
            };
            match self.storage().add_alert(&row, u32::MAX).await {
                Ok(_) | Err(StorageError::Taken { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.alert_state().prepared(tenant);
        Ok(())
    }

    async fn own_alert(&self, tenant: TenantId, id: AlertId) -> Result<AlertRecord, Failure> {
        let alerts = self.storage().alerts(tenant).await?;
        let found = alerts.into_iter().find(|alert| alert.id == id);
        found.ok_or_else(|| no_such_alert().into())
    }

    /// Lets an alert be sent to an address, if that is not blank.
    async fn give_target(
        &self,
        row: &mut AlertRecord,
        address: &str,
    ) -> Result<Option<Secret>, Failure> {
        if address.is_empty() {
            return Ok(None);
        }
        let (sealed, secret) = self.seal_target(row.tenant_id, row.id, address).await?;
        row.sealed_target = Some(sealed);
        Ok(secret)
    }
}

/// Says that the workspace has no such alert.
pub fn no_such_alert() -> ApiError {
    ApiError::new(
        ErrorCode::NotFound,
        "There is no such alert in this workspace; it may have been removed.",
    )
}

/// Enters what is done with an alert: never its name, and of where it is sent only whether it is.
async fn enter(call: &Call, row: &AlertRecord) -> Result<(), Failure> {
    call.note(json!({
        "alert_id": row.id.to_string(),
        "kind": row.kind.as_str(),
        "threshold": row.threshold,
        "window_minutes": row.window_minutes,
        "zone": row.zone,
        "is_on": row.is_on,
        "is_sent": row.sealed_target.is_some(),
    }));
    call.enter().await
}

/// One on a query that can be asked, and not called as a ready-made one is.
fn own(new: NewAlert, names: &Names, now: UtcMillis) -> Result<NewAlert, ApiError> {
    let ready_made = AlertKind::READY_MADE.map(AlertKind::ready_made);
    if ready_made
        .into_iter()
        .flatten()
        .any(|(name, ..)| name == new.name)
    {
        return Err(taken(&new.name));
    }
    one_line(&new.query)?;
    // One that cannot be asked would be silent for ever.
    match search_for(&new.query, names, now) {
        Ok(_) => Ok(new),
        Err(error) => Err(ApiError::invalid("query", error.message)),
    }
}

/// A time zone by its name; none when blank.
fn zone_of(name: &str) -> Result<Option<String>, ApiError> {
    let name = name.trim();
    if name.is_empty() {
        return Ok(None);
    }
    match TimeZone::get(name) {
        Ok(zone) => Ok(zone.iana_name().map(str::to_owned)),
        Err(_) => {
            let text = "There is no such time zone. Write the name of one, such as Europe/Berlin.";
            Err(ApiError::invalid("zone", text))
        }
    }
}

/// Whether the alert was there to be written.
fn there(was_there: bool) -> Result<(), Failure> {
    if was_there {
        Ok(())
    } else {
        Err(no_such_alert().into())
    }
}

fn refused(error: StorageError, name: &str) -> Failure {
    match error {
        StorageError::Taken { what: "alert_name" } => taken(name).into(),
        error => error.into(),
    }
}

fn taken(name: &str) -> ApiError {
    ApiError {
        field: Some("name".to_owned()),
        ..ApiError::new(
            ErrorCode::Conflict,
            format!("This workspace has an alert “{name}” already. Choose another name."),
        )
    }
}

fn as_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
