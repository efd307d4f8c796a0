//! Whether a store can be used, in a word.

use orderdesk_mcp_contract::views::store::BucketView;

use crate::parts::{Markup, Tone, badge};

/// The state of a store as its request bucket shows it; the bucket is absent when the saved credentials cannot be opened.
/// A quiet one says nothing when all is well.
pub(crate) fn store_health(bucket: Option<BucketView>, is_quiet: bool) -> Option<Markup> {
    match bucket {
        None => Some(badge(Tone::Error, "circle-x", "Key unreadable")),
        Some(bucket) if bucket.circuit_open => {
            Some(badge(Tone::Error, "circle-pause", "Held back"))
        }
        Some(_) if is_quiet => None,
        Some(_) => Some(badge(Tone::Ok, "circle-check", "Ready")),
    }
}
