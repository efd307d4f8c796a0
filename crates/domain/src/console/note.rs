//! Noting a run in the history, whatever becomes of whoever waits for it.

use std::sync::Arc;

use orderdesk_mcp_contract::tool::ToolSpec;
use orderdesk_mcp_contract::{ConsoleCallId, ErrorCode};
use orderdesk_mcp_storage::record::ConsoleOutcome;
use serde_json::{Map, Value};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Watch;

/// A run under way. Dropped before it is noted it was given up: a write may have begun all the same, so it stands in the
/// history as cancelled.
pub(super) struct Unnoted {
    pub(super) services: Services,
    pub(super) caller: Caller,
    pub(super) spec: &'static ToolSpec,
    pub(super) arguments: Map<String, Value>,
    /// Where the call says how long it took when it is given up.
    pub(super) watch: Arc<Watch>,
    pub(super) is_noted: bool,
}

impl Unnoted {
    /// Notes how the run went. None when it is not kept, which the operator is told of when it could not be.
    pub(super) async fn note(mut self, outcome: ConsoleOutcome) -> Option<ConsoleCallId> {
        self.begin(outcome).await.unwrap_or_default()
    }

    /// A task of its own, which nobody can give up.
    fn begin(&mut self, outcome: ConsoleOutcome) -> JoinHandle<Option<ConsoleCallId>> {
        self.is_noted = true;
        let (services, caller) = (self.services.clone(), self.caller.clone());
        let (spec, arguments) = (self.spec, std::mem::take(&mut self.arguments));
        self.services.change_tasks().spawn(async move {
            let noted = services.note_run(&caller, spec, &arguments, outcome).await;
            noted.map_err(Failure::answer).unwrap_or_default()
        })
    }
}

impl Drop for Unnoted {
    fn drop(&mut self) {
        // Without a runtime the process is ending, and nothing can be kept any more.
        if self.is_noted || Handle::try_current().is_err() {
            return;
        }
        let seen = self.watch.take();
        let cancelled = ConsoleOutcome {
            error: Some(ErrorCode::Cancelled),
            status: None,
            duration_us: seen.map_or(0, |seen| seen.duration_us),
        };
        drop(self.begin(cancelled));
    }
}
