//! The lists of a search, which SQLite takes as JSON.

use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::row::HourSearch;
use serde::Serialize;

pub(super) struct Lists {
    pub(super) only_tools: Option<String>,
    pub(super) never_tools: String,
    pub(super) only_stores: Option<String>,
    pub(super) never_stores: String,
    pub(super) only_keys: Option<String>,
    pub(super) never_keys: String,
    pub(super) only_doors: Option<String>,
    pub(super) only_outcomes: Option<String>,
    pub(super) only_cached: Option<String>,
}

impl Lists {
    pub(super) fn of(search: &HourSearch) -> Result<Self, StorageError> {
        Ok(Self {
            only_tools: only(&search.only_tools)?,
            never_tools: as_json(&search.never_tools)?,
            only_stores: only(&search.only_stores)?,
            never_stores: as_json(&search.never_stores)?,
            only_keys: only(&search.only_keys)?,
            never_keys: as_json(&search.never_keys)?,
            only_doors: only(&search.only_doors)?,
            only_outcomes: only(&search.only_outcomes)?,
            only_cached: only(&search.only_cached)?,
        })
    }
}

fn only(values: &Option<impl Serialize>) -> Result<Option<String>, StorageError> {
    values.as_ref().map(as_json).transpose()
}

/// A parameter that holds many values.
pub(crate) fn as_json(values: &impl Serialize) -> Result<String, StorageError> {
    serde_json::to_string(values).map_err(|error| StorageError::Failed(Box::new(error)))
}
