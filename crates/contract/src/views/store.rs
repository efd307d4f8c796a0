//! A store as people and models see it: never with its key.

use orderdesk::StoreId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::StoreUid;
use crate::time::UtcMillis;

/// A store in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoreView {
    /// Our id of the row; links use it.
    pub id: StoreUid,
    /// Order Desk's store id.
    pub store_id: StoreId,
    /// The name it is called by, unique in the workspace without regard to case.
    pub store_name: String,
    /// A free label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether it is the built-in sandbox: invented data, nothing real can be touched.
    pub sandbox: bool,
    /// When it was added, milliseconds since 1970 UTC.
    pub created_at: UtcMillis,
}

/// A folder of a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderView {
    /// Order Desk's folder id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A store on its own page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoreDetail {
    /// The store.
    pub store: StoreView,
    /// The first and last letters of the saved API key's fingerprint, so that two keys can be told apart
    /// without showing either.
    pub credentials_fingerprint: String,
    /// The folders Order Desk reported, or why they could not be read.
    pub folders: Result<Vec<FolderView>, crate::ApiError>,
    /// The store's time zone as Order Desk has it.
    pub timezone: Option<String>,
    /// What this process knows of the store's request bucket, or why the saved key cannot be opened.
    pub bucket: Result<BucketView, crate::ApiError>,
    /// Calls recorded for this store in the last 24 hours.
    pub calls_24h: u64,
    /// Of those, the ones that failed.
    pub errors_24h: u64,
    /// Of those, the ones answered from the cache.
    pub cache_hits_24h: u64,
    /// Of those, the ones that asked the cache.
    pub cache_lookups_24h: u64,
    /// When a call last used it.
    pub last_call_at: Option<UtcMillis>,
    /// What hangs on it.
    pub ties: StoreTiesView,
    /// When name, label or credentials were last changed; an edit says which version it is of.
    pub updated_at: UtcMillis,
}

/// What hangs on a store, for whoever is about to delete it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreTiesView {
    /// Changes that were ever asked for; their records are kept.
    pub changes: u64,
    /// Of those, the ones that wait for a person; they are denied.
    pub waiting: u64,
    /// Of those, the ones under way or of an outcome that is not known yet; while there are any, the store stays.
    pub open: u64,
    /// Keys and people that have it as their active store; they have none afterwards.
    pub active: u64,
}

/// A store that was deleted and can still be restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedStoreView {
    /// The store as it was.
    pub store: StoreView,
    /// When it was deleted.
    pub deleted_at: UtcMillis,
    /// Until when it can be restored; its credentials are destroyed then.
    pub restorable_until: UtcMillis,
}

/// A page of the list of stores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoresPage {
    /// When the states were taken.
    pub as_of: UtcMillis,
    /// The page's stores with their state, by name.
    pub stores: Vec<super::dashboard::StoreState>,
    /// How many stores answer to the search.
    pub found: u64,
    /// How many there are in all.
    pub all: u64,
    /// Which page this is, from 1; the last one for a number beyond.
    pub page: u32,
    /// How many pages there are, at least 1.
    pub pages: u32,
    /// Whether the workspace has the sandbox.
    pub has_sandbox: bool,
    /// Stores that can still be restored.
    pub deleted: Vec<DeletedStoreView>,
}

/// What a form sends to change a store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoreEdit {
    /// The new name.
    pub store_name: String,
    /// The new label; may be blank.
    pub label: String,
    /// A new API key; blank keeps the saved one.
    pub api_key: crate::SecretText,
    /// When the store that the form shows was last changed.
    pub seen: UtcMillis,
}

/// A store's share of Order Desk's request bucket, as last seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketView {
    /// Requests left now, 0 to `capacity`.
    pub tokens: u32,
    /// The bucket's size.
    pub capacity: u32,
    /// Requests under way.
    pub in_flight: u32,
    /// Whether requests are being held back because Order Desk kept failing.
    pub circuit_open: bool,
}

/// What a form sends to add a store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewStore {
    /// Order Desk's store id.
    pub store_id: String,
    /// Order Desk's API key.
    pub api_key: crate::SecretText,
    /// The name to call it by; blank takes Order Desk's.
    #[serde(default)]
    pub store_name: String,
    /// A free label; may be blank.
    #[serde(default)]
    pub label: String,
}
