//! Opaque cursors of lists.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// The text is not a cursor that this list gave out for this query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the cursor is not one this list gave for the same filters; leave it out to start from the first page"
)]
pub struct InvalidCursor;

/// Where the next page of an Order Desk list starts. It is bound to the filters it was made for by a
/// fingerprint, so that it cannot silently continue another query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetCursor {
    /// Records to skip.
    pub offset: u32,
    /// Fingerprint of the store and the filters.
    pub query: String,
    /// Id of the first record of the page before: if the next page begins with it too, the list does
    /// not move on and is at its end. Empty where the list is known to move.
    pub first: String,
}

impl OffsetCursor {
    /// The text given to the caller.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("o1.{}.{}.{}", self.offset, self.query, self.first))
    }

    /// Reads a cursor back and checks that it belongs to the query with this fingerprint.
    ///
    /// # Errors
    /// [`InvalidCursor`] when the text was altered, made up, or belongs to another query.
    pub fn decode(text: &str, query: &str) -> Result<Self, InvalidCursor> {
        if text.len() > 256 {
            return Err(InvalidCursor);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        let plain = String::from_utf8(bytes).map_err(|_| InvalidCursor)?;
        let mut parts = plain
            .strip_prefix("o1.")
            .ok_or(InvalidCursor)?
            .splitn(3, '.');
        let mut part = || parts.next().ok_or(InvalidCursor);
        let (offset, of_query, first) = (part()?, part()?, part()?);
        let offset = offset.parse().map_err(|_| InvalidCursor)?;
        if of_query != query {
            return Err(InvalidCursor);
        }
        Ok(Self {
            offset,
            query: of_query.to_owned(),
            first: first.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn belongs_to_its_query() {
        let cursor = OffsetCursor {
            offset: 40,
            query: "abc".into(),
            first: "61200311".into(),
        };
        let text = cursor.encode();
        assert_eq!(OffsetCursor::decode(&text, "abc"), Ok(cursor));
        assert_eq!(OffsetCursor::decode(&text, "other"), Err(InvalidCursor));
        for bad in ["", "20", "!!", "bzEuMjAuYWJj=", &"x".repeat(300)] {
            assert!(OffsetCursor::decode(bad, "abc").is_err(), "{bad}");
        }
    }
}
