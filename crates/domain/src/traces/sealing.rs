//! Sealing what calls carried: that of a block together, for its own row, by a key that its workspace has for that alone.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use orderdesk_mcp_contract::{TenantId, TraceId};
use orderdesk_mcp_storage::record::{
    KeptPayload, PayloadPlace, SealedBlob, TraceBlock, TraceRecord,
};
use orderdesk_mcp_storage::row::packing::{pack, unpack};
use orderdesk_mcp_vault::{Entropy, KeyRing, Place, Purpose, SealError, Sealed};
use serde_json::value::RawValue;

use crate::error::Failure;
use crate::services::{Services, blob};

/// A call on its way to the database, and what it carried.
pub(crate) struct Recorded {
    /// Boxed, because it is moved often on that way.
    pub(super) trace: Box<TraceRecord>,
    /// JSON, as `payload` makes it.
    pub(super) payload: Option<String>,
}

#[cfg(test)]
impl Recorded {
    /// A call with that number, of one workspace and millisecond.
    pub(super) fn sample(number: u128, payload: Option<String>) -> Self {
        use orderdesk_mcp_contract::UtcMillis;
        use orderdesk_mcp_storage::record::Door;
        let trace = TraceRecord {
            id: TraceId::from_parts(1, number),
            tenant_id: TenantId::from_parts(1, 1),
            key_id: None,
            door: Door::Mcp,
            client: None,
            request_id: None,
            traceparent: None,
            tool: "orders_get".into(),
            store_id: None,
            order_id: None,
            error: None,
            cache_hit: None,
            started_at: UtcMillis(1),
            duration_us: 1,
            input_bytes: 0,
            output_bytes: 0,
            change_id: None,
            words: Vec::new(),
            carried: payload.is_some(),
            spans: Vec::new(),
            left_out: 0,
        };
        Self {
            trace: Box::new(trace),
            payload,
        }
    }
}

