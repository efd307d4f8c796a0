//! Schedules as people see them.

use orderdesk_mcp_contract::trace::schedule::{PlaceView, ScheduleList, ScheduleView};
use orderdesk_mcp_contract::{ApiError, Right, TenantId};
use orderdesk_mcp_storage::record::ScheduleRecord;

use super::due_at;
use super::place::path_of;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;

impl Services {
    /// The scheduled exports of the caller's workspace.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn schedules(&self, caller: &Caller) -> Result<ScheduleList, ApiError> {
        caller.require(Right::Look)?;
        let rows = self.storage().schedules(caller.tenant_id()).await;
        let rows = rows.map_err(|error| Failure::from(error).answer())?;
        Ok(ScheduleList {
            schedules: rows.iter().map(|row| self.schedule_view(row)).collect(),
            has_folder: self.exports().folder.is_some(),
        })
    }

    fn schedule_view(&self, row: &ScheduleRecord) -> ScheduleView {
        ScheduleView {
            id: row.id,
            name: row.name.clone(),
            query: row.query.clone(),
            format: row.format,
            rhythm: row.rhythm,
            place: self.place_view(row),
            is_on: row.is_on,
            exported_to: row.exported_to,
            // While it is being written this is the end of the lease.
            next_at: if row.fails > 0 {
                row.next_at
            } else {
                due_at(row)
            },
            last_calls: row.last_calls,
            fails: row.fails,
            fault: row.fault.clone(),
        }
    }

    fn place_view(&self, row: &ScheduleRecord) -> PlaceView {
        let Some(sealed) = &row.sealed_bucket else {
            return PlaceView::Folder {
                path: path_of(row).display().to_string(),
            };
        };
        match self.open_bucket(row, sealed) {
            Ok((bucket, _)) => PlaceView::Bucket {
                endpoint: bucket.endpoint,
                region: bucket.region,
                name: bucket.name,
                prefix: bucket.prefix,
                access_key: bucket.access_key,
            },
            Err(failure) => {
                failure.answer();
                PlaceView::Lost
            }
        }
    }

    /// How many scheduled exports of a workspace fail; of those that are on.
    pub(crate) async fn failing_exports(&self, tenant: TenantId) -> Result<u64, Failure> {
        let rows = self.storage().schedules(tenant).await?;
        let fails = |row: &&ScheduleRecord| row.is_on && row.fails > 0;
        Ok(rows.iter().filter(fails).count() as u64)
    }
}
