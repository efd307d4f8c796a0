//! Sealing: a value becomes bytes that only this place in this installation can turn back.

use std::fmt;

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Key};

use crate::entropy::{Entropy, NoEntropy};
use crate::frame::framed;
use crate::kek::{KeyEncryptionKey, KeyRing};
use crate::secret::{SecretBlob, SecretBytes};

const FORMAT: u8 = 1;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
const HEADER_BYTES: usize = 1 + 4 + NONCE_BYTES;

/// What the sealed bytes are longer by than the plaintext.
pub const OVERHEAD_BYTES: usize = HEADER_BYTES + TAG_BYTES;

/// What a sealed value is for. Each purpose has its own key per tenant, so a value sealed for one
/// cannot be opened as another even where everything else is equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Order Desk API keys.
    StoreCredentials,
    /// Orders before and after a change, kept for undo.
    OrderPayload,
    /// Arguments and results of recorded calls.
    TracePayload,
    /// What a browser session carries.
    SessionData,
    /// The newest entry of an audit log.
    AuditEnd,
    /// Where alerts are sent, and the secrets that sign them.
    AlertTarget,
    /// Buckets that exports go to, with their access keys.
    ExportBucket,
}

impl Purpose {
    /// Goes into the key derivation. Fixed for ever, like the format number.
    fn label(self) -> &'static str {
        match self {
            Self::StoreCredentials => "seal/store-credentials",
            Self::OrderPayload => "seal/order-payload",
            Self::TracePayload => "seal/trace-payload",
            Self::SessionData => "seal/session-data",
            Self::AuditEnd => "seal/audit-end",
            Self::AlertTarget => "seal/alert-target",
            Self::ExportBucket => "seal/export-bucket",
        }
    }
}

/// Where a sealed value is kept. Bound into the seal, so bytes copied to any other place do not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The tenant's id; empty for values that belong to none.
    pub tenant: &'a str,
    /// Table name.
    pub table: &'a str,
    /// Column name.
    pub column: &'a str,
    /// The row's primary key as text. It must exist before sealing and never change.
    pub row: &'a str,
}

/// A sealed value: format number, key version (32 bits, big-endian), nonce, ciphertext, tag.
/// Shows nothing but the plaintext's length and the key version.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    key_version: u32,
    bytes: Vec<u8>,
}

impl Sealed {
    /// Takes in stored bytes. Only the outer form is looked at; [`KeyRing::open`] does the proving.
    ///
    /// # Errors
    /// [`OpenError::Malformed`] if they are too short or of a format this version does not know.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, OpenError> {
        let bytes = bytes.into();
        let key_version = Parts::of(&bytes).ok_or(OpenError::Malformed)?.key_version;
        Ok(Self { key_version, bytes })
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes to store, without a copy.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The version of the key-encryption key it was sealed under.
    #[must_use]
    pub fn key_version(&self) -> u32 {
        self.key_version
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed")
            .field("key_version", &self.key_version)
            .field("length", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

struct Parts<'a> {
    key_version: u32,
    nonce: [u8; NONCE_BYTES],
    ciphertext: &'a [u8],
    tag: [u8; TAG_BYTES],
}

impl<'a> Parts<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let (&format, rest) = bytes.split_first()?;
        let (version, rest) = rest.split_first_chunk()?;
        let (nonce, rest) = rest.split_first_chunk()?;
        let (ciphertext, tag) = rest.split_last_chunk()?;
        (format == FORMAT).then_some(Self {
            key_version: u32::from_be_bytes(*version),
            nonce: *nonce,
            ciphertext,
            tag: *tag,
        })
    }
}

