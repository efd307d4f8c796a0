//! The tools that manage Order Desk stores.

use orderdesk::StoreId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::Access;
use crate::error::ApiError;
use crate::secret::SecretText;
use crate::time::UtcMillis;
use crate::tool::{Hints, Need, Tool, Validate};
use crate::validate;
use crate::views::store::StoreView;

/// Add a store.
pub struct StoresRegister;

impl Tool for StoresRegister {
    const NAME: &'static str = "stores_register";
    const TITLE: &'static str = "Add a store";
    const NEED: Need = Need::Manage;
    const HINTS: Hints = Hints::ADD;
    const SECRETS: &'static [&'static str] = &["api_key"];
    type Input = RegisterStore;
    type Output = StoreRegistered;
}

/// Adds an Order Desk store to this workspace. The credentials are proved against Order Desk first and
/// nothing is saved if Order Desk refuses them. Needs a master key. Prefer asking the person to add the
/// store in the web app, so that the API key does not pass through the conversation.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterStore {
    /// Order Desk's store id (Order Desk: Settings, Store Settings, API).
    pub store_id: StoreId,
    /// Order Desk's API key of that store.
    pub api_key: SecretText,
    /// A name to call the store by, unique in the workspace without regard to case; at most 80
    /// characters. Default: the name Order Desk knows.
    #[serde(default)]
    pub store_name: Option<String>,
    /// A free label, such as a brand or region; at most 80 characters.
    #[serde(default)]
    pub label: Option<String>,
}

impl Validate for RegisterStore {
    fn validate(&self) -> Result<(), ApiError> {
        validate::api_key("api_key", &self.api_key)?;
        if let Some(name) = &self.store_name {
            validate::short_text("store_name", name, validate::NAME_MAX)?;
        }
        if let Some(label) = &self.label {
            validate::optional_text("label", label, validate::NAME_MAX)?;
        }
        Ok(())
    }
}

/// What [`StoresRegister`] answers.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct StoreRegistered {
    /// Always `success`; a failure is an error.
    pub status: String,
    /// The store as it was saved.
    pub store: StoreView,
    /// The result in one sentence.
    pub message: String,
}

/// List the stores.
pub struct StoresList;

impl Tool for StoresList {
    const NAME: &'static str = "stores_list";
    const TITLE: &'static str = "List stores";
    const NEED: Need = Need::Access(Access::Read);
    const HINTS: Hints = Hints::READ;
    type Input = ListStores;
    type Output = StoreList;
}

/// Lists the Order Desk stores of this workspace, with the names and ids that other tools accept as
/// `store_identifier`, and says which one is active for this key.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListStores {}

impl Validate for ListStores {}

/// What [`StoresList`] answers.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct StoreList {
    /// The stores, by name.
    pub stores: Vec<StoreView>,
    /// How many there are.
    pub count: u64,
    /// The name of the store used when `store_identifier` is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_store: Option<String>,
}

/// Choose the active store.
pub struct StoresUseStore;

impl Tool for StoresUseStore {
    const NAME: &'static str = "stores_use_store";
    const TITLE: &'static str = "Choose the active store";
    const NEED: Need = Need::Access(Access::Read);
    const HINTS: Hints = Hints::SET;
    type Input = UseStore;
    type Output = StoreChosen;
}

/// Makes a store the active one of this key: order and product tools use it when `store_identifier` is
/// left out. The choice stays until it is changed, also in later conversations with the same key.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UseStore {
    /// The store's Order Desk id or its name (case does not matter).
    pub identifier: String,
}

impl Validate for UseStore {
    fn validate(&self) -> Result<(), ApiError> {
        validate::short_text("identifier", &self.identifier, validate::NAME_MAX)
    }
}

/// What [`StoresUseStore`] answers.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct StoreChosen {
    /// Always `success`; a failure is an error.
    pub status: String,
    /// The store that is active now.
    pub store: StoreView,
    /// The result in one sentence.
    pub message: String,
}

/// Find a store.
pub struct StoresResolve;

impl Tool for StoresResolve {
    const NAME: &'static str = "stores_resolve";
    const TITLE: &'static str = "Find a store";
    const NEED: Need = Need::Access(Access::Read);
    const HINTS: Hints = Hints::READ;
    type Input = ResolveStore;
    type Output = StoreResolved;
}

/// Finds one store of this workspace by its Order Desk id or its name, and says by which of the two it
/// was found. It changes nothing.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveStore {
    /// The store's Order Desk id or its name (case does not matter).
    pub identifier: String,
}

impl Validate for ResolveStore {
    fn validate(&self) -> Result<(), ApiError> {
        validate::short_text("identifier", &self.identifier, validate::NAME_MAX)
    }
}

/// What a store was found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResolvedBy {
    /// Its Order Desk id.
    StoreId,
    /// Its name in this workspace.
    StoreName,
}

/// What [`StoresResolve`] answers.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct StoreResolved {
    /// The store.
    pub store: StoreView,
    /// What it was found by.
    pub resolved_by: ResolvedBy,
}

/// Remove a store.
pub struct StoresDelete;

impl Tool for StoresDelete {
    const NAME: &'static str = "stores_delete";
    const TITLE: &'static str = "Remove a store";
    const NEED: Need = Need::Manage;
    const HINTS: Hints = Hints::DESTROY;
    type Input = DeleteStore;
    type Output = StoreDeleted;
}

/// Removes a store from this workspace; its proposals are denied. Nothing in Order Desk itself is touched, and a person can
/// restore the store in the web app for 7 days; then its saved credentials are destroyed. Refused while changes of it are
/// under way. Needs a master key. Ask the person before calling it.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteStore {
    /// The store's Order Desk id or its name (case does not matter).
    pub store_identifier: String,
}

impl Validate for DeleteStore {
    fn validate(&self) -> Result<(), ApiError> {
        validate::short_text(
            "store_identifier",
            &self.store_identifier,
            validate::NAME_MAX,
        )
    }
}

/// What [`StoresDelete`] answers.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct StoreDeleted {
    /// Always `success`; a failure is an error.
    pub status: String,
    /// The removed store's Order Desk id.
    pub store_id: StoreId,
    /// The removed store's name.
    pub store_name: String,
    /// Until when a person can restore it, milliseconds since 1970 UTC.
    pub restorable_until: UtcMillis,
    /// The result in one sentence.
    pub message: String,
}
