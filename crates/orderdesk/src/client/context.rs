use std::fmt;
use std::sync::Arc;

use tokio::time::Instant;

use super::{Attempt, Observer};

/// Who goes first when a store's bucket is short. Earlier ones pass later ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Priority {
    /// Reading back what a write did, or settling one whose outcome is unknown.
    Verify,
    /// A write, and the read right before it.
    Write,
    /// A read somebody waits for. Leaves a reserve in the bucket.
    #[default]
    InteractiveRead,
    /// A read nobody waits for yet. Leaves a larger reserve.
    Prefetch,
}

/// How one call is to be made: its priority, the moment it must be over, and who watches.
#[derive(Clone, Default)]
pub struct CallContext {
    pub(super) priority: Priority,
    pub(super) deadline: Option<Instant>,
    observer: Option<Arc<dyn Observer>>,
}

impl CallContext {
    /// A context of that priority, with the client's own deadline and nobody watching.
    pub fn new(priority: Priority) -> Self {
        Self {
            priority,
            ..Self::default()
        }
    }

    /// Ends the call at that moment if the client's own deadline is later.
    #[must_use]
    pub fn until(mut self, deadline: Instant) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Tells `observer` of every try, also of those that fail or are cancelled.
    #[must_use]
    pub fn observed_by(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// The same with another priority; for the steps of one use case.
    #[must_use]
    pub fn with_priority(&self, priority: Priority) -> Self {
        Self {
            priority,
            ..self.clone()
        }
    }

    pub(super) fn traceparent(&self) -> Option<&str> {
        self.observer.as_ref()?.traceparent()
    }

    pub(super) fn report(&self, attempt: &Attempt) {
        if let Some(observer) = &self.observer {
            observer.attempt(attempt);
        }
    }
}

impl fmt::Debug for CallContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallContext")
            .field("priority", &self.priority)
            .field("deadline", &self.deadline)
            .field("observed", &self.observer.is_some())
            .finish()
    }
}
