//! Workspaces, keys, people and sessions: who is calling.

mod address;
mod authenticate;
mod hashing;
mod instance;
mod invites;
mod keys;
mod operator;
mod passwords;
mod people;
mod persons;
mod policies;
mod replace;
mod sessions;
mod sign_in;
mod tenants;

pub use keys::NewKeyRequest;
pub(crate) use keys::no_such_key;
pub use operator::NewUser;
pub use replace::OVERLAP_HOURS;
pub use tenants::NewTenant;
pub(crate) use tenants::name_key;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::future::Cache;
use orderdesk_mcp_contract::{KeyId, UtcMillis};

use crate::caller::{Actor, Who};

/// How long a verified key is believed without Argon2 being asked again.
const VERIFIED_TTL: Duration = Duration::from_secs(60);
/// How long a key's row is believed: a key revoked by another process is refused after this at the latest.
const ROW_TTL: Duration = Duration::from_secs(2);

/// What is remembered of verified keys.
pub(crate) struct Accounts {
    /// Keyed hash of a verified key to its id.
    verified: Cache<[u8; 32], KeyId>,
    /// Id of a key that was ever verified to its keyed hash. It proves nobody: a key has one secret for ever, so another
    /// one with its id is wrong without Argon2 being asked.
    secrets: Cache<KeyId, [u8; 32]>,
    /// Keys and members with their workspaces.
    rows: Cache<KeyId, Arc<Who>>,
    /// Who may run Argon2; see [`hashing`].
    argon2: hashing::Turns,
    /// When keys were last used and members last seen, to be written once a minute.
    used: Mutex<HashMap<Actor, UtcMillis>>,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            verified: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(VERIFIED_TTL)
                .support_invalidation_closures()
                .build(),
            secrets: Cache::new(100_000),
            rows: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(ROW_TTL)
                .build(),
            argon2: hashing::Turns::default(),
            used: Mutex::default(),
        }
    }
}

impl Accounts {
    /// Forgets all that is remembered of a key, so that the next use asks the database.
    pub(crate) async fn forget(&self, key: KeyId) {
        self.rows.invalidate(&key).await;
        self.secrets.invalidate(&key).await;
        // The predicate is applied on every read from now on, so the key is out at once.
        let forgotten = self.verified.invalidate_entries_if(move |_, of| *of == key);
        if forgotten.is_err() {
            self.verified.invalidate_all();
        }
    }

    /// Forgets the row of one key or member.
    pub(crate) async fn forget_row(&self, key: KeyId) {
        self.rows.invalidate(&key).await;
    }

    /// Forgets all rows of keys and members, so that the next use of each asks the database.
    pub(crate) fn forget_rows(&self) {
        self.rows.invalidate_all();
    }

    /// When a key was last used since that was last written down.
    fn last_use(&self, key: KeyId) -> Option<UtcMillis> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.get(&Actor::Key(key)).copied()
    }

    fn note_use(&self, actor: Actor, at: UtcMillis) {
        self.used
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(actor, at);
    }

    fn take_use(&self) -> HashMap<Actor, UtcMillis> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *used)
    }
}
