//! What can go wrong with a database.

/// A failure of the database. The text never holds a row's content.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// A uniqueness rule would be broken; `what` names the thing that is taken, such as `store_name`.
    #[error("{what} is taken")]
    Taken {
        /// The unique thing.
        what: &'static str,
    },
    /// The row this one belongs to is not there, or not any more: a workspace removed meanwhile.
    #[error("the {what} is gone")]
    Gone {
        /// The missing thing, such as `tenant`.
        what: &'static str,
    },
    /// The database was made by a newer version of this program.
    #[error(
        "the database has migration {found}, this program knows up to {known}: it was written by a newer version; use that version, or restore a backup from before the upgrade"
    )]
    NewerSchema {
        /// The newest migration in the database.
        found: i64,
        /// The newest migration this program knows.
        known: i64,
    },
    /// A migration that was applied has changed since, or is missing in this program.
    #[error(
        "migration {version} of the database is not the one this program has; the database belongs to another build"
    )]
    AlteredMigration {
        /// The migration's number.
        version: i64,
    },
    /// A row holds something this program cannot read.
    #[error("the row {row} of table {table} is damaged: column {column} cannot be read")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's id.
        row: String,
    },
    /// The database itself is damaged, not just a row; a backup must be restored.
    #[error("the database is damaged ({finding}); stop the server and restore a backup")]
    Damaged {
        /// What the database reported first; never a row's content.
        finding: String,
    },
    /// The database holds another program's tables, so nothing was written to it.
    #[error(
        "the database holds the tables of another program (the first is {table}); name an empty one"
    )]
    Foreign {
        /// One of the foreign tables.
        table: String,
    },
    /// The database is busy, full, read-only or gone; trying again may help.
    #[error("the database cannot be used just now")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Anything else.
    #[error("the database failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}
