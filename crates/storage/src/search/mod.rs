//! Searching recorded calls, the same on every database: a search begins at the list of blocks that leaves the fewest to read,
//! and tries the rest of it on their calls. However rare what is asked for, no more than so many candidates are looked at.

mod candidates;
mod damage;
mod posting;
mod sums;

use std::collections::BTreeSet;

use orderdesk_mcp_contract::{ErrorCode, KeyId, TenantId, TraceId};

use self::candidates::{Candidates, after};
use self::damage::Damage;
use crate::error::StorageError;
use crate::port::Traces;
use crate::record::{
    BlockPart, BlocksAsked, KeptPayload, NewestCalls, Posting, PostingField, Sieve, TRACE_BLOCK_MS,
    TRACE_PAGE_MAX, TraceFilter, TraceRecord, TraceRows, TraceSearch, TraceSpans,
};
use crate::row::TraceBlockRow;

/// Blocks that are read at once on the way to newer calls.
const NEWER_AT_ONCE: u32 = 64;

/// One call with its spans.
pub(crate) async fn one<S: Traces + ?Sized>(
    storage: &S,
    tenant: TenantId,
    id: TraceId,
) -> Result<Option<TraceRecord>, StorageError> {
    let Some((block, calls)) = block_of(storage, tenant, id, BlockPart::Spans).await? else {
        return Ok(None);
    };
    let spans = block.spans(&calls, |one| one == id)?.pop();
    let call = calls.into_iter().find(|call| call.id == id);
    Ok(call.zip(spans).map(|(call, spans)| TraceRecord {
        spans: spans.spans,
        left_out: spans.left_out,
        ..call
    }))
}

/// What a call carried, as it is kept.
pub(crate) async fn payload<S: Traces + ?Sized>(
    storage: &S,
    tenant: TenantId,
    id: TraceId,
) -> Result<Option<KeptPayload>, StorageError> {
    let found = block_of(storage, tenant, id, BlockPart::Payloads).await?;
    found.map_or(Ok(None), |(block, _)| block.payload())
}

/// The block that holds a call, and all its calls.
async fn block_of<S: Traces + ?Sized>(
    storage: &S,
    tenant: TenantId,
    id: TraceId,
    part: BlockPart,
) -> Result<Option<(TraceBlockRow, Vec<TraceRecord>)>, StorageError> {
    let mut damaged = None;
    for block in storage.trace_blocks_of(tenant, &[id], part).await? {
        if let Some(calls) = readable(&block, tenant, &mut damaged)
            && calls.iter().any(|call| call.id == id)
        {
            return Ok(Some((block, calls)));
        }
    }
    damaged.map_or(Ok(None), Err)
}

/// What happened inside calls, in no order.
pub(crate) async fn spans<S: Traces + ?Sized>(
    storage: &S,
    tenant: TenantId,
    ids: &[TraceId],
) -> Result<Vec<TraceSpans>, StorageError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: BTreeSet<_> = ids.iter().copied().collect();
    let mut found = Vec::with_capacity(ids.len());
    let blocks = storage.trace_blocks_of(tenant, ids, BlockPart::Spans);
    let mut damaged = None;
    for block in blocks.await? {
        // Blocks of the same time may hold none of them.
        if let Some(calls) = readable(&block, tenant, &mut damaged)
            && calls.iter().any(|call| wanted.contains(&call.id))
        {
            found.extend(block.spans(&calls, |id| wanted.contains(&id))?);
        }
    }
    match damaged {
        Some(error) if found.len() < wanted.len() => Err(error),
        _ => Ok(found),
    }
}

/// The calls of a block that may hold what is looked for. Why one cannot be read matters only if no other holds it.
fn readable(
    block: &TraceBlockRow,
    tenant: TenantId,
    damaged: &mut Option<StorageError>,
) -> Option<Vec<TraceRecord>> {
    let calls = block.calls(tenant);
    calls.map_err(|error| *damaged = Some(error)).ok()
}

/// Calls of a workspace, newest first.
pub(crate) async fn list<S: Traces + ?Sized>(
    storage: &S,
    tenant: TenantId,
    filter: &TraceFilter,
) -> Result<Vec<TraceRecord>, StorageError> {
    let failures = || {
        let codes = ErrorCode::ALL.into_iter();
        let failures = codes.filter(|code| *code != ErrorCode::Cancelled);
        failures.map(Some).collect()
    };
    let search = TraceSearch {
        stores: filter
            .store_id
            .map_or_else(Sieve::default, |store| Sieve::only([store])),
        outcomes: filter.failed_only.then(failures),
        ..TraceSearch::default()
    };
    let limit = filter.limit.min(TRACE_PAGE_MAX);
    let (mut rows, mut before): (Vec<TraceRecord>, _) = (Vec::new(), filter.before);
    loop {
        let left = limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(limit));
        let page = page(storage, tenant, &search, before, left).await?;
        let is_full = page.rows.len() == usize::try_from(left).unwrap_or(usize::MAX);
        rows.extend(page.rows);
        if is_full || page.looked_back_to.is_none() {
            return Ok(rows);
        }
        before = page.next;
    }
}

