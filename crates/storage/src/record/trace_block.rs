//! Recorded calls as they are kept: many together.

use orderdesk_mcp_contract::TraceId;

use super::{SealedBlob, TraceRecord};

/// Most calls in one block: to show one of them all are read.
pub const TRACE_BLOCK_CALLS: usize = 256;
/// How far the times of the ids in one block may be apart, in milliseconds: around a moment no more than so much is read.
pub const TRACE_BLOCK_MS: u64 = 1_000;
/// About how much the calls of one block may take, in bytes; one that takes more stands alone.
const BLOCK_BYTES: usize = 256 << 10;

/// Calls of one workspace that were recorded within a second and are kept together: of a thousand calls that are alike, ten
/// rows are written instead of thousands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceBlock {
    /// The calls, oldest first, at least one.
    pub calls: Vec<TraceRecord>,
    /// What they carried, sealed by the vault; opaque here.
    pub sealed_payloads: Option<SealedBlob>,
}

impl TraceBlock {
    /// The calls in blocks: by workspace and id, each id once, the first one given. `bytes` is about what one takes.
    pub fn grouped<T>(
        mut calls: Vec<T>,
        of: impl Fn(&T) -> &TraceRecord,
        bytes: impl Fn(&T) -> usize,
    ) -> Vec<Vec<T>> {
        calls.sort_by_key(|call| (of(call).tenant_id, of(call).id));
        calls.dedup_by_key(|call| (of(call).tenant_id, of(call).id));
        let mut blocks: Vec<Vec<T>> = Vec::new();
        let mut taken = 0;
        for call in calls {
            let more = bytes(&call);
            let goes_in = |block: &&mut Vec<T>| {
                let (first, this) = (of(&block[0]), of(&call));
                first.tenant_id == this.tenant_id
                    && this.id.millis() - first.id.millis() <= TRACE_BLOCK_MS
                    && block.len() < TRACE_BLOCK_CALLS
                    && taken + more <= BLOCK_BYTES
            };
            match blocks.last_mut().filter(goes_in) {
                Some(block) => {
                    taken += more;
                    block.push(call);
                }
                None => {
                    taken = more;
                    blocks.push(vec![call]);
                }
            }
        }
        blocks
    }

    /// Calls that carried nothing, in blocks.
    pub fn without_payloads(calls: &[TraceRecord]) -> Vec<Self> {
        let bytes = |call: &TraceRecord| call.spans.len() << 8;
        Self::grouped(calls.to_vec(), |call| call, bytes)
            .into_iter()
            .map(|calls| Self {
                calls,
                sealed_payloads: None,
            })
            .collect()
    }
}

/// What a call carried, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPayload {
    /// What it is sealed with.
    pub sealed: SealedBlob,
    /// For which row it was sealed.
    pub place: PayloadPlace,
}

/// Where what a call carried is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayloadPlace {
    /// By itself, sealed for its own row: it was recorded before calls were kept in blocks.
    Alone,
    /// With that of the other calls of the block with this id.
    InBlock(TraceId),
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::TenantId;

    use super::*;

    fn call(tenant: u64, millis: u64) -> TraceRecord {
        TraceRecord {
            id: TraceId::from_parts(millis, 7),
            ..TraceRecord::sample(TenantId::from_parts(tenant, 1))
        }
    }

    fn grouped(calls: &[(u64, u64, usize)]) -> Vec<Vec<u64>> {
        let calls = calls
            .iter()
            .map(|(tenant, millis, bytes)| (call(*tenant, *millis), *bytes));
        let blocks = TraceBlock::grouped(calls.collect(), |(call, _)| call, |(_, bytes)| *bytes);
        let millis = |block: Vec<(TraceRecord, usize)>| {
            block.iter().map(|(call, _)| call.id.millis()).collect()
        };
        blocks.into_iter().map(millis).collect()
    }

    #[test]
    fn a_block_is_of_one_workspace_and_one_second() {
        let calls = [
            (1, 5, 0),
            (2, 6, 0),
            (1, 1_006, 0),
            (1, 9, 0),
            (1, 1_005, 0),
            (1, 9, 0),
        ];
        assert_eq!(grouped(&calls), [vec![5, 9, 1_005], vec![1_006], vec![6]]);
        assert_eq!(grouped(&[]), Vec::<Vec<u64>>::new());
    }

    #[test]
    fn a_block_is_bounded_by_calls_and_bytes() {
        let many: Vec<_> = (0..600).map(|millis| (1, millis, 1)).collect();
        let lengths: Vec<_> = grouped(&many).iter().map(Vec::len).collect();
        assert_eq!(lengths, [256, 256, 88]);
        let half = BLOCK_BYTES / 2;
        let large = [
            (1, 1, half),
            (1, 2, half),
            (1, 3, 1),
            (1, 4, BLOCK_BYTES * 2),
            (1, 5, 1),
        ];
        assert_eq!(grouped(&large), [vec![1, 2], vec![3], vec![4], vec![5]]);
    }
}
