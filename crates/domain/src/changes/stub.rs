use orderdesk_mcp_contract::tools::receipt::{ChangeReceipt, WriteOptions};
use orderdesk_mcp_contract::views::change::{Attention, ChangeDetail, ChangePage, ChangeQuery};
use orderdesk_mcp_contract::{ApiError, ChangeId};

use super::request::ChangeRequest;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Call;

impl Services {
    /// Does what a tool asks, by way of a change.
    pub(crate) async fn ask_change(
        &self,
        _call: &Call,
        _request: ChangeRequest,
    ) -> Result<ChangeReceipt, Failure> {
        Err(ApiError::internal().into())
    }

    /// Takes a change back; with `partial` also when somebody else has changed some of its fields since.
    pub(crate) async fn ask_undo(
        &self,
        _call: &Call,
        _id: ChangeId,
        _partial: bool,
        _options: WriteOptions,
    ) -> Result<ChangeReceipt, Failure> {
        Err(ApiError::internal().into())
    }

    /// A change of the call's workspace, for the tool `changes_get`.
    pub(crate) async fn find_change(
        &self,
        _call: &Call,
        _id: ChangeId,
    ) -> Result<ChangeDetail, Failure> {
        Err(ApiError::internal().into())
    }

    /// Changes of the call's workspace, for the tool `changes_list`.
    pub(crate) async fn find_changes(
        &self,
        _call: &Call,
        _query: &ChangeQuery,
    ) -> Result<ChangePage, Failure> {
        Err(ApiError::internal().into())
    }

    /// Changes of the caller's workspace, newest first.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn list_changes(
        &self,
        _caller: &Caller,
        _query: &ChangeQuery,
    ) -> Result<ChangePage, ApiError> {
        Err(ApiError::internal())
    }

    /// Everything of one change.
    ///
    /// # Errors
    /// `NotFound` when the workspace has no such change.
    pub async fn change_detail(
        &self,
        _caller: &Caller,
        _id: ChangeId,
    ) -> Result<ChangeDetail, ApiError> {
        Err(ApiError::internal())
    }

    /// Approves a proposal with exactly this difference, and carries it out.
    ///
    /// # Errors
    /// `Forbidden` for the key that proposed it and for keys that do not manage the workspace; `NotFound`; `Conflict`
    /// when the difference is another by now, or the change no longer waits; and what carrying it out answers.
    pub async fn approve_change(
        &self,
        _caller: &Caller,
        _id: ChangeId,
        _plan_hash: &str,
    ) -> Result<ChangeDetail, ApiError> {
        Err(ApiError::internal())
    }

    /// Turns a proposal down.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`, `Invalid` for a reason that is too long, `Conflict` when it no longer waits.
    pub async fn deny_change(
        &self,
        _caller: &Caller,
        _id: ChangeId,
        _reason: Option<&str>,
    ) -> Result<ChangeDetail, ApiError> {
        Err(ApiError::internal())
    }

    /// What needs somebody's attention, for every page's frame.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn attention(&self, _caller: &Caller) -> Result<Attention, ApiError> {
        Err(ApiError::internal())
    }
}
