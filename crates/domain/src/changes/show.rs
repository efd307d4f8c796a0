//! Changes in lists and by themselves.

use std::collections::HashMap;

use orderdesk_mcp_contract::views::change::{
    Attention, ChangeDetail, ChangeEventView, ChangePage, ChangeQuery, ChangeSummary, ThreeWay,
};
use orderdesk_mcp_contract::{ApiError, ChangeId, ChangeState, KeyId, Money, StoreUid, TenantId};
use orderdesk_mcp_storage::record::{ChangeFilter, ChangeRecord};

use super::operation::Operation;
use super::receipt::no_such_change;
use super::sealed::Opened;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::stores::SANDBOX_STORE_ID;
use crate::traces::Call;

/// Most changes in a page.
const PAGE_MAX: u32 = 200;

impl Services {
    /// Changes of the caller's workspace, newest first.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn list_changes(
        &self,
        caller: &Caller,
        query: &ChangeQuery,
    ) -> Result<ChangePage, ApiError> {
        self.page_of(caller.tenant_id(), query)
            .await
            .map_err(Failure::answer)
    }

    /// Changes of the call's workspace, for the tool `changes_list`.
    pub(crate) async fn find_changes(
        &self,
        call: &Call,
        query: &ChangeQuery,
    ) -> Result<ChangePage, Failure> {
        self.page_of(call.tenant(), query).await
    }

    /// Everything of one change.
    ///
    /// # Errors
    /// `NotFound` when the workspace has no such change.
    pub async fn change_detail(
        &self,
        caller: &Caller,
        id: ChangeId,
    ) -> Result<ChangeDetail, ApiError> {
        self.detail_of(caller.tenant_id(), id)
            .await
            .map_err(Failure::answer)
    }

    /// A change of the call's workspace, for the tool `changes_get`.
    pub(crate) async fn find_change(
        &self,
        call: &Call,
        id: ChangeId,
    ) -> Result<ChangeDetail, Failure> {
        let detail = self.detail_of(call.tenant(), id).await?;
        call.about_store(detail.summary.store_uid);
        let of = &detail.summary;
        call.about_record(of.record_kind, of.record_id.as_deref());
        Ok(detail)
    }

    /// What needs somebody's attention, for every page's frame.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn attention(&self, caller: &Caller) -> Result<Attention, ApiError> {
        let tenant = caller.tenant_id();
        let read = async {
            Ok::<_, Failure>(Attention {
                waiting: self
                    .storage()
                    .count_changes(tenant, ChangeState::Proposed)
                    .await?,
                has_stops: !self.storage().write_stops(tenant).await?.is_empty(),
            })
        };
        read.await.map_err(Failure::answer)
    }

    pub(crate) async fn page_of(
        &self,
        tenant: TenantId,
        query: &ChangeQuery,
    ) -> Result<ChangePage, Failure> {
        let limit = query.limit.clamp(1, PAGE_MAX);
        let filter = ChangeFilter {
            states: query.states.clone(),
            store_id: query.store,
            record_id: query.record_id.clone(),
            key_id: query.key,
            tool: query.tool.clone(),
            before: query.before,
            // One more tells whether another page follows.
            limit: limit + 1,
        };
        let mut rows = self.storage().list_changes(tenant, &filter).await?;
        let has_more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let names = self.actor_names(tenant).await?;
        let sandbox = self.sandbox_of(tenant).await?;
        Ok(ChangePage {
            as_of: self.now(),
            changes: rows
                .into_iter()
                .map(|row| summary(row, &names, sandbox))
                .collect(),
            has_more,
            waiting: self
                .storage()
                .count_changes(tenant, ChangeState::Proposed)
                .await?,
        })
    }

    async fn detail_of(&self, tenant: TenantId, id: ChangeId) -> Result<ChangeDetail, Failure> {
        let change = self
            .storage()
            .change(tenant, id)
            .await?
            .ok_or_else(no_such_change)?;
        let opened = self.open_parts(tenant, id).await?;
        let events = self.storage().change_events(tenant, id).await?;
        let names = self.actor_names(tenant).await?;
        let sandbox = self.sandbox_of(tenant).await?;
        let undo = self.undoable(&change, &opened);
        let name_of = |key: KeyId| names.get(&key).cloned().unwrap_or_else(|| key.to_string());
        let events = events.into_iter().map(|event| ChangeEventView {
            at: event.at,
            state: event.state,
            text: event.text,
        });
        Ok(ChangeDetail {
            three_way: three_way(&change, &opened),
            deleted: deleted(&opened),
            diff: opened.plan.diff,
            warnings: opened.plan.warnings,
            policy: opened.plan.reasons,
            upstream_calls: opened.plan.operation.calls(),
            decided_by: change.decided_by.map(name_of),
            decision_reason: change.decision_reason.clone(),
            outcome: change.outcome.clone(),
            events: events.collect(),
            undo,
            version_before: change.version_before.clone(),
            version_after: change.version_after.clone(),
            plan_hash: change.plan_hash.clone(),
            page_url: self.change_url(id),
            summary: summary(change, &names, sandbox),
        })
    }

    /// Our id of the workspace's sandbox, if it has one.
    async fn sandbox_of(&self, tenant: TenantId) -> Result<Option<StoreUid>, Failure> {
        let found = self
            .storage()
            .store_by_store_id(tenant, SANDBOX_STORE_ID)
            .await?;
        Ok(found.map(|row| row.id))
    }
}

fn summary(
    row: ChangeRecord,
    names: &HashMap<KeyId, String>,
    sandbox: Option<StoreUid>,
) -> ChangeSummary {
    ChangeSummary {
        id: row.id,
        state: row.state,
        tool: row.tool,
        summary: row.summary,
        store_uid: row.store_id,
        store_name: row.store_name,
        sandbox: sandbox == Some(row.store_id),
        record_kind: row.record_kind,
        record_id: row.record_id,
        field_count: u64::from(row.field_count),
        money: (row.money != Money::ZERO).then_some(row.money),
        key_name: names
            .get(&row.key_id)
            .cloned()
            .unwrap_or_else(|| row.key_id.to_string()),
        key_id: row.key_id,
        client: row.client,
        reason: row.reason,
        created_at: row.created_at,
        updated_at: row.updated_at,
        expires_at: row.expires_at,
        undoes: row.undoes,
        undone_by: row.undone_by,
    }
}

/// The whole record that a deletion takes.
fn deleted(opened: &Opened) -> Option<orderdesk::Json> {
    let is_deletion = matches!(opened.plan.operation, Operation::DeleteOrder);
    let before = opened.before.as_ref().filter(|_| is_deletion)?;
    Some(before.object().clone().into())
}

/// The fields in conflict with what was there, what was wanted, and what somebody else put there.
fn three_way(change: &ChangeRecord, opened: &Opened) -> Vec<ThreeWay> {
    let Some(found) = opened
        .found
        .as_ref()
        .filter(|_| change.state == ChangeState::Conflict)
    else {
        return Vec::new();
    };
    let conflicts = found.apply(&opened.plan.diff).conflicts;
    let sides = conflicts.into_iter().map(|conflict| ThreeWay {
        path: conflict.change.path,
        before: conflict.change.before,
        wanted: conflict.change.after,
        found: conflict.found,
    });
    sides.collect()
}
