//! Changes: the list, and one by itself with its difference, the decision and the way back.

mod api;
mod decide;
mod detail;
mod diff;
mod filter;
mod list;
mod look;
mod undo;
mod view;

/// Fields of a change that a card shows; all of them stand on the change's own page.
pub(crate) const CARD_FIELDS: usize = 12;

#[cfg(feature = "ssr")]
pub(crate) use api::list_approvals;
pub(crate) use api::{DECIDE_FORM, ListApprovals};
pub(crate) use decide::{Decision, decision_forms};
pub(crate) use detail::{ChangePage, note_list};
pub(crate) use diff::{BEFORE_AFTER, diff_table};
pub(crate) use list::ChangesPage;
pub(crate) use look::{said, state_badge};
pub(crate) use view::{ApprovalsView, ChangeView};
