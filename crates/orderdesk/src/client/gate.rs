//! The queue in front of one store: who may send next, and when.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::bucket::Bucket;
use super::{PaceConfig, Priority};

/// The pause named to a caller who is refused while nothing better is known.
const COME_BACK: Duration = Duration::from_secs(1);

/// A place in the queue: higher priority first, then first come.
type Place = (Priority, u64);

/// Why a call may not be sent before its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// Order Desk's 429 forbids it that long.
    RateLimited(Duration),
    /// Too many wait; it is worth coming back after that long.
    Overloaded(Duration),
}

/// Paces one store.
pub(super) struct Gate {
    pace: PaceConfig,
    queue: Mutex<Queue>,
}

struct Queue {
    bucket: Bucket,
    in_flight: u32,
    waiting: BTreeMap<Place, Arc<Notify>>,
    next: u64,
    used_at: Instant,
}

/// What the gate looks like from outside.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    pub tokens: u32,
    pub in_flight: u32,
    pub waiting: usize,
    pub blocked_for: Option<Duration>,
}

impl Gate {
    pub fn new(pace: PaceConfig, now: Instant) -> Self {
        let bucket = Bucket::new(&pace, now);
        let queue = Queue {
            bucket,
            in_flight: 0,
            waiting: BTreeMap::new(),
            next: 0,
            used_at: now,
        };
        Self {
            pace,
            queue: Mutex::new(queue),
        }
    }

    /// Waits for its turn; the permit is held while the request is on its way. Cancelling is safe.
    pub async fn enter(
        self: &Arc<Self>,
        priority: Priority,
        deadline: Instant,
    ) -> Result<Permit, Refused> {
        let waiter = self.queue_up(priority, deadline)?;
        loop {
            match self.step(waiter.place) {
                Step::Enter => {
                    return Ok(Permit {
                        gate: Arc::clone(self),
                    });
                }
                Step::Wait(until) => {
                    let until = until.map_or(deadline, |until| until.min(deadline));
                    tokio::select! {
                        () = waiter.notify.notified() => {}
                        () = sleep_until(until) => {}
                    }
                }
            }
            let now = Instant::now();
            if now >= deadline {
                return Err(self.refusal(&mut self.lock(), now, priority));
            }
        }
    }

    /// Takes a place in the queue, unless it is full or the turn would come after the deadline.
    fn queue_up(
        self: &Arc<Self>,
        priority: Priority,
        deadline: Instant,
    ) -> Result<Waiter, Refused> {
        let now = Instant::now();
        let mut queue = self.lock();
        queue.used_at = now;
        // Those of lower priority do not count: prefetching must never keep a write out.
        let ahead = queue.waiting.range(..=(priority, u64::MAX)).count();
        let extra = u32::try_from(ahead).unwrap_or(u32::MAX);
        let needed = self
            .reserve(priority)
            .saturating_add(extra)
            .min(self.pace.burst - 1);
        let beyond = f64::from(
            self.reserve(priority)
                .saturating_add(extra)
                .saturating_sub(needed),
        );
        let earliest = queue.bucket.ready_in(now, needed)
            + Duration::try_from_secs_f64(beyond / self.pace.per_second).unwrap_or(Duration::MAX);
        if ahead >= self.pace.max_waiting || now + earliest > deadline {
            return Err(self.refusal(&mut queue, now, priority));
        }
        let place = (priority, queue.next);
        queue.next += 1;
        let notify = Arc::new(Notify::new());
        queue.waiting.insert(place, Arc::clone(&notify));
        Ok(Waiter {
            gate: Arc::clone(self),
            place,
            notify,
        })
    }

    /// Enters if it is this place's turn; else tells until when to wait at most.
    fn step(&self, place: Place) -> Step {
        let now = Instant::now();
        let mut queue = self.lock();
        let is_first = queue.waiting.keys().next() == Some(&place);
        if !is_first || queue.in_flight >= self.pace.max_in_flight {
            return Step::Wait(None);
        }
        match queue.bucket.take(now, self.reserve(place.0)) {
            Ok(()) => {
                queue.in_flight += 1;
                Step::Enter
            }
            Err(wait) => Step::Wait(Some(now + wait)),
        }
    }

