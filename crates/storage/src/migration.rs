//! Which migrations a database still needs, and when it must not be touched at all.

use crate::error::StorageError;

/// A numbered step of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Its number; they are applied in this order.
    pub version: i64,
    /// What its file is called after the number.
    pub name: String,
}

/// A migration with the checksum of its text, as this program has it.
pub type Known<'a> = (Migration, &'a [u8]);

/// A migration's number and the checksum of the text that was applied.
pub type Applied<'a> = (i64, &'a [u8]);

/// The migrations that are known and not applied yet, in order.
///
/// # Errors
/// `NewerSchema` when the database has a migration above the newest known one; `AlteredMigration` when
/// one was applied with another text than the known one, or is unknown though it is not newer.
pub fn pending(
    known: Vec<Known<'_>>,
    applied: &[Applied<'_>],
) -> Result<Vec<Migration>, StorageError> {
    let newest_known = known.iter().map(|(m, _)| m.version).max().unwrap_or(0);
    let newest_applied = applied
        .iter()
        .map(|(version, _)| *version)
        .max()
        .unwrap_or(0);
    if newest_applied > newest_known {
        return Err(StorageError::NewerSchema {
            found: newest_applied,
            known: newest_known,
        });
    }
    for (version, checksum) in applied {
        if !known
            .iter()
            .any(|(m, text)| m.version == *version && text == checksum)
        {
            return Err(StorageError::AlteredMigration { version: *version });
        }
    }
    Ok(known
        .into_iter()
        .map(|(migration, _)| migration)
        .filter(|m| !applied.iter().any(|(version, _)| *version == m.version))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(versions: &[i64]) -> Vec<Known<'static>> {
        let name = |v: &i64| Migration {
            version: *v,
            name: format!("step {v}"),
        };
        versions
            .iter()
            .map(|v| (name(v), b"text".as_slice()))
            .collect()
    }

    #[test]
    fn lists_what_is_missing() {
        let versions = |applied: &[Applied<'_>]| {
            let pending = pending(known(&[1, 2, 3]), applied).unwrap();
            pending.into_iter().map(|m| m.version).collect::<Vec<_>>()
        };
        assert_eq!(versions(&[]), [1, 2, 3]);
        assert_eq!(versions(&[(1, b"text")]), [2, 3]);
        assert!(versions(&[(1, b"text"), (2, b"text"), (3, b"text")]).is_empty());
    }

    #[test]
    fn refuses_a_newer_database() {
        let error = pending(known(&[1, 2]), &[(1, b"text"), (7, b"other")]).unwrap_err();
        assert!(
            matches!(error, StorageError::NewerSchema { found: 7, known: 2 }),
            "{error}"
        );
    }

    #[test]
    fn refuses_another_text_and_a_stranger() {
        for applied in [
            [(1, b"text".as_slice()), (2, b"else".as_slice())],
            [(1, b"text"), (2, b"")],
        ] {
            let error = pending(known(&[1, 2]), &applied).unwrap_err();
            assert!(
                matches!(error, StorageError::AlteredMigration { version: 2 }),
                "{error}"
            );
        }
        let error = pending(known(&[1, 3]), &[(2, b"text")]).unwrap_err();
        assert!(
            matches!(error, StorageError::AlteredMigration { version: 2 }),
            "{error}"
        );
    }
}
