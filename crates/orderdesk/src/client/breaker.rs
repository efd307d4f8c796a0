//! Stops calling a store that is down. Pure: the time is an argument.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::BreakerConfig;

/// Most calls remembered; the pace allows about 110 in 30 s.
const MOST_REMEMBERED: usize = 256;

/// The state machine: closed, open, half-open.
#[derive(Debug)]
pub(super) struct Breaker {
    config: BreakerConfig,
    state: State,
    /// Counts changes of state, so that answers to calls of an earlier one are not judged.
    epoch: u64,
}

#[derive(Debug)]
enum State {
    Closed {
        in_a_row: u32,
        recent: VecDeque<(Instant, bool)>,
    },
    Open {
        until: Instant,
    },
    /// One probe is on its way; another is allowed at `next`, should this one never come back.
    HalfOpen {
        next: Instant,
    },
}

/// Allows one call; hand it back to [`Breaker::record`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket {
    epoch: u64,
}

impl Breaker {
    pub fn new(config: BreakerConfig) -> Self {
        Self {
            config,
            state: closed(),
            epoch: 0,
        }
    }

    /// How long calls are still refused; `None` when one would be let through.
    pub fn refuses_for(&self, now: Instant) -> Option<Duration> {
        let until = match self.state {
            State::Closed { .. } => return None,
            State::Open { until } => until,
            State::HalfOpen { next } => next,
        };
        let left = until.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    /// Lets a call through, or tells how long to stay away. The first call after that is the probe.
    pub fn admit(&mut self, now: Instant) -> Result<Ticket, Duration> {
        if let Some(left) = self.refuses_for(now) {
            return Err(left);
        }
        if !matches!(self.state, State::Closed { .. }) {
            self.enter(State::HalfOpen {
                next: now + self.config.probe_interval,
            });
        }
        Ok(Ticket { epoch: self.epoch })
    }

    /// A call let through came back.
    pub fn record(&mut self, ticket: Ticket, now: Instant, healthy: bool) {
        if ticket.epoch != self.epoch {
            return;
        }
        let open = State::Open {
            until: now + self.config.probe_interval,
        };
        match &mut self.state {
            State::Closed { in_a_row, recent } => {
                *in_a_row = if healthy {
                    0
                } else {
                    in_a_row.saturating_add(1)
                };
                recent.push_back((now, healthy));
                let window = self.config.window;
                while recent.len() > MOST_REMEMBERED
                    || recent
                        .front()
                        .is_some_and(|(at, _)| now.saturating_duration_since(*at) > window)
                {
                    recent.pop_front();
                }
                let failed = recent.iter().filter(|(_, healthy)| !healthy).count();
                let enough = recent.len() >= self.config.min_calls;
                #[expect(clippy::cast_precision_loss, reason = "at most 256")]
                let share = failed as f64 / recent.len() as f64;
                let too_many = enough && share >= self.config.failure_share;
                if !healthy && (*in_a_row >= self.config.consecutive_failures || too_many) {
                    self.enter(open);
                }
            }
            State::HalfOpen { .. } => self.enter(if healthy { closed() } else { open }),
            State::Open { .. } => {}
        }
    }

    /// True while calls pass freely.
    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.epoch += 1;
    }
}

