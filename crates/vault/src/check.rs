//! Recognising a wrong key-encryption key at start-up, before any row is touched.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::entropy::{Entropy, NoEntropy};
use crate::frame::framed;
use crate::kek::{KeyEncryptionKey, KeyRing};
use crate::mac::hmac_sha256;

const FORMAT: u8 = 1;

impl KeyRing {
    /// A small record to store once per key version: format number, version, 16 random bytes, an
    /// HMAC over them by a key derived for this alone, and a checksum over all of it. Holds no
    /// secret.
    ///
    /// The checksum needs no key. It is what tells a damaged record from a wrong key, which a sealed
    /// value by itself cannot.
    ///
    /// # Errors
    /// [`NoEntropy`] if no random bytes were to be had.
    pub fn check_blob(&self, entropy: &dyn Entropy) -> Result<Vec<u8>, NoEntropy> {
        let mut salt = [0; 16];
        entropy.fill(&mut salt)?;
        let version = self.current_version();
        let mut blob = vec![FORMAT];
        blob.extend_from_slice(&version.to_be_bytes());
        blob.extend_from_slice(&salt);
        blob.extend_from_slice(&proof(self.current_key(), version, &salt));
        blob.extend_from_slice(&checksum(&blob));
        Ok(blob)
    }

    /// Whether the ring's key of the version named in `blob` is the one the record was made with.
    /// Returns that version.
    ///
    /// # Errors
    /// [`CheckError`] keeps the three cases apart, as each asks something else of the operator.
    pub fn verify_check(&self, blob: &[u8]) -> Result<u32, CheckError> {
        let record = Record::of(blob).ok_or(CheckError::Damaged)?;
        let version = record.version;
        let kek = self
            .key(version)
            .ok_or(CheckError::UnknownKeyVersion { version })?;
        let expected = proof(kek, version, record.salt);
        if bool::from(expected.ct_eq(record.proof)) {
            Ok(version)
        } else {
            Err(CheckError::WrongKey { version })
        }
    }
}

struct Record<'a> {
    version: u32,
    salt: &'a [u8; 16],
    proof: &'a [u8; 32],
}

impl<'a> Record<'a> {
    fn of(blob: &'a [u8]) -> Option<Self> {
        let (covered, sum) = blob.split_last_chunk::<8>()?;
        if checksum(covered) != *sum {
            return None;
        }
        let (&format, rest) = covered.split_first()?;
        let (version, rest) = rest.split_first_chunk()?;
        let (salt, rest) = rest.split_first_chunk()?;
        let proof = rest.try_into().ok()?;
        (format == FORMAT).then_some(Self {
            version: u32::from_be_bytes(*version),
            salt,
            proof,
        })
    }
}

fn proof(kek: &KeyEncryptionKey, version: u32, salt: &[u8; 16]) -> [u8; 32] {
    let mut mac: Hmac<Sha256> = hmac_sha256(&kek.derive("kek-check", ""));
    mac.update(&framed(&[&version.to_be_bytes(), salt]));
    mac.finalize().into_bytes().into()
}

fn checksum(covered: &[u8]) -> [u8; 8] {
    let digest: [u8; 32] = Sha256::digest(framed(&[b"kek-check/v1", covered])).into();
    let mut sum = [0; 8];
    sum.copy_from_slice(&digest[..8]);
    sum
}

/// Why the check record was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The record is whole and another key made it: the configured key is not this database's.
    #[error(
        "the configured key-encryption key of version {version} is not the one this database \
         was sealed with"
    )]
    WrongKey {
        /// The version both claim to be.
        version: u32,
    },
    /// The record was made under a version that is not configured.
    #[error(
        "this database was sealed with the key-encryption key of version {version}, which is not configured"
    )]
    UnknownKeyVersion {
        /// The version the record names.
        version: u32,
    },
    /// The record itself is corrupt; nothing can be said about the key.
    #[error("the stored key check is damaged; nothing is known about the key-encryption key")]
    Damaged,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::{Broken, SeededEntropy};
    use crate::kek::tests::{kek, ring};
    use crate::{OpenError, Place, Purpose};
    use proptest::prelude::*;

    fn blob(ring: &KeyRing) -> Vec<u8> {
        ring.check_blob(&SeededEntropy::new(5)).unwrap()
    }

    #[test]
    fn the_right_key_passes_under_any_position_in_the_ring() {
        let old = ring(1, 1);
        assert_eq!(old.verify_check(&blob(&old)), Ok(1));
        let rotated = KeyRing::new(2, kek(2)).with_previous(1, kek(1)).unwrap();
        assert_eq!(rotated.verify_check(&blob(&old)), Ok(1));
        assert_eq!(rotated.verify_check(&blob(&rotated)), Ok(2));
    }

    #[test]
    fn wrong_key_missing_key_and_damage_are_three_answers() {
        let good = blob(&ring(1, 1));
        let wrong = ring(1, 2).verify_check(&good);
        assert_eq!(wrong, Err(CheckError::WrongKey { version: 1 }));
        let missing = ring(2, 1).verify_check(&good);
        assert_eq!(missing, Err(CheckError::UnknownKeyVersion { version: 1 }));
        for position in 0..good.len() {
            let mut bad = good.clone();
            bad[position] ^= 0x10;
            for ring in [ring(1, 1), ring(1, 2)] {
                let answer = ring.verify_check(&bad);
                assert_eq!(answer, Err(CheckError::Damaged), "byte {position}");
            }
        }
    }

    #[test]
    fn a_corrupt_row_under_the_right_key_is_told_from_a_wrong_key() {
        let place = Place {
            tenant: "t",
            table: "stores",
            column: "api_key",
            row: "r",
        };
        let (right, wrong) = (ring(1, 1), ring(1, 2));
        let record = blob(&right);
        let row = right
            .seal(
                Purpose::StoreCredentials,
                &place,
                b"x",
                &SeededEntropy::new(6),
            )
            .unwrap();
        let mut bytes = row.clone().into_bytes();
        bytes[20] ^= 1;
        let corrupt = crate::Sealed::from_bytes(bytes).unwrap();

        // Both rows give the same refusal; the check record is what tells the two causes apart.
        for (ring, row) in [(&right, &corrupt), (&wrong, &row)] {
            let answer = ring.open(Purpose::StoreCredentials, &place, row);
            assert_eq!(answer.unwrap_err(), OpenError::Refused);
        }
        assert_eq!(right.verify_check(&record), Ok(1));
        let refusal = wrong.verify_check(&record).unwrap_err();
        assert_eq!(refusal, CheckError::WrongKey { version: 1 });
    }

    #[test]
    fn without_random_bytes_there_is_no_record() {
        assert_eq!(ring(1, 1).check_blob(&Broken), Err(NoEntropy));
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_as_damage(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(ring(1, 1).verify_check(&bytes), Err(CheckError::Damaged));
        }
    }
}
