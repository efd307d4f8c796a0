//! The built-in sandbox: a store with invented data, to try everything without touching anything real.

use orderdesk_mcp_contract::SecretText;
use orderdesk_mcp_contract::views::store::NewStore;

use crate::services::Services;

/// The sandbox's store id. Order Desk's own ids are numbers, so it can hide no real store.
pub const SANDBOX_STORE_ID: &str = "sandbox";
/// The sandbox's API key; it opens nothing but invented data.
pub const SANDBOX_API_KEY: &str = "sandbox";

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
}
