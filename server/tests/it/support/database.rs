//! Where a server keeps its data.

use std::fs;
use std::path::Path;
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
                // Whoever brings a database brings its key.
                let key = KeyEncryptionKey::generate(&OsEntropy).unwrap();
                vec![
                    ("DATABASE_URL", address(server, name)),
                    ("MCP_KMS_KEY", key.expose().to_owned()),
                ]
            }
        }
    }

    /// All that is kept in it, each part with its name: of SQLite its files as they are, the write-ahead log among them; of
    /// PostgreSQL the rows of each table as text, in which bytes are hex.
    pub fn contents(&self, data: &Path) -> Vec<(String, Vec<u8>)> {
        match self {
            Self::Sqlite => files(&data.join("data")),
            Self::Postgres { server, name } => tables(&address(server, name)),
        }
    }
}

/// The address of a database on a server.
fn address(server: &str, name: &str) -> String {
    let mut url: url::Url = server.parse().unwrap();
    url.set_path(name);
    url.into()
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let named = entries.map(|entry| (entry.file_name().into_string().unwrap(), entry.path()));
    named
        .filter(|(name, _)| name.starts_with("orderdesk-mcp.db"))
        .map(|(name, path)| (name, fs::read(path).unwrap()))
        .collect()
}

fn tables(database: &str) -> Vec<(String, Vec<u8>)> {
    let all =
        "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()";
    let names = String::from_utf8(psql(database, all)).unwrap();
    let rows = |table: &str| psql(database, &format!("SELECT t::text FROM \"{table}\" t"));
    names
        .lines()
        .map(|table| (table.to_owned(), rows(table)))
        .collect()
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres { server, name } = self {
            psql(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// Runs a statement, and gives what it prints.
fn psql(server: &str, statement: &str) -> Vec<u8> {
    let done = Command::new("psql")
        .args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
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
    done.stdout
}
