//! Argon2, off the async threads: each takes 19 MiB and a core, so one runs at a time for keys and one for guesses of
//! people, who wait in a queue of their own. Anybody can guess at a password, and that must hold up no key.

use std::sync::Arc;
use std::time::Duration;

use orderdesk_mcp_contract::ApiError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Accounts;
use crate::error::Failure;
use crate::limits;

/// Passwords and codes that may wait for their turn or have it: at some 50 ms each the last waits a second.
const GUESSES_WAITING: usize = 16;
/// When whoever found the queue full may try again.
const TRY_AGAIN: Duration = Duration::from_secs(2);

/// The right to run Argon2 once.
pub(super) struct Hashing {
    _turn: OwnedSemaphorePermit,
    /// The place in the queue, for what has a bounded one.
    _place: Option<OwnedSemaphorePermit>,
}

/// Whose turns there are.
pub(super) struct Turns {
    keys: Arc<Semaphore>,
    guesses: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            keys: Arc::new(Semaphore::new(1)),
            guesses: Arc::new(Semaphore::new(1)),
            waiting: Arc::new(Semaphore::new(GUESSES_WAITING)),
        }
    }
}

impl Accounts {
    /// Waits for the turn of a key, or of a secret to be kept, first come, first served.
    pub(super) async fn hashing(&self) -> Result<Hashing, Failure> {
        turn(&self.argon2.keys, None).await
    }

    /// Waits for the turn of a password or code that somebody presents; refused when many wait already.
    pub(super) async fn guessing(&self) -> Result<Hashing, Failure> {
        self.argon2.guess().await
    }
}

impl Turns {
    async fn guess(&self) -> Result<Hashing, Failure> {
        let place = Arc::clone(&self.waiting).try_acquire_owned();
        let place = place.map_err(|_| crowded())?;
        turn(&self.guesses, Some(place)).await
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

async fn turn(
    of: &Arc<Semaphore>,
    place: Option<OwnedSemaphorePermit>,
) -> Result<Hashing, Failure> {
    let turn = Arc::clone(of).acquire_owned().await;
    turn.map(|turn| Hashing {
        _turn: turn,
        _place: place,
    })
    .map_err(|closed| Failure::bug("the hashing queue is closed", closed))
}

fn crowded() -> ApiError {
    limits::refusal(
        "passwords",
        "Very many sign in at this moment, and what you entered was not looked at",
        TRY_AGAIN,
    )
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, future::join_all};

    use super::*;

    #[tokio::test]
    async fn so_many_wait_and_no_more() {
        let turns = Turns::default();
        let first = turns.guess().await.unwrap();
        // Each gives its turn back as soon as it has it.
        let guess = || async { turns.guess().await.map(drop) };
        let mut waiting: Vec<_> = (1..GUESSES_WAITING).map(|_| Box::pin(guess())).collect();
        for guess in &mut waiting {
            assert!(guess.now_or_never().is_none(), "one has its turn");
        }
        assert!(turns.guess().await.is_err(), "the queue is bounded");
        drop(first);
        assert!(join_all(waiting).await.iter().all(Result::is_ok));
        assert!(turns.guess().await.is_ok(), "there is room again");
    }
}
