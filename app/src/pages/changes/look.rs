//! How a change's state looks and reads.

use orderdesk_mcp_contract::ChangeState;

use crate::parts::{Markup, Tone, badge};

/// Tone, icon and word.
fn look(state: ChangeState) -> (Tone, &'static str, &'static str) {
    match state {
        ChangeState::Proposed => (Tone::Warn, "clock", "Waiting"),
        ChangeState::Approved => (Tone::Info, "circle-dashed", "Approved"),
        ChangeState::Applying => (Tone::Info, "circle-dashed", "Being written"),
        ChangeState::Applied => (Tone::Info, "circle-dashed", "Being checked"),
        ChangeState::Verified => (Tone::Ok, "circle-check", "Done"),
        ChangeState::Denied => (Tone::Neutral, "circle-x", "Denied"),
        ChangeState::Expired => (Tone::Neutral, "clock", "Ran out"),
        ChangeState::Refused => (Tone::Error, "circle-x", "Refused"),
        ChangeState::Conflict => (Tone::Error, "triangle-alert", "Conflict"),
        ChangeState::NotApplied => (Tone::Error, "circle-x", "Not written"),
        ChangeState::Unknown => (Tone::Warn, "circle-alert", "Not known yet"),
        ChangeState::Undone => (Tone::Neutral, "undo-2", "Undone"),
    }
}

/// Its state in a word.
pub(crate) fn state_badge(state: ChangeState) -> Markup {
    let (tone, icon, word) = look(state);
    badge(tone, icon, word)
}

/// The tone of what came of it.
pub(super) fn tone(state: ChangeState) -> Tone {
    look(state).0
}

/// A state's word, for a journal.
pub(super) fn word(state: ChangeState) -> &'static str {
    look(state).2
}

/// What is said after a decision, of what came of it.
pub(crate) fn said(state: ChangeState) -> &'static str {
    match state {
        ChangeState::Verified => "Approved, written, and read back from Order Desk.",
        ChangeState::Denied => "Denied. Nothing is changed.",
        ChangeState::Proposed => "It waits for a decision again.",
        ChangeState::Unknown => "Approved and sent. Whether Order Desk took it is being found out.",
        _ => "Approved. It is on its way to Order Desk.",
    }
}

/// Whether something is still happening by itself, so that it is worth looking again soon.
pub(super) fn is_moving(state: ChangeState) -> bool {
    state == ChangeState::Approved || state.is_open()
}
