//! Which store a call is about.

use std::sync::Arc;

use orderdesk_mcp_contract::tools::stores::ResolvedBy;
use orderdesk_mcp_contract::{ApiError, ErrorCode, StoreUid, TenantId};
use orderdesk_mcp_storage::record::StoreRecord;

use crate::accounts::name_key;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Call;

impl Services {
    /// The store a call names, or the active one, or the only one.
    pub(crate) async fn store_of_call(
        &self,
        call: &Call,
        identifier: Option<&str>,
    ) -> Result<Arc<StoreRecord>, Failure> {
        let row = match identifier {
            Some(identifier) => self.find_store(call.tenant(), identifier).await?.0,
            None => self.default_store(call).await?,
        };
        call.about_store(row.id);
        Ok(row)
    }

    /// A store by its Order Desk id, else by its name without regard to case.
    pub(crate) async fn find_store(
        &self,
        tenant: TenantId,
        identifier: &str,
    ) -> Result<(Arc<StoreRecord>, ResolvedBy), Failure> {
        let identifier = identifier.trim();
        let by = |row: &StoreRecord| {
            if row.store_id == identifier {
                ResolvedBy::StoreId
            } else {
                ResolvedBy::StoreName
            }
        };
        if let Some(row) = self.store_rows().get(tenant, identifier).await {
            let found_by = by(&row);
            return Ok((row, found_by));
        }
        let found = match self.storage().store_by_store_id(tenant, identifier).await? {
            Some(row) => Some(row),
            None => {
                self.storage()
                    .store_by_name_key(tenant, &name_key(identifier))
                    .await?
            }
        };
        let Some(row) = found.map(Arc::new) else {
            return Err(self.no_such_store(tenant, identifier).await?.into());
        };
        self.store_rows().put(identifier, Arc::clone(&row)).await;
        let found_by = by(&row);
        Ok((row, found_by))
    }

    async fn default_store(&self, call: &Call) -> Result<Arc<StoreRecord>, Failure> {
        let tenant = call.tenant();
        if let Some(active) = self.active_store(call).await?
            && let Some(row) = self.store_by_uid(tenant, active).await?
        {
            return Ok(row);
        }
        let mut rows = self.storage().list_stores(tenant).await?;
        // With a single store there is nothing to choose.
        if let (1, Some(row)) = (rows.len(), rows.pop()) {
            return Ok(Arc::new(row));
        }
        let names: Vec<_> = self
            .storage()
            .list_stores(tenant)
            .await?
            .into_iter()
            .map(|row| row.name)
            .collect();
        let message = if names.is_empty() {
            "This workspace has no store yet. Ask the person to add one in the web app, or use `stores_register`.".to_owned()
        } else {
            format!(
                "Say which store: give `store_identifier`, or choose one with `stores_use_store`. Stores: {}.",
                names.join(", ")
            )
        };
        Err(ApiError::invalid("store_identifier", message)
            .with_allowed(names)
            .into())
    }

    /// The caller's active store, as it is now.
    pub(crate) async fn active_store(&self, call: &Call) -> Result<Option<StoreUid>, Failure> {
        let who = self.who(call.caller().actor()).await?;
        Ok(who.and_then(|who| who.active_store()))
    }

    /// A store of a workspace by our id.
    pub(crate) async fn store_by_uid(
        &self,
        tenant: TenantId,
        id: StoreUid,
    ) -> Result<Option<Arc<StoreRecord>>, Failure> {
        let key = id.to_string();
        if let Some(row) = self
            .store_rows()
            .get(tenant, &key)
            .await
            .filter(|row| row.id == id)
        {
            return Ok(Some(row));
        }
        let Some(row) = self.storage().store(tenant, id).await?.map(Arc::new) else {
            return Ok(None);
        };
        self.store_rows().put(&key, Arc::clone(&row)).await;
        Ok(Some(row))
    }

    async fn no_such_store(&self, tenant: TenantId, identifier: &str) -> Result<ApiError, Failure> {
        let names: Vec<_> = self
            .storage()
            .list_stores(tenant)
            .await?
            .into_iter()
            .map(|row| row.name)
            .collect();
        let stores = if names.is_empty() {
            "There is none yet".to_owned()
        } else {
            format!("Stores: {}", names.join(", "))
        };
        let message = format!("There is no store `{identifier}` in this workspace. {stores}.");
        let error = ApiError {
            field: Some("store_identifier".into()),
            ..ApiError::new(ErrorCode::NotFound, message)
        };
        Ok(error.with_allowed(names))
    }
}
