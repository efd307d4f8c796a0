//! Rows put into the database directly, because making 10,000 workspaces one command at a time would take longer
//! than all the rest.

use std::path::Path;

use anyhow::Context;
use orderdesk_mcp_contract::{Access, KeyId, KeyKind, TenantId, UtcMillis};
use orderdesk_mcp_db_sqlite::{SqliteLocation, SqliteStorage};
use orderdesk_mcp_storage::Storage;
use orderdesk_mcp_storage::port::{Keys, Tenants};
use orderdesk_mcp_storage::record::{NewKey, TenantRecord};
use orderdesk_mcp_vault::{self as vault, Entropy, OsEntropy, Secret, password, token};

/// When all rows were made: a year that is past.
const MADE_AT: UtcMillis = UtcMillis(1_735_689_600_000);

/// The database of an installation that is not running.
pub(crate) struct Seed {
    storage: SqliteStorage,
}

impl Seed {
    /// Opens it.
    ///
    /// # Errors
    /// It is not there or not ours.
    pub(crate) async fn open(database: &Path) -> anyhow::Result<Self> {
        let storage = SqliteStorage::open(&SqliteLocation::from_path(database)).await?;
        Ok(Self { storage })
    }

    /// Closes it.
    pub(crate) async fn close(self) {
        self.storage.close().await;
    }

    /// Adds valid master keys to a workspace and gives them.
    ///
    /// # Errors
    /// The workspace is not there, or the keys cannot be added.
    pub(crate) async fn add_keys(&self, tenant: &str, count: usize) -> anyhow::Result<Vec<Secret>> {
        let tenant = self.storage.tenant_by_name_key(tenant).await?;
        let tenant = tenant.context("the workspace is not there")?.id;
        let mut keys = Vec::with_capacity(count);
        for _ in 0..count {
            let id = KeyId::from_parts(MADE_AT.0.unsigned_abs(), random()?);
            let key = token::issue(vault::KeyKind::Master, &id.to_string(), &OsEntropy)?;
            let hash = password::hash(&key, &OsEntropy)?;
            self.storage.add_key(&row(id, tenant, hash)).await?;
            keys.push(key);
        }
        Ok(keys)
    }

    /// Adds workspaces with a key each, of which nobody knows the secret: they share one valid hash.
    ///
    /// # Errors
    /// They cannot be added.
    pub(crate) async fn add_tenants(&self, count: usize) -> anyhow::Result<()> {
        let hash = password::hash(&Secret::new("nobody's"), &OsEntropy)?;
        for number in 0..count {
            let id = TenantId::from_parts(MADE_AT.0.unsigned_abs(), random()?);
            let name = format!("Workspace {number}");
            let tenant = TenantRecord {
                id,
                name_key: name.to_lowercase(),
                name,
                created_at: MADE_AT,
                suspended_at: None,
            };
            let key = KeyId::from_parts(MADE_AT.0.unsigned_abs(), random()?);
            self.storage
                .add_tenant(&tenant, &row(key, id, hash.clone()))
                .await?;
        }
        Ok(())
    }
}

fn row(id: KeyId, tenant_id: TenantId, hash: String) -> NewKey {
    NewKey {
        id,
        tenant_id,
        name: "Bench".into(),
        kind: KeyKind::Master,
        access: Access::Write,
        hash,
        hint: token::display_prefix(vault::KeyKind::Master, &id.to_string()),
        created_at: MADE_AT,
        expires_at: None,
        created_by: None,
    }
}

/// Random bits for an id.
///
/// # Errors
/// The system has none to give.
pub(crate) fn random() -> anyhow::Result<u128> {
    let mut bytes = [0; 16];
    OsEntropy.fill(&mut bytes)?;
    Ok(u128::from_le_bytes(bytes))
}
