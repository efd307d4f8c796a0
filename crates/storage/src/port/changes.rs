use async_trait::async_trait;
use orderdesk_mcp_contract::{ChangeId, ChangeState, KeyId, StoreUid, TenantId, UtcMillis};

use crate::error::StorageError;
use crate::record::{
    Added, BudgetUse, ChangeEvent, ChangeFilter, ChangeImage, ChangeRecord, ChangeStep, Impact,
    KnownChange, Lease, NewChange, OpenChange, Stepped,
};

/// Changes with their journal, sealed parts, names and leases.
///
/// Free texts longer than their columns are cut, and characters that cannot be stored are left out of them: what may have
/// been sent must be recorded, and no odd text may be in the way. An id, hash or version that does not fit is `Failed`.
#[async_trait]
pub trait Changes {
    /// Adds a change with its parts, names and first journal entry, all or none. A name that is held by another change
    /// keeps this one out, unless the name has run out (`expires_at <= change.created_at`) or its change has come to
    /// nothing (denied, expired, refused, conflict, not applied) or was undone: then the name goes over to this one.
    ///
    /// # Errors
    /// `Gone("tenant")` when the workspace is not there; `Taken("change")` when the workspace has a change of this id;
    /// `Failed` when the state is none to begin with.
    async fn add_change(&self, new: &NewChange) -> Result<Added, StorageError>;

    /// A change of a workspace.
    async fn change(
        &self,
        tenant: TenantId,
        id: ChangeId,
    ) -> Result<Option<ChangeRecord>, StorageError>;

    /// Its sealed parts, by part.
    async fn change_images(
        &self,
        tenant: TenantId,
        id: ChangeId,
    ) -> Result<Vec<ChangeImage>, StorageError>;

    /// Its journal, oldest first.
    async fn change_events(
        &self,
        tenant: TenantId,
        id: ChangeId,
    ) -> Result<Vec<ChangeEvent>, StorageError>;

    /// The change that a name stands for now, by the rules of [`Changes::add_change`].
    async fn change_by_key(
        &self,
        tenant: TenantId,
        hash: &str,
        now: UtcMillis,
    ) -> Result<Option<KnownChange>, StorageError>;

    /// Changes of a workspace, newest first.
    async fn list_changes(
        &self,
        tenant: TenantId,
        filter: &ChangeFilter,
    ) -> Result<Vec<ChangeRecord>, StorageError>;

    /// How many changes of a workspace stand in this state.
    async fn count_changes(
        &self,
        tenant: TenantId,
        state: ChangeState,
    ) -> Result<u64, StorageError>;

    /// Takes one step: state, journal, columns, parts and lease in one durable transaction, or nothing at all. Sets
    /// `applying_at` when it goes into `Applying`. Steps that the table of states does not allow are refused here.
    ///
    /// Of several reasons against a step the first is told, in this order: the change stands elsewhere, the lease is
    /// lost or is another record's, writes are stopped (by the widest stop), the budget would be exceeded. Once
    /// [`Policies::add_write_stop`](super::Policies::add_write_stop) has returned, no step that heeds stops passes it.
    ///
    /// # Errors
    /// `Failed` for a step that the table of states does not allow, and for one with a budget or that heeds stops from
    /// elsewhere than `Approved` or to elsewhere than `Applying`.
    async fn step_change(&self, step: &ChangeStep) -> Result<Stepped, StorageError>;

    /// Replaces parts and columns of a change that is being applied, under its lease, and writes into its journal: the
    /// before-image after somebody else's edit. `false` when the lease is lost or the change is not being applied.
    async fn revise_change(
        &self,
        lease: &Lease,
        id: ChangeId,
        at: UtcMillis,
        text: &str,
        version_before: &str,
        images: &[ChangeImage],
    ) -> Result<bool, StorageError>;

    /// Adds to a change's journal without a step; nothing when there is no such change.
    async fn note_change(
        &self,
        tenant: TenantId,
        id: ChangeId,
        at: UtcMillis,
        text: &str,
    ) -> Result<(), StorageError>;

    /// Changes that are approved or may have been sent (approved, applying, applied, unknown), whose state is older
    /// than `before` and whose record nobody holds a lease of at `now`: what a process that died has left. Of all
    /// workspaces, oldest first.
    async fn open_changes(
        &self,
        before: UtcMillis,
        now: UtcMillis,
        limit: u32,
    ) -> Result<Vec<OpenChange>, StorageError>;

    /// Proposals whose time has run out at `now`. Of all workspaces, oldest first.
    async fn overdue_proposals(
        &self,
        now: UtcMillis,
        limit: u32,
    ) -> Result<Vec<OpenChange>, StorageError>;

    /// What a key has used since `from`, together with those that it took over from and that took over from it.
    async fn budget_use(
        &self,
        tenant: TenantId,
        key: KeyId,
        from: UtcMillis,
    ) -> Result<BudgetUse, StorageError>;

    /// What changes that began to be applied at `from` or later have done, by store.
    async fn impact(&self, tenant: TenantId, from: UtcMillis) -> Result<Vec<Impact>, StorageError>;

    /// Takes the lease of a record for `holder` until `until`, if nobody else holds it at `now`. Gives the lease with
    /// its new fence, or none. A holder that has it already gets it with the same fence and the new end; one whose lease
    /// ran out gets a new one. A lease is held up to and with the millisecond of its end.
    ///
    /// # Errors
    /// `Gone("tenant")` when the workspace is not there.
    async fn take_lease(
        &self,
        tenant: TenantId,
        store: StoreUid,
        record: &str,
        holder: &str,
        now: UtcMillis,
        until: UtcMillis,
    ) -> Result<Option<Lease>, StorageError>;

    /// Holds a lease for longer, never for shorter. `false` when it is lost: given back, or taken by another. One that
    /// ran out and that nobody took since is held again, with the same fence.
    async fn renew_lease(&self, lease: &Lease, until: UtcMillis) -> Result<bool, StorageError>;

    /// Gives a lease back; nothing when it is lost.
    async fn end_lease(&self, lease: &Lease) -> Result<(), StorageError>;
}
