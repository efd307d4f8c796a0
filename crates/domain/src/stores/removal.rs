//! Deleting stores, for a while in a way that can be taken back.

use orderdesk::StoreId;
use orderdesk_mcp_contract::tools::stores::{DeleteStore, StoreDeleted};
use orderdesk_mcp_contract::views::store::{DeletedStoreView, StoreTiesView, StoreView};
use orderdesk_mcp_contract::{ApiError, ErrorCode, Right, StoreUid, UtcMillis};
use orderdesk_mcp_storage::record::{DeletedStore, StoreRecord, StoreTies};

use super::register::taken;
use super::{no_such_store, store_id, view};
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::stores::DAY_MS;
use crate::traces::Call;

/// For how many days a deleted store can be restored. Until then its key stays sealed, and its id and name taken.
const RESTORE_DAYS: i64 = 7;
/// Stores purged at once; the rest a minute later.
const PURGED_AT_ONCE: u32 = 1_000;

impl Services {
    /// Deletes a store: it is gone for everybody, its proposals are denied, and what was cached of it is dropped. Refused
    /// while changes of it are open, because whoever looks after them needs its key.
    pub(crate) async fn delete_store(
        &self,
        call: &Call,
        input: DeleteStore,
    ) -> Result<StoreDeleted, Failure> {
        let tenant = call.tenant();
        let (row, _) = self.find_store(tenant, &input.store_identifier).await?;
        call.about_store(row.id);
        call.enter().await?;
        let now = self.now();
        if !self.storage().delete_store(tenant, row.id, now).await? {
            let ties = self.storage().store_ties(tenant, row.id).await?;
            // Somebody else may have been faster.
            return Err(if ties.open == 0 {
                no_such_store()
            } else {
                has_open_changes(ties.open)
            });
        }
        self.store_rows().forget(tenant);
        self.caches().forget_store(tenant, row.id);
        // Keys may have had it active.
        self.accounts().forget_rows();
        let until = restorable_until(now);
        let denied = match self.deny_all_of(call, row.id).await {
            Ok(0) => String::new(),
            Ok(1) => " One proposal of it was denied.".to_owned(),
            Ok(many) => format!(" {many} proposals of it were denied."),
            // The store is deleted already, and none of them can be carried out any more.
            Err(failure) => {
                failure.answer();
                " Its proposals could not be denied just now; they come to nothing.".to_owned()
            }
        };
        Ok(StoreDeleted {
            status: "success".into(),
            store_id: store_id(&row)?,
            store_name: row.name.clone(),
            restorable_until: until,
            message: format!(
                "The store `{}` was removed; Order Desk itself was not touched.{denied} A person can restore it in the web app, on the page of stores, until {} UTC. Then its saved credentials are destroyed.",
                row.name,
                until.to_minute()
            ),
        })
    }