/// What makes blocks of recorded calls.
pub(crate) struct BlockSealer {
    pub(crate) keyring: Arc<KeyRing>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl BlockSealer {
    /// The calls in blocks. `bytes` is about what one takes.
    pub(super) fn blocks(
        &self,
        calls: Vec<Recorded>,
        bytes: impl Fn(&Recorded) -> usize,
    ) -> Vec<TraceBlock> {
        let blocks = TraceBlock::grouped(calls, |call| &call.trace, bytes).into_iter();
        blocks.map(|calls| self.block(calls)).collect()
    }

    /// What calls carried is left out where it cannot be sealed for want of random bytes: they are kept all the same.
    fn block(&self, calls: Vec<Recorded>) -> TraceBlock {
        let payloads = payloads(&calls);
        let calls = calls.into_iter().map(|call| *call.trace);
        let mut block = TraceBlock {
            calls: calls.collect(),
            sealed_payloads: None,
        };
        if let Some(payloads) = payloads {
            match self.seal(&block, &payloads) {
                Ok(sealed) => block.sealed_payloads = sealed,
                Err(error) => {
                    tracing::error!(%error, "failed to seal what calls carried; it is not kept");
                    block.calls.iter_mut().for_each(|call| call.carried = false);
                }
            }
        }
        block
    }

    fn seal(&self, block: &TraceBlock, payloads: &str) -> Result<Option<SealedBlob>, SealError> {
        let Some(newest) = block.calls.last() else {
            return Ok(None);
        };
        let (tenant, row) = (newest.tenant_id.to_string(), newest.id.to_string());
        let (purpose, place) = (Purpose::TracePayload, of_block(&tenant, &row));
        let sealed = self
            .keyring
            .seal(purpose, &place, &pack(payloads), &*self.entropy)?;
        Ok(Some(blob(sealed)))
    }
}

/// What the calls carried, as a JSON object by their ids: so that nobody who can write into the database can show it as that of
/// another call. None when they carried nothing.
fn payloads(calls: &[Recorded]) -> Option<String> {
    let mut all = String::new();
    for call in calls {
        if let Some(payload) = &call.payload {
            all.push(if all.is_empty() { '{' } else { ',' });
            // Neither can fail in a text.
            let _ = write!(all, "\"{}\":{payload}", call.trace.id);
        }
    }
    if all.is_empty() {
        return None;
    }
    all.push('}');
    Some(all)
}

fn of_block<'a>(tenant: &'a str, row: &'a str) -> Place<'a> {
    Place {
        tenant,
        table: "trace_blocks",
        column: "sealed_payloads",
        row,
    }
}

impl Services {
    /// What a call carried, as JSON.
    pub(super) fn unseal_payload(
        &self,
        tenant: TenantId,
        id: TraceId,
        kept: KeptPayload,
    ) -> Result<String, Failure> {
        unseal(self.keyring(), tenant, id, kept)
    }
}

fn unseal(
    keyring: &KeyRing,
    tenant: TenantId,
    id: TraceId,
    kept: KeptPayload,
) -> Result<String, Failure> {
    let sealed = Sealed::from_bytes(kept.sealed.bytes)?;
    let tenant = tenant.to_string();
    match kept.place {
        PayloadPlace::Alone => {
            let place = Place {
                tenant: &tenant,
                table: "traces",
                column: "sealed_payload",
                row: &id.to_string(),
            };
            let opened = keyring.open(Purpose::TracePayload, &place, &sealed)?;
            let text = opened
                .into_text()
                .map_err(|error| Failure::bug("a sealed payload is not text", error))?;
            Ok(text.expose().to_owned())
        }
        PayloadPlace::InBlock(block) => {
            let row = block.to_string();
            let opened = keyring.open(Purpose::TracePayload, &of_block(&tenant, &row), &sealed)?;
            let text = unpack(opened.expose())
                .ok_or_else(|| Failure::bug("sealed payloads cannot be unpacked", row.clone()))?;
            let all: BTreeMap<TraceId, &RawValue> = serde_json::from_str(&text)
                .map_err(|error| Failure::bug("sealed payloads cannot be read", error))?;
            let own = all
                .get(&id)
                .ok_or_else(|| Failure::bug("a call's payload is not with its block's", row))?;
            Ok(own.get().to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_vault::{KeyEncryptionKey, NoEntropy, OsEntropy};

    use super::*;

    /// An operating system without random bytes.
    struct Broken;

    impl Entropy for Broken {
        fn fill(&self, _: &mut [u8]) -> Result<(), NoEntropy> {
            Err(NoEntropy)
        }
    }

    fn sealer() -> BlockSealer {
        let kek = KeyEncryptionKey::parse(&"07".repeat(32)).unwrap();
        BlockSealer {
            keyring: Arc::new(KeyRing::new(1, kek)),
            entropy: Arc::new(OsEntropy),
        }
    }

    /// What a call carried, for whoever takes what is sealed for that of this workspace and block.
    fn open(
        sealer: &BlockSealer,
        tenant: TenantId,
        (block, id): (TraceId, TraceId),
        sealed: &TraceBlock,
    ) -> Option<String> {
        let kept = KeptPayload {
            sealed: sealed.sealed_payloads.clone()?,
            place: PayloadPlace::InBlock(block),
        };
        unseal(&sealer.keyring, tenant, id, kept).ok()
    }

    #[test]
    fn what_a_block_carried_opens_for_its_workspace_row_and_call_alone() {
        let sealer = sealer();
        let texts = [
            None,
            Some(r#"{"arguments":{"note":"a, \"b\""}}"#),
            None,
            Some(r#"{"error":{}}"#),
        ];
        let calls = (1..).zip(texts);
        let calls = calls.map(|(number, text)| Recorded::sample(number, text.map(Into::into)));
        let mut blocks = sealer.blocks(calls.collect(), |_| 1);
        let block = blocks.swap_remove(0);
        assert_eq!(blocks.len(), 0);
        let (tenant, id) = (block.calls[0].tenant_id, block.calls[3].id);
        for (call, text) in block.calls.iter().zip(texts) {
            let opened = open(&sealer, tenant, (id, call.id), &block);
            assert_eq!(opened.as_deref(), text);
        }
        let carried = block.calls[1].id;
        let other = TenantId::from_parts(2, 2);
        assert_eq!(open(&sealer, other, (id, carried), &block), None);
        assert_eq!(open(&sealer, tenant, (carried, carried), &block), None);
        let bytes = block.sealed_payloads.unwrap().bytes;
        // Between format, key version and nonce, and the tag.
        let sealed = &bytes[17..bytes.len() - 16];
        assert_eq!(unpack(sealed), None, "it is sealed");
        assert!(!String::from_utf8_lossy(&bytes).contains("note"));
    }

    #[test]
    fn a_block_that_carried_nothing_seals_nothing() {
        let blocks = sealer().blocks(vec![Recorded::sample(1, None)], |_| 1);
        assert_eq!(blocks[0].sealed_payloads, None);
    }

    #[test]
    fn calls_are_kept_without_what_cannot_be_sealed() {
        let without_random = BlockSealer {
            entropy: Arc::new(Broken),
            ..sealer()
        };
        let later = |mut call: Recorded| {
            call.trace.id = TraceId::from_parts(5_000, 1);
            call
        };
        let calls = vec![
            Recorded::sample(1, Some("{}".into())),
            Recorded::sample(2, None),
            later(Recorded::sample(3, None)),
        ];
        let blocks = without_random.blocks(calls, |_| 1);
        assert!(blocks.iter().all(|block| block.sealed_payloads.is_none()));
        let kept = blocks.iter().flat_map(|block| &block.calls);
        let kept: Vec<_> = kept.map(|call| (call.id.millis(), call.carried)).collect();
        assert_eq!(kept, [(1, false), (1, false), (5_000, false)]);
    }

    #[test]
    fn what_was_sealed_by_itself_opens_still() {
        let sealer = sealer();
        let Recorded { trace, .. } = Recorded::sample(1, None);
        let (tenant, id) = (trace.tenant_id.to_string(), trace.id.to_string());
        let place = Place {
            tenant: &tenant,
            table: "traces",
            column: "sealed_payload",
            row: &id,
        };
        let sealed = sealer
            .keyring
            .seal(Purpose::TracePayload, &place, b"{}", &OsEntropy)
            .unwrap();
        let kept = KeptPayload {
            sealed: blob(sealed),
            place: PayloadPlace::Alone,
        };
        let opened = unseal(&sealer.keyring, trace.tenant_id, trace.id, kept.clone());
        assert_eq!(opened.ok().as_deref(), Some("{}"));
        let other = TraceId::from_parts(1, 2);
        assert!(unseal(&sealer.keyring, trace.tenant_id, other, kept).is_err());
    }
}
