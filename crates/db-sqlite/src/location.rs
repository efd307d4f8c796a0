//! Where the database file lies.

use std::path::{Path, PathBuf};

/// The text does not name a database file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLocation {
    /// Another scheme than `sqlite`.
    #[error("not a SQLite URL: expected sqlite:///relative/path.db or sqlite:////absolute/path.db")]
    Scheme,
    /// No file, or a database in memory.
    #[error(
        "a database in memory is lost at every stop; name a file, such as sqlite:///data/app.db"
    )]
    InMemory,
    /// Something after the path.
    #[error("options after the path (`?…` or `#…`) are not supported; the settings are fixed")]
    Options,
}

/// The path of a SQLite database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteLocation {
    path: PathBuf,
}

impl SqliteLocation {
    /// The database at a path.
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The database a URL names, read as SQLAlchemy does (and so as the system before this one did):
    /// what follows `sqlite:///` is the path, taken literally. So three slashes begin a path relative
    /// to the working folder (`sqlite:///data/app.db` is `data/app.db`), four an absolute one
    /// (`sqlite:////data/app.db` is `/data/app.db`). `sqlite://data/app.db` and `sqlite:data/app.db`
    /// are taken as relative too. A driver in the scheme, as in `sqlite+pysqlite`, is passed over.
    ///
    /// # Errors
    /// When it is no SQLite URL, names no file, or has options.
    pub fn from_url(url: &str) -> Result<Self, InvalidLocation> {
        let (scheme, rest) = url.split_once(':').ok_or(InvalidLocation::Scheme)?;
        let dialect = scheme.split('+').next().unwrap_or(scheme);
        if !dialect.eq_ignore_ascii_case("sqlite") {
            return Err(InvalidLocation::Scheme);
        }
        let path = match rest.strip_prefix("//") {
            Some(rest) => rest.strip_prefix('/').unwrap_or(rest),
            None => rest,
        };
        if path.contains(['?', '#']) {
            return Err(InvalidLocation::Options);
        }
        if path.is_empty() || path.contains(":memory:") {
            return Err(InvalidLocation::InMemory);
        }
        Ok(Self::from_path(path))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_urls_as_sqlalchemy_does() {
        for (url, path) in [
            ("sqlite:///data/app.db", "data/app.db"),
            ("sqlite:////data/app.db", "/data/app.db"),
            ("sqlite:///./app.db", "./app.db"),
            ("sqlite:///C:/data/app.db", "C:/data/app.db"),
            ("SQLite+pysqlite:///app.db", "app.db"),
            ("sqlite://data/app.db", "data/app.db"),
            ("sqlite:data/app.db", "data/app.db"),
            ("sqlite:/data/app.db", "/data/app.db"),
            ("sqlite:///with%20percent.db", "with%20percent.db"),
        ] {
            assert_eq!(
                SqliteLocation::from_url(url),
                Ok(SqliteLocation::from_path(path)),
                "{url}"
            );
        }
    }

    #[test]
    fn refuses_the_rest() {
        for (url, error) in [
            ("postgres://localhost/app", InvalidLocation::Scheme),
            ("data/app.db", InvalidLocation::Scheme),
            ("", InvalidLocation::Scheme),
            ("sqlite://", InvalidLocation::InMemory),
            ("sqlite:///", InvalidLocation::InMemory),
            ("sqlite::memory:", InvalidLocation::InMemory),
            ("sqlite:///:memory:", InvalidLocation::InMemory),
            ("sqlite:///app.db?mode=ro", InvalidLocation::Options),
        ] {
            assert_eq!(SqliteLocation::from_url(url), Err(error), "{url}");
        }
    }
}
