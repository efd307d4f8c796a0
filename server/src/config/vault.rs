use std::path::PathBuf;

use orderdesk_mcp_vault::{KeyEncryptionKey, Secret};

use super::database::{Database, DatabaseKind};
use super::reader::{Reader, Setting};

const MCP_KMS_KEY: Setting = Setting::secret(
    "MCP_KMS_KEY",
    "The key-encryption key: base64 of at least 32 random bytes (`openssl rand -base64 32`). Without it nothing that is \
     stored sealed can be read again, so keep a copy apart from the database. Default with SQLite: generated into \
     `DATA_DIR/kms.key` at the first start. With PostgreSQL it must be given, the same for all instances.",
);

pub(super) const SETTINGS: &[Setting] = &[MCP_KMS_KEY];

/// Name of the generated key's file in the data folder.
pub const KMS_KEY_FILE: &str = "kms.key";

/// The key-encryption key.
#[derive(Debug, Clone)]
pub struct Vault {
    /// The key as given, proved to be one; absent: the generated file holds it.
    pub key: Option<Secret>,
    /// Where the generated key lies.
    pub key_file: PathBuf,
}

impl Vault {
    pub(super) fn read(reader: &mut Reader<'_>, database: &Database) -> Self {
        let key_file = database.data_dir.join(KMS_KEY_FILE);
        let key = reader.secret(&MCP_KMS_KEY);
        if let Some(key) = &key {
            match KeyEncryptionKey::parse(key.expose()) {
                Ok(parsed) if parsed.looks_random() => {}
                Ok(_) => reader.problem(
                    MCP_KMS_KEY.name,
                    "is not random (a few characters over and over); make one with `openssl rand -base64 32`",
                ),
                Err(error) => reader.problem(MCP_KMS_KEY.name, error.to_string()),
            }
        } else if matches!(database.kind, DatabaseKind::Postgres(_))
            && reader.is_sound(&[MCP_KMS_KEY.name, "MCP_KMS_KEY_FILE"])
        {
            // A key generated here would be another one on the next instance, or in the next container.
            reader.problem(
                MCP_KMS_KEY.name,
                "must be given when the database is PostgreSQL; make one with `openssl rand -base64 32`",
            );
        }
        Self { key, key_file }
    }
}
