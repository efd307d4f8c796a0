//! Bearer keys, `odm_mk_<id>_<secret>_<check>` and `odm_ak_<id>_<secret>_<check>`, and codes of invitations,
//! `odm_in_<id>_<secret>_<check>`, which are made alike.
//!
//! The parts are 26, 52 and 6 characters of Crockford's base32 in lower case. The id finds the row,
//! the secret is 32 random bytes, and the check turns typing errors away before any costly hash.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::base32;
use crate::entropy::{Entropy, NoEntropy};
use crate::frame::framed;
use crate::secret::{Secret, SecretBytes};

/// Length of every key, in bytes.
pub const KEY_BYTES: usize = 93;

const BRAND: &str = "odm";
const ID_CHARS: usize = 26;
const SECRET_CHARS: usize = 52;
const CHECK_CHARS: usize = 6;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// A tenant's owner key, which also opens the web app.
    Master,
    /// A key with a limited scope.
    Api,
    /// The code of an invitation: good for joining a workspace once, and for nothing else.
    Invite,
}

impl KeyKind {
    /// The two letters in the key: `mk`, `ak` or `in`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Master => "mk",
            Self::Api => "ak",
            Self::Invite => "in",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        match code {
            "mk" => Some(Self::Master),
            "ak" => Some(Self::Api),
            "in" => Some(Self::Invite),
            _ => None,
        }
    }
}

/// A key as somebody presented it: of the right form, without typing errors, and not yet proved.
#[derive(Clone, PartialEq, Eq)]
pub struct PresentedKey {
    kind: KeyKind,
    id: String,
    whole: Secret,
}

impl PresentedKey {
    /// Takes a presented text apart. Cheap: the length comes first and one SHA-256 last, so junk
    /// never reaches the database or Argon2. White space around the key is the caller's to trim.
    ///
    /// # Errors
    /// [`KeyFormatError`], which never repeats any of the text.
    pub fn parse(text: &str) -> Result<Self, KeyFormatError> {
        if text.len() != KEY_BYTES {
            return Err(KeyFormatError::Length);
        }
        let mut parts = text.split('_');
        let mut next = || parts.next().ok_or(KeyFormatError::Shape);
        let (brand, code, id, secret, check) = (next()?, next()?, next()?, next()?, next()?);
        let kind = KeyKind::from_code(code).filter(|_| brand == BRAND);
        let kind = kind.ok_or(KeyFormatError::Prefix)?;
        let is_shaped = parts.next().is_none()
            && is_id(id)
            && is_part(secret, SECRET_CHARS)
            && is_part(check, CHECK_CHARS);
        if !is_shaped {
            return Err(KeyFormatError::Shape);
        }
        let expected = check_of(kind, id, secret);
        if !bool::from(expected.as_bytes().ct_eq(check.as_bytes())) {
            return Err(KeyFormatError::Check);
        }
        Ok(Self {
            kind,
            id: id.to_owned(),
            whole: Secret::from(text),
        })
    }

    /// What the key claims to be for. The row's kind must say the same.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The row's id: a ULID in lower case. Not secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The whole key, which is what [`password`](crate::password) hashes and
    /// [`cache_tag`](crate::KeyRing::cache_tag) names; that binds kind and id to the secret.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.whole
    }
}

impl fmt::Debug for PresentedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&display_prefix(self.kind, &self.id))
    }
}

/// Makes a new key for the row `id`, a ULID in lower case. The result is shown to a person once; what
/// is kept of it is [`password::hash`](crate::password::hash) of this whole text.
///
/// # Errors
/// [`IssueError`]: `id` is not a ULID in lower case, or there are no random bytes.
pub fn issue(kind: KeyKind, id: &str, entropy: &dyn Entropy) -> Result<Secret, IssueError> {
    if !is_id(id) {
        return Err(IssueError::BadId);
    }
    let mut bytes = SecretBytes::new([0; 32]);
    entropy.fill(bytes.expose_mut())?;
    let secret = Secret::new(base32::encode(bytes.expose()));
    let secret = secret.expose();
    let check = check_of(kind, id, secret);
    // Collected in one allocation of the final size, so that no half-built copy stays behind.
    let mut key = String::with_capacity(KEY_BYTES);
    for part in [BRAND, "_", kind.code(), "_", id, "_", secret, "_", &check] {
        key.push_str(part);
    }
    Ok(Secret::new(key))
}

/// How lists name a key: `odm_mk_01k9q3xz…`. Keys made within the same second may share it, since a
/// ULID starts with its time.
#[must_use]
pub fn display_prefix(kind: KeyKind, id: &str) -> String {
    let start: String = id.chars().take(8).collect();
    format!("{BRAND}_{}_{start}…", kind.code())
}

fn is_part(text: &str, chars: usize) -> bool {
    text.len() == chars && base32::is_base32(text)
}

/// A ULID has 128 bits in 26 digits of five, so the first digit is at most 7.
fn is_id(text: &str) -> bool {
    is_part(text, ID_CHARS) && text.starts_with(|first| first <= '7')
}

fn check_of(kind: KeyKind, id: &str, secret: &str) -> String {
    let digest = Sha256::digest(framed(&[
        b"orderdesk-mcp/key-check/v1",
        kind.code().as_bytes(),
        id.as_bytes(),
        secret.as_bytes(),
    ]));
    let mut check = base32::encode(&digest[..4]);
    check.truncate(CHECK_CHARS);
    check
}

/// Why a text is not a key. Says enough to mend a paste and nothing about any real key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFormatError {
    /// Not [`KEY_BYTES`] long.
    #[error("a key has 93 characters; part of it is missing or something was added")]
    Length,
    /// Of another brand or kind.
    #[error("a key starts with `odm_mk_` or `odm_ak_`, an invitation's code with `odm_in_`")]
    Prefix,
    /// Parts of the wrong length, or characters no key has.
    #[error("a key has five parts of lower-case letters and digits, joined by `_`")]
    Shape,
    /// The last six characters do not fit the rest.
    #[error("the key contains a typing error")]
    Check,
}

/// Why a key could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// The id cannot be part of a key.
    #[error("the key id is not a ULID in lower case")]
    BadId,
    /// No secret could be made.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
}

#[cfg(test)]
mod tests;
