//! Servers that are measured in turn, so that a noisy moment meets all of them.

use std::sync::Arc;
use std::time::Duration;

use crate::app::Running;
use crate::load::{Seen, Target, full};
use crate::process::cpu_secs;

/// Connections that each ask again as soon as they are answered.
pub(crate) const CONNECTIONS: usize = 32;
const WARM_UP: Duration = Duration::from_millis(500);
const MEASURED: Duration = Duration::from_secs(3);

/// One of those that are compared, and all that was seen of it.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    pid: u32,
    target: Arc<Target>,
    pub(crate) seen: Seen,
    rates: Vec<f64>,
    cpu_secs: Option<f64>,
}

impl Contestant {
    /// One that was not measured yet.
    pub(crate) fn new(name: &'static str, pid: u32, target: Target) -> Self {
        Self {
            name,
            pid,
            target: Arc::new(target),
            seen: Seen::default(),
            rates: Vec::new(),
            cpu_secs: Some(0.0),
        }
    }

    /// Measures it once more.
    ///
    /// # Errors
    /// What was recorded is not written in time.
    pub(crate) async fn round(&mut self, product: &Running) -> anyhow::Result<()> {
        let before = cpu_secs(self.pid);
        let seen = full(&self.target, CONNECTIONS, WARM_UP, MEASURED).await;
        // What the product still writes belongs to this round, and must not slow down whoever comes next.
        product.settle().await?;
        let used = before
            .zip(cpu_secs(self.pid))
            .map(|(before, after)| after - before);
        self.cpu_secs = self.cpu_secs.zip(used).map(|(sum, used)| sum + used);
        self.rates.push(seen.rate());
        self.seen.add(&seen);
        Ok(())
    }

    /// Processor time of an answer.
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    pub(crate) fn cpu_micros(&self) -> Option<f64> {
        let used = self.cpu_secs.filter(|_| self.seen.right > 0)?;
        Some(used * 1_000_000.0 / self.seen.right as f64)
    }

    /// Round by round, so that what slows a whole round down slows both.
    pub(crate) fn ratios_to(&self, other: &Self) -> Vec<f64> {
        let rounds = self.rates.iter().zip(&other.rates);
        rounds
            .map(|(ours, theirs)| ours / theirs.max(1.0))
            .collect()
    }
}
