//! Commands that find no database. Most often they were started in another folder than the server's, or without its
//! settings, and would work on an empty one of their own.

use std::path::Path;

use anyhow::bail;

use super::console::note;
use crate::config::{Config, DatabaseKind};

/// For commands that need what the server keeps.
///
/// # Errors
/// The database's file is not there.
pub(super) fn refuse(config: &Config) -> anyhow::Result<()> {
    if let Some(file) = missing(config) {
        bail!(
            "there is no database at {}; start the server first, or give this command its DATA_DIR or DATABASE_URL",
            file.display()
        );
    }
    Ok(())
}

/// For commands that may be the first: says where the database will be.
pub(super) fn announce(config: &Config) {
    if let Some(file) = missing(config) {
        note(&format!(
            "There was no database yet; {} is made now. A server finds it with the same DATA_DIR or DATABASE_URL.",
            file.display()
        ));
    }
}

fn missing(config: &Config) -> Option<&Path> {
    match &config.database.kind {
        DatabaseKind::Sqlite(file) => (!file.exists()).then_some(file),
        DatabaseKind::Postgres(_) => None,
    }
}
