//! The live tail: new calls appear on top by themselves, or are counted while somebody looks at those that are there.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use server_fn::ServerFn as _;

use super::api::{CountTraces, ListTraces, NewerTraces};
use super::asked::{Asked, Live};
use super::dom::{find, is_seen};
use crate::live::{every_while_visible, shown};
use crate::parts::{Whole, el, link_button};
use crate::transport::{Data, poll, read};

/// How often it is seen to whether to ask; all other times are multiples of it.
const TICK: Duration = Duration::from_secs(1);
/// Ticks until the next question where nothing was new.
const WHEN_NOTHING_IS_NEW: u32 = 2;
/// Ticks between two counts of all calls.
const COUNTS_EVERY: u32 = 15;
/// Ticks between two times that the number of new calls is said.
const SAY_EVERY: u32 = 5;
/// A server that fails is asked after twice as many ticks each time, up to two to the power of this.
const BACKS_OFF_UP_TO: u32 = 5;

/// The list while it is kept up to date.
#[derive(Clone, Copy)]
pub(super) struct Tail {
    pub(super) asked: Memo<Asked>,
    pub(super) traces: Data,
    pub(super) counts: Data,
    /// Why the server did not say what is new, the last time that it was asked.
    pub(super) missed: RwSignal<Option<ApiError>>,
    /// How many calls are new and not shown, in words; blank when none are.
    waiting: RwSignal<String>,
    /// What of that was said to those who do not see it.
    said: RwSignal<String>,
    pace: StoredValue<Pace>,
}

#[derive(Clone, Copy, Default)]
struct Pace {
    is_asking: bool,
    /// Ticks until the next question.
    until_next: u32,
    /// Questions in a row that were not answered.
    failures: u32,
    since_counted: u32,
    since_said: u32,
}

impl Tail {
    pub(super) fn new(asked: Memo<Asked>, traces: Data, counts: Data) -> Self {
        Self {
            asked,
            traces,
            counts,
            missed: RwSignal::new(None),
            waiting: RwSignal::new(String::new()),
            said: RwSignal::new(String::new()),
            pace: StoredValue::new(Pace::default()),
        }
    }

    /// Begins to look, in the browser, for as long as the page stands.
    pub(super) fn start(self) {
        every_while_visible(TICK, move || self.tick());
        let of_query = Memo::new(move |_| {
            self.asked
                .with(|asked| (asked.query.clone(), asked.live_now()))
        });
        // What was new for one query is not for another.
        Effect::new(move |_| {
            of_query.track();
            self.nothing_waits();
        });
    }

    fn tick(self) {
        let asked = self.asked.get_untracked();
        let mut pace = self.pace.get_value();
        pace.since_counted += 1;
        pace.since_said += 1;
        pace.until_next = pace.until_next.saturating_sub(1);
        // A slow answer is waited for.
        let is_due = asked.live_now() != Live::Off && !pace.is_asking && pace.until_next == 0;
        pace.is_asking |= is_due;
        self.pace.set_value(pace);
        if is_due {
            spawn_local(async move {
                let (has_new, is_ok) = self.look(asked).await;
                self.pace
                    .try_update_value(|pace| pace.answered(has_new, is_ok));
            });
        }
    }

    /// Asks for what is new, and shows it where nobody looks at what is there. Whether there was something, and whether the
    /// server answered.
    async fn look(self, asked: Asked) -> (bool, bool) {
        let Some(newest) = newest() else {
            return (false, true);
        };
        let fields = [("query", asked.query.as_str()), ("after", &newest)];
        let found = poll(NewerTraces::url(), &fields).await;
        let found = found.and_then(|text| read::<String>(&text));
        // Meanwhile somebody may have gone elsewhere, or asked for the new ones.
        if self.asked.try_get_untracked().as_ref() != Some(&asked) || self::newest() != Some(newest)
        {
            return (true, true);
        }
        match found {
            Err(error) if error.code == ErrorCode::Unauthenticated => {
                self.traces.try_set(Some(Err(error)));
                (false, false)
            }
            Err(error) => {
                self.missed.try_set(Some(error));
                (false, false)
            }
            Ok(said) => {
                let is_ok = if said.is_empty() {
                    self.missed.try_set(None);
                    true
                } else if asked.live == Live::Following && !is_in_hand() {
                    self.show(&asked, said.clone(), false).await
                } else {
                    self.missed.try_set(None);
                    self.wait(said.clone());
                    true
                };
                let is_asked = self.asked.try_get_untracked().as_ref() == Some(&asked);
                if is_ok && is_asked {
                    self.count(&asked).await;
                }
                (!said.is_empty() && asked.live == Live::Following, is_ok)
            }
        }
    }

    /// Shows the newest calls, unless somebody has begun to look at those that are there; where they were asked for, in any
    /// case. Whether the server answered.
    async fn show(self, asked: &Asked, said: String, is_asked_for: bool) -> bool {
        let before = shown(self.traces);
        let fields = [("query", asked.query.as_str()), ("before", "")];
        let answer = poll(ListTraces::url(), &fields).await;
        // What was loaded meanwhile is newer, or about something else.
        if before.is_none() || shown(self.traces) != before {
            return true;
        }
        if let Err(error) = &answer
            && error.code != ErrorCode::Unauthenticated
        {
            self.missed.try_set(Some(error.clone()));
            return false;
        }
        self.missed.try_set(None);
        if !is_asked_for && is_in_hand() {
            self.wait(said);
        } else {
            self.nothing_waits();
            self.traces.try_set(Some(answer));
        }
        true
    }

