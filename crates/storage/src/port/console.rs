use async_trait::async_trait;
use orderdesk_mcp_contract::{ConsoleCallId, KeyId, TenantId};

use crate::error::StorageError;
use crate::record::{ConsoleCallHead, ConsoleCallRecord, SealedBlob};

/// What a person called in the console, and what they saved there. Nobody else sees it.
#[async_trait]
pub trait Console {
    /// Adds a call to the person's history, and removes all but the newest `keep` of it. Saved calls are not counted.
    ///
    /// # Errors
    /// `Gone("tenant")` when the workspace is not there.
    async fn add_console_run(
        &self,
        call: &ConsoleCallRecord,
        keep: u32,
    ) -> Result<(), StorageError>;

    /// Saves a call; `false` when the person has `limit` saved ones already.
    ///
    /// # Errors
    /// `Gone("tenant")` when the workspace is not there.
    async fn add_saved_call(
        &self,
        call: &ConsoleCallRecord,
        limit: u32,
    ) -> Result<bool, StorageError>;

    /// The person's calls, saved and not, newest first.
    async fn console_calls(
        &self,
        tenant: TenantId,
        actor: KeyId,
    ) -> Result<Vec<ConsoleCallHead>, StorageError>;

    /// One call of the person.
    async fn console_call(
        &self,
        tenant: TenantId,
        actor: KeyId,
        id: ConsoleCallId,
    ) -> Result<Option<ConsoleCallRecord>, StorageError>;

    /// Gives a saved call another name. `false` when the person has no such saved call.
    async fn rename_saved_call(
        &self,
        tenant: TenantId,
        actor: KeyId,
        id: ConsoleCallId,
        name: &str,
    ) -> Result<bool, StorageError>;

    /// Removes a call. `false` when the person has none such.
    async fn remove_console_call(
        &self,
        tenant: TenantId,
        actor: KeyId,
        id: ConsoleCallId,
    ) -> Result<bool, StorageError>;

    /// Keeps a call's answer, and forgets the person's other answers. `false` when the person has no such call.
    async fn keep_console_answer(
        &self,
        tenant: TenantId,
        actor: KeyId,
        id: ConsoleCallId,
        answer: &SealedBlob,
    ) -> Result<bool, StorageError>;
}
