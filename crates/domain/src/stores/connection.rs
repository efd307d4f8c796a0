//! Testing a store's connection step by step, and saying what was seen.

use orderdesk::StoreId;
use orderdesk::client::{Client, ClientError, Credentials};
use orderdesk_mcp_contract::time::whole_millis;
use orderdesk_mcp_contract::views::connection::{ConnectionReport, ConnectionStep, StepOutcome};
use orderdesk_mcp_contract::views::store::NewStore;
use orderdesk_mcp_contract::{ApiError, Right, StoreUid, validate};
use tokio::time::Instant;

use super::detail::not_found;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Call;
use crate::upstream;

/// How far Order Desk's clock and ours may be apart before date filters mislead, in seconds.
const CLOCK_TOLERANCE_SECS: i64 = 120;
const REACH: &str = "Reach Order Desk";
const ACCEPT: &str = "Credentials accepted";
const CLOCK: &str = "Clocks agree";
const FOLDERS: &str = "Store and folders readable";
const BUCKET: &str = "Requests left";

impl Services {
    /// Tests a saved store.
    ///
    /// # Errors
    /// `NotFound` when the workspace has no such store, `RateLimited` beyond the caller's share. A test
    /// that ran and failed is a report, not an error.
    pub async fn test_connection(
        &self,
        caller: &Caller,
        id: StoreUid,
    ) -> Result<ConnectionReport, ApiError> {
        self.charge_request(caller)?;
        let call = self.begin(caller, "test_connection");
        let outcome = async {
            let Some(row) = self.store_by_uid(call.tenant(), id).await? else {
                return Err(not_found());
            };
            call.about_store(id);
            let (client, credentials) = self.open_store(&row)?;
            Ok(self.try_connection(&call, &client, &credentials).await)
        };
        let outcome = outcome.await;
        self.finish(call, outcome).await
    }

    /// Tests what was typed into the form, and saves nothing.
    ///
    /// # Errors
    /// `Forbidden` unless the caller manages stores, `Invalid` for what cannot be credentials,
    /// `RateLimited` beyond the caller's share.
    pub async fn try_credentials(
        &self,
        caller: &Caller,
        new: &NewStore,
    ) -> Result<ConnectionReport, ApiError> {
        caller.require(Right::Stores)?;
        self.charge_request(caller)?;
        validate::api_key("api_key", &new.api_key)?;
        let id = StoreId::new(new.store_id.trim()).map_err(|error| {
            ApiError::invalid("store_id", format!("This cannot be a store id: {error}."))
        })?;
        let call = self.begin(caller, "try_credentials");
        let outcome = async {
            let (client, credentials) = self.try_out(call.tenant(), &id, new.api_key.expose())?;
            Ok(self.try_connection(&call, &client, &credentials).await)
        };
        let outcome = outcome.await;
        self.finish(call, outcome).await
    }

    async fn try_connection(
        &self,
        call: &Call,
        client: &Client,
        credentials: &Credentials,
    ) -> ConnectionReport {
        let tested_at = self.now();
        let mut steps = Steps::default();
        let began = Instant::now();
        match upstream::server_clock(call, client, credentials).await {
            Ok(clock) => {
                steps.passed(REACH, "Order Desk answered.", began);
                steps.passed(ACCEPT, "The store id and the API key fit.", began);
                match clock {
                    Some(theirs) => steps.clock(self.now().0 / 1000 - theirs, began),
                    None => steps.warned(CLOCK, "Order Desk did not tell its time.", began),
                }
            }
            Err(Failure::Upstream(ClientError::Unauthorized)) => {
                steps.passed(REACH, "Order Desk answered.", began);
                let text = "Order Desk refused the store id or the API key. Copy both again from Settings, Store Settings, API.";
                steps.failed(ACCEPT, text, began);
            }
            Err(failure) => steps.failed(REACH, &failure.answer().message, began),
        }
        if steps.all_well() {
            let began = Instant::now();
            match upstream::store_info(call, client, credentials).await {
                Ok(info) => {
                    let folders = info.folders();
                    let names: Vec<_> = folders
                        .iter()
                        .take(6)
                        .map(|folder| folder.name.as_str())
                        .collect();
                    let store = info.name().unwrap_or("without a name");
                    let more = if folders.len() > names.len() {
                        ", ..."
                    } else {
                        ""
                    };
                    let text = format!(
                        "Store \"{store}\" with {} folders: {}{more}.",
                        folders.len(),
                        names.join(", ")
                    );
                    steps.passed(FOLDERS, &text, began);
                }
                Err(failure) => steps.failed(FOLDERS, &failure.answer().message, began),
            }
            let bucket = upstream::bucket(client, credentials);
            let text = format!(
                "{} of {} requests are left; three come back each second.",
                bucket.tokens, bucket.capacity
            );
            steps.passed(BUCKET, &text, Instant::now());
        }
        steps.report(tested_at)
    }
}

#[derive(Default)]
struct Steps(Vec<ConnectionStep>);

impl Steps {
    fn add(&mut self, name: &str, outcome: StepOutcome, detail: &str, began: Instant) {
        let duration_ms = whole_millis(began.elapsed()).unsigned_abs();
        self.0.push(ConnectionStep {
            name: name.into(),
            outcome,
            detail: detail.into(),
            duration_ms,
        });
    }

    fn passed(&mut self, name: &str, detail: &str, began: Instant) {
        self.add(name, StepOutcome::Passed, detail, began);
    }

    fn warned(&mut self, name: &str, detail: &str, began: Instant) {
        self.add(name, StepOutcome::Warned, detail, began);
    }

    fn failed(&mut self, name: &str, detail: &str, began: Instant) {
        self.add(name, StepOutcome::Failed, detail, began);
    }

    fn clock(&mut self, apart_secs: i64, began: Instant) {
        let apart = apart_secs.abs();
        if apart <= CLOCK_TOLERANCE_SECS {
            self.passed(CLOCK, &format!("{apart} s apart."), began);
        } else {
            let text = format!(
                "This server's clock and Order Desk's are {apart} s apart: date filters will be off. Set this server's clock."
            );
            self.warned(CLOCK, &text, began);
        }
    }

    fn all_well(&self) -> bool {
        self.0
            .iter()
            .all(|step| step.outcome != StepOutcome::Failed)
    }

    /// The steps that were not tried are listed too, so that a report always has the same rows.
    fn report(mut self, tested_at: orderdesk_mcp_contract::UtcMillis) -> ConnectionReport {
        let passed = self.all_well();
        for name in [REACH, ACCEPT, CLOCK, FOLDERS, BUCKET] {
            if !self.0.iter().any(|step| step.name == name) {
                self.add(
                    name,
                    StepOutcome::Skipped,
                    "Not tried, because an earlier step failed.",
                    Instant::now(),
                );
            }
        }
        ConnectionReport {
            passed,
            steps: self.0,
            tested_at,
        }
    }
}
