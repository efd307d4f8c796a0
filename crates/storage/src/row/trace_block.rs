//! Rows of `trace_blocks`, written and read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use orderdesk_mcp_contract::{TenantId, TraceId};
use serde_json::value::RawValue;

use super::fitted::{FittedTrace, Texts};
use super::packing::{pack, unpack};
use super::trace::{KeptCall, kept, read_call, read_spans};
use super::{At, trace_id_of};
use crate::error::StorageError;
use crate::record::{
    AFTER_EVERY_ID, BlockPosting, KeptPayload, PayloadPlace, PostingField, SealedBlob,
    TRACE_BLOCK_MS, TraceBlock, TraceRecord, TraceSpans,
};

/// One call, not packed, with a payload that is sealed for its own row of `traces`: what 0015 made of calls from before.
const ALONE: i64 = 0;
/// Packed, with payloads that are sealed together.
pub const PACKED: i64 = 1;

/// A block as it is written.
pub struct FittedBlock<'a> {
    /// The workspace's id in text.
    pub tenant_id: Arc<str>,
    /// Its id in text: that of its newest call.
    pub id: Arc<str>,
    /// The id of its oldest call.
    pub oldest_id: Arc<str>,
    /// Its calls, oldest first.
    pub calls: Vec<FittedTrace<'a>>,
    /// All of the calls but spans and payload, packed.
    pub facts: Vec<u8>,
    /// The spans of the calls, packed.
    pub spans: Vec<u8>,
    sealed: Option<&'a SealedBlob>,
}

/// Blocks as they are written, in order of workspace and id, so that two processes writing at once lock rows in the same order
/// and cannot block each other, each once. One without calls is none.
pub fn fitted(blocks: &[TraceBlock]) -> Vec<FittedBlock<'_>> {
    let mut texts = Texts::default();
    let fitted = blocks.iter();
    let mut fitted: Vec<_> = fitted
        .filter_map(|block| FittedBlock::new(block, &mut texts))
        .collect();
    let key = |block: &FittedBlock<'_>| (Arc::clone(&block.tenant_id), Arc::clone(&block.id));
    fitted.sort_by_key(key);
    fitted.dedup_by_key(|block| key(block));
    fitted
}

impl<'a> FittedBlock<'a> {
    fn new(block: &'a TraceBlock, texts: &mut Texts) -> Option<Self> {
        let calls = block.calls.iter();
        let calls: Vec<_> = calls.map(|call| FittedTrace::new(call, texts)).collect();
        let (oldest, newest) = (calls.first()?, calls.last()?);
        let facts: Vec<KeptCall<&str>> = calls.iter().map(kept).collect();
        let facts = serde_json::to_string(&facts).expect("texts and numbers are JSON");
        let spans: Vec<&str> = calls.iter().map(|call| call.spans.as_str()).collect();
        Some(Self {
            tenant_id: Arc::clone(&newest.tenant_id),
            id: Arc::clone(&newest.id),
            oldest_id: Arc::clone(&oldest.id),
            facts: pack(&facts),
            spans: pack(&format!("[{}]", spans.join(","))),
            sealed: block.sealed_payloads.as_ref(),
            calls,
        })
    }

    /// How many calls it holds.
    pub fn number_of_calls(&self) -> i64 {
        i64::try_from(self.calls.len()).unwrap_or(i64::MAX)
    }

    /// The key version of the payloads.
    pub fn sealed_key_version(&self) -> Option<i64> {
        self.sealed.map(|sealed| i64::from(sealed.key_version))
    }

    /// The sealed payloads.
    pub fn sealed_payloads(&self) -> Option<&'a [u8]> {
        self.sealed.map(|sealed| sealed.bytes.as_slice())
    }

    /// All that it is found by, in order, with how many of its calls have it.
    pub fn postings(&self) -> BTreeMap<(&'static str, &str), i64> {
        let mut postings = BTreeMap::new();
        for call in &self.calls {
            for (field, value) in postings_of(call) {
                *postings.entry((field.as_str(), value)).or_default() += 1;
            }
        }
        postings
    }
}

/// All that a call is found by, each once.
fn postings_of<'b>(call: &'b FittedTrace<'_>) -> impl Iterator<Item = (PostingField, &'b str)> {
    let if_any = |field, value: Option<&'b str>| value.map(|value| (field, value));
    let facts = [
        Some((PostingField::All, "")),
        Some((PostingField::Tool, &*call.tool)),
        if_any(PostingField::Store, call.store_id.as_deref()),
        if_any(PostingField::Key, call.key_id.as_deref()),
        if_any(PostingField::Order, call.order_id.as_deref()),
        if_any(PostingField::Change, call.change_id.as_deref()),
        if_any(PostingField::Changed, call.change_id.as_ref().map(|_| "")),
        if_any(PostingField::Failed, call.error().map(|_| "")),
    ];
    let words = call.words().map(|word| (PostingField::Word, word));
    facts.into_iter().flatten().chain(words)
}

/// A row of `trace_blocks`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the migration says what they mean"
)]
pub struct TraceBlockRow {
    pub id: String,
    pub packing: i64,
    pub facts: Vec<u8>,
    /// Absent where they were not asked for.
    pub spans: Option<Vec<u8>>,
    /// Absent where they were not asked for, or there are none.
    pub sealed_key_version: Option<i64>,
    /// The same.
    pub sealed_payloads: Option<Vec<u8>>,
}

