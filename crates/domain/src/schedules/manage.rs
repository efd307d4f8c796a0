//! Schedules as people manage them.

use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::query::Test;
use orderdesk_mcp_contract::trace::retention::Retention;
use orderdesk_mcp_contract::trace::schedule::{NewSchedule, SCHEDULES_MAX};
use orderdesk_mcp_contract::{ApiError, ErrorCode, Right, ScheduleId, TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{ScheduleRecord, TraceSearch};
use serde_json::json;

use super::{beginning, days_needed, due_at};
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::{Call, Names, one_line, search_of};

impl Services {
    /// Adds a schedule, switched on, whose first file is of the hour or day that is now; once a file could be put where its files
    /// are to go.
    ///
    /// # Errors
    /// `Forbidden` without the right, `Invalid` at the field at fault, which is `place` where no file could be put, `Conflict` when
    /// the name is taken, there are too many or, at `rhythm`, the workspace keeps its calls for too short, `RateLimited` beyond the
    /// caller's share.
    pub async fn add_schedule(&self, caller: &Caller, new: NewSchedule) -> Result<(), ApiError> {
        caller.require(Right::Settings)?;
        self.charge_request(caller)?;
        let call = self.begin(caller, "add_schedule");
        let outcome = self.write_new_schedule(&call, new).await;
        self.finish(call, outcome).await
    }

    async fn write_new_schedule(&self, call: &Call, new: NewSchedule) -> Result<(), Failure> {
        let (tenant, now) = (call.tenant(), self.now());
        let new = self.askable(new.checked()?, tenant).await?;
        // Before anything is put anywhere.
        let there = self.storage().schedules(tenant).await?;
        if there.len() >= SCHEDULES_MAX as usize {
            return Err(too_many().into());
        }
        if there.iter().any(|row| row.name == new.name) {
            return Err(taken(&new.name).into());
        }
        let mut row = ScheduleRecord {
            tenant_id: tenant,
            id: self.new_schedule_id()?,
            name: new.name,
            query: new.query,
            format: new.format,
            rhythm: new.rhythm,
            sealed_bucket: None,
            is_on: true,
            exported_to: beginning(new.rhythm, now),
            next_at: now,
            last_calls: None,
            parts: 0,
            fails: 0,
            fault: None,
            created_at: now,
        };
        row.next_at = due_at(&row);
        self.kept_long_enough(&row).await?;
        if let Some(bucket) = &new.bucket {
            row.sealed_bucket = Some(self.seal_bucket(&row, bucket)?);
        }
        enter(call, &row).await?;
        self.prove(&row).await?;
        let added = self.storage().add_schedule(&row, SCHEDULES_MAX).await;
        if added.map_err(|error| refused(error, &row.name))? {
            return Ok(());
        }
        Err(too_many().into())
    }

    /// Changes a schedule's name, query and bucket; what failed is tried again at once. Its rhythm and form stay, and whether its
    /// files go to a bucket or the folder.
    ///
    /// # Errors
    /// As [`Services::add_schedule`], and `NotFound`.
    pub async fn set_schedule(
        &self,
        caller: &Caller,
        id: ScheduleId,
        new: NewSchedule,
    ) -> Result<(), ApiError> {
        caller.require(Right::Settings)?;
        self.charge_request(caller)?;
        let call = self.begin(caller, "set_schedule");
        let outcome = async {
            let mut row = self.own_schedule(call.tenant(), id).await?;
            let new = self.askable(new.checked()?, call.tenant()).await?;
            (row.name, row.query) = (new.name, new.query);
            row.sealed_bucket = match (&row.sealed_bucket, new.bucket) {
                (None, None) => None,
                (Some(_), Some(bucket)) => {
                    let bucket = self.with_known_secret(&row, bucket)?;
                    Some(self.seal_bucket(&row, &bucket)?)
                }
                _ => {
                    let text =
                        "An export stays with its folder or bucket. Add another one instead.";
                    return Err(ApiError::invalid("place", text).into());
                }
            };
            row.next_at = due_at(&row);
            enter(&call, &row).await?;
            self.prove(&row).await?;
            let set = self.storage().set_schedule(&row).await;
            there(set.map_err(|error| refused(error, &row.name))?)
        };
        let outcome = outcome.await;
        self.finish(call, outcome).await
    }

    /// Switches a schedule on or off. Switched on, it goes on where it was: of each hour or day since there is a file, as far as
    /// its calls are still kept.
    ///
    /// # Errors
    /// `Forbidden` without the right, `NotFound`, `Conflict` to switch it on while the workspace keeps its calls for too short.
    pub async fn switch_schedule(
        &self,
        caller: &Caller,
        id: ScheduleId,
        is_on: bool,
    ) -> Result<(), ApiError> {
        let call = self.begin(caller, "switch_schedule");
        let outcome = async {
            call.caller().require(Right::Settings)?;
            let mut row = self.own_schedule(call.tenant(), id).await?;
            row.is_on = is_on;
            if is_on {
                self.kept_long_enough(&row).await?;
            }
            enter(&call, &row).await?;
            let due = due_at(&row);
            let storage = self.storage();
            there(
                storage
                    .switch_schedule(call.tenant(), id, is_on, due)
                    .await?,
            )
        };
        let outcome = outcome.await;
        self.finish(call, outcome).await
    }

    /// Removes a schedule; its files stay.
    ///
    /// # Errors
    /// `Forbidden` without the right, `NotFound`.
    pub async fn remove_schedule(&self, caller: &Caller, id: ScheduleId) -> Result<(), ApiError> {
        let call = self.begin(caller, "remove_schedule");
        let outcome = async {
            call.caller().require(Right::Settings)?;
            let row = self.own_schedule(call.tenant(), id).await?;
            enter(&call, &row).await?;
            there(self.storage().remove_schedule(call.tenant(), id).await?)
        };
        let outcome = outcome.await;
        self.finish(call, outcome).await
    }

    async fn own_schedule(
        &self,
        tenant: TenantId,
        id: ScheduleId,
    ) -> Result<ScheduleRecord, Failure> {
        let schedules = self.storage().schedules(tenant).await?;
        let found = schedules.into_iter().find(|schedule| schedule.id == id);
        found.ok_or_else(|| no_such_schedule().into())
    }

    /// Whether the workspace keeps its calls until a schedule's files are written, also those that fail at first.
    ///
    /// # Errors
    /// `Conflict` at `rhythm`, with what to do.
    async fn kept_long_enough(&self, row: &ScheduleRecord) -> Result<(), Failure> {
        let kept = self.storage().trace_retention(row.tenant_id).await?;
        let needed = days_needed(row.rhythm);
        if kept.unwrap_or_default().keep_days >= needed {
            return Ok(());
        }
        let text = format!(
            "Calls must be kept for {needed} days or longer, or some are gone before their file is written. Set that in the settings first."
        );
        Err(ApiError {
            field: Some("rhythm".to_owned()),
            ..ApiError::new(ErrorCode::Conflict, text)
        }
        .into())
    }

    /// Whether calls that are kept for so long are there until the files of all schedules that are on are written.
    ///
    /// # Errors
    /// `Conflict` at `keep_days`, with the name of a schedule that needs them for longer.
    pub(crate) async fn long_enough_for_exports(
        &self,
        tenant: TenantId,
        retention: Retention,
    ) -> Result<(), Failure> {
        let rows = self.storage().schedules(tenant).await?;
        let needs_more =
            |row: &&ScheduleRecord| row.is_on && days_needed(row.rhythm) > retention.keep_days;
        let Some(row) = rows.iter().find(needs_more) else {
            return Ok(());
        };
        let text = format!(
            "The scheduled export “{}” needs calls that are kept for {} days or longer. Keep them that long, or switch the export off first.",
            row.name,
            days_needed(row.rhythm)
        );
        Err(ApiError {
            field: Some("keep_days".to_owned()),
            ..ApiError::new(ErrorCode::Conflict, text)
        }
        .into())
    }

    /// One whose query can be asked: another one would fail with every file.
    async fn askable(&self, new: NewSchedule, tenant: TenantId) -> Result<NewSchedule, Failure> {
        one_line(&new.query)?;
        let names = self.trace_names(tenant).await?;
        match search_for(&new.query, &names, self.now()) {
            Ok(_) => Ok(new),
            Err(error) => Err(ApiError::invalid("query", error.message).into()),
        }
    }
}

/// Says that the workspace has no such schedule.
pub fn no_such_schedule() -> ApiError {
    ApiError::new(
        ErrorCode::NotFound,
        "There is no such scheduled export in this workspace; it may have been removed.",
    )
}

/// What the database is asked for by a schedule's query.
///
/// # Errors
/// `Invalid` when it cannot be asked, or names a time: that is the file's.
pub(super) fn search_for(
    query: &str,
    names: &Names,
    now: UtcMillis,
) -> Result<TraceSearch, ApiError> {
    let query = TraceQuery::parse(query);
    let query = query.map_err(|fault| ApiError::invalid("query", fault.message))?;
    let is_time = |test: &Test| matches!(test, Test::Since(_) | Test::Until(_));
    if query.terms().iter().any(|term| is_time(&term.test)) {
        let text = "Each file has a time of its own. Leave since and until out.";
        return Err(ApiError::invalid("query", text));
    }
    search_of(&query, names, now)
}

/// Enters what is done with a schedule: never its name, and of where files go only whether that is a bucket.
async fn enter(call: &Call, row: &ScheduleRecord) -> Result<(), Failure> {
    call.note(json!({
        "schedule_id": row.id.to_string(),
        "format": row.format,
        "rhythm": row.rhythm,
        "is_on": row.is_on,
        "to_bucket": row.sealed_bucket.is_some(),
    }));
    call.enter().await
}

/// Whether the schedule was there to be written.
fn there(was_there: bool) -> Result<(), Failure> {
    if was_there {
        Ok(())
    } else {
        Err(no_such_schedule().into())
    }
}

fn refused(error: StorageError, name: &str) -> Failure {
    match error {
        StorageError::Taken {
            what: "schedule_name",
        } => taken(name).into(),
        error => error.into(),
    }
}

fn taken(name: &str) -> ApiError {
    ApiError {
        field: Some("name".to_owned()),
        ..ApiError::new(
            ErrorCode::Conflict,
            format!("This workspace has a scheduled export “{name}” already. Choose another name."),
        )
    }
}

fn too_many() -> ApiError {
    let text = format!(
        "This workspace has {SCHEDULES_MAX} scheduled exports, which is the most. Remove one of them first."
    );
    ApiError::new(ErrorCode::Conflict, text)
}
