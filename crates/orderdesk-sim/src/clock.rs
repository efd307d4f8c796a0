//! Time as an argument: the real one, or one that a test moves by hand.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Tells the simulator what time it is. Cheap to clone; clones share the same hand-moved time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    Real,
    Manual(Arc<Mutex<Duration>>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn real() -> Self {
        Self(Source::Real)
    }

    /// A clock that stands at `unix_secs` until [`Clock::advance`] moves it.
    #[must_use]
    pub fn manual(unix_secs: u64) -> Self {
        Self(Source::Manual(Arc::new(Mutex::new(Duration::from_secs(
            unix_secs,
        )))))
    }

    /// Moves a manual clock forward.
    ///
    /// # Panics
    /// When the clock is the real one: a test that moves real time has a mistake in it.
    pub fn advance(&self, by: Duration) {
        match &self.0 {
            Source::Manual(now) => *now.lock().unwrap_or_else(PoisonError::into_inner) += by,
            Source::Real => panic!("only a manual clock can be moved"),
        }
    }

    /// Time since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> Duration {
        match &self.0 {
            Source::Manual(now) => *now.lock().unwrap_or_else(PoisonError::into_inner),
            Source::Real => real_now(),
        }
    }

    /// Whole seconds since the Unix epoch, as Order Desk's dates know no fraction.
    #[must_use]
    pub fn unix_secs(&self) -> i64 {
        i64::try_from(self.now().as_secs()).unwrap_or(i64::MAX)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is where the simulator's own clock reads the machine's"
)]
fn real_now() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}
