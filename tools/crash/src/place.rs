//! Where a scenario keeps its data: a copy of a database that has a workspace with a store already, because making one
//! anew would take most of the time.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use orderdesk_mcp_db_postgres::{PoolSettings, PostgresStorage};
use orderdesk_mcp_db_sqlite::{SqliteLocation, SqliteStorage};
use orderdesk_mcp_storage::Storage;
use serde::{Deserialize, Serialize};
use tokio::process::Command;

/// Connections of one process; many processes run at once.
const CONNECTIONS: u32 = 4;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Kind {
    /// For the name of a scenario.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// One database.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Place {
    /// A file.
    Sqlite(PathBuf),
    /// An address.
    Postgres(String),
}

impl Place {
    /// Opens it as the product does.
    ///
    /// # Errors
    /// The database's.
    pub async fn open(&self) -> anyhow::Result<Arc<dyn Storage>> {
        Ok(match self {
            Self::Sqlite(path) => {
                let storage = SqliteStorage::open(&SqliteLocation::from_path(path)).await?;
                storage.migrate().await?;
                Arc::new(storage)
            }
            Self::Postgres(url) => {
                let settings = PoolSettings {
                    max_connections: CONNECTIONS,
                    // The machine is busier than any server should be.
                    acquire_timeout: std::time::Duration::from_secs(10),
                    ..PoolSettings::default()
                };
                let storage = PostgresStorage::connect(url, &settings).await?;
                storage.migrate().await?;
                Arc::new(storage)
            }
        })
    }
}

/// A database that is copied for each scenario.
pub struct Template {
    kind: Kind,
    folder: PathBuf,
    /// PostgreSQL's address, with the database of the server's own.
    server: String,
}

impl Template {
    /// An empty one.
    ///
    /// # Errors
    /// There is no PostgreSQL, or it refuses.
    pub async fn make(kind: Kind, folder: &Path) -> anyhow::Result<Self> {
        let server = match kind {
            Kind::Sqlite => String::new(),
            Kind::Postgres => std::env::var("TEST_POSTGRES_URL")
                .context("TEST_POSTGRES_URL is missing: run this by scripts/postgres.sh")?,
        };
        let template = Self {
            kind,
            folder: folder.to_owned(),
            server,
        };
        if kind == Kind::Postgres {
            let create = format!(
                "CREATE DATABASE {} TEMPLATE template0",
                template.database(0)
            );
            template.psql(&create).await?;
        }
        Ok(template)
    }

    /// The template itself.
    ///
    /// # Errors
    /// PostgreSQL's address is none.
    pub fn original(&self) -> anyhow::Result<Place> {
        self.place(0)
    }

    /// A copy. The number must be another each time, from 1.
    ///
    /// # Errors
    /// It cannot be made.
    pub async fn copy(&self, number: usize) -> anyhow::Result<Place> {
        match self.kind {
            Kind::Sqlite => {
                tokio::fs::copy(self.file(0), self.file(number)).await?;
            }
            Kind::Postgres => {
                let (new, old) = (self.database(number), self.database(0));
                self.psql(&format!("CREATE DATABASE {new} TEMPLATE {old}"))
                    .await?;
            }
        }
        self.place(number)
    }

    /// Removes a copy.
    ///
    /// # Errors
    /// It cannot be removed.
    pub async fn remove(&self, number: usize) -> anyhow::Result<()> {
        match self.kind {
            Kind::Sqlite => Ok(tokio::fs::remove_file(self.file(number)).await?),
            Kind::Postgres => {
                let drop = format!("DROP DATABASE {} WITH (FORCE)", self.database(number));
                self.psql(&drop).await
            }
        }
    }

    fn place(&self, number: usize) -> anyhow::Result<Place> {
        Ok(match self.kind {
            Kind::Sqlite => Place::Sqlite(self.file(number)),
            Kind::Postgres => {
                let mut url: url::Url = self.server.parse()?;
                url.set_path(&self.database(number));
                Place::Postgres(url.into())
            }
        })
    }

    fn file(&self, number: usize) -> PathBuf {
        self.folder.join(format!("{number}.db"))
    }

    fn database(&self, number: usize) -> String {
        format!("odm_crash_{}_{number}", std::process::id())
    }

    async fn psql(&self, statement: &str) -> anyhow::Result<()> {
        let done = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--dbname", &self.server])
            .args(["--command", statement])
            .output()
            .await
            .context("psql, which comes with PostgreSQL, is missing")?;
        let said = String::from_utf8_lossy(&done.stderr);
        ensure!(done.status.success(), "{statement}: {said}");
        Ok(())
    }
}
