//! The key-encryption key: what an operator configures, and the ring of its versions.

use std::collections::BTreeMap;
use std::fmt;

use data_encoding::{BASE64_MIME_PERMISSIVE, BASE64URL};
use hkdf::Hkdf;
use hmac::Hmac;
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use crate::entropy::{Entropy, NoEntropy};
use crate::frame::framed;
use crate::mac;
use crate::secret::{Secret, SecretBytes};

/// Least decoded length, in bytes: as strong as the AES-256 keys made from it.
pub const MIN_KEK_BYTES: usize = 32;

/// Longest text looked at, in characters. More is not a key but a mistaken file.
pub const MAX_KEK_CHARS: usize = 4096;

/// HKDF-Extract salt. Fixed for ever: another value makes all sealed data unreadable.
const EXTRACT_SALT: &[u8] = b"orderdesk-mcp/vault/kek/v1";

/// Fewer distinct byte values than this among 32 random ones has a chance below 2^-90.
const FEWEST_DISTINCT_BYTES: usize = 8;

/// The key all others are derived from. Only derived keys ever touch data.
#[derive(Clone)]
pub struct KeyEncryptionKey {
    hkdf: Hkdf<Sha256>,
    looks_random: bool,
}

impl KeyEncryptionKey {
    /// Reads the configured text: base64 in the standard or the URL-safe alphabet, padded or not,
    /// with white space anywhere (`openssl rand -base64 64` breaks its line, files end in one). All
    /// decoded bytes count, so 64 hexadecimal digits are a good key too.
    ///
    /// # Errors
    /// [`KekError`] says what is wrong and how to make a good key; it never repeats the text.
    pub fn parse(text: &str) -> Result<Self, KekError> {
        if text.len() > MAX_KEK_CHARS {
            return Err(KekError::TooLong);
        }
        let bytes = decode(text)?;
        if bytes.len() < MIN_KEK_BYTES {
            return Err(KekError::TooShort { bytes: bytes.len() });
        }
        let (mut extracted, hkdf) = Hkdf::<Sha256>::extract(Some(EXTRACT_SALT), &bytes);
        extracted.as_mut_slice().zeroize();
        Ok(Self {
            hkdf,
            looks_random: looks_random(&bytes),
        })
    }

    /// A new key in the form [`parse`](Self::parse) reads: 32 random bytes, URL-safe base64, padded.
    ///
    /// # Errors
    /// [`NoEntropy`] if no random bytes were to be had.
    pub fn generate(entropy: &dyn Entropy) -> Result<Secret, NoEntropy> {
        let mut bytes = SecretBytes::new([0; MIN_KEK_BYTES]);
        entropy.fill(bytes.expose_mut())?;
        Ok(Secret::new(BASE64URL.encode(bytes.expose())))
    }

    /// False for keys no generator would give, such as 32 zeros or one word over and over. They work,
    /// because throw-away installations use them; a production configuration should refuse them.
    #[must_use]
    pub fn looks_random(&self) -> bool {
        self.looks_random
    }

    /// A key of `N` bytes for one use (`label`) and one tenant. HKDF-Expand with both in the info
    /// string, so keys of different labels or tenants have nothing to do with each other.
    pub(crate) fn derive<const N: usize>(&self, label: &str, tenant: &str) -> SecretBytes<N> {
        const { assert!(N <= 255 * 32, "HKDF-SHA256 gives at most 8160 bytes") };
        let info = framed(&[
            b"orderdesk-mcp/vault/derive/v1",
            label.as_bytes(),
            tenant.as_bytes(),
        ]);
        let mut key = SecretBytes::new([0; N]);
        self.hkdf
            .expand(&info, key.expose_mut())
            .expect("the length was checked when this was compiled");
        key
    }
}

impl fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyEncryptionKey(..)")
    }
}

fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, KekError> {
    let mut digits = Zeroizing::new(String::with_capacity(text.len() + 3));
    digits.extend(text.chars().filter(|c| !c.is_ascii_whitespace()));
    let unpadded = digits.trim_end_matches('=').len();
    if unpadded == 0 {
        return Err(KekError::Empty);
    }
    let has = |symbols: [char; 2]| digits.contains(symbols);
    // Both alphabets in one text means two keys were pasted together, or it is no key at all.
    if digits.len() - unpadded > 2
        || digits[..unpadded].contains('=')
        || has(['+', '/']) && has(['-', '_'])
    {
        return Err(KekError::NotBase64);
    }
    let mut standard = Zeroizing::new(String::with_capacity(unpadded + 3));
    standard.extend(digits[..unpadded].chars().map(|c| match c {
        '-' => '+',
        '_' => '/',
        other => other,
    }));
    while !standard.len().is_multiple_of(4) {
        standard.push('=');
    }
    // Permissive about the unused low bits of the last digit only: hand-made keys have them set, and
    // the earlier system took those. White space and inner padding are already gone.
    BASE64_MIME_PERMISSIVE
        .decode(standard.as_bytes())
        .map(Zeroizing::new)
        .map_err(|_| KekError::NotBase64)
}

fn looks_random(bytes: &[u8]) -> bool {
    let mut seen = [false; 256];
    for &byte in bytes {
        seen[usize::from(byte)] = true;
    }
    seen.iter().filter(|&&is_seen| is_seen).count() >= FEWEST_DISTINCT_BYTES
}

/// Why a text is not a key-encryption key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KekError {
    /// Nothing but white space.
    #[error("the key-encryption key is empty; make one with `openssl rand -base64 32`")]
    Empty,
    /// Characters or padding that base64 does not have.
    #[error("the key-encryption key is not base64; make one with `openssl rand -base64 32`")]
    NotBase64,
    /// Decoded to fewer than [`MIN_KEK_BYTES`].
    #[error(
        "the key-encryption key has {bytes} bytes after decoding and needs at least 32; \
         make one with `openssl rand -base64 32`"
    )]
    TooShort {
        /// Decoded length.
        bytes: usize,
    },
    /// More than [`MAX_KEK_CHARS`].
    #[error("the key-encryption key is longer than 4096 characters; is this the right file?")]
    TooLong,
}

/// The key-encryption keys of an installation by version: one seals, all open.
///
/// Rotation without a pause: give every instance both keys
/// ([`with_previous`](Self::with_previous)), then make the new one current everywhere, re-seal what
/// [`needs_reseal`](Self::needs_reseal), and drop the old one.
pub struct KeyRing {
    current: u32,
    keys: BTreeMap<u32, KeyEncryptionKey>,
    /// HMAC keyed by the pepper, ready to be cloned for each request.
    pub(crate) cache_tag: Hmac<Sha256>,
}

impl KeyRing {
    /// A ring whose only key is `kek`, version `version`. Versions are the operator's numbers; they
    /// are stored with each sealed value and must never be given to another key.
    #[must_use]
    pub fn new(version: u32, kek: KeyEncryptionKey) -> Self {
        Self {
            current: version,
            cache_tag: mac::cache_tag_key(&kek),
            keys: BTreeMap::from([(version, kek)]),
        }
    }

    /// Adds a key which opens but does not seal: an earlier one, or the next one on instances that
    /// must be able to read before any instance writes with it.
    ///
    /// # Errors
    /// [`DuplicateVersion`] if the ring has a key of that version.
    pub fn with_previous(
        mut self,
        version: u32,
        kek: KeyEncryptionKey,
    ) -> Result<Self, DuplicateVersion> {
        if self.keys.contains_key(&version) {
            return Err(DuplicateVersion { version });
        }
        self.keys.insert(version, kek);
        Ok(self)
    }

    /// The version new values are sealed with.
    #[must_use]
    pub fn current_version(&self) -> u32 {
        self.current
    }

    /// All versions this ring can open, lowest first.
    pub fn versions(&self) -> impl Iterator<Item = u32> + '_ {
        self.keys.keys().copied()
    }

    pub(crate) fn current_key(&self) -> &KeyEncryptionKey {
        // `new` put it in and nothing is ever taken out.
        &self.keys[&self.current]
    }

    pub(crate) fn key(&self, version: u32) -> Option<&KeyEncryptionKey> {
        self.keys.get(&version)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("current", &self.current)
            .field("versions", &self.keys.keys())
            .finish_non_exhaustive()
    }
}

/// Two keys were given the same version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is already a key-encryption key of version {version}")]
pub struct DuplicateVersion {
    /// The version given twice.
    pub version: u32,
}

#[cfg(test)]
pub(crate) mod tests;
