//! tower-sessions' store over our own storage port: ids are kept hashed, data sealed.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use app::backend::{IDENTITY, SEEN_AS, SeenAs};
use async_trait::async_trait;
use orderdesk_mcp_contract::time::whole_millis;
use orderdesk_mcp_contract::{SessionId, UtcMillis};
use orderdesk_mcp_domain::{Clock, Identity};
use orderdesk_mcp_storage::record::{SealedBlob, SessionRecord};
use orderdesk_mcp_storage::{Storage, StorageError};
use orderdesk_mcp_vault::{Entropy, KeyRing, Place, Purpose, Sealed, mac};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

/// Noting every request would make every page a write.
const SEEN_GRAIN_MS: i64 = 60_000;

/// Browser sessions in the database.
#[derive(Clone)]
pub(crate) struct SessionStore {
    /// The database.
    pub(crate) storage: Arc<dyn Storage>,
    /// Seals the data.
    pub(crate) keyring: Arc<KeyRing>,
    /// Random bytes.
    pub(crate) entropy: Arc<dyn Entropy>,
    /// The time of day.
    pub(crate) clock: Arc<dyn Clock>,
    /// The longest a session lasts.
    pub(crate) absolute_timeout: Duration,
    /// The longest a session lasts unused.
    pub(crate) idle_timeout: Duration,
    /// Whether a request counts as use.
    pub(crate) notes_use: bool,
}

impl fmt::Debug for SessionStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionStore")
            .field("absolute_timeout", &self.absolute_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl tower_sessions::SessionStore for SessionStore {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let now = self.clock.now();
        let public_id = self.new_public_id(now)?;
        let identity: Option<Identity> = found(&record.data, IDENTITY);
        let browser: SeenAs = found(&record.data, SEEN_AS).unwrap_or_default();
        let began_at = browser.began_at.unwrap_or(now);
        let row = SessionRecord {
            id_hash: hash(&record.id),
            public_id,
            tenant_id: identity.map(|identity| identity.tenant_id),
            actor_id: identity.map(|identity| identity.actor.id()),
            user_agent: browser.user_agent,
            ip: browser.ip,
            sealed_data: self.seal(public_id, &record.data)?,
            created_at: began_at,
            last_seen_at: now,
            expires_at: began_at.plus_millis(whole_millis(self.absolute_timeout)),
        };
        // An id that exists already is refused by the database; 128 random bits do not repeat.
        self.storage
            .add_session(&row)
            .await
            .map_err(|error| backend(&error))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let Some(row) = self.row(&record.id).await? else {
            // Ended meanwhile, in another tab or by the operator: a late save must not bring it back.
            return Ok(());
        };
        let identity: Option<Identity> = found(&record.data, IDENTITY);
        let browser: SeenAs = found(&record.data, SEEN_AS).unwrap_or_default();
        let row = SessionRecord {
            tenant_id: identity.map(|identity| identity.tenant_id),
            actor_id: identity.map(|identity| identity.actor.id()),
            user_agent: browser.user_agent,
            ip: browser.ip,
            sealed_data: self.seal(row.public_id, &record.data)?,
            last_seen_at: self.clock.now(),
            ..row
        };
        self.storage
            .save_session(&row)
            .await
            .map(drop)
            .map_err(|error| backend(&error))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(row) = self.row(id).await? else {
            return Ok(None);
        };
        let data = self.open(&row)?;
        let expires_at = row.expires_at;
        let now = self.clock.now();
        if self.notes_use && now.since(row.last_seen_at) >= SEEN_GRAIN_MS {
            let seen = SessionRecord {
                last_seen_at: now,
                ..row
            };
            self.storage
                .save_session(&seen)
                .await
                .map_err(|error| backend(&error))?;
        }
        let expiry_date = time::OffsetDateTime::from_unix_timestamp(expires_at.0.div_euclid(1000))
            .map_err(|_| Error::Decode("the session's end is no date".into()))?;
        Ok(Some(Record {
            id: *id,
            data,
            expiry_date,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.storage
            .remove_session(&hash(id))
            .await
            .map(drop)
            .map_err(|error| backend(&error))
    }
}

impl SessionStore {
    /// The row of a session that has not ended. One that was idle too long ends here.
    async fn row(&self, id: &Id) -> Result<Option<SessionRecord>> {
        let now = self.clock.now();
        let id_hash = hash(id);
        let row = self
            .storage
            .session(&id_hash, now)
            .await
            .map_err(|error| backend(&error))?;
        let Some(row) = row else { return Ok(None) };
        if now.since(row.last_seen_at) > whole_millis(self.idle_timeout) {
            self.storage
                .remove_session(&id_hash)
                .await
                .map_err(|error| backend(&error))?;
            return Ok(None);
        }
        Ok(Some(row))
    }

    fn seal(&self, public_id: SessionId, data: &HashMap<String, Value>) -> Result<SealedBlob> {
        let plain = serde_json::to_vec(data)
            .map_err(|_| Error::Encode("the session's data is no JSON".into()))?;
        let row = public_id.to_string();
        let sealed = self
            .keyring
            .seal(Purpose::SessionData, &place(&row), &plain, &*self.entropy)
            .map_err(|error| Error::Backend(error.to_string()))?;
        Ok(SealedBlob {
            key_version: sealed.key_version(),
            bytes: sealed.into_bytes(),
        })
    }

    fn open(&self, row: &SessionRecord) -> Result<HashMap<String, Value>> {
        let public_id = row.public_id.to_string();
        let plain = Sealed::from_bytes(row.sealed_data.bytes.clone())
            .and_then(|sealed| {
                self.keyring
                    .open(Purpose::SessionData, &place(&public_id), &sealed)
            })
            .map_err(|error| Error::Backend(error.to_string()))?;
        serde_json::from_slice(plain.expose())
            .map_err(|_| Error::Decode("the session's data is no JSON".into()))
    }

    fn new_public_id(&self, now: UtcMillis) -> Result<SessionId> {
        let mut random = [0; 16];
        self.entropy
            .fill(&mut random)
            .map_err(|error| Error::Backend(error.to_string()))?;
        Ok(SessionId::from_parts(
            now.0.unsigned_abs(),
            u128::from_be_bytes(random),
        ))
    }
}

/// Sessions exist before anybody has signed in, so their seal cannot name a workspace.
fn place(row: &str) -> Place<'_> {
    Place {
        tenant: "",
        table: "sessions",
        column: "sealed_data",
        row,
    }
}

fn hash(id: &Id) -> Vec<u8> {
    mac::session_hash(&id.0.to_be_bytes()).to_vec()
}

fn found<T: DeserializeOwned>(data: &HashMap<String, Value>, key: &str) -> Option<T> {
    serde_json::from_value(data.get(key)?.clone()).ok()
}

/// The text goes into the log; a storage error's never holds a row's content.
fn backend(error: &StorageError) -> Error {
    Error::Backend(error.to_string())
}

#[cfg(test)]
mod tests;
