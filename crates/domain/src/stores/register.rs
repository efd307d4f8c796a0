//! Adding stores.

use orderdesk::StoreId;
use orderdesk_mcp_contract::tools::stores::{RegisterStore, StoreRegistered};
use orderdesk_mcp_contract::{ApiError, ErrorCode, validate};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::StoreRecord;

use super::{SANDBOX_STORE_ID, view};
use crate::accounts::name_key;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Call;
use crate::upstream;

impl Services {
    /// Proves the credentials against Order Desk, then saves the store with its key sealed. Nothing is
    /// saved if the proof fails. A store that was deleted and can still be restored comes back under its old id.
    pub(crate) async fn register_store(
        &self,
        call: &Call,
        new: RegisterStore,
    ) -> Result<StoreRegistered, Failure> {
        let tenant = call.tenant();
        // Before asking Order Desk: a name that is taken needs no proof of credentials.
        if let Some(name) = &new.store_name {
            self.refuse_taken_name(call, name, Some(&new.store_id))
                .await?;
        }
        if self
            .storage()
            .store_by_store_id(tenant, new.store_id.as_str())
            .await?
            .is_some()
        {
            return Err(taken(
                "store_id",
                &format!("Store {} is already in this workspace.", new.store_id),
            ));
        }
        let is_same = |row: &StoreRecord| row.store_id == new.store_id.as_str();
        let deleted = self.deleted_store(call, is_same).await?;
        let (client, credentials) = self.try_out(tenant, &new.store_id, new.api_key.expose())?;
        let proof = upstream::store_info(call, &client, &credentials)
            .await
            .map_err(refused_credentials)?;
        let name = match (new.store_name, &deleted) {
            (Some(name), _) => name.trim().to_owned(),
            (None, Some(deleted)) => deleted.name.clone(),
            (None, None) => {
                let name = default_name(proof.name(), new.store_id.as_str());
                self.refuse_taken_name(call, &name, None).await?;
                name
            }
        };
        let now = self.now();
        let (id, created_at) = match &deleted {
            Some(deleted) => (deleted.id, deleted.created_at),
            None => (self.new_store_uid()?, now),
        };
        let row = StoreRecord {
            id,
            tenant_id: tenant,
            store_id: new.store_id.as_str().to_owned(),
            name_key: name_key(&name),
            name,
            label: new.label.as_deref().and_then(filled),
            sandbox: new.store_id.as_str() == SANDBOX_STORE_ID,
            sealed_api_key: self.seal_api_key(tenant, id, new.api_key.expose())?,
            key_fingerprint: self.fingerprint(new.api_key.expose()),
            created_at,
            updated_at: now,
        };
        call.about_store(id);
        call.enter().await?;
        let said = if deleted.is_some() {
            "which had been deleted, is back"
        } else {
            "was added"
        };
        if deleted.is_some() {
            self.make_live(&row).await?;
        } else {
            self.add_row(&row).await?;
        }
        let message = format!(
            "Order Desk accepted the credentials; the store `{}` {said}.",
            row.name
        );
        Ok(StoreRegistered {
            status: "success".into(),
            store: view(&row)?,
            message,
        })
    }

    async fn add_row(&self, row: &StoreRecord) -> Result<(), Failure> {
        match self.storage().add_store(row).await {
            Ok(()) => {}
            Err(StorageError::Taken { what: "store_name" }) => return Err(name_taken(&row.name)),
            Err(StorageError::Taken { .. }) => {
                return Err(taken(
                    "store_id",
                    &format!("Store {} is already in this workspace.", row.store_id),
                ));
            }
            Err(error) => return Err(error.into()),
        }
        self.store_rows().forget(row.tenant_id);
        Ok(())
    }

    /// Refuses a name that another store of the workspace has, live or deleted; `of` is the one that is to have it.
    pub(super) async fn refuse_taken_name(
        &self,
        call: &Call,
        name: &str,
        of: Option<&StoreId>,
    ) -> Result<(), Failure> {
        let key = name_key(name);
        let found = self
            .storage()
            .store_by_name_key(call.tenant(), &key)
            .await?;
        if found.is_some() {
            return Err(name_taken(name));
        }
        self.refuse_name_of_deleted(call, &key, of).await
    }
}

/// A text without the blanks around it; none when nothing is left.
pub(super) fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn default_name(reported: Option<&str>, store_id: &str) -> String {
    let reported = reported.map(str::trim).filter(|name| !name.is_empty());
    let name = reported.map_or_else(|| format!("Store {store_id}"), str::to_owned);
    name.chars()
        .filter(|c| !c.is_control())
        .take(validate::NAME_MAX)
        .collect()
}

pub(super) fn name_taken(name: &str) -> Failure {
    taken(
        "store_name",
        &format!(
            "There is already a store named `{}` in this workspace (case does not matter). Choose another `store_name`.",
            name.trim()
        ),
    )
}

pub(super) fn taken(field: &str, message: &str) -> Failure {
    ApiError {
        field: Some(field.into()),
        ..ApiError::new(ErrorCode::Conflict, message)
    }
    .into()
}

/// At this point a 401 is about what was just typed, not about something saved.
pub(super) fn refused_credentials(failure: Failure) -> Failure {
    match failure {
        Failure::Upstream(orderdesk::client::ClientError::Unauthorized) => ApiError {
            field: Some("api_key".into()),
            ..ApiError::new(
                ErrorCode::UpstreamRefused,
                "Order Desk refused these credentials; nothing was saved. Check the store id and the API key under Settings, Store Settings, API.",
            )
        }
        .into(),
        other => other,
    }
}
