//! The tools that follow changes and take them back.

use orderdesk::{OrderId, ProductId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::Access;
use crate::change::ChangeState;
use crate::error::ApiError;
use crate::id::ChangeId;
use crate::tool::{Hints, Need, Tool, Validate};
use crate::tools::receipt::ChangeReceipt;
use crate::tools::write::write_input;
use crate::validate;
use crate::views::change::{ChangeDetail, ChangeSummary};

/// Most changes in a page.
pub const PAGE_MAX: u32 = 200;

/// List changes.
pub struct ChangesList;

impl Tool for ChangesList {
    const NAME: &'static str = "changes_list";
    const TITLE: &'static str = "List changes";
    const NEED: Need = Need::Access(Access::Read);
    const HINTS: Hints = Hints::READ;
    type Input = ListChanges;
    type Output = ChangesListed;
}

/// Lists the changes of this workspace, newest first: everything that was asked to be written to orders and products,
/// through whichever key, and what became of it. When `next_cursor` is in the answer there is another page.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListChanges {
    /// Only changes in this store: its Order Desk id or name. Default: all stores.
    #[serde(default)]
    pub store_identifier: Option<String>,
    /// Only changes of this order.
    #[serde(default)]
    pub order_id: Option<OrderId>,
    /// Only changes of this product.
    #[serde(default)]
    pub product_id: Option<ProductId>,
    /// Only changes in this state.
    #[serde(default)]
    pub state: Option<ChangeState>,
    /// Changes per page, 1 to 200. Default: 20.
    #[serde(default)]
    #[schemars(range(min = 1, max = 200))]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
}

impl ListChanges {
    /// The last change of the page before, if there was one.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list did not give.
    pub fn before(&self) -> Result<Option<ChangeId>, ApiError> {
        let read = |cursor: &String| {
            cursor.parse().map_err(|_| {
                ApiError::invalid(
                    "cursor",
                    "This `cursor` is not one that `changes_list` gave; leave it out to start from the newest.",
                )
            })
        };
        self.cursor.as_ref().map(read).transpose()
    }
}

impl Validate for ListChanges {
    fn validate(&self) -> Result<(), ApiError> {
        validate::store_identifier(self.store_identifier.as_deref())?;
        validate::page_size(self.limit, PAGE_MAX)?;
        if self.order_id.is_some() && self.product_id.is_some() {
            return Err(ApiError::invalid(
                "product_id",
                "Give `order_id` or `product_id`, not both.",
            ));
        }
        self.before().map(drop)
    }
}

/// What [`ChangesList`] answers.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct ChangesListed {
    /// The changes, newest first.
    pub changes: Vec<ChangeSummary>,
    /// How many are in this page.
    pub count: u64,
    /// How many of the whole workspace wait for a person.
    pub waiting: u64,
    /// Where the next page starts; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Get a change.
pub struct ChangesGet;

impl Tool for ChangesGet {
    const NAME: &'static str = "changes_get";
    const TITLE: &'static str = "Get a change";
    const NEED: Need = Need::Access(Access::Read);
    const HINTS: Hints = Hints::READ;
    type Input = GetChange;
    type Output = ChangeDetail;
}

/// Reads one change: its state, the difference field by field, why it waits or was let through, what came of it, what
/// to do next, and whether it can be undone. Use it to follow a write that was answered `pending`, `running` or `unknown`.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetChange {
    /// The change's id, as the write's answer or `changes_list` gives it.
    pub change_id: ChangeId,
}

impl Validate for GetChange {}

/// Undo a change.
pub struct ChangesUndo;

impl Tool for ChangesUndo {
    const NAME: &'static str = "changes_undo";
    const TITLE: &'static str = "Undo a change";
    const NEED: Need = Need::Access(Access::Propose);
    const HINTS: Hints = Hints::DESTROY;
    type Input = UndoChange;
    type Output = ChangeReceipt;
}

write_input! {
    /// Takes a change back by restoring what it changed, as long as nobody else has changed the same since. An undo can
    /// be undone too. Notes in the history, e-mail that was sent and rules that ran stay; a deleted order comes back as a
    /// new one. See what it would do with `dry_run`.
    pub struct UndoChange {
        /// The change's id, as the write's answer or `changes_list` gives it.
        pub change_id: ChangeId,
        /// Restore what nobody else has changed since, and leave the rest.
        #[serde(default)]
        pub partial: bool,
    }
}

impl UndoChange {
    fn check(&self) -> Result<(), ApiError> {
        Ok(())
    }
}
