use orderdesk_mcp_contract::{KeyId, KeyPolicy};

use super::At;
use crate::error::StorageError;

/// A key's policy as it is stored.
///
/// # Errors
/// `Failed` when it cannot be written as JSON.
pub fn policy_text(policy: &KeyPolicy) -> Result<String, StorageError> {
    serde_json::to_string(policy).map_err(|error| StorageError::Failed(Box::new(error)))
}

/// A key's policy from what is stored. What cannot be read is never taken for no limits.
///
/// # Errors
/// `Corrupt`.
pub fn read_policy(key: KeyId, text: &str) -> Result<KeyPolicy, StorageError> {
    let key = key.to_string();
    let at = At {
        table: "key_policies",
        row: &key,
    };
    serde_json::from_str(text).map_err(|_| at.corrupt("policy"))
}