/// A page of a search.
pub(crate) async fn page<S: Traces + ?Sized>(
    storage: &S,
    tenant: TenantId,
    search: &TraceSearch,
    before: Option<TraceId>,
    limit: u32,
) -> Result<TraceRows, StorageError> {
    let holds = usize::try_from(limit.min(TRACE_PAGE_MAX)).unwrap_or_default();
    let before = before.map(|id| id.to_string());
    let mut candidates = Candidates::of(storage, tenant, search, before);
    let mut page = TraceRows::default();
    let mut looked_at = 0;
    loop {
        let Some(call) = candidates.next().await? else {
            page.next = candidates.stopped_at();
            page.looked_back_to = candidates.stopped_at();
            break;
        };
        looked_at += 1;
        let id = call.id;
        if search.passes(&call) {
            if page.rows.len() == holds {
                page.next = page.rows.last().map(|row| row.id);
                break;
            }
            page.rows.push(bare(call));
        }
        if looked_at == search.look_at.max(1) {
            if candidates.are_more().await? {
                (page.next, page.looked_back_to) = (Some(id), Some(id));
            }
            break;
        }
    }
    page.is_damaged = candidates.are_damaged();
    Ok(page)
}

/// As lists show it.
fn bare(mut call: TraceRecord) -> TraceRecord {
    call.words = Vec::new();
    call
}

/// The newest candidates of a search, to be counted.
pub(crate) async fn newest<S: Traces + ?Sized>(
    storage: &S,
    tenant: TenantId,
    search: &TraceSearch,
) -> Result<NewestCalls, StorageError> {
    let search = search.ungrouped();
    let most = u64::from(search.look_at.max(1));
    let mut candidates = Candidates::of(storage, tenant, &search, None);
    let mut newest = NewestCalls::default();
    let mut looked_at = 0;
    loop {
        let Some(call) = candidates.next().await? else {
            newest.looked_at = candidates.stopped_at().map(|from| (looked_at, from));
            break;
        };
        looked_at += 1;
        let id = call.id;
        if search.passes(&call) {
            newest.calls.push(TraceRecord {
                request_id: None,
                traceparent: None,
                ..bare(call)
            });
        }
        if looked_at == most {
            let are_more = candidates.are_more().await?;
            newest.looked_at = are_more.then_some((most, id));
            break;
        }
    }
    newest.is_damaged = candidates.are_damaged();
    Ok(newest)
}

/// The calls of a key next to one of them, oldest first.
pub(crate) async fn around<S: Traces + ?Sized>(
    storage: &S,
    tenant: TenantId,
    key: KeyId,
    id: TraceId,
    limit: u32,
) -> Result<TraceRows, StorageError> {
    let each = usize::try_from(limit.min(TRACE_PAGE_MAX)).unwrap_or_default();
    let search = TraceSearch {
        keys: Sieve::only([key]),
        ..TraceSearch::default()
    };
    let itself_too = Some(after(&id.to_string()));
    let mut older = Candidates::of(storage, tenant, &search, itself_too);
    let mut calls = Vec::new();
    while calls.len() <= each
        && let Some(call) = older.next().await?
    {
        calls.push(bare(call));
    }
    calls.reverse();
    let (newer, is_damaged) = newer(storage, tenant, key, id, each).await?;
    calls.extend(newer.into_iter().map(bare));
    Ok(TraceRows {
        rows: calls,
        is_damaged: is_damaged || older.are_damaged(),
        ..TraceRows::default()
    })
}

/// The first calls of a key after one, and whether some may be missing.
async fn newer<S: Traces + ?Sized>(
    storage: &S,
    tenant: TenantId,
    key: KeyId,
    id: TraceId,
    most: usize,
) -> Result<(Vec<TraceRecord>, bool), StorageError> {
    let mut asked = BlocksAsked {
        posting: Posting {
            field: PostingField::Key,
            value: key.to_string(),
        },
        from: after(&id.to_string()),
        oldest_first: true,
        ..BlocksAsked::all(NEWER_AT_ONCE)
    };
    let mut found: Vec<TraceRecord> = Vec::new();
    let mut damage = Damage::default();
    loop {
        let blocks = storage.trace_blocks(tenant, &asked).await?;
        let mut reached = None;
        for block in &blocks {
            let calls = damage.calls_beside(block, tenant).into_iter();
            found.extend(calls.filter(|call| call.id > id && call.key_id == Some(key)));
            reached = Some(block.newest()?);
        }
        found.sort_by_key(|call| call.id);
        let is_last = blocks.len() < usize::try_from(asked.limit).unwrap_or(usize::MAX);
        // Later blocks hold nothing that is a second older than this.
        let whole_until = reached
            .map_or(0, TraceId::millis)
            .saturating_sub(TRACE_BLOCK_MS);
        let is_settled = |call: &&TraceRecord| is_last || call.id.millis() < whole_until;
        let settled = found.iter().take_while(is_settled).count();
        if is_last || settled >= most {
            found.truncate(most);
            return Ok((found, damage.is_met()));
        }
        asked.from = after(
            &blocks
                .last()
                .map_or_else(String::new, |block| block.id.clone()),
        );
    }
}