impl TraceBlockRow {
    fn at(&self) -> At<'_> {
        At {
            table: "trace_blocks",
            row: &self.id,
        }
    }

    fn text(&self, column: &'static str, bytes: &[u8]) -> Result<String, StorageError> {
        let text = match self.packing {
            ALONE => String::from_utf8(bytes.to_vec()).ok(),
            PACKED => unpack(bytes),
            _ => return Err(self.at().corrupt("packing")),
        };
        text.ok_or_else(|| self.at().corrupt(column))
    }

    /// Its id.
    ///
    /// # Errors
    /// `Corrupt` when it is none.
    pub fn newest(&self) -> Result<TraceId, StorageError> {
        trace_id_of(&self.id)
    }

    /// Its calls, oldest first, without spans.
    ///
    /// # Errors
    /// `Corrupt` when they cannot be read.
    pub fn calls(&self, tenant: TenantId) -> Result<Vec<TraceRecord>, StorageError> {
        let text = self.text("facts", &self.facts)?;
        let calls: Vec<KeptCall<String>> =
            serde_json::from_str(&text).map_err(|_| self.at().corrupt("facts"))?;
        let read = |call| read_call(self.at(), tenant, call);
        calls.into_iter().map(read).collect()
    }

    /// All that it is found by, each once and in order, as its calls have it.
    ///
    /// # Errors
    /// `Corrupt` when they cannot be read.
    pub fn postings(&self, tenant: TenantId) -> Result<Vec<BlockPosting>, StorageError> {
        let calls = self.calls(tenant)?;
        let mut texts = Texts::default();
        let fit = |call| FittedTrace::new(call, &mut texts);
        let fitted: Vec<_> = calls.iter().map(fit).collect();
        let postings: BTreeSet<_> = fitted.iter().flat_map(postings_of).collect();
        let owned = |(field, value): (PostingField, &str)| (field.as_str().into(), value.into());
        Ok(postings.into_iter().map(owned).collect())
    }

    /// What happened inside those of its calls that are wanted, in their order.
    ///
    /// # Errors
    /// `Corrupt` when it cannot be read.
    pub fn spans(
        &self,
        calls: &[TraceRecord],
        is_wanted: impl Fn(TraceId) -> bool,
    ) -> Result<Vec<TraceSpans>, StorageError> {
        let corrupt = || self.at().corrupt("spans");
        let text = self.text("spans", self.spans.as_deref().ok_or_else(corrupt)?)?;
        let spans: Vec<&RawValue> = serde_json::from_str(&text).map_err(|_| corrupt())?;
        if spans.len() != calls.len() {
            return Err(corrupt());
        }
        let wanted = calls.iter().zip(&spans);
        let wanted = wanted.filter(|(call, _)| is_wanted(call.id));
        let read = |(call, spans): (&TraceRecord, &&RawValue)| {
            let (spans, left_out) = read_spans(self.at(), spans.get())?;
            Ok(TraceSpans {
                id: call.id,
                spans,
                left_out,
            })
        };
        wanted.map(read).collect()
    }

    /// What its calls carried, as it is kept; absent when it holds nothing of that.
    ///
    /// # Errors
    /// `Corrupt` when it cannot be read.
    pub fn payload(self) -> Result<Option<KeptPayload>, StorageError> {
        let place = match self.packing {
            ALONE => PayloadPlace::Alone,
            _ => PayloadPlace::InBlock(self.newest()?),
        };
        let at = At {
            table: "trace_blocks",
            row: &self.id,
        };
        let sealed = match (self.sealed_key_version, self.sealed_payloads) {
            (Some(version), Some(bytes)) => at.sealed(version, bytes)?,
            (None, None) => return Ok(None),
            _ => return Err(at.corrupt("sealed_payloads")),
        };
        Ok(Some(KeptPayload { sealed, place }))
    }
}

/// Blocks that hold this call have a newest call before this id: none is longer than a second.
pub fn newest_before(id: TraceId) -> String {
    let id = TraceId::from_parts(id.millis() + TRACE_BLOCK_MS + 1, 0);
    // A later moment than ids can hold begins anew.
    if id.millis() <= TRACE_BLOCK_MS {
        return AFTER_EVERY_ID.to_owned();
    }
    id.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(facts: &str) -> TraceBlockRow {
        TraceBlockRow {
            id: TraceId::from_parts(9, 9).to_string(),
            packing: PACKED,
            facts: pack(facts),
            spans: None,
            sealed_key_version: None,
            sealed_payloads: None,
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let tenant = TenantId::from_parts(1, 1);
        let odd = TraceBlockRow {
            packing: 7,
            ..row("[]")
        };
        for damaged in [row("[[]]"), row("no list"), odd] {
            let corrupt = |error| matches!(error, StorageError::Corrupt { .. });
            assert!(damaged.calls(tenant).is_err_and(corrupt));
            assert!(damaged.postings(tenant).is_err_and(corrupt));
        }
    }

    #[test]
    fn a_block_ends_within_a_second_of_its_calls() {
        let before = |millis| newest_before(TraceId::from_parts(millis, 5));
        assert_eq!(before(7), TraceId::from_parts(1_008, 0).to_string());
        let last = (1 << 48) - 1;
        assert_eq!(
            before(last - TRACE_BLOCK_MS - 1),
            TraceId::from_parts(last, 0).to_string()
        );
        assert_eq!(before(last - TRACE_BLOCK_MS), "~");
        assert_eq!(before(last), "~");
    }
}
