//! Reading blocks of recorded calls.

use orderdesk_mcp_contract::{TenantId, TraceId};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{BlockPart, BlocksAsked};
use orderdesk_mcp_storage::row::{TraceBlockRow, newest_before};

use super::lists::as_json;
use crate::fault::fault;
use crate::open::SqliteStorage;

/// The blocks of a posting in an order of their newest calls. What a block holds is looked up by itself: as a join, a table that
/// was small when SQLite last counted its rows would be read as a whole for each.
macro_rules! select_blocks {
    ($order:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            TraceBlockRow,
            r#"SELECT p.block_id AS id,
                      (SELECT packing FROM trace_blocks WHERE number = p.block AND tenant_id = ?1 AND id = p.block_id) AS "packing!: i64",
                      (SELECT facts FROM trace_blocks WHERE number = p.block AND tenant_id = ?1 AND id = p.block_id) AS "facts!: Vec<u8>",
                      NULL AS "spans: Vec<u8>", NULL AS "sealed_key_version: i64", NULL AS "sealed_payloads: Vec<u8>"
               FROM trace_postings AS p
               WHERE p.tenant_id = ?1 AND p.field = ?2 AND p.value = ?3 AND p.block_id >= ?4 AND p.block_id < ?5
                 AND (SELECT oldest_id FROM trace_blocks WHERE number = p.block AND tenant_id = ?1 AND id = p.block_id) < ?6
               ORDER BY p.block_id "# + $order + " LIMIT ?7",
            $($argument),+
        )
    };
}

pub(super) async fn blocks(
    storage: &SqliteStorage,
    tenant: TenantId,
    asked: &BlocksAsked,
) -> Result<Vec<TraceBlockRow>, StorageError> {
    let tenant = tenant.to_string();
    let field = asked.posting.field.as_str();
    let readers = &storage.readers;
    macro_rules! select {
        ($order:tt) => {
            select_blocks!(
                $order,
                tenant,
                field,
                asked.posting.value,
                asked.from,
                asked.before,
                asked.oldest_before,
                asked.limit
            )
            .fetch_all(readers)
            .await
        };
    }
    let found = if asked.oldest_first {
        select!("ASC")
    } else {
        select!("DESC")
    };
    found.map_err(fault)
}

pub(super) async fn blocks_of(
    storage: &SqliteStorage,
    tenant: TenantId,
    ids: &[TraceId],
    part: BlockPart,
) -> Result<Vec<TraceBlockRow>, StorageError> {
    let tenant = tenant.to_string();
    let ranges = ids.iter().map(|id| (id.to_string(), newest_before(*id)));
    let ranges = as_json(&ranges.collect::<Vec<_>>())?;
    let is_spans = part == BlockPart::Spans;
    sqlx::query_as!(
        TraceBlockRow,
        r#"SELECT found.id,
                  (SELECT packing FROM trace_blocks WHERE number = found.number) AS "packing!: i64",
                  (SELECT facts FROM trace_blocks WHERE number = found.number) AS "facts!: Vec<u8>",
                  (SELECT iif(?3, spans, NULL) FROM trace_blocks WHERE number = found.number) AS "spans: Vec<u8>",
                  (SELECT iif(?3, NULL, sealed_key_version) FROM trace_blocks
                   WHERE number = found.number) AS "sealed_key_version: i64",
                  (SELECT iif(?3, NULL, sealed_payloads) FROM trace_blocks
                   WHERE number = found.number) AS "sealed_payloads: Vec<u8>"
           FROM (SELECT DISTINCT b.number, b.id
                 FROM json_each(?2) AS asked CROSS JOIN trace_blocks AS b INDEXED BY trace_blocks_by_id
                 WHERE b.tenant_id = ?1 AND b.id >= asked.value ->> 0 AND b.id < asked.value ->> 1
                   AND b.oldest_id <= asked.value ->> 0) AS found"#,
        tenant,
        ranges,
        is_spans
    )
    .fetch_all(&storage.readers)
    .await
    .map_err(fault)
}
