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
    /// When a call last used it.
    pub last_call_at: Option<UtcMillis>,
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
