//! The list of recorded calls.

use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::query::{Term, Test};
use orderdesk_mcp_contract::trace::view::TracePage;
use orderdesk_mcp_contract::{ApiError, Right, TraceId, UtcMillis};
use orderdesk_mcp_storage::record::{TRACE_PAGE_LOOKS_AT, TRACE_PAGE_MAX, TraceSearch};
use orderdesk_mcp_storage::row::made_at;

use super::asked::search_of;
use super::names::Names;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;

/// Most calls that are counted as newer than one.
const NEWER_MAX: u32 = 200;

/// How many calls of a query are newer than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewerTraces {
    /// So many were found, at most 200.
    pub calls: u64,
    /// Whether there are more, or may be: of many new calls only the newest are looked at.
    pub has_more: bool,
}

impl Services {
    /// Calls of the caller's workspace that a query asks for and that are older than `before`, newest first, at most
    /// `limit` (1 to 200). Looking at them is not recorded: a page that refreshes itself would otherwise be what it mostly
    /// shows.
    ///
    /// # Errors
    /// `Invalid` at `query[…]`, with the number of the term, for a key, person or store that the workspace does not know;
    /// `Unavailable` when the database cannot be asked.
    pub async fn search_traces(
        &self,
        caller: &Caller,
        query: &TraceQuery,
        before: Option<TraceId>,
        limit: u32,
    ) -> Result<TracePage, ApiError> {
        caller.require(Right::Look)?;
        let page = self.find_traces(caller, query, before, limit).await;
        page.map_err(Failure::answer)
    }

    /// How many calls of the caller's workspace that a query asks for are newer than `after`. It costs no more than they are.
    ///
    /// # Errors
    /// As [`Services::search_traces`].
    pub async fn newer_traces(
        &self,
        caller: &Caller,
        query: &TraceQuery,
        after: TraceId,
    ) -> Result<NewerTraces, ApiError> {
        caller.require(Right::Look)?;
        let newer = self.count_newer(caller, query, after).await;
        newer.map_err(Failure::answer)
    }

    async fn count_newer(
        &self,
        caller: &Caller,
        query: &TraceQuery,
        after: TraceId,
    ) -> Result<NewerTraces, Failure> {
        let tenant = caller.tenant_id();
        let has_names = |term: &Term| matches!(term.test, Test::Key(_) | Test::Store(_));
        // It is asked every other second, mostly without any.
        let names = if query.terms().iter().any(has_names) {
            self.trace_names(tenant).await?
        } else {
            Names::none()
        };
        let search = TraceSearch {
            after: Some(after),
            ..page_search(query, &names, self.now())?
        };
        let storage = self.storage();
        let found = storage
            .search_traces(tenant, &search, None, NEWER_MAX)
            .await?;
        Ok(NewerTraces {
            calls: u64::try_from(found.rows.len()).unwrap_or(u64::MAX),
            has_more: found.next.is_some(),
        })
    }

    async fn find_traces(
        &self,
        caller: &Caller,
        query: &TraceQuery,
        before: Option<TraceId>,
        limit: u32,
    ) -> Result<TracePage, Failure> {
        let tenant = caller.tenant_id();
        let as_of = self.now();
        let names = self.trace_names(tenant).await?;
        let search = page_search(query, &names, as_of)?;
        let limit = limit.clamp(1, TRACE_PAGE_MAX);
        let found = self
            .storage()
            .search_traces(tenant, &search, before, limit)
            .await?;
        let kept_from = if found.rows.is_empty() && found.next.is_none() {
            self.kept_from(tenant).await?
        } else {
            None
        };
        Ok(TracePage {
            as_of,
            kept_from,
            lines: found.rows.iter().map(|row| names.line(row)).collect(),
            next: found.next,
            looked_back_to: found.looked_back_to.map(made_at),
            is_damaged: found.is_damaged,
        })
    }
}

/// The search of a page.
fn page_search(query: &TraceQuery, names: &Names, now: UtcMillis) -> Result<TraceSearch, ApiError> {
    Ok(TraceSearch {
        look_at: TRACE_PAGE_LOOKS_AT,
        ..search_of(query, names, now)?
    })
}
