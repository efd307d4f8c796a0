//! Load on a server, and how it bore it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::histogram::Histogram;
use crate::wire::Connection;

/// A connection that failed as often is not tried again.
const MOST_FAILURES: u64 = 20;

/// A request and the only right answer to it.
pub(crate) struct Target {
    /// Who is asked.
    pub(crate) address: SocketAddr,
    /// The whole request.
    pub(crate) request: Vec<u8>,
    /// The body of the right answer, with status 200.
    pub(crate) expected: Vec<u8>,
}

/// What was seen.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    /// How long the right answers took that count.
    pub(crate) latencies: Histogram,
    /// All right answers, those of the warm-up among them.
    pub(crate) right: u64,
    /// Everything else: other status, other body, connection lost.
    pub(crate) wrong: u64,
    /// The first of those, in words.
    pub(crate) first_wrong: Option<String>,
    /// Over how long.
    pub(crate) took: Duration,
}

impl Seen {
    /// Right answers a second.
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    pub(crate) fn rate(&self) -> f64 {
        self.latencies.count() as f64 / self.took.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// Adds what another round saw.
    pub(crate) fn add(&mut self, other: &Self) {
        self.with(other);
        self.took += other.took;
    }

    /// Adds what another connection saw in the same time.
    fn with(&mut self, other: &Self) {
        self.latencies.add(&other.latencies);
        self.right += other.right;
        self.wrong += other.wrong;
        if self.first_wrong.is_none() {
            self.first_wrong.clone_from(&other.first_wrong);
        }
    }

    fn note(&mut self, wrong: impl FnOnce() -> String) {
        self.wrong += 1;
        self.first_wrong.get_or_insert_with(wrong);
    }
}

/// Connections that each ask again as soon as they are answered: as much as the server can bear. What comes within
/// `warm_up` is checked and not counted, so that queues are as full as they get before counting begins.
pub(crate) async fn full(
    target: &Arc<Target>,
    connections: usize,
    warm_up: Duration,
    measured: Duration,
) -> Seen {
    let begin = Instant::now() + warm_up;
    let end = begin + measured;
    let each = (0..connections).map(|_| {
        let target = Arc::clone(target);
        async move {
            let mut asking = Asking::new(&target);
            while Instant::now() < end && asking.may_go_on() {
                let sent = Instant::now();
                let is_right = asking.once().await;
                let answered = Instant::now();
                if is_right && (begin..end).contains(&answered) {
                    asking.seen.latencies.record(answered - sent);
                }
            }
            asking.seen
        }
    });
    together(each, measured).await
}

/// Connections that ask at a steady pace, `per_second` in all, whether or not the server keeps up. A request that
/// had to wait for the one before it is measured from when it was due, so that no stall goes unseen.
pub(crate) async fn paced(
    target: &Arc<Target>,
    connections: u32,
    per_second: u32,
    measured: Duration,
) -> Seen {
    let begin = Instant::now();
    let end = begin + measured;
    let step = Duration::from_secs(1) * connections / per_second;
    let each = (0..connections).map(|place| {
        let target = Arc::clone(target);
        async move {
            let mut asking = Asking::new(&target);
            let mut due = begin + step * place / connections;
            while due < end && asking.may_go_on() {
                let began = if Instant::now() < due {
                    tokio::time::sleep_until(due).await;
                    // Timers fire up to a millisecond late; that is not the server's.
                    Instant::now()
                } else {
                    due
                };
                if asking.once().await {
                    asking.seen.latencies.record(began.elapsed());
                }
                due += step;
            }
            asking.seen
        }
    });
    together(each, measured).await
}

async fn together<F>(each: impl Iterator<Item = F>, took: Duration) -> Seen
where
    F: Future<Output = Seen> + Send + 'static,
{
    let mut running: JoinSet<Seen> = each.collect();
    let mut all = Seen {
        took,
        ..Seen::default()
    };
    while let Some(seen) = running.join_next().await {
        match seen {
            Ok(seen) => all.with(&seen),
            Err(panicked) => all.note(|| panicked.to_string()),
        }
    }
    all
}

/// One connection's asking.
struct Asking<'a> {
    target: &'a Target,
    connection: Option<Connection>,
    seen: Seen,
}

impl<'a> Asking<'a> {
    fn new(target: &'a Target) -> Self {
        Self {
            target,
            connection: None,
            seen: Seen::default(),
        }
    }

    fn may_go_on(&self) -> bool {
        self.seen.wrong < MOST_FAILURES
    }

    /// Whether the answer was right.
    async fn once(&mut self) -> bool {
        match self.attempt().await {
            Ok(None) => {
                self.seen.right += 1;
                true
            }
            Ok(Some(wrong)) => {
                self.seen.note(|| wrong);
                false
            }
            Err(error) => {
                self.connection = None;
                self.seen.note(|| format!("{error:#}"));
                false
            }
        }
    }

    /// What was wrong with the answer, if anything was.
    async fn attempt(&mut self) -> anyhow::Result<Option<String>> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(Connection::open(self.target.address).await?),
        };
        let reply = connection.ask(&self.target.request).await?;
        let is_right = reply.status == 200 && reply.body == self.target.expected;
        Ok((!is_right).then(|| {
            let body = String::from_utf8_lossy(reply.body);
            let start: String = body.chars().take(300).collect();
            format!("status {}: {start}", reply.status)
        }))
    }
}
