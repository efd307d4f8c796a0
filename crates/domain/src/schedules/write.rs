//! Writing the files that are due.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt as _};
use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_storage::record::ScheduleRecord;

use super::manage::search_for;
use super::place::File;
use super::{due_at, end_of_stretch};
use crate::error::Failure;
use crate::services::Services;
use crate::traces::TraceExport;

/// How often it is looked for what is due.
const EVERY: Duration = Duration::from_secs(30);
/// Schedules that are seen to at once.
const AT_ONCE: usize = 4;
/// How long nobody else sees to one that was taken: longer than a part of its file takes.
const LEASE_MS: i64 = 600_000;
/// How long a schedule waits after each time that it failed, in milliseconds; after the last one as long again and again.
const WAITS_MS: [i64; 4] = [300_000, 900_000, 3_600_000, 21_600_000];
/// A part of a file is put as soon as it has so many bytes, because it is held in memory.
const PART_BYTES: usize = 16 << 20;
/// What became of a schedule that somebody changed.
const CHANGED: &str = "It was changed while its file was written.";
/// Stretches without a call that are passed in one go.
const PASSED: u32 = 1000;
/// The longest text of what failed, in characters, as the column's CHECK has it.
const FAULT_MAX: usize = 200;

impl Services {
    /// Writes the files of scheduled exports again and again. Ends with the last clone of the services, or with the process.
    /// For whoever serves, as with alerts. No door leads here.
    pub fn spawn_exports(&self) {
        self.spawn_every(EVERY, |services| async move {
            services.write_due_exports().await;
        });
    }

    /// Writes what is due by now. Done again and again by itself; no door leads here.
    pub async fn write_due_exports(&self) {
        let mut running = FuturesUnordered::new();
        loop {
            let now = self.now();
            let until = now.plus_millis(LEASE_MS);
            let room = u32::try_from(AT_ONCE - running.len()).unwrap_or(0);
            match self.storage().take_due_schedules(now, until, room).await {
                Ok(taken) => {
                    running.extend(
                        taken
                            .into_iter()
                            .map(|row| self.write_scheduled(row, until)),
                    );
                }
                Err(error) => tracing::warn!(%error, "failed to look for exports to write"),
            }
            // One that ends makes room for the next, so that a slow one holds up nobody.
            if running.next().await.is_none() {
                return;
            }
        }
    }

    /// Writes a schedule's next file, and says how it went.
    async fn write_scheduled(&self, schedule: ScheduleRecord, mut lease: UtcMillis) {
        let mut settled = schedule.clone();
        match self.next_file(&mut settled, &mut lease).await {
            Ok(Ok(calls)) => {
                settled.last_calls = calls.or(schedule.last_calls);
                (settled.parts, settled.fails, settled.fault) = (0, 0, None);
                settled.next_at = due_at(&settled).max(self.now());
            }
            Ok(Err(fault)) => self.put_off(&mut settled, &fault),
            Err(failure) => {
                let error = failure.answer();
                self.put_off(&mut settled, &error.message);
            }
        }
        let (tenant, id) = (schedule.tenant_id, schedule.id);
        match self.storage().settle_schedule(&settled, lease).await {
            Ok(false) => {
                tracing::info!(%tenant, schedule = %id, "a scheduled export was changed or taken while it was written; it is written again");
            }
            Ok(true) if settled.fails == 0 => {
                tracing::info!(%tenant, schedule = %id, calls = settled.last_calls, "wrote a scheduled export");
            }
            Ok(true) => {
                tracing::warn!(%tenant, schedule = %id, fault = settled.fault, "failed to write a scheduled export; will try again");
            }
            Err(error) => {
                tracing::warn!(%error, %tenant, schedule = %id, "failed to note how a scheduled export went; will write it again");
            }
        }
    }

