//! Names by which one wish is known, so that asking twice has one effect.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_storage::record::ChangeKey;
use orderdesk_mcp_vault::Secret;
use sha2::{Digest as _, Sha256};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::request::Asked;
use crate::caller::Caller;
use crate::services::Services;

/// How long the caller's own name for a change holds.
const GIVEN_MS: i64 = 24 * 3_600_000;
/// How long the same wish again is taken for a repetition.
const DERIVED_MS: i64 = 10 * 60_000;

/// One wish at a time in this process: of many equal ones at once, the first asks Order Desk and the others find its
/// change. Across processes the database sees to that.
pub(crate) struct Wishes(Cache<String, Arc<Mutex<()>>>);

impl Default for Wishes {
    fn default() -> Self {
        Self(
            Cache::builder()
                .max_capacity(100_000)
                .time_to_idle(Duration::from_secs(120))
                .build(),
        )
    }
}

impl Wishes {
    /// Waits for the turn of this wish.
    pub(super) async fn turn(&self, name: &str) -> OwnedMutexGuard<()> {
        let turn = self.0.get_with(name.to_owned(), Arc::default);
        turn.lock_owned().await
    }
}

/// What is wished for, as text that is equal for equal wishes and never leaves this process.
pub(super) fn wish_text(
    store: &str,
    tool: &str,
    asked: &Asked,
    if_version: Option<&str>,
) -> String {
    format!(
        "{store}\n{tool}\n{}\n{}",
        if_version.unwrap_or_default(),
        asked.in_text()
    )
}

impl Services {
    /// The name of a wish: the caller's own, or one derived from what it asks for.
    pub(super) fn name_of(
        &self,
        caller: &Caller,
        given: Option<&str>,
        wish: &str,
        now: UtcMillis,
    ) -> ChangeKey {
        let request_hash = hex(&Sha256::digest(wish));
        let (kind, name, holds) = match given {
            Some(given) => ("given", given, GIVEN_MS),
            None => ("derived", request_hash.as_str(), DERIVED_MS),
        };
        // Keyed, because a name that somebody made up could be guessed from a plain hash.
        let text = format!("change-name\n{}\n{kind}\n{name}", caller.actor_id());
        ChangeKey {
            hash: hex(&self.keyring().cache_tag(&Secret::from(text.as_str()))),
            request_hash,
            expires_at: now.plus_millis(holds),
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
