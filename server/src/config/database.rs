use std::path::PathBuf;

use orderdesk_mcp_db_sqlite::{InvalidLocation, SqliteLocation};
use orderdesk_mcp_vault::Secret;

use super::reader::{Reader, Setting};

const DATA_DIR: Setting = Setting::new(
    "DATA_DIR",
    "./data",
    "Folder of everything this server writes: the SQLite file and the generated key-encryption key. Made at the first \
     start, for its owner only.",
);
const DATABASE_URL: Setting = Setting::secret(
    "DATABASE_URL",
    "`sqlite:///PATH` (from the working folder; `sqlite:////PATH`, with four slashes, is absolute) or \
     `postgres://USER:PASSWORD@HOST/DATABASE`. A secret, because it may hold a password. Default: SQLite in \
     `DATA_DIR/orderdesk-mcp.db`.",
);

const DATABASE_MAX_CONNECTIONS: Setting = Setting::new(
    "DATABASE_MAX_CONNECTIONS",
    "10",
    "PostgreSQL connections of this process, 2 to 1000; all processes together must stay below the server's own limit.",
);

pub(super) const SETTINGS: &[Setting] = &[DATA_DIR, DATABASE_URL, DATABASE_MAX_CONNECTIONS];

/// Where data lies.
#[derive(Debug, Clone)]
pub struct Database {
    /// The folder for files of ours.
    pub data_dir: PathBuf,
    /// The database.
    pub kind: DatabaseKind,
    /// PostgreSQL connections at once.
    pub max_connections: u32,
}

/// Which database.
#[derive(Debug, Clone)]
pub enum DatabaseKind {
    /// A file.
    Sqlite(PathBuf),
    /// A server; the whole address, which may hold a password.
    Postgres(Secret),
}

impl Database {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let data_dir = reader.path(&DATA_DIR).unwrap_or_default();
        let kind = match reader.secret(&DATABASE_URL) {
            None => DatabaseKind::Sqlite(data_dir.join("orderdesk-mcp.db")),
            Some(url) => parse_url(&url).unwrap_or_else(|text| {
                reader.problem(DATABASE_URL.name, text);
                DatabaseKind::Sqlite(PathBuf::new())
            }),
        };
        Self {
            data_dir,
            kind,
            max_connections: reader.number(&DATABASE_MAX_CONNECTIONS, 2..=1000),
        }
    }
}

impl DatabaseKind {
    /// `sqlite` or `postgres`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }
}

fn parse_url(url: &Secret) -> Result<DatabaseKind, String> {
    let scheme = url.expose().split(':').next().unwrap_or_default();
    if scheme == "postgres" || scheme == "postgresql" {
        return Ok(DatabaseKind::Postgres(url.clone()));
    }
    match SqliteLocation::from_url(url.expose()) {
        Ok(location) => Ok(DatabaseKind::Sqlite(location.path().to_owned())),
        Err(InvalidLocation::Scheme) => Err("must begin with `sqlite://` or `postgres://`".into()),
        Err(error) => Err(format!("is {error}")),
    }
}
