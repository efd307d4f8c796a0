//! The states of a change: one write to Order Desk, from proposal to undo.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Declares the states with their names, their meaning and where each may lead, so that the table stands in one place.
macro_rules! states {
    ($($(#[$doc:meta])* $state:ident = $name:literal => [$($next:ident),*];)*) => {
        /// Where a change stands.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum ChangeState {
            $($(#[$doc])* $state,)*
        }

        impl ChangeState {
            /// Every state, in the order of a change's life.
            pub const ALL: &'static [Self] = &[$(Self::$state),*];

            /// The state's name as it is stored, sent and filtered by.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$state => $name,)*
                }
            }

            /// The states that may follow. Storage refuses any other step in the transaction that would make it.
            pub fn next(self) -> &'static [Self] {
                match self {
                    $(Self::$state => &[$(Self::$next),*],)*
                }
            }
        }
    };
}

states! {
    /// Waits for a person's decision. Leads to itself when the order changed meanwhile and the difference was worked out
    /// anew.
    Proposed = "proposed" => [Proposed, Approved, Denied, Expired, Refused];
    /// May be carried out: a person said so, or the policy asks nobody. Goes back when a foreign change came first.
    Approved = "approved" => [Applying, Proposed, Expired, Refused, Conflict];
    /// The intent is written down and the write may be on its way.
    Applying = "applying" => [Applied, NotApplied, Refused, Conflict, Unknown];
    /// Order Desk took it; nobody has looked yet.
    Applied = "applied" => [Verified, Conflict, Unknown];
    /// Order Desk was asked again and has it exactly so.
    Verified = "verified" => [Undone];
    /// A person said no.
    Denied = "denied" => [];
    /// Nobody decided in time.
    Expired = "expired" => [];
    /// Refused before anything was sent: a limit, a switch, a value that Order Desk would not keep.
    Refused = "refused" => [];
    /// Somebody else changed the same; theirs was kept.
    Conflict = "conflict" => [];
    /// Order Desk did not take it, which was made sure of.
    NotApplied = "not_applied" => [];
    /// Nobody knows whether Order Desk took it, and it is being found out.
    Unknown = "unknown" => [Applied, Verified, NotApplied, Conflict];
    /// It was in force, and another change took it back.
    Undone = "undone" => [];
}

impl ChangeState {
    /// Whether a change may go from this state to that one.
    pub fn may_become(self, next: Self) -> bool {
        self.next().contains(&next)
    }

    /// Whether nothing more happens by itself: what is settled changes only by being undone.
    pub fn is_settled(self) -> bool {
        self == Self::Verified || self.next().is_empty()
    }

    /// Whether a write to Order Desk may have been sent and its outcome is not yet certain: what a restart must look into.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Applying | Self::Applied | Self::Unknown)
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|state| state.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// All states that can be reached from this one.
    fn reached(from: ChangeState) -> BTreeSet<ChangeState> {
        let mut reached = BTreeSet::new();
        let mut ahead = vec![from];
        while let Some(state) = ahead.pop() {
            for next in state.next() {
                if reached.insert(*next) {
                    ahead.push(*next);
                }
            }
        }
        reached
    }

    #[test]
    fn names_are_those_of_the_wire() {
        for state in ChangeState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
            assert_eq!(ChangeState::from_name(state.as_str()), Some(*state));
        }
        assert_eq!(ChangeState::from_name("done"), None);
    }

    #[test]
    fn every_change_can_end_and_nothing_is_out_of_reach() {
        let from_start = reached(ChangeState::Proposed);
        for state in ChangeState::ALL {
            assert!(from_start.contains(state), "{state:?} is never reached");
            let ends = state.is_settled() || reached(*state).iter().any(|next| next.is_settled());
            assert!(ends, "{state:?} never ends");
        }
    }

    #[test]
    fn nothing_is_sent_without_an_intent_and_nothing_sent_is_forgotten() {
        let sent = [
            ChangeState::Applied,
            ChangeState::Unknown,
            ChangeState::Verified,
        ];
        for state in ChangeState::ALL.iter().filter(|state| !state.is_open()) {
            for next in state.next() {
                assert!(
                    !sent.contains(next),
                    "{state:?} leads to {next:?} past the intent"
                );
            }
        }
        // What may have been sent never becomes something that says it was not looked into.
        for open in ChangeState::ALL.iter().filter(|state| state.is_open()) {
            for lost in [
                ChangeState::Expired,
                ChangeState::Denied,
                ChangeState::Proposed,
            ] {
                assert!(
                    !reached(*open).contains(&lost),
                    "{open:?} could end as {lost:?}"
                );
            }
        }
    }

    #[test]
    fn only_what_was_verified_is_undone() {
        for state in ChangeState::ALL {
            let may = state.may_become(ChangeState::Undone);
            assert_eq!(may, *state == ChangeState::Verified, "{state:?}");
        }
    }
}