fn closed() -> State {
    State::Closed {
        in_a_row: 0,
        recent: VecDeque::new(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SEC: Duration = Duration::from_secs(1);

    fn breaker() -> Breaker {
        Breaker::new(BreakerConfig::default())
    }

    fn call(breaker: &mut Breaker, now: Instant, healthy: bool) -> bool {
        match breaker.admit(now) {
            Ok(ticket) => {
                breaker.record(ticket, now, healthy);
                true
            }
            Err(_) => false,
        }
    }

    #[test]
    fn five_in_a_row_open_it() {
        let (mut breaker, now) = (breaker(), Instant::now());
        for _ in 0..4 {
            assert!(call(&mut breaker, now, false));
        }
        assert!(
            call(&mut breaker, now, true),
            "a success starts the count anew"
        );
        for _ in 0..5 {
            assert!(call(&mut breaker, now, false));
        }
        assert_eq!(breaker.admit(now), Err(10 * SEC));
        assert_eq!(breaker.refuses_for(now + 4 * SEC), Some(6 * SEC));
    }

    #[test]
    fn half_of_ten_within_thirty_seconds_open_it() {
        let (mut breaker, now) = (breaker(), Instant::now());
        for index in 0..9 {
            assert!(call(&mut breaker, now, index % 2 == 0));
        }
        assert!(breaker.is_closed(), "fewer than ten are not judged");
        assert!(call(&mut breaker, now, false));
        assert!(!breaker.is_closed(), "5 of 10");

        let mut slow = Breaker::new(BreakerConfig::default());
        for index in 0..40_u32 {
            assert!(
                call(&mut slow, now + 4 * SEC * index, index % 2 == 0),
                "older calls are forgotten"
            );
        }
    }

    #[test]
    fn one_probe_decides() {
        let (mut breaker, now) = (breaker(), Instant::now());
        while breaker.is_closed() {
            call(&mut breaker, now, false);
        }
        let later = now + 10 * SEC;
        let probe = breaker.admit(later).unwrap();
        assert!(breaker.admit(later).is_err(), "one probe at a time");
        breaker.record(probe, later + SEC, false);
        assert_eq!(breaker.admit(later + SEC), Err(10 * SEC));
        let again = later + 11 * SEC;
        let probe = breaker.admit(again).unwrap();
        breaker.record(probe, again, true);
        assert!(breaker.is_closed());
        for _ in 0..4 {
            assert!(
                call(&mut breaker, again, false),
                "it starts with a clean slate"
            );
        }
    }

    #[test]
    fn a_probe_that_never_returns_and_late_answers_do_no_harm() {
        let (mut breaker, now) = (breaker(), Instant::now());
        let early = breaker.admit(now).unwrap();
        while breaker.is_closed() {
            call(&mut breaker, now, false);
        }
        breaker.record(early, now, true);
        assert!(!breaker.is_closed(), "a late answer does not close it");
        let lost = breaker.admit(now + 10 * SEC).unwrap();
        assert!(breaker.admit(now + 19 * SEC).is_err());
        let second = breaker.admit(now + 20 * SEC).unwrap();
        breaker.record(lost, now + 20 * SEC, false);
        breaker.record(second, now + 20 * SEC, true);
        assert!(breaker.is_closed());
    }

    proptest! {
        #[test]
        fn it_opens_only_for_a_reason_and_always_lets_a_probe_through(
            steps in prop::collection::vec((0_u64..6_000, any::<bool>()), 1..300)
        ) {
            let start = Instant::now();
            let mut now = start;
            let mut breaker = breaker();
            let mut failures_in_a_row = 0;
            let mut calls: Vec<(Instant, bool)> = Vec::new();
            let mut last_probe: Option<Instant> = None;
            for (pause, healthy) in steps {
                now += Duration::from_millis(pause);
                let was_closed = breaker.is_closed();
                let admitted = call(&mut breaker, now, healthy);
                prop_assert!(admitted || breaker.refuses_for(now).is_some_and(|left| left <= 10 * SEC));
                if was_closed {
                    prop_assert!(admitted);
                    failures_in_a_row = if healthy { 0 } else { failures_in_a_row + 1 };
                    calls.push((now, healthy));
                    let recent: Vec<_> =
                        calls.iter().filter(|(at, _)| now.duration_since(*at) <= 30 * SEC).collect();
                    let failed = recent.iter().filter(|(_, healthy)| !healthy).count();
                    let reason = failures_in_a_row >= 5 || (recent.len() >= 10 && failed * 2 >= recent.len());
                    prop_assert_eq!(!breaker.is_closed(), reason && !healthy);
                } else if admitted {
                    prop_assert!(last_probe.is_none_or(|at| now.duration_since(at) >= 10 * SEC));
                    prop_assert_eq!(breaker.is_closed(), healthy);
                    last_probe = Some(now);
                }
                if !was_closed && breaker.is_closed() {
                    (failures_in_a_row, last_probe) = (0, None);
                    calls.clear();
                }
            }
        }
    }
}
