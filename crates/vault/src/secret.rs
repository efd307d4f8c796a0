//! Values that must not be printed and do not outlive their use.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A secret text: a bearer key, an Order Desk API key, a cookie value.
///
/// Overwritten with zeros when dropped. `Debug` prints `..`, and there is deliberately neither
/// `Display` nor `Serialize`, so a secret reaches a log or an answer only through
/// [`expose`](Self::expose). Equality takes the same time wherever the texts differ; only their
/// lengths can be told apart.
#[derive(Clone, Default, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes the text in. A copy the caller made earlier (an environment variable, a form field)
    /// stays the caller's to forget.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself. Every call is a place where the secret could leak, so keep it short-lived.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is no text at all, as with a setting left blank.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// `N` secret bytes, such as a derived key. Zeroed when dropped; `Debug` prints `..`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretBytes<const N: usize>([u8; N]);

impl<const N: usize> SecretBytes<N> {
    /// Takes the bytes in.
    #[must_use]
    pub fn new(bytes: [u8; N]) -> Self {
        Self(bytes)
    }

    /// The bytes themselves.
    #[must_use]
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }

    /// For filling in place, so that no second copy is left on the stack.
    pub(crate) fn expose_mut(&mut self) -> &mut [u8; N] {
        &mut self.0
    }
}

impl<const N: usize> PartialEq for SecretBytes<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl<const N: usize> Eq for SecretBytes<N> {}

impl<const N: usize> fmt::Debug for SecretBytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// Unsealed bytes of any length: what [`KeyRing::open`](crate::KeyRing::open) gives back.
/// Zeroed when dropped; `Debug` prints `..`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretBlob(Vec<u8>);

impl SecretBlob {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes themselves.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as a secret text.
    ///
    /// # Errors
    /// [`NotText`] if they are not UTF-8, which means that something other than a text was sealed.
    pub fn into_text(mut self) -> Result<Secret, NotText> {
        match String::from_utf8(std::mem::take(&mut self.0)) {
            Ok(text) => Ok(Secret(text)),
            Err(refused) => {
                // The error owns the bytes; they are as secret as before.
                refused.into_bytes().zeroize();
                Err(NotText)
            }
        }
    }
}

impl fmt::Debug for SecretBlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// The unsealed bytes are not UTF-8 text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the unsealed value is not text")]
pub struct NotText;

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "canary-3f9a1c";

    #[test]
    fn debug_prints_none_of_the_content() {
        let text = format!("{:?} {:#?}", Secret::new(CANARY), Some(Secret::new(CANARY)));
        assert!(!text.contains("canary"), "{text}");
        let bytes = SecretBytes::new([0xA5; 8]);
        let blob = SecretBlob::new(CANARY.as_bytes().to_vec());
        assert_eq!(format!("{bytes:?} {bytes:#?}"), ".. ..");
        assert_eq!(format!("{blob:?} {blob:#?}"), ".. ..");
    }

    #[test]
    fn secrets_are_zeroed_on_drop_and_cross_threads() {
        fn is_kept_safe<T: ZeroizeOnDrop + Send + Sync>() {}
        is_kept_safe::<Secret>();
        is_kept_safe::<SecretBytes<32>>();
        is_kept_safe::<SecretBlob>();

        let mut secret = Secret::new(CANARY);
        secret.zeroize();
        assert!(secret.is_empty());
    }

    #[test]
    fn equality_compares_content() {
        assert_eq!(Secret::new("same"), Secret::new("same"));
        assert_ne!(Secret::new("same"), Secret::new("sama"));
        assert_ne!(Secret::new("same"), Secret::new("same "));
        assert_eq!(SecretBytes::new([1, 2]), SecretBytes::new([1, 2]));
        assert_ne!(SecretBytes::new([1, 2]), SecretBytes::new([1, 3]));
    }

    #[test]
    fn a_blob_becomes_text_only_when_it_is_text() {
        let text = SecretBlob::new("prüfen".into()).into_text();
        assert_eq!(text, Ok(Secret::new("prüfen")));
        assert_eq!(SecretBlob::new(vec![0xFF, 0xFE]).into_text(), Err(NotText));
    }
}
