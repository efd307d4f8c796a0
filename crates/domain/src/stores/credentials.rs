//! A store's API key, sealed and opened.

use orderdesk::StoreId;
use orderdesk::client::{Client, Credentials};
use orderdesk_mcp_contract::{ApiError, StoreUid, TenantId};
use orderdesk_mcp_storage::record::{SealedBlob, StoreRecord};
use orderdesk_mcp_vault::{Place, Purpose, Sealed, Secret};

use super::{SANDBOX_STORE_ID, store_id};
use crate::error::Failure;
use crate::services::Services;

/// Where a key is kept; bound into the seal, so that it opens in no other row.
fn sealed_at<R>(tenant: TenantId, row: StoreUid, with: impl FnOnce(&Place<'_>) -> R) -> R {
    with(&Place {
        tenant: &tenant.to_string(),
        table: "stores",
        column: "sealed_api_key",
        row: &row.to_string(),
    })
}

impl Services {
    pub(super) fn seal_api_key(
        &self,
        tenant: TenantId,
        row: StoreUid,
        key: &str,
    ) -> Result<SealedBlob, Failure> {
        let sealed = sealed_at(tenant, row, |place| {
            self.keyring().seal(
                Purpose::StoreCredentials,
                place,
                key.as_bytes(),
                self.entropy(),
            )
        })?;
        Ok(crate::services::blob(sealed))
    }

    /// The credentials of a saved store and the client that reaches it.
    pub(crate) fn open_store(&self, row: &StoreRecord) -> Result<(Client, Credentials), Failure> {
        let sealed = Sealed::from_bytes(row.sealed_api_key.bytes.clone())?;
        let opened = sealed_at(row.tenant_id, row.id, |place| {
            self.keyring()
                .open(Purpose::StoreCredentials, place, &sealed)
        })?;
        let key = opened
            .into_text()
            .map_err(|error| Failure::bug("a saved API key is not text", error))?;
        if row.store_id == SANDBOX_STORE_ID {
            return self.open_sandbox(row.tenant_id, key.expose());
        }
        let credentials = Credentials::new(store_id(row)?, key.expose())
            .map_err(|error| Failure::bug("a saved API key is not one", error))?;
        Ok((self.orderdesk().clone(), credentials))
    }

    /// A short keyed fingerprint, by which a person can tell two API keys apart without seeing either.
    pub(super) fn fingerprint(&self, key: &str) -> String {
        let tag = self.keyring().cache_tag(&Secret::from(key));
        tag[..4].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Credentials that were just typed, and the client that reaches their store.
    pub(super) fn try_out(
        &self,
        tenant: TenantId,
        id: &StoreId,
        key: &str,
    ) -> Result<(Client, Credentials), Failure> {
        if id.as_str() == SANDBOX_STORE_ID {
            return self.open_sandbox(tenant, key);
        }
        let credentials = Credentials::new(id.clone(), key).map_err(|error| {
            ApiError::invalid("api_key", format!("This cannot be an API key: {error}."))
        })?;
        Ok((self.orderdesk().clone(), credentials))
    }
}
