//! Changing a store.

use orderdesk_mcp_contract::views::store::{StoreEdit, StoreView};
use orderdesk_mcp_contract::{ApiError, ErrorCode, Right, SecretText, StoreUid, validate};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::StoreRecord;
use serde_json::json;

use super::register::{filled, name_taken, refused_credentials};
use super::{no_such_store, store_id, view};
use crate::accounts::name_key;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Call;
use crate::upstream;

impl Services {
    /// Changes a store's name and label, and its API key when one was typed: that is proved against Order Desk first, and
    /// until it was, the saved one stays.
    ///
    /// # Errors
    /// `Forbidden` unless the caller manages the workspace, `NotFound`, `Invalid` with the field at fault, `Conflict` for a
    /// name that is taken or a store that was changed meanwhile, `UpstreamRefused` for a key that does not open it.
    pub async fn edit_store(
        &self,
        caller: &Caller,
        id: StoreUid,
        edit: &StoreEdit,
    ) -> Result<StoreView, ApiError> {
        let call = self.begin(caller, "edit_store");
        let outcome = self.change_store(&call, id, edit).await;
        self.finish(call, outcome).await
    }

    async fn change_store(
        &self,
        call: &Call,
        id: StoreUid,
        edit: &StoreEdit,
    ) -> Result<StoreView, Failure> {
        call.caller().require(Right::Stores)?;
        let tenant = call.tenant();
        // As it is in the database, not as it was a moment ago.
        let before = self.storage().store(tenant, id).await?;
        let before = before.ok_or_else(no_such_store)?;
        call.about_store(id);
        validate::short_text("store_name", &edit.store_name, validate::NAME_MAX)?;
        validate::optional_text("label", &edit.label, validate::NAME_MAX)?;
        if edit.seen != before.updated_at {
            return Err(changed_meanwhile());
        }
        let mut after = StoreRecord {
            name: edit.store_name.trim().to_owned(),
            name_key: name_key(&edit.store_name),
            label: filled(&edit.label),
            // Later than before in any case: it is what the next edit is told by.
            updated_at: self.now().max(before.updated_at.plus_millis(1)),
            ..before.clone()
        };
        if after.name_key != before.name_key {
            self.refuse_taken_name(call, &after.name, None).await?;
        }
        let has_new_key = !edit.api_key.expose().trim().is_empty();
        if has_new_key {
            self.charge_request(call.caller())?;
            self.renew_credentials(call, &mut after, edit.api_key.expose().trim())
                .await?;
        }
        call.note(json!({ "has_new_key": has_new_key }));
        call.enter().await?;
        match self.storage().update_store(&after, edit.seen).await {
            Ok(true) => {}
            Ok(false) => return Err(changed_meanwhile()),
            Err(StorageError::Taken { .. }) => return Err(name_taken(&after.name)),
            Err(error) => return Err(error.into()),
        }
        self.store_rows().forget(tenant);
        if has_new_key {
            self.caches().forget_store(tenant, id);
        }
        view(&after)
    }

    /// Puts a proved key into the row.
    async fn renew_credentials(
        &self,
        call: &Call,
        row: &mut StoreRecord,
        key: &str,
    ) -> Result<(), Failure> {
        validate::api_key("api_key", &SecretText::new(key))?;
        let (client, credentials) = self.try_out(row.tenant_id, &store_id(row)?, key)?;
        upstream::store_info(call, &client, &credentials)
            .await
            .map_err(refused_credentials)?;
        row.sealed_api_key = self.seal_api_key(row.tenant_id, row.id, key)?;
        row.key_fingerprint = self.fingerprint(key);
        Ok(())
    }
}

fn changed_meanwhile() -> Failure {
    ApiError::new(
        ErrorCode::Conflict,
        "Somebody else changed this store meanwhile; nothing was saved. Reload the page to see what it is now.",
    )
    .into()
}