    fn reserve(&self, priority: Priority) -> u32 {
        match priority {
            Priority::Verify | Priority::Write => 0,
            Priority::InteractiveRead => self.pace.reserve,
            Priority::Prefetch => self.pace.prefetch_reserve,
        }
    }

    fn refusal(&self, queue: &mut Queue, now: Instant, priority: Priority) -> Refused {
        match queue.bucket.blocked_for(now) {
            Some(left) => Refused::RateLimited(left),
            None => Refused::Overloaded(
                queue
                    .bucket
                    .ready_in(now, self.reserve(priority))
                    .max(COME_BACK),
            ),
        }
    }

    pub fn view(&self) -> View {
        let now = Instant::now();
        let mut queue = self.lock();
        View {
            tokens: queue.bucket.tokens(now),
            in_flight: queue.in_flight,
            waiting: queue.waiting.len(),
            blocked_for: queue.bucket.blocked_for(now),
        }
    }

    /// When it was last entered, or tried to.
    pub fn used_at(&self) -> Instant {
        self.lock().used_at
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Every change of the queue is complete before the lock is let go.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Lets the first in the queue look again.
    fn wake_first(&self) {
        if let Some(notify) = self.waiting.values().next() {
            notify.notify_one();
        }
    }
}

enum Step {
    Enter,
    Wait(Option<Instant>),
}

/// Leaves the queue when dropped, and lets the next one look.
struct Waiter {
    gate: Arc<Gate>,
    place: Place,
    notify: Arc<Notify>,
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut queue = self.gate.lock();
        queue.waiting.remove(&self.place);
        queue.wake_first();
    }
}

/// The right to have one request on its way.
pub(super) struct Permit {
    gate: Arc<Gate>,
}

impl Permit {
    /// Order Desk told how many tokens are left.
    pub fn correct(&self, remaining: u32) {
        let mut queue = self.gate.lock();
        let others = queue.in_flight.saturating_sub(1);
        queue.bucket.correct(Instant::now(), remaining, others);
    }

