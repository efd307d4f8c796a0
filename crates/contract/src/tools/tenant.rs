//! The tool of the workspace itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::Access;
use crate::error::ApiError;
use crate::id::TenantId;
use crate::secret::SecretText;
use crate::tool::{Hints, Need, Tool, Validate};

/// Check a master key.
pub struct TenantUseMasterKey;

impl Tool for TenantUseMasterKey {
    const NAME: &'static str = "tenant_use_master_key";
    const TITLE: &'static str = "Check a master key";
    const NEED: Need = Need::Access(Access::Read);
    const HINTS: Hints = Hints::READ;
    const SECRETS: &'static [&'static str] = &["master_key"];
    type Input = UseMasterKey;
    type Output = MasterKeyUsed;
}

/// Checks that a master key belongs to the workspace this connection is signed in to, and says which
/// workspace that is. You are already signed in by the key of the connection: call this only when a
/// person asks you to check a master key. It never switches to another workspace.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UseMasterKey {
    /// The master key, `odm_mk_...`.
    pub master_key: SecretText,
}

impl Validate for UseMasterKey {
    fn validate(&self) -> Result<(), ApiError> {
        if self.master_key.expose().len() < 16 {
            return Err(ApiError::invalid(
                "master_key",
                "`master_key` is too short to be a key; it starts with `odm_mk_`.",
            ));
        }
        Ok(())
    }
}

/// What [`TenantUseMasterKey`] answers.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct MasterKeyUsed {
    /// Always `success`; a failure is an error.
    pub status: String,
    /// The workspace's id.
    pub tenant_id: TenantId,
    /// The workspace's name.
    pub tenant_name: String,
    /// How many stores it has.
    pub stores_count: u64,
    /// The result in one sentence.
    pub message: String,
}
