//! The built-in sandbox: a store with invented data, to try everything without touching anything real.
//!
//! Every workspace has a shop of its own there, so that nobody sees another's changes or uses up another's
//! requests. People see the same store id and key everywhere; how the shop is really called is made from
//! the workspace, so a saved sandbox store works on after a restart, on a fresh shop.

use std::fmt::Write as _;

use orderdesk::StoreId;
use orderdesk::client::{Client, Credentials};
use orderdesk_mcp_contract::views::store::NewStore;
use orderdesk_mcp_contract::{ApiError, ErrorCode, SecretText, TenantId};
use orderdesk_mcp_vault::Secret;

use crate::error::Failure;
use crate::services::Services;

/// The sandbox's store id. Order Desk's own ids are numbers, so it can hide no real store.
pub const SANDBOX_STORE_ID: &str = "sandbox";
/// The sandbox's API key; it opens nothing but invented data.
pub const SANDBOX_API_KEY: &str = "sandbox";

/// Makes a shop with this store id and API key, unless it is there already.
pub type OpenShop = Box<dyn Fn(&StoreId, &str) + Send + Sync>;

/// A stand-in for Order Desk in this process.
pub struct Sandbox {
    /// Reaches it.
    pub client: Client,
    /// Opens a workspace's shop.
    pub open_shop: OpenShop,
}

impl Services {
    /// What to add to get the sandbox, when this process runs one.
    pub fn sandbox_offer(&self) -> Option<NewStore> {
        self.sandbox().map(|_| NewStore {
            store_id: SANDBOX_STORE_ID.into(),
            api_key: SecretText::new(SANDBOX_API_KEY),
            store_name: "Sandbox".into(),
            label: "Invented data, nothing real".into(),
        })
    }

    /// The client that reaches the sandbox, and the credentials of the workspace's shop for whoever has
    /// the sandbox's key. Any other key goes there as it is, and is refused as Order Desk would.
    pub(super) fn open_sandbox(
        &self,
        tenant: TenantId,
        key: &str,
    ) -> Result<(Client, Credentials), Failure> {
        let Some(sandbox) = self.sandbox() else {
            return Err(ApiError::new(
                ErrorCode::Unavailable,
                "The sandbox is switched off on this server (ENABLE_SANDBOX). Use a real store.",
            )
            .into());
        };
        let (shop, shop_key) = self.sandbox_shop(tenant)?;
        (sandbox.open_shop)(&shop, &shop_key);
        let key = if key == SANDBOX_API_KEY {
            &shop_key
        } else {
            key
        };
        let credentials = Credentials::new(shop, key).map_err(|error| {
            ApiError::invalid("api_key", format!("This cannot be an API key: {error}."))
        })?;
        Ok((sandbox.client.clone(), credentials))
    }

    /// The workspace's shop. Other processes of this machine reach the sandbox too, so neither part can be
    /// guessed.
    fn sandbox_shop(&self, tenant: TenantId) -> Result<(StoreId, String), Failure> {
        let tag = self
            .keyring()
            .cache_tag(&Secret::from(format!("sandbox of {tenant}")));
        let mut digits = String::with_capacity(tag.len() * 2);
        for byte in tag {
            write!(digits, "{byte:02x}")
                .map_err(|error| Failure::bug("a sandbox shop has no name", error))?;
        }
        let key = digits.split_off(16);
        let shop = StoreId::new(&format!("{SANDBOX_STORE_ID}-{digits}"))
            .map_err(|error| Failure::bug("a sandbox shop has no name", error))?;
        Ok((shop, key))
    }
}