    /// Order Desk answered 429.
    pub fn block(&self, pause: Duration) {
        self.gate.lock().bucket.block(Instant::now(), pause);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut queue = self.gate.lock();
        queue.in_flight = queue.in_flight.saturating_sub(1);
        queue.used_at = Instant::now();
        queue.wake_first();
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinSet;

    use super::*;

    fn gate(pace: PaceConfig) -> Arc<Gate> {
        Arc::new(Gate::new(pace, Instant::now()))
    }

    fn in_secs(secs: u64) -> Instant {
        Instant::now() + Duration::from_secs(secs)
    }

    /// A gate whose bucket has `tokens` left.
    async fn gate_with(tokens: u32) -> Arc<Gate> {
        let gate = gate(PaceConfig::default());
        gate.enter(Priority::Verify, in_secs(1))
            .await
            .unwrap()
            .correct(tokens);
        gate
    }

    #[tokio::test(start_paused = true)]
    async fn higher_priority_goes_first_and_equals_in_turn() {
        let gate = gate_with(0).await;
        let start = Instant::now();
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut calls = JoinSet::new();
        for (name, priority) in [
            ("prefetch", Priority::Prefetch),
            ("read 1", Priority::InteractiveRead),
            ("read 2", Priority::InteractiveRead),
            ("write", Priority::Write),
            ("verify", Priority::Verify),
        ] {
            let (gate, order) = (Arc::clone(&gate), Arc::clone(&order));
            calls.spawn(async move {
                let _permit = gate.enter(priority, in_secs(20)).await.unwrap();
                order
                    .lock()
                    .unwrap()
                    .push((name, start.elapsed().as_secs_f64()));
            });
            tokio::task::yield_now().await;
        }
        calls.join_all().await;
        let order = order.lock().unwrap();
        let names: Vec<_> = order.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["verify", "write", "read 1", "read 2", "prefetch"]);
        // 1 token, 2 tokens, then 2 + 5 in reserve, one more, and 4 + 10 in reserve.
        for ((_, at), tokens) in order.iter().zip([1.0, 2.0, 8.0, 9.0, 15.0]) {
            assert!((at - tokens / 3.0).abs() < 0.02, "{order:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn four_at_once() {
        let gate = gate(PaceConfig::default());
        let mut permits = Vec::new();
        for _ in 0..4 {
            permits.push(
                gate.enter(Priority::InteractiveRead, in_secs(1))
                    .await
                    .unwrap(),
            );
        }
        let refused = gate.enter(Priority::Verify, in_secs(1)).await.err();
        assert!(matches!(refused, Some(Refused::Overloaded(_))));
        let waiting = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.enter(Priority::Write, in_secs(5)).await.is_ok() }
        });
        tokio::task::yield_now().await;
        permits.pop();
        assert!(waiting.await.unwrap());
        assert_eq!(gate.view().waiting, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_past_the_deadline_or_in_vain() {
        let gate = gate_with(0).await;
        let start = Instant::now();
        let refused = gate
            .enter(Priority::InteractiveRead, in_secs(1))
            .await
            .err();
        assert_eq!(
            refused,
            Some(Refused::Overloaded(
                Duration::from_secs(2) + Duration::from_nanos(1)
            ))
        );
        assert_eq!(
            start.elapsed(),
            Duration::ZERO,
            "six tokens take two seconds: refused at once"
        );

        gate.enter(Priority::Verify, in_secs(1))
            .await
            .unwrap()
            .block(Duration::from_secs(30));
        let refused = gate.enter(Priority::Verify, in_secs(25)).await.err();
        assert_eq!(refused, Some(Refused::RateLimited(Duration::from_secs(30))));
    }

    #[tokio::test(start_paused = true)]
    async fn the_queue_is_bounded_and_low_priority_does_not_fill_it_for_high() {
        let gate = gate(PaceConfig {
            max_waiting: 3,
            ..PaceConfig::default()
        });
        gate.enter(Priority::Verify, in_secs(1))
            .await
            .unwrap()
            .correct(0);
        let mut calls = JoinSet::new();
        for _ in 0..3 {
            let gate = Arc::clone(&gate);
            calls.spawn(async move { gate.enter(Priority::Prefetch, in_secs(60)).await.is_ok() });
            tokio::task::yield_now().await;
        }
        assert!(matches!(
            gate.enter(Priority::Prefetch, in_secs(60)).await,
            Err(Refused::Overloaded(_))
        ));
        assert!(gate.enter(Priority::Write, in_secs(60)).await.is_ok());
        assert!(calls.join_all().await.into_iter().all(|entered| entered));
    }

    #[tokio::test(start_paused = true)]
    async fn giving_up_while_waiting_leaves_no_trace() {
        let gate = gate_with(0).await;
        let first = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.enter(Priority::Verify, in_secs(20)).await.is_ok() }
        });
        tokio::task::yield_now().await;
        let second = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.enter(Priority::Write, in_secs(20)).await.is_ok() }
        });
        tokio::task::yield_now().await;
        assert_eq!(gate.view().waiting, 2);
        first.abort();
        assert!(second.await.unwrap(), "the next one is woken");
        let view = gate.view();
        assert_eq!((view.waiting, view.in_flight), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_queue_keeps_the_pace() {
        let gate = gate(PaceConfig::default());
        let start = Instant::now();
        let mut calls = JoinSet::new();
        for _ in 0..60 {
            let gate = Arc::clone(&gate);
            calls.spawn(async move {
                let _permit = gate
                    .enter(Priority::InteractiveRead, in_secs(60))
                    .await
                    .unwrap();
                tokio::time::sleep(Duration::from_millis(50)).await;
                start.elapsed().as_secs_f64()
            });
        }
        let mut ends = calls.join_all().await;
        ends.sort_by(f64::total_cmp);
        // 15 at once (20 less the reserve), 45 more at 3 a second.
        assert!((15.0..15.2).contains(ends.last().unwrap()), "{ends:?}");
    }
}
