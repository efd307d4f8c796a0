//! Programs of ours under way, and what they use. The figures come from `/proc` and are absent where there is none.

use std::fs;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

/// `/proc` counts processor time in hundredths of a second, on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;
/// After it a program that was asked to end is killed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that was started. It ends with us.
pub(crate) struct Server {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// Its process id.
    pub(crate) pid: u32,
}

impl Server {
    /// Takes over a child whose standard output is piped and which is killed on drop.
    ///
    /// # Errors
    /// It has no such output, or ended already.
    pub(crate) fn of(mut child: Child) -> anyhow::Result<Self> {
        let stdout = child.stdout.take().context("its output is not piped")?;
        let pid = child.id().context("it ended at once")?;
        Ok(Self {
            child,
            lines: BufReader::new(stdout).lines(),
            pid,
        })
    }

    /// Waits for the line `PREFIX http://ADDRESS`.
    ///
    /// # Errors
    /// It ended before.
    pub(crate) async fn announced(&mut self, prefix: &str) -> anyhow::Result<SocketAddr> {
        while let Some(line) = self.lines.next_line().await? {
            if let Some(rest) = line.strip_prefix(prefix) {
                let address = rest.trim().trim_start_matches("http://");
                return address.parse().with_context(|| line.clone());
            }
        }
        bail!("it ended without saying `{prefix}`")
    }

    /// Asks it to end and waits until it has.
    ///
    /// # Errors
    /// It did not, or not well.
    pub(crate) async fn end(mut self) -> anyhow::Result<()> {
        let pid = i32::try_from(self.pid)
            .ok()
            .and_then(Pid::from_raw)
            .context("its id is none")?;
        kill_process(pid, Signal::TERM)?;
        let status = tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .context("it did not end when asked to")??;
        if !status.success() {
            bail!("it ended with {status}");
        }
        Ok(())
    }
}

/// Memory a process has in use, in MiB.
pub(crate) fn resident_mib(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}

/// Processor time a process has used, in seconds.
pub(crate) fn cpu_secs(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name, which may hold anything, in brackets.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = |place: usize| {
        fields
            .split_ascii_whitespace()
            .nth(place)?
            .parse::<f64>()
            .ok()
    };
    Some((ticks(11)? + ticks(12)?) / TICKS_PER_SECOND)
}

/// Processor time of the whole machine since it started, in seconds: used, and there to be used.
pub(crate) fn machine_secs() -> Option<(f64, f64)> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let figures: Vec<f64> = stat
        .lines()
        .next()?
        .split_ascii_whitespace()
        .skip(1)
        .take(8)
        .map_while(|figure| figure.parse().ok())
        .collect();
    let all: f64 = figures.iter().sum();
    let idle = figures.get(3)? + figures.get(4)?;
    Some(((all - idle) / TICKS_PER_SECOND, all / TICKS_PER_SECOND))
}

/// How much of the machine other programs took while something was measured.
pub(crate) struct Others {
    ours: Vec<u32>,
    machine: Option<(f64, f64)>,
    used: f64,
}

impl Others {
    /// From now on; `ours` are the measured processes, to which this one is added.
    pub(crate) fn watch(ours: &[u32]) -> Self {
        let ours: Vec<u32> = ours.iter().copied().chain([std::process::id()]).collect();
        Self {
            machine: machine_secs(),
            used: sum_of(&ours),
            ours,
        }
    }

    /// Their share of all processors until now, in percent.
    pub(crate) fn percent(&self) -> Option<f64> {
        let ((used_then, all_then), (used_now, all_now)) = (self.machine?, machine_secs()?);
        let ours = sum_of(&self.ours) - self.used;
        let others = (used_now - used_then - ours).max(0.0);
        Some(100.0 * others / (all_now - all_then).max(0.01))
    }
}

fn sum_of(pids: &[u32]) -> f64 {
    pids.iter().filter_map(|pid| cpu_secs(*pid)).sum()
}
