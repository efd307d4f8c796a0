use super::{Envelope, EnvelopeError};
use crate::json::Object;

/// One page of a list.
///
/// The counts are Order Desk's and not to be trusted: `total_records` comes as `5`, `"5"`, and as
/// `"0"` beside three records. Page on until a page comes back shorter than asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The records, in Order Desk's order.
    pub items: Vec<T>,
    /// How many match in all, as claimed.
    pub total_records: Option<u64>,
    /// How many are on this page, as claimed.
    pub records_returned: Option<u64>,
    /// Where this page starts, as echoed; products do not echo it.
    pub offset: Option<u64>,
    /// The page size, as echoed.
    pub limit: Option<u64>,
}

impl<T: From<Object>> Page<T> {
    /// Reads a list answer whose records lie under `name`.
    ///
    /// # Errors
    /// [`EnvelopeError`]: the list is missing or not one.
    pub fn read(mut envelope: Envelope, name: &'static str) -> Result<Self, EnvelopeError> {
        let items = envelope.records(name)?;
        let count = |name| {
            let number = envelope.as_object().integer(name)?;
            u64::try_from(number).ok()
        };
        Ok(Self {
            items,
            total_records: count("total_records"),
            records_returned: count("records_returned"),
            offset: count("offset"),
            limit: count("limit"),
        })
    }
}

impl<T> Page<T> {
    /// The claimed total, unless this very page disproves it. `offset` is where the page was asked
    /// to start.
    pub fn plausible_total(&self, offset: u64) -> Option<u64> {
        let seen = u64::try_from(self.items.len()).ok()?.saturating_add(offset);
        self.total_records
            .filter(|total| *total >= seen || self.items.is_empty())
    }

    /// True when another page may follow: this one is as long as asked for. `limit` is the page
    /// size that was asked for.
    pub fn may_have_more(&self, limit: u32) -> bool {
        !self.items.is_empty() && self.items.len() >= usize::try_from(limit).unwrap_or(usize::MAX)
    }
}
