//! The queries of recorded calls that a person keeps under names. Nobody else sees them, whatever they may do.

use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::saved::{SavedView, VIEWS_MAX, view_name};
use orderdesk_mcp_contract::{ApiError, ErrorCode, Right, TraceViewId};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::TraceViewRecord;

use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;

impl Services {
    /// The caller's views, oldest first.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn trace_views(&self, caller: &Caller) -> Result<Vec<SavedView>, ApiError> {
        caller.require(Right::Look)?;
        let views = self
            .storage()
            .trace_views(caller.tenant_id(), caller.actor_id())
            .await
            .map_err(|error| Failure::from(error).answer())?;
        let view = |view: TraceViewRecord| SavedView {
            id: view.id,
            name: view.name,
            query: view.query,
        };
        Ok(views.into_iter().map(view).collect())
    }

    /// Keeps a query under a name.
    ///
    /// # Errors
    /// `Invalid` at `name` for one that is blank or too long, and at `query` for one that asks for nothing or cannot be
    /// read; `Conflict` when the caller has a view of that name, or as many as they can have.
    pub async fn save_trace_view(
        &self,
        caller: &Caller,
        name: &str,
        query: &str,
    ) -> Result<SavedView, ApiError> {
        caller.require(Right::Look)?;
        let kept = SavedView {
            id: self.new_trace_view_id().map_err(Failure::answer)?,
            name: view_name(name)?.to_owned(),
            query: readable(query)?.to_owned(),
        };
        let row = TraceViewRecord {
            tenant_id: caller.tenant_id(),
            actor_id: caller.actor_id(),
            id: kept.id,
            name: kept.name.clone(),
            query: kept.query.clone(),
            created_at: self.now(),
        };
        let added = self.storage().add_trace_view(&row, VIEWS_MAX).await;
        if added.map_err(|error| refused(error, &kept.name))? {
            return Ok(kept);
        }
        let text = format!(
            "You have saved {VIEWS_MAX} views, which is the most. Remove one of them first."
        );
        Err(ApiError::new(ErrorCode::Conflict, text))
    }

    /// Gives a view another name.
    ///
    /// # Errors
    /// `Invalid` at `name` for one that is blank or too long, `Conflict` when another view of the caller has it, `NotFound`
    /// when the caller has no such view.
    pub async fn rename_trace_view(
        &self,
        caller: &Caller,
        id: TraceViewId,
        name: &str,
    ) -> Result<(), ApiError> {
        caller.require(Right::Look)?;
        let name = view_name(name)?;
        let renamed = self
            .storage()
            .rename_trace_view(caller.tenant_id(), caller.actor_id(), id, name)
            .await
            .map_err(|error| refused(error, name))?;
        if renamed { Ok(()) } else { Err(no_such_view()) }
    }

    /// Removes a view.
    ///
    /// # Errors
    /// `NotFound` when the caller has no such view.
    pub async fn remove_trace_view(
        &self,
        caller: &Caller,
        id: TraceViewId,
    ) -> Result<(), ApiError> {
        caller.require(Right::Look)?;
        let removed = self
            .storage()
            .remove_trace_view(caller.tenant_id(), caller.actor_id(), id)
            .await
            .map_err(|error| Failure::from(error).answer())?;
        if removed { Ok(()) } else { Err(no_such_view()) }
    }
}

/// Says that the caller has no such view.
pub fn no_such_view() -> ApiError {
    ApiError::new(
        ErrorCode::NotFound,
        "There is no such view among yours; it may have been removed.",
    )
}

/// A query that the list can answer, without blanks around it.
fn readable(query: &str) -> Result<&str, ApiError> {
    let query = query.trim();
    if query.is_empty() {
        return Err(ApiError::invalid(
            "query",
            "Ask for some of the calls first; then that can be saved as a view.",
        ));
    }
    match TraceQuery::parse(query) {
        Ok(_) if query.chars().any(char::is_control) => Err(ApiError::invalid(
            "query",
            "A query is one line without control characters.",
        )),
        Ok(_) => Ok(query),
        Err(fault) => Err(ApiError::invalid("query", fault.message)),
    }
}

fn refused(error: StorageError, name: &str) -> ApiError {
    match error {
        StorageError::Taken { what: "view_name" } => ApiError {
            field: Some("name".to_owned()),
            ..ApiError::new(
                ErrorCode::Conflict,
                format!(
                    "You have a view “{name}” already. Choose another name, or remove that one first."
                ),
            )
        },
        error => Failure::from(error).answer(),
    }
}