    /// The stores of the caller's workspace that can still be restored, by name.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn deleted_stores(&self, caller: &Caller) -> Result<Vec<DeletedStoreView>, ApiError> {
        let read = self.read_deleted(caller).await;
        read.map_err(Failure::answer)
    }

    pub(super) async fn read_deleted(
        &self,
        caller: &Caller,
    ) -> Result<Vec<DeletedStoreView>, Failure> {
        let now = self.now();
        let rows = self.storage().deleted_stores(caller.tenant_id()).await?;
        let views = rows.iter().map(deleted_view);
        let mut views = views.collect::<Result<Vec<_>, _>>()?;
        // The purge comes once a minute only.
        views.retain(|deleted| now < deleted.restorable_until);
        Ok(views)
    }

    /// Restores a deleted store as it was; what was denied when it was deleted stays so.
    ///
    /// # Errors
    /// `Forbidden` unless the caller manages the workspace, `NotFound` when there is none to restore.
    pub async fn restore_store(
        &self,
        caller: &Caller,
        id: StoreUid,
    ) -> Result<StoreView, ApiError> {
        let call = self.begin(caller, "restore_store");
        let outcome = self.bring_back(&call, id).await;
        self.finish(call, outcome).await
    }

    async fn bring_back(&self, call: &Call, id: StoreUid) -> Result<StoreView, Failure> {
        call.caller().require(Right::Stores)?;
        let store = self.deleted_store(call, |store| store.id == id).await?;
        let store = store.ok_or_else(nothing_to_restore)?;
        call.about_store(id);
        call.enter().await?;
        self.make_live(&store).await?;
        view(&store)
    }

    /// The deleted store that can still be restored and is meant.
    pub(super) async fn deleted_store(
        &self,
        call: &Call,
        is_meant: impl Fn(&StoreRecord) -> bool,
    ) -> Result<Option<StoreRecord>, Failure> {
        let deleted = self.storage().deleted_stores(call.tenant()).await?;
        let since = self.restorable_since();
        let found = deleted
            .into_iter()
            .find(|deleted| deleted.deleted_at > since && is_meant(&deleted.store));
        Ok(found.map(|deleted| deleted.store))
    }

    /// Makes a deleted store live again, as the record says.
    pub(super) async fn make_live(&self, store: &StoreRecord) -> Result<(), Failure> {
        let since = self.restorable_since();
        if !self.storage().restore_store(store, since).await? {
            return Err(nothing_to_restore());
        }
        self.store_rows().forget(store.tenant_id);
        Ok(())
    }

    /// What was deleted before this moment is to be purged.
    fn restorable_since(&self) -> UtcMillis {
        self.now().plus_millis(-RESTORE_DAYS * DAY_MS)
    }

    /// Refuses a name that another deleted store still holds, and says where that one can be restored.
    pub(super) async fn refuse_name_of_deleted(
        &self,
        call: &Call,
        name_key: &str,
        of: Option<&StoreId>,
    ) -> Result<(), Failure> {
        let deleted = self.storage().deleted_stores(call.tenant()).await?;
        let found = deleted.into_iter().find(|deleted| {
            let store = &deleted.store;
            store.name_key == name_key && of.is_none_or(|own| store.store_id != own.as_str())
        });
        let Some(found) = found else {
            return Ok(());
        };
        let text = format!(
            "The store `{}` was deleted and still holds this name until {} UTC. Restore it on the page of stores in the web app.",
            found.store.name,
            restorable_until(found.deleted_at).to_minute()
        );
        Err(taken("store_name", &text))
    }

    /// Destroys what can be restored no longer, with its credentials.
    pub(crate) async fn purge_deleted_stores(&self) {
        match self
            .storage()
            .purge_stores(self.restorable_since(), PURGED_AT_ONCE)
            .await
        {
            Ok(0) => {}
            Ok(stores) => tracing::info!(stores, "purged stores that were deleted a week ago"),
            Err(error) => {
                tracing::warn!(%error, "failed to purge deleted stores; will try again in a minute");
            }
        }
    }
}

pub(super) fn ties_view(ties: StoreTies) -> StoreTiesView {
    StoreTiesView {
        changes: ties.changes,
        waiting: ties.waiting,
        open: ties.open,
        active: ties.active,
    }
}

fn deleted_view(deleted: &DeletedStore) -> Result<DeletedStoreView, Failure> {
    Ok(DeletedStoreView {
        store: view(&deleted.store)?,
        deleted_at: deleted.deleted_at,
        restorable_until: restorable_until(deleted.deleted_at),
    })
}

fn restorable_until(deleted_at: UtcMillis) -> UtcMillis {
    deleted_at.plus_millis(RESTORE_DAYS * DAY_MS)
}

fn has_open_changes(open: u64) -> Failure {
    let text = if open == 1 {
        "One change of this store is under way, or its outcome is not known yet. Wait until it is settled; the page of changes shows it. Nothing was deleted.".to_owned()
    } else {
        format!(
            "{open} changes of this store are under way, or their outcomes are not known yet. Wait until they are settled; the page of changes shows them. Nothing was deleted."
        )
    };
    ApiError::new(ErrorCode::Conflict, text).into()
}

fn nothing_to_restore() -> Failure {
    ApiError::new(
        ErrorCode::NotFound,
        "There is no deleted store of this id to restore: it was restored already, or its 7 days are over.",
    )
    .into()
}