    fn put_off(&self, settled: &mut ScheduleRecord, fault: &str) {
        let tries = usize::try_from(settled.fails).unwrap_or(usize::MAX);
        let wait = WAITS_MS[tries.min(WAITS_MS.len() - 1)];
        settled.fails = settled.fails.saturating_add(1);
        settled.fault = Some(fault.chars().take(FAULT_MAX).collect());
        settled.next_at = self.now().plus_millis(wait);
    }

    /// Writes the file of the first stretch that is over and has calls, and moves the schedule behind it. Gives how many there were;
    /// none where no file was written. Within: why that could not be, in a sentence.
    async fn next_file(
        &self,
        schedule: &mut ScheduleRecord,
        lease: &mut UtcMillis,
    ) -> Result<Result<Option<u64>, String>, Failure> {
        let names = Arc::new(self.trace_names(schedule.tenant_id).await?);
        let search = match search_for(&schedule.query, &names, self.now()) {
            Ok(search) => search,
            Err(error) => return Ok(Err(error.message)),
        };
        for _ in 0..PASSED {
            if self.now() < due_at(schedule) {
                break;
            }
            let until = end_of_stretch(schedule);
            let mut search = search.clone();
            (search.from, search.until) = (schedule.exported_to, until);
            let export = TraceExport::whole(
                self,
                schedule.tenant_id,
                search,
                Arc::clone(&names),
                schedule.format,
            );
            let calls = match self.write_parts(schedule, export, lease).await? {
                Ok(calls) => calls,
                Err(fault) => return Ok(Err(fault)),
            };
            schedule.exported_to = until;
            schedule.parts = 0;
            if calls > 0 {
                return Ok(Ok(Some(calls)));
            }
        }
        Ok(Ok(None))
    }

    /// Writes the calls of a stretch, and gives how many there were; without any there is no file.
    async fn write_parts(
        &self,
        schedule: &mut ScheduleRecord,
        mut export: TraceExport,
        lease: &mut UtcMillis,
    ) -> Result<Result<u64, String>, Failure> {
        let (mut body, mut put, mut in_files) = (Vec::new(), 0, 0);
        loop {
            let more = export.next_page().await?;
            let is_over = more.is_none();
            body.extend(more.unwrap_or_default());
            // The head of a table alone is no file.
            let is_worth_it = export.calls() > in_files;
            if is_worth_it && (is_over || body.len() >= PART_BYTES) {
                put += 1;
                // Noted first, so that whoever goes on after us knows of it.
                schedule.parts = schedule.parts.max(put);
                if (!is_over || put > 1) && !self.keep_schedule(schedule, lease).await? {
                    return Ok(Err(CHANGED.to_owned()));
                }
                let file = File::of_calls(schedule, put, std::mem::take(&mut body));
                if let Err(fault) = self.put_file(schedule, file).await? {
                    return Ok(Err(fault));
                }
                in_files = export.calls();
                export.begin_file();
            } else if lease.since(self.now()) < LEASE_MS / 2
                && !self.keep_schedule(schedule, lease).await?
            {
                return Ok(Err(CHANGED.to_owned()));
            }
            if is_over {
                break;
            }
        }
        // An earlier try got further: its last parts hold calls that stand elsewhere now.
        for part in put + 1..=schedule.parts {
            let file = File::of_calls(schedule, part, Vec::new());
            if let Err(fault) = self.put_file(schedule, file).await? {
                return Ok(Err(fault));
            }
        }
        Ok(Ok(in_files))
    }

    /// Keeps a schedule that was taken for as long again, with what was put of its next file; `false` when it was changed or
    /// somebody else has it.
    async fn keep_schedule(
        &self,
        schedule: &mut ScheduleRecord,
        lease: &mut UtcMillis,
    ) -> Result<bool, Failure> {
        schedule.next_at = self.now().plus_millis(LEASE_MS);
        let is_ours = self.storage().settle_schedule(schedule, *lease).await?;
        *lease = schedule.next_at;
        Ok(is_ours)
    }
}
