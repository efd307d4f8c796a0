//! Argon2, one at a time and off the async threads: each takes 19 MiB and a core.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use super::Accounts;
use crate::error::Failure;

/// The right to run Argon2 once.
pub(super) struct Hashing {
    _turn: OwnedSemaphorePermit,
}

impl Accounts {
    /// Waits for the turn, first come, first served.
    pub(super) async fn hashing(&self) -> Result<Hashing, Failure> {
        let turn = Arc::clone(&self.argon2).acquire_owned().await;
        turn.map(|turn| Hashing { _turn: turn })
            .map_err(|closed| Failure::bug("the hashing queue is closed", closed))
    }
}

impl Hashing {
    /// Runs the work and gives the turn back with its result, for what must be done before the next
    /// one's turn. When nobody waits for the result any more, the turn still lasts until the work ends.
    pub(super) async fn run<R: Send + 'static>(
        self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Result<(R, Self), Failure> {
        tokio::task::spawn_blocking(move || (work(), self))
            .await
            .map_err(|panicked| Failure::bug("hashing panicked", panicked))
    }
}
