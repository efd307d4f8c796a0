//! What was recorded of a call, for whoever made it and wants to see it at once.

use std::sync::{Mutex, PoisonError};

use orderdesk_mcp_contract::TraceId;
use orderdesk_mcp_storage::record::{SpanRecord, TraceRecord};

/// What is seen of the last call that ended.
#[derive(Debug, Default)]
pub(crate) struct Watch(Mutex<Option<Seen>>);

#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) trace: TraceId,
    pub(crate) duration_us: i64,
    pub(crate) spans: Vec<SpanRecord>,
}

impl Watch {
    pub(super) fn saw(&self, trace: &TraceRecord) {
        let seen = Seen {
            trace: trace.id,
            duration_us: trace.duration_us,
            spans: trace.spans.clone(),
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
    }

    /// What was seen, once.
    pub(crate) fn take(&self) -> Option<Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
