//! One-way names for secrets: what a cache, a limiter or a table may hold in a secret's stead.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::frame::framed;
use crate::kek::{KeyEncryptionKey, KeyRing};
use crate::secret::{Secret, SecretBytes};

impl KeyRing {
    /// A stand-in for a presented key: the name under which the cache of verified keys and the rate
    /// limits know it, also outside this process.
    ///
    /// HMAC-SHA256 keyed by a pepper from the current key-encryption key, so whoever reads the
    /// cache can neither recover a key nor test a guess. Rotation changes all tags, which costs one
    /// cache miss each.
    #[must_use]
    pub fn cache_tag(&self, key: &Secret) -> [u8; 32] {
        let mut mac = self.cache_tag.clone();
        mac.update(key.expose().as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl KeyRing {
    /// What a door seals that it hands to a client and takes back: one key for each version of the ring, so that what is
    /// out survives a rotation. The current version seals.
    #[must_use]
    pub fn request_state_keys(&self) -> Vec<(u32, SecretBytes<32>)> {
        self.versions()
            .filter_map(|version| Some((version, self.key(version)?)))
            .map(|(version, kek)| (version, kek.derive("mac/request-state", "")))
            .collect()
    }
}

pub(crate) fn cache_tag_key(kek: &KeyEncryptionKey) -> Hmac<Sha256> {
    hmac_sha256(&kek.derive("pepper/cache-tag", ""))
}

/// HMAC-SHA256 with a key of exactly one block, which cannot fail and is not hashed first.
pub(crate) fn hmac_sha256(key: &SecretBytes<64>) -> Hmac<Sha256> {
    Hmac::new(key.expose().into())
}

/// The hash of an entry in a chain: SHA-256 over the hash of the entry before it and the parts of this one, none of which can
/// take anything over from its neighbour.
///
/// Not keyed: whoever has a copy of a log can check it. What keeps its end from being made up is sealed elsewhere.
#[must_use]
pub fn chained_hash(previous: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let head: [&[u8]; 2] = [b"orderdesk-mcp/chain/v1", previous];
    Sha256::digest(framed(&[&head, parts].concat())).into()
}

/// What the database holds of a session id, so that a stolen database holds no live session.
///
/// Not keyed: an id of 128 random bits or more cannot be guessed from its hash, and sessions must
/// outlive a rotation of the key-encryption key. Do not use it for anything a person made up.
#[must_use]
pub fn session_hash(raw_id: &[u8]) -> [u8; 32] {
    Sha256::digest(framed(&[b"orderdesk-mcp/session-id/v1", raw_id])).into()
}

/// [`session_hash`] as 64 lower-case hexadecimal digits.
#[must_use]
pub fn session_hash_hex(raw_id: &[u8]) -> String {
    HEXLOWER.encode(&session_hash(raw_id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kek::tests::{kek, ring};

    #[test]
    fn a_tag_depends_on_key_and_ring_and_nothing_else() {
        let one = ring(1, 1);
        let tag = one.cache_tag(&Secret::new("a"));
        assert_eq!(tag, ring(1, 1).cache_tag(&Secret::new("a")));
        assert_eq!(
            tag,
            one.cache_tag(&Secret::new("a")),
            "tagging keeps no state"
        );
        assert_ne!(tag, one.cache_tag(&Secret::new("b")));
        assert_ne!(tag, ring(1, 2).cache_tag(&Secret::new("a")));
        let plain: [u8; 32] = Sha256::digest(b"a").into();
        assert_ne!(tag, plain);
    }

    #[test]
    fn other_keys_in_the_ring_do_not_change_the_tags() {
        let ring_of_two = KeyRing::new(1, kek(1)).with_previous(2, kek(2)).unwrap();
        let key = Secret::new("a");
        assert_eq!(ring_of_two.cache_tag(&key), ring(1, 1).cache_tag(&key));
    }

    #[test]
    fn each_version_has_a_request_state_key_of_its_own() {
        let two = KeyRing::new(1, kek(1)).with_previous(2, kek(2)).unwrap();
        let keys = two.request_state_keys();
        assert_eq!(
            keys.iter().map(|(version, _)| *version).collect::<Vec<_>>(),
            [1, 2]
        );
        assert_ne!(keys[0].1, keys[1].1);
        assert_eq!(ring(1, 1).request_state_keys()[0], keys[0]);
        assert_ne!(keys[0].1, kek(1).derive("pepper/cache-tag", ""));
    }

    #[test]
    fn hmac_agrees_with_rfc_4231_case_2() {
        // Keys shorter than a block are filled up with zeros, which the published case is.
        let mut key = [0; 64];
        key[..4].copy_from_slice(b"Jefe");
        let mut mac = hmac_sha256(&SecretBytes::new(key));
        mac.update(b"what do ya want for nothing?");
        assert_eq!(
            HEXLOWER.encode(&mac.finalize().into_bytes()),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_chained_hash_is_over_the_one_before_and_each_part_by_itself() {
        let (one, other) = ([1; 32], [2; 32]);
        let hash = chained_hash(&one, &[b"ab", b"c"]);
        assert_eq!(hash, chained_hash(&one, &[b"ab", b"c"]));
        for different in [
            chained_hash(&other, &[b"ab", b"c"]),
            chained_hash(&one, &[b"a", b"bc"]),
            chained_hash(&one, &[b"ab", b"c", b""]),
            chained_hash(&one, &[b"c", b"ab"]),
        ] {
            assert_ne!(hash, different);
        }
        // Stored chains must be read for ever.
        assert_eq!(
            HEXLOWER.encode(&hash),
            "451718e6fea1bbf43c90900ae98bb7e7cd7133dd13140d25983dc37b05aeac79"
        );
    }

    #[test]
    fn session_hashes_are_stable_and_distinct() {
        let id = [7; 16];
        assert_eq!(session_hash_hex(&id).len(), 64);
        assert_eq!(session_hash(&id), session_hash(&id));
        assert_ne!(session_hash(&id), session_hash(&[8; 16]));
        let plain: [u8; 32] = Sha256::digest(id).into();
        assert_ne!(session_hash(&id), plain);
    }
}