    /// Tells that calls wait to be shown.
    fn wait(self, said: String) {
        let is_said = self.pace.try_update_value(|pace| {
            let is_due = pace.since_said >= SAY_EVERY;
            if is_due {
                pace.since_said = 0;
            }
            is_due
        });
        if is_said == Some(true) {
            self.said.try_set(said.clone());
        }
        self.waiting.try_set(said);
    }

    fn nothing_waits(self) {
        self.waiting.try_set(String::new());
        self.said.try_set(String::new());
    }

    /// Counts all calls anew, now and then.
    async fn count(self, asked: &Asked) {
        let is_due = self.pace.try_update_value(|pace| {
            let is_due = pace.since_counted >= COUNTS_EVERY;
            if is_due {
                pace.since_counted = 0;
            }
            is_due
        });
        let is_in_hand = || is_there(".trace-side:hover, .trace-side:focus-within");
        if is_due != Some(true) || asked.live != Live::Following || is_in_hand() {
            return;
        }
        let before = shown(self.counts);
        let answer = poll(CountTraces::url(), &[("query", asked.query.as_str())]).await;
        // Where there is none, the next question for what is new says why.
        if answer.is_ok() && before.is_some() && shown(self.counts) == before && !is_in_hand() {
            self.counts.try_set(Some(answer));
        }
    }

    /// Shows the calls that wait, from the top of the list on.
    pub(super) fn show_waiting(self) {
        if self.waiting.with_untracked(String::is_empty) {
            return;
        }
        let asked = self.asked.get_untracked();
        spawn_local(async move {
            let had_focus = is_there(".live-new:focus");
            if !self.show(&asked, String::new(), true).await {
                return;
            }
            if let Some(list) = find("[data-newest]").filter(|_| is_scrolled()) {
                list.scroll_into_view();
            }
            // The button that had the focus is not there any more. An element that cannot have it leaves it where it is.
            if had_focus && let Some(pause) = find(".live-pause") {
                let _ = pause.focus();
            }
        });
    }

    /// Presses what pauses the list or goes on.
    pub(super) fn pause_or_go_on(self) {
        if let Some(pause) = find(".live-pause:not([hidden])") {
            pause.click();
        }
    }

    /// What stands above the calls: how many are new, and the switches.
    pub(super) fn bar(self) -> AnyView {
        let bar = move || {
            let asked = self.asked.get();
            let waiting = self.waiting.get();
            let live = asked.live_now();
            let (says, pause, to) = match live {
                Live::Off => ("", "", Live::Off),
                Live::Following => (
                    "New calls appear by themselves, but not while you look at the list.",
                    "Pause",
                    Live::Paused,
                ),
                Live::Paused => (
                    "Paused: new calls are counted and not shown.",
                    "Go on",
                    Live::Following,
                ),
            };
            let (switch, other) = match live {
                Live::Off => ("Live: off", Live::Following),
                _ => ("Live: on", Live::Off),
            };
            let button = |to: Live, text: &'static str| {
                link_button(asked.living(to), text).with("data-noscroll", "true")
            };
            el("div")
                // Without script nothing is kept up to date.
                .class("toolbar live-bar needs-script")
                .child(el("span").class("tally").text(says))
                .child(
                    el("button")
                        .class("button button-small button-primary live-new")
                        .flag("hidden", waiting.is_empty())
                        .text(waiting),
                )
                .child(
                    button(to, pause)
                        .class("button button-small live-pause")
                        .flag("hidden", pause.is_empty()),
                )
                .child(button(other, switch).class("button button-small"))
                .child(
                    el("span")
                        .class("visually-hidden")
                        .with("role", "status")
                        .text(self.said.get()),
                )
        };
        bar.whole()
    }
}

impl Pace {
    fn answered(&mut self, has_new: bool, is_ok: bool) {
        self.is_asking = false;
        self.failures = if is_ok { 0 } else { self.failures + 1 };
        self.until_next = match (self.failures, has_new) {
            (0, true) => 1,
            (0, false) => WHEN_NOTHING_IS_NEW,
            (failures, _) => 1 << failures.min(BACKS_OFF_UP_TO),
        };
    }
}

/// The newest call that is shown, or what every new one is newer than; none while there is no list.
fn newest() -> Option<String> {
    find("[data-newest]")?.get_attribute("data-newest")
}

/// Whether somebody looks at the calls that are there: with the pointer or the focus on the list, what stands below it or the
/// views above it, further down, or at a call beside it. Then nothing moves.
fn is_in_hand() -> bool {
    is_scrolled()
        || is_seen(".trace-panel")
        || is_there("[data-newest]:hover, [data-newest]:focus-within, .views:focus-within")
}

/// Whether the beginning of the list is above what is seen.
fn is_scrolled() -> bool {
    find("[data-newest]").is_some_and(|list| list.get_bounding_client_rect().top() < 0.0)
}

fn is_there(selector: &str) -> bool {
    find(selector).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_fails_is_asked_less_and_less() {
        let mut pace = Pace::default();
        let mut waits = Vec::new();
        for is_ok in [false, false, false, false, false, false, false, true] {
            pace.is_asking = true;
            pace.answered(false, is_ok);
            assert!(!pace.is_asking);
            waits.push(pace.until_next);
        }
        assert_eq!(waits, [2, 4, 8, 16, 32, 32, 32, 2]);
        pace.answered(true, true);
        assert_eq!(pace.until_next, 1);
    }
}