impl KeyRing {
    /// Seals `plaintext` for one purpose and place under the current key version. Sealing the same
    /// value twice gives different bytes.
    ///
    /// Nonces are 96 random bits, so one tenant and purpose may seal 2^32 values per key version
    /// before rotation is due (NIST SP 800-38D, 8.3): 13 years at ten a second, which is a block of recorded calls each time.
    ///
    /// # Errors
    /// [`SealError`]: no random bytes, or more than 64 GiB of plaintext.
    pub fn seal(
        &self,
        purpose: Purpose,
        place: &Place<'_>,
        plaintext: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Sealed, SealError> {
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce)?;
        let key_version = self.current_version();

        // One allocation of the final size: growing would leave plaintext behind in freed memory.
        let mut bytes = Vec::with_capacity(OVERHEAD_BYTES + plaintext.len());
        bytes.push(FORMAT);
        bytes.extend_from_slice(&key_version.to_be_bytes());
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(plaintext);

        let tag = cipher(self.current_key(), purpose, place.tenant)
            .encrypt_inout_detached(
                &nonce.into(),
                &associated_data(place, key_version),
                (&mut bytes[HEADER_BYTES..]).into(),
            )
            .map_err(|_| SealError::TooLong)?;
        bytes.extend_from_slice(&tag);
        Ok(Sealed { key_version, bytes })
    }

    /// Gives back what was sealed for this purpose and place.
    ///
    /// # Errors
    /// [`OpenError::UnknownKeyVersion`] if the ring lacks the key, [`OpenError::Refused`] if the
    /// proof fails.
    pub fn open(
        &self,
        purpose: Purpose,
        place: &Place<'_>,
        sealed: &Sealed,
    ) -> Result<SecretBlob, OpenError> {
        let parts = Parts::of(&sealed.bytes).ok_or(OpenError::Malformed)?;
        let version = parts.key_version;
        let kek = self
            .key(version)
            .ok_or(OpenError::UnknownKeyVersion { version })?;

        let mut plaintext = parts.ciphertext.to_vec();
        cipher(kek, purpose, place.tenant)
            .decrypt_inout_detached(
                &parts.nonce.into(),
                &associated_data(place, version),
                plaintext.as_mut_slice().into(),
                &parts.tag.into(),
            )
            .map_err(|_| OpenError::Refused)?;
        Ok(SecretBlob::new(plaintext))
    }

    /// Whether a value waits to be sealed again under the current key version, during rotation.
    #[must_use]
    pub fn needs_reseal(&self, sealed: &Sealed) -> bool {
        sealed.key_version != self.current_version()
    }

    /// Opens a value and seals it again under the current key version.
    ///
    /// # Errors
    /// As [`open`](Self::open) and [`seal`](Self::seal).
    pub fn reseal(
        &self,
        purpose: Purpose,
        place: &Place<'_>,
        sealed: &Sealed,
        entropy: &dyn Entropy,
    ) -> Result<Sealed, ResealError> {
        let plaintext = self.open(purpose, place, sealed)?;
        Ok(self.seal(purpose, place, plaintext.expose(), entropy)?)
    }
}

fn cipher(kek: &KeyEncryptionKey, purpose: Purpose, tenant: &str) -> Aes256Gcm {
    let key: SecretBytes<32> = kek.derive(purpose.label(), tenant);
    Aes256Gcm::new(<&Key<Aes256Gcm>>::from(key.expose()))
}

fn associated_data(place: &Place<'_>, key_version: u32) -> Vec<u8> {
    framed(&[
        b"orderdesk-mcp/vault/seal/v1",
        place.tenant.as_bytes(),
        place.table.as_bytes(),
        place.column.as_bytes(),
        place.row.as_bytes(),
        &key_version.to_be_bytes(),
    ])
}

/// Why a value could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// No nonce could be made.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
    /// Longer than AES-GCM can seal in one piece.
    #[error("the value is too long to be sealed")]
    TooLong,
}

/// Why a sealed value could not be opened. Deliberately poor in detail: whoever tampers learns
/// nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Sealed under a key this process was not given.
    #[error("the value is sealed under key version {version}, which is not configured")]
    UnknownKeyVersion {
        /// The version the value names.
        version: u32,
    },
    /// Not the bytes of a sealed value, or written by a newer version of this program.
    #[error("the stored bytes are not a sealed value this version can read")]
    Malformed,
    /// The proof failed. Which of the causes it was cannot be known here; see
    /// [`KeyRing::verify_check`].
    #[error("the sealed value was refused: the key is wrong, or the row was altered or moved")]
    Refused,
}

/// Why a value could not be sealed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResealError {
    /// The old value did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The new value could not be made.
    #[error(transparent)]
    Seal(#[from] SealError),
}

#[cfg(test)]
mod tests;
