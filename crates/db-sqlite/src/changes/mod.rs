//! Changes: adding them, their steps and leases, reading them.

mod add;
mod lease;
mod list;
mod parts;
mod read;
mod step;
mod usage;

use async_trait::async_trait;
use orderdesk_mcp_contract::{ChangeId, ChangeState, KeyId, StoreUid, TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::port::Changes;
use orderdesk_mcp_storage::record::{
    Added, BudgetUse, ChangeEvent, ChangeFilter, ChangeImage, ChangeRecord, ChangeStep, Impact,
    KnownChange, Lease, NewChange, OpenChange, Stepped,
};

use crate::fault::fault;
use crate::open::SqliteStorage;

#[async_trait]
impl Changes for SqliteStorage {
    async fn add_change(&self, new: &NewChange) -> Result<Added, StorageError> {
        add::change(self, new).await
    }

    async fn change(
        &self,
        tenant: TenantId,
        id: ChangeId,
    ) -> Result<Option<ChangeRecord>, StorageError> {
        list::change(self, tenant, id).await
    }

    async fn change_images(
        &self,
        tenant: TenantId,
        id: ChangeId,
    ) -> Result<Vec<ChangeImage>, StorageError> {
        read::images(self, tenant, id).await
    }

    async fn change_events(
        &self,
        tenant: TenantId,
        id: ChangeId,
    ) -> Result<Vec<ChangeEvent>, StorageError> {
        read::events(self, tenant, id).await
    }

    async fn change_by_key(
        &self,
        tenant: TenantId,
        hash: &str,
        now: UtcMillis,
    ) -> Result<Option<KnownChange>, StorageError> {
        read::by_key(self, tenant, hash, now).await
    }

    async fn list_changes(
        &self,
        tenant: TenantId,
        filter: &ChangeFilter,
    ) -> Result<Vec<ChangeRecord>, StorageError> {
        list::list(self, tenant, filter).await
    }

    async fn count_changes(
        &self,
        tenant: TenantId,
        state: ChangeState,
    ) -> Result<u64, StorageError> {
        list::count(self, tenant, state).await
    }

    async fn step_change(&self, step: &ChangeStep) -> Result<Stepped, StorageError> {
        step::take(self, step).await
    }

    async fn revise_change(
        &self,
        lease: &Lease,
        id: ChangeId,
        at: UtcMillis,
        text: &str,
        version_before: &str,
        images: &[ChangeImage],
    ) -> Result<bool, StorageError> {
        step::revise(self, lease, id, at, text, version_before, images).await
    }

    async fn note_change(
        &self,
        tenant: TenantId,
        id: ChangeId,
        at: UtcMillis,
        text: &str,
    ) -> Result<(), StorageError> {
        let mut writer = self.writer.acquire().await.map_err(fault)?;
        parts::add_event(&mut writer, tenant, id, at, None, text).await
    }

    async fn open_changes(
        &self,
        before: UtcMillis,
        now: UtcMillis,
        limit: u32,
    ) -> Result<Vec<OpenChange>, StorageError> {
        read::open(self, before, now, limit).await
    }

    async fn overdue_proposals(
        &self,
        now: UtcMillis,
        limit: u32,
    ) -> Result<Vec<OpenChange>, StorageError> {
        read::overdue(self, now, limit).await
    }

    async fn budget_use(
        &self,
        tenant: TenantId,
        key: KeyId,
        from: UtcMillis,
    ) -> Result<BudgetUse, StorageError> {
        usage::since(self, tenant, key, from).await
    }

    async fn impact(&self, tenant: TenantId, from: UtcMillis) -> Result<Vec<Impact>, StorageError> {
        usage::impact(self, tenant, from).await
    }

    async fn take_lease(
        &self,
        tenant: TenantId,
        store: StoreUid,
        record: &str,
        holder: &str,
        now: UtcMillis,
        until: UtcMillis,
    ) -> Result<Option<Lease>, StorageError> {
        lease::take(self, tenant, store, record, holder, now, until).await
    }

    async fn renew_lease(&self, lease: &Lease, until: UtcMillis) -> Result<bool, StorageError> {
        lease::renew(self, lease, until).await
    }

    async fn end_lease(&self, lease: &Lease) -> Result<(), StorageError> {
        let mut writer = self.writer.acquire().await.map_err(fault)?;
        lease::end(&mut writer, lease).await
    }
}
