//! Recorded calls as a story: the life of an order across calls and changes, and the run of one assistant.

use std::collections::HashMap;
use std::ops::Range;

use futures::future::try_join_all;
use orderdesk_mcp_contract::trace::query::VALUE_MAX;
use orderdesk_mcp_contract::trace::story::{Happened, Story, StoryEvent};
use orderdesk_mcp_contract::views::change::{ChangeQuery, RecordKind};
use orderdesk_mcp_contract::{
    ApiError, ChangeId, ChangeState, ErrorCode, Right, StoreUid, TenantId, TraceId, UtcMillis,
    tools,
};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{Sieve, TRACE_PAGE_MAX, TraceRecord, TraceRows, TraceSearch};
use orderdesk_mcp_storage::row::made_at;

use super::names::Names;
use super::related::{PAUSE_MS, order_query, run_of, run_query};
use crate::audit::act_in_words;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;

/// Calls in one part of an order's story.
const CALLS: u32 = 100;
/// Changes of an order whose steps are told, the newest.
const CHANGES: u32 = 50;
/// Changes that are read at once.
const AT_ONCE: usize = 10;

impl Services {
    /// The life of an order of one store, or of those of all stores with this id: the calls about it that are older than
    /// `before`, and what became of its changes in that time.
    ///
    /// # Errors
    /// `Invalid` at `order` for what is no order's id, `NotFound` when nothing is known of it, `Unavailable` when the database
    /// cannot be asked.
    pub async fn order_story(
        &self,
        caller: &Caller,
        order: &str,
        store: Option<StoreUid>,
        before: Option<TraceId>,
    ) -> Result<Story, ApiError> {
        caller.require(Right::Look)?;
        let order = order.trim();
        if order.is_empty() || order.chars().count() > VALUE_MAX {
            return Err(ApiError::invalid("order", "Name an order by its id."));
        }
        let told = self.tell_order(caller, order, store, before).await;
        told.map_err(Failure::answer)
    }

    /// The run that a call belongs to: the calls of the same key and client around it, without a pause of more than 15 minutes.
    ///
    /// # Errors
    /// `NotFound` when the workspace has no such call, `Unavailable` when the database cannot be asked.
    pub async fn run_story(&self, caller: &Caller, id: TraceId) -> Result<Story, ApiError> {
        caller.require(Right::Look)?;
        self.tell_run(caller, id).await.map_err(Failure::answer)
    }

    async fn tell_order(
        &self,
        caller: &Caller,
        order: &str,
        store: Option<StoreUid>,
        before: Option<TraceId>,
    ) -> Result<Story, Failure> {
        let tenant = caller.tenant_id();
        let search = TraceSearch {
            orders: Sieve::only([order.to_owned()]),
            stores: store.map_or_else(Sieve::default, |id| Sieve::only([id])),
            ..TraceSearch::default()
        };
        let names = self.trace_names(tenant).await?;
        let found = self
            .storage()
            .search_traces(tenant, &search, before, CALLS)
            .await?;
        // What became of changes is told in the part with the call that began before it.
        let until = self.began(tenant, before, UtcMillis(i64::MAX)).await?;
        let from = self.began(tenant, found.next, UtcMillis(0)).await?;
        let calls = found.rows.iter().map(|row| event_of(&names, row, None));
        let mut events: Vec<_> = calls.collect();
        let (steps, is_cut) = self.steps_of(tenant, order, store, from..until).await?;
        events.extend(steps);
        if events.is_empty() && before.is_none() && !found.is_damaged {
            let text = format!("Nothing is known here of an order {order}.");
            return Err(ApiError::new(ErrorCode::NotFound, text).into());
        }
        events.sort_by_key(|event| event.at);
        Ok(Story {
            events,
            before: found.next,
            is_cut,
            is_damaged: found.is_damaged,
            query: order_query(order, store, &names).to_string(),
        })
    }

    /// When the call began at which one part ends and another begins; a search that looked far enough may end at none. Where the
    /// call cannot be read, the parts meet at the end of it.
    async fn began(
        &self,
        tenant: TenantId,
        id: Option<TraceId>,
        without: UtcMillis,
    ) -> Result<UtcMillis, Failure> {
        let Some(id) = id else {
            return Ok(without);
        };
        match self.storage().trace(tenant, id).await {
            Ok(Some(call)) => Ok(call.started_at),
            Ok(None) | Err(StorageError::Corrupt { .. }) => Ok(made_at(id)),
            Err(error) => Err(error.into()),
        }
    }

