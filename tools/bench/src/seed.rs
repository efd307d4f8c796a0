//! Rows put into the database directly, because making 10,000 workspaces one command at a time would take longer
//! than all the rest.

use std::path::Path;

use anyhow::Context;
use orderdesk_mcp_contract::{
    Access, ChangeId, ChangeState, KeyId, KeyKind, StoreUid, TenantId, UtcMillis,
};
use orderdesk_mcp_db_sqlite::{SqliteLocation, SqliteStorage};
use orderdesk_mcp_storage::Storage;
use orderdesk_mcp_storage::port::{Changes, Keys, Stores, Tenants};
use orderdesk_mcp_storage::record::{
    ChangeFilter, ChangeRecord, ChangeStep, NewChange, NewKey, Stepped, StoreRecord, TenantRecord,
};
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
        let tenant = self.tenant(tenant).await?;
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

    /// Copies a workspace's only store until there are `count`. The copies' keys are sealed for the first one and do not
    /// open.
    ///
    /// # Errors
    /// The workspace has no store, or they cannot be added.
    pub(crate) async fn copy_store(&self, tenant: &str, count: usize) -> anyhow::Result<StoreUid> {
        let tenant = self.tenant(tenant).await?;
        let stores = self.storage.list_stores(tenant).await?;
        let first = stores.first().context("the workspace has no store")?;
        for number in 1..count {
            let name = format!("Shop {number}");
            let store = StoreRecord {
                id: StoreUid::from_parts(MADE_AT.0.unsigned_abs(), random()?),
                store_id: (900_000 + number).to_string(),
                name_key: name.to_lowercase(),
                name,
                sandbox: false,
                ..first.clone()
            };
            self.storage.add_store(&store).await?;
        }
        Ok(first.id)
    }

    /// Adds `count` old changes to a workspace, like the newest one and denied, without what is sealed of it; gives the
    /// newest.
    ///
    /// # Errors
    /// The workspace has no change, or they cannot be added.
    pub(crate) async fn copy_change(&self, tenant: &str, count: usize) -> anyhow::Result<ChangeId> {
        let tenant = self.tenant(tenant).await?;
        let newest = ChangeFilter {
            limit: 1,
            ..ChangeFilter::default()
        };
        let changes = self.storage.list_changes(tenant, &newest).await?;
        let first = changes.first().context("the workspace has no change")?;
        for _ in 0..count {
            let id = ChangeId::from_parts(MADE_AT.0.unsigned_abs(), random()?);
            let new = NewChange {
                change: ChangeRecord {
                    id,
                    created_at: MADE_AT,
                    updated_at: MADE_AT,
                    state: ChangeState::Proposed,
                    ..first.clone()
                },
                images: Vec::new(),
                keys: Vec::new(),
                first_event: "Copied.".into(),
            };
            self.storage.add_change(&new).await?;
            let (from, to) = (ChangeState::Proposed, ChangeState::Denied);
            let step = ChangeStep::new(tenant, id, from, to, MADE_AT, "Copied.");
            let stepped = self.storage.step_change(&step).await?;
            anyhow::ensure!(stepped == Stepped::Done, "a copy is {stepped:?}");
        }
        Ok(first.id)
    }

    async fn tenant(&self, name: &str) -> anyhow::Result<TenantId> {
        let tenant = self.storage.tenant_by_name_key(name).await?;
        Ok(tenant.context("the workspace is not there")?.id)
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
