//! The scenarios: where the process ends, what Order Desk does, what is written, and who else edits.

use std::time::Duration;

use orderdesk_sim::switches::RateLimitBody;
use orderdesk_sim::{Action, Fault, ForeignEdit};
use serde_json::json;

use crate::backend::TRY_TIMEOUT;
use crate::history::Edit;
use crate::place::Kind;
use crate::write::{Which, Write};

/// How long after `sending` the process ends: time enough for the request to arrive.
pub const AFTER_SENDING: Duration = Duration::from_millis(400);
/// How long Order Desk keeps its answer back then.
const WITHHELD: Duration = Duration::from_millis(1200);
/// How late Order Desk begins with a request that is still on its way when the process ends.
const LATE: Duration = Duration::from_millis(900);

/// Where the process ends: the names of `domain::changes::crash::POINTS`.
pub const POINTS: [&str; 11] = [
    "before_intent",
    "after_intent",
    "before_send",
    SENDING,
    "reply_read",
    "before_applied",
    "after_applied",
    "before_verified",
    "after_verified",
    "completer_looked",
    "completer_settled",
];
/// While the request is under way.
pub const SENDING: &str = "sending";
/// Where the first process ends, so that the completer of the second has something to settle.
const LEAVES_OPEN: [&str; 4] = ["reply_read", SENDING, "after_intent", "after_applied"];

/// What Order Desk does with the first write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Takes it and says so.
    Applied,
    /// 500, not taken.
    NotApplied,
    /// 429, not taken.
    TooMany,
    /// 500, and taken.
    ErrorAfter,
    /// No answer, and taken.
    ResetAfter,
    /// No answer for longer than a try lasts; taken or not, by turns.
    Timeout,
    /// Taken; half an answer.
    Truncated,
    /// 200 with an error, not taken.
    ErrorBody,
    /// Taken; the answer takes long.
    Slow,
}

impl Outcome {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::Applied,
        Self::NotApplied,
        Self::TooMany,
        Self::ErrorAfter,
        Self::ResetAfter,
        Self::Timeout,
        Self::Truncated,
        Self::ErrorBody,
        Self::Slow,
    ];

    /// For the name of a scenario.
    pub fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::NotApplied => "not_applied",
            Self::TooMany => "429",
            Self::ErrorAfter => "500_after_apply",
            Self::ResetAfter => "reset_after_apply",
            Self::Timeout => "timeout",
            Self::Truncated => "truncated_json",
            Self::ErrorBody => "200_with_error",
            Self::Slow => "slow",
        }
    }

    fn action(self, is_even: bool) -> Action {
        match self {
            Self::Applied => Action::Slow {
                delay: Duration::ZERO,
            },
            Self::NotApplied => Action::Status500BeforeApply,
            Self::TooMany => Action::Status429(RateLimitBody::Json),
            Self::ErrorAfter => Action::Status500AfterApply,
            Self::ResetAfter => Action::ResetAfterApply,
            Self::Timeout => Action::Hang {
                duration: TRY_TIMEOUT + Duration::from_millis(500),
                apply: is_even,
            },
            Self::Truncated => Action::TruncatedJson,
            Self::ErrorBody => Action::ErrorBody200,
            Self::Slow => Action::Slow {
                delay: TRY_TIMEOUT / 3,
            },
        }
    }
}

/// Who else edits the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// Nobody.
    Nobody,
    /// Another member, after our first read.
    Between,
    /// Another member, while no process runs.
    WhileDown,
    /// The same member, while no process runs.
    SameWhileDown,
}

impl Foreign {
    /// What is edited.
    pub fn edit(self) -> Option<Edit> {
        match self {
            Self::Nobody => None,
            Self::Between | Self::WhileDown => Some(Edit {
                path: "tag_name",
                value: "theirs",
            }),
            Self::SameWhileDown => Some(Edit {
                path: "shipping.city",
                value: "Theirs",
            }),
        }
    }
}

/// How a request under way when the process ends is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnderWay {
    /// It has been dealt with, and the answer is still to come.
    Unanswered,
    /// It is dealt with after the process has ended.
    Late,
}

/// One scenario.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Counts up from 1 for each database.
    pub number: usize,
    /// The database.
    pub kind: Kind,
    /// Where the process ends.
    pub point: &'static str,
    /// What Order Desk does.
    pub outcome: Outcome,
    /// What is written.
    pub write: Write,
    /// Who else edits.
    pub foreign: Foreign,
    /// How the request is met that is under way.
    pub under_way: UnderWay,
}

/// How a run of the process is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crash {
    /// At this point.
    pub at: &'static str,
    /// So long after it.
    pub after: Duration,
}

impl Crash {
    fn at(point: &'static str) -> Self {
        let after = if point == SENDING {
            AFTER_SENDING
        } else {
            Duration::ZERO
        };
        Self { at: point, after }
    }
}