    /// What became of an order's newest changes in a stretch of time, and whether there are older ones.
    async fn steps_of(
        &self,
        tenant: TenantId,
        order: &str,
        store: Option<StoreUid>,
        when: Range<UtcMillis>,
    ) -> Result<(Vec<StoryEvent>, bool), Failure> {
        let of_order = ChangeQuery {
            record_id: Some(order.to_owned()),
            store,
            limit: CHANGES,
            ..ChangeQuery::default()
        };
        let page = self.page_of(tenant, &of_order).await?;
        let mut changes = page.changes;
        // Products have ids of their own.
        changes.retain(|change| {
            change.record_kind == RecordKind::Order && change.created_at < when.end
        });
        let mut steps = Vec::new();
        for some in changes.chunks(AT_ONCE) {
            let journals = some
                .iter()
                .map(|change| self.storage().change_events(tenant, change.id));
            for (change, journal) in some.iter().zip(try_join_all(journals).await?) {
                let within = journal.into_iter().filter(|event| when.contains(&event.at));
                steps.extend(within.map(|event| StoryEvent {
                    at: event.at,
                    what: Happened::Step {
                        change: change.id,
                        summary: change.summary.clone(),
                        state: event.state,
                        text: event.text,
                    },
                }));
            }
        }
        Ok((steps, page.has_more))
    }

    async fn tell_run(&self, caller: &Caller, id: TraceId) -> Result<Story, Failure> {
        let tenant = caller.tenant_id();
        let names = self.trace_names(tenant).await?;
        let one = self.find_trace(caller, id).await?;
        let TraceRows {
            rows: around,
            is_damaged,
            ..
        } = match one.key_id {
            Some(key) => {
                self.storage()
                    .traces_around(tenant, key, id, TRACE_PAGE_MAX)
                    .await?
            }
            None => TraceRows {
                rows: vec![one.clone()],
                ..TraceRows::default()
            },
        };
        let run = run_of(&around, &one);
        let is_cut = may_go_on(&around, &run, id);
        let mut changes: Vec<_> = run.iter().filter_map(|row| row.change_id).collect();
        changes.sort_unstable();
        changes.dedup();
        let mut states: HashMap<ChangeId, ChangeState> = HashMap::new();
        for some in changes.chunks(AT_ONCE) {
            let found = some.iter().map(|id| self.storage().change(tenant, *id));
            let found = try_join_all(found).await?.into_iter().flatten();
            states.extend(found.map(|change| (change.id, change.state)));
        }
        let event = |row: &&TraceRecord| {
            let state = row.change_id.and_then(|id| states.get(&id).copied());
            event_of(&names, row, state)
        };
        let mut events: Vec<_> = run.iter().map(event).collect();
        events.sort_by_key(|event| event.at);
        Ok(Story {
            events,
            before: None,
            is_cut,
            is_damaged,
            query: run_query(&run, &one, &names).to_string(),
        })
    }
}

fn event_of(names: &Names, row: &TraceRecord, change: Option<ChangeState>) -> StoryEvent {
    StoryEvent {
        at: row.started_at,
        what: Happened::Call {
            line: Box::new(names.line(row)),
            title: title_of(&row.tool),
            change,
        },
    }
}

/// What a tool or use case is called.
fn title_of(tool: &str) -> String {
    let title = tools::catalog::find(tool).map(|spec| spec.title);
    let title = title.or_else(|| act_in_words(tool));
    title.map_or_else(|| tool.to_owned(), str::to_owned)
}

/// Whether a run may go on beyond what was read around a call: a side is full, and the run comes close to its end.
fn may_go_on(around: &[TraceRecord], run: &[&TraceRecord], id: TraceId) -> bool {
    let Some(place) = around.iter().position(|row| row.id == id) else {
        return false;
    };
    let most = TRACE_PAGE_MAX as usize;
    let is_close = |one: Option<&TraceRecord>, other: Option<&&TraceRecord>| {
        one.zip(other)
            .is_some_and(|(one, other)| one.started_at.since(other.started_at).abs() <= PAUSE_MS)
    };
    (place >= most && is_close(around.first(), run.first()))
        || (around.len() - place > most && is_close(around.last(), run.last()))
}
