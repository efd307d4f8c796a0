//! The time of day, as an argument.

use std::time::UNIX_EPOCH;

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::time::whole_millis;

/// Tells what time it is. Durations are measured with tokio's clock instead.
pub trait Clock: Send + Sync + 'static {
    /// This moment.
    fn now(&self) -> UtcMillis;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UtcMillis {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place that reads the machine's clock"
        )]
        let now = std::time::SystemTime::now();
        // A clock set before 1970 reads as 1970, which expires nothing too early.
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        UtcMillis(whole_millis(since))
    }
}
