//! Where a server keeps its data.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use orderdesk_mcp_vault::{KeyEncryptionKey, OsEntropy};

static NEXT: AtomicU32 = AtomicU32::new(1);

/// A database of a test's own.
pub enum Database {
    /// A file in the server's data folder.
    Sqlite,
    /// One of its own on the PostgreSQL server that `TEST_POSTGRES_URL` names; removed at the end.
    Postgres {
        /// The server's address.
        server: String,
        /// The database's name.
        name: String,
    },
}

impl Database {
    /// One of each kind there is here: `make test` brings a PostgreSQL server, plain `cargo test` does not.
    pub fn each() -> Vec<Self> {
        let postgres = std::env::var("TEST_POSTGRES_URL").ok().map(|server| {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("odm_server_{}_{number}", std::process::id());
            psql(
                &server,
                &format!("CREATE DATABASE {name} TEMPLATE template0"),
            );
            Self::Postgres { server, name }
        });
        std::iter::once(Self::Sqlite).chain(postgres).collect()
    }

    /// The settings of a server on it.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Sqlite => Vec::new(),
            Self::Postgres { server, name } => {
                let mut url: url::Url = server.parse().unwrap();
                url.set_path(name);
                // Whoever brings a database brings its key.
                let key = KeyEncryptionKey::generate(&OsEntropy).unwrap();
                vec![
                    ("DATABASE_URL", url.into()),
                    ("MCP_KMS_KEY", key.expose().to_owned()),
                ]
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres { server, name } = self {
            psql(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// Runs a statement.
fn psql(server: &str, statement: &str) {
    let done = Command::new("psql")
        .args([
            "--no-psqlrc",
            "--quiet",
            "--dbname",
            server,
            "--command",
            statement,
        ])
        .output()
        .expect("psql, which comes with PostgreSQL, is missing");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}
