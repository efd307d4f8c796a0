//! The end, in two steps: first finish what is under way, then stop.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Two tokens: the first asks for the end, the second no longer waits for it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shutdown {
    /// No new work; open streams end, requests under way may finish.
    pub(crate) drain: CancellationToken,
    /// Everything ends now.
    pub(crate) stop: CancellationToken,
}

impl Shutdown {
    /// Ends gracefully at the first SIGTERM or SIGINT and at once at the second.
    ///
    /// # Errors
    /// The system does not let signals be handled.
    pub(crate) fn on_signals() -> io::Result<Self> {
        let shutdown = Self::default();
        let (mut terminate, mut interrupt) = (
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
        );
        let tokens = shutdown.clone();
        tokio::spawn(async move {
            for token in [&tokens.drain, &tokens.stop] {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                token.cancel();
            }
        });
        Ok(shutdown)
    }

    /// Whether the end was asked for.
    pub(crate) fn is_draining(&self) -> bool {
        self.drain.is_cancelled()
    }
}
