use std::fmt;

use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

use crate::StoreId;

/// The longest API key, in bytes; Order Desk's have 50.
const MAX_KEY: usize = 256;

/// The API key cannot be one. It is not repeated here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an Order Desk API key is 1 to 256 letters, digits and signs without spaces")]
pub struct CredentialsError;

/// What opens one store: its id and API key.
///
/// The key is wiped from memory when dropped, and never printed.
#[derive(Clone)]
pub struct Credentials {
    store_id: StoreId,
    api_key: Zeroizing<String>,
}

impl Credentials {
    /// Takes a store's id and key; surrounding white space of the key is dropped, since keys are pasted.
    ///
    /// # Errors
    /// [`CredentialsError`]: the key is blank, too long, or holds what no header can carry.
    pub fn new(store_id: StoreId, api_key: impl Into<String>) -> Result<Self, CredentialsError> {
        let pasted = Zeroizing::new(api_key.into());
        let api_key = Zeroizing::new(pasted.trim().to_owned());
        let fits = (1..=MAX_KEY).contains(&api_key.len())
            && api_key.bytes().all(|byte| byte.is_ascii_graphic());
        if fits {
            Ok(Self { store_id, api_key })
        } else {
            Err(CredentialsError)
        }
    }

    /// The store.
    pub fn store_id(&self) -> &StoreId {
        &self.store_id
    }

    pub(super) fn api_key(&self) -> &str {
        &self.api_key
    }

    /// The two headers' values. They are marked sensitive, so that HTTP libraries do not print them.
    pub(super) fn headers(&self) -> Option<[(&'static str, HeaderValue); 2]> {
        let store = HeaderValue::from_str(self.store_id.as_str()).ok()?;
        let mut key = HeaderValue::from_str(&self.api_key).ok()?;
        key.set_sensitive(true);
        Some([("orderdesk-store-id", store), ("orderdesk-api-key", key)])
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({}, ..)", self.store_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_checked_and_hidden() {
        let id = || StoreId::from(41207);
        let credentials = Credentials::new(id(), " CANARY-KEY\n").unwrap();
        assert_eq!(credentials.api_key(), "CANARY-KEY");
        assert_eq!(format!("{credentials:?}"), "Credentials(41207, ..)");
        assert!(!format!("{:?}", credentials.headers().unwrap()).contains("CANARY"));
        for bad in ["", "  ", "a b", "a\r\nX: y", "schlüssel", &"k".repeat(257)] {
            assert!(Credentials::new(id(), bad).is_err());
        }
    }
}
