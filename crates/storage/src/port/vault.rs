use async_trait::async_trait;

use crate::error::StorageError;
use crate::record::KekCheck;

/// The proofs that the right key-encryption key is in use.
#[async_trait]
pub trait Vault {
    /// The proof of a key version.
    async fn kek_check(&self, version: u32) -> Result<Option<KekCheck>, StorageError>;

    /// Adds the proof of a key version unless one is there, and returns the one that is there now: of
    /// two processes that start at once, both get the first one's.
    async fn add_kek_check(&self, check: &KekCheck) -> Result<KekCheck, StorageError>;
}