impl Scenario {
    /// Every point with every outcome, and beyond them the requests that Order Desk deals with only when the process
    /// has ended already.
    pub fn all(kind: Kind) -> Vec<Self> {
        let unanswered = POINTS.map(|point| (point, UnderWay::Unanswered));
        let places = unanswered.into_iter().chain([(SENDING, UnderWay::Late)]);
        let mut all = Vec::new();
        for (place, (point, under_way)) in places.enumerate() {
            for (turn, outcome) in Outcome::ALL.into_iter().enumerate() {
                let write = write_of(place, turn, kind);
                all.push(Self {
                    number: all.len() + 1,
                    kind,
                    point,
                    outcome,
                    write,
                    foreign: foreign_of(write, under_way, all.len()),
                    under_way,
                });
            }
        }
        all
    }

    /// The name it is reported by.
    pub fn name(&self) -> String {
        let late = match self.under_way {
            UnderWay::Unanswered => "",
            UnderWay::Late => "_late",
        };
        let with = match self.foreign {
            Foreign::Nobody => "",
            Foreign::Between => "+edit_between",
            Foreign::WhileDown => "+edit_while_down",
            Foreign::SameWhileDown => "+same_edit_while_down",
        };
        format!(
            "{}::{}{late}::{}::{}{with}",
            self.kind.name(),
            self.point,
            self.outcome.name(),
            self.write.tool()
        )
    }

    /// How the first run ends, and the second where there is one that ends, too.
    pub fn crashes(&self) -> (Crash, Option<Crash>) {
        if self.point.starts_with("completer") {
            let first = LEAVES_OPEN[self.number % LEAVES_OPEN.len()];
            return (Crash::at(first), Some(Crash::at(self.point)));
        }
        (Crash::at(self.point), None)
    }

    /// How long a lease lasts. What arrives late must do so within it: the product takes that for the longest that
    /// Order Desk works on a request.
    pub fn lease(&self) -> Duration {
        match self.under_way {
            UnderWay::Unanswered => Duration::from_secs(1),
            UnderWay::Late => LATE * 3,
        }
    }

    /// The rules of Order Desk.
    pub fn faults(&self) -> Vec<Fault> {
        let action = self.outcome.action(self.number.is_multiple_of(2));
        let mut fault = Fault::on(self.write.method(), "/**", action);
        if self.under_way == UnderWay::Late {
            fault = fault.late(LATE);
        } else if self.crashes().0.at == SENDING {
            fault = fault.withheld(WITHHELD);
        }
        let mut faults = vec![fault];
        if self.foreign == Foreign::Between {
            let edit = ForeignEdit::merge(json!({ "tag_name": "theirs" }));
            faults.push(Fault::on("GET", "/orders/*", Action::ForeignEdit(edit)));
        }
        faults
    }

    /// The name the caller gives its wishes; without one the product makes it of their content.
    pub fn key(&self) -> Option<String> {
        self.number
            .is_multiple_of(3)
            .then(|| format!("scenario-{}", self.number))
    }

    /// What the caller asks for: the first write, the same again as a caller does that has lost the answer, and another.
    pub fn asks(&self) -> Vec<crate::child::Ask> {
        let key = self.key();
        [Which::First, Which::First, Which::Second]
            .map(|which| self.write.ask(which, key.as_deref()))
            .to_vec()
    }
}

/// `orders_update` for a third; each other kind at each point at least once for each database.
fn write_of(place: usize, turn: usize, kind: Kind) -> Write {
    let shift = match kind {
        Kind::Sqlite => 0,
        Kind::Postgres => 4,
    };
    match (turn + place + shift) % 9 {
        1 => Write::AddItems,
        2 => Write::Move,
        4 => Write::Create,
        5 => Write::AddNote,
        7 => Write::Stock,
        8 => [Write::AddShipment, Write::UpdateItem, Write::RemoveItem][place % 3],
        _ => Write::Update,
    }
}

fn foreign_of(write: Write, under_way: UnderWay, number: usize) -> Foreign {
    match (write, under_way, number % 4) {
        (Write::Create | Write::Stock, ..) => Foreign::Nobody,
        // An edit that comes while the whole order is on its way to Order Desk is written over there, and nobody who has
        // only Order Desk's answers can know: that window is as short as a request is, and it stays.
        (_, UnderWay::Late, 0 | 1) => Foreign::Nobody,
        (_, UnderWay::Late, _) => Foreign::Between,
        (Write::Update, _, 1) => Foreign::SameWhileDown,
        (_, _, 2) => Foreign::WhileDown,
        (Write::Update, ..) | (_, _, 3) => Foreign::Between,
        _ => Foreign::Nobody,
    }
}
