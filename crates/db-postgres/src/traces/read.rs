//! Reading blocks of recorded calls.

use orderdesk_mcp_contract::{TenantId, TraceId};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{BlockPart, BlocksAsked};
use orderdesk_mcp_storage::row::{TraceBlockRow, newest_before};

use crate::connect::PostgresStorage;
use crate::fault::fault;

/// The blocks of a posting in an order of their newest calls. OFFSET keeps the lookup of each block by itself: of a join the
/// planner could read the table as a whole.
macro_rules! select_blocks {
    ($order:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            TraceBlockRow,
            r#"SELECT b.id, b.packing, b.facts, NULL::bytea AS spans, NULL::bigint AS sealed_key_version,
                      NULL::bytea AS sealed_payloads
               FROM trace_postings AS p
               CROSS JOIN LATERAL (
                   SELECT id, packing, facts FROM trace_blocks
                   WHERE number = p.block AND tenant_id = $1 AND id = p.block_id AND oldest_id < $6
                   OFFSET 0) AS b
               WHERE p.tenant_id = $1 AND p.field = $2 AND p.value = $3 AND p.block_id >= $4 AND p.block_id < $5
               ORDER BY p.block_id "# + $order + " LIMIT $7",
            $($argument),+
        )
    };
}

pub(super) async fn blocks(
    storage: &PostgresStorage,
    tenant: TenantId,
    asked: &BlocksAsked,
) -> Result<Vec<TraceBlockRow>, StorageError> {
    let tenant = tenant.to_string();
    let field = asked.posting.field.as_str();
    let limit = i64::from(asked.limit);
    let pool = &storage.pool;
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
                limit
            )
            .fetch_all(pool)
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
    storage: &PostgresStorage,
    tenant: TenantId,
    ids: &[TraceId],
    part: BlockPart,
) -> Result<Vec<TraceBlockRow>, StorageError> {
    let tenant = tenant.to_string();
    let befores: Vec<_> = ids.iter().copied().map(newest_before).collect();
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    let is_spans = part == BlockPart::Spans;
    sqlx::query_as!(
        TraceBlockRow,
        // OFFSET keeps the lookup of each id by itself, in the index: as a join of ranges, of which the planner knows little,
        // the table could be read as a whole.
        r#"SELECT DISTINCT ON (found.number) found.id AS "id!", found.packing AS "packing!", found.facts AS "facts!",
                  CASE WHEN $4::bool THEN found.spans END AS "spans?",
                  CASE WHEN NOT $4::bool THEN found.sealed_key_version END AS "sealed_key_version?",
                  CASE WHEN NOT $4::bool THEN found.sealed_payloads END AS "sealed_payloads?"
           FROM UNNEST($2::text[], $3::text[]) AS asked (id, before)
           CROSS JOIN LATERAL (
               SELECT * FROM trace_blocks AS b
               WHERE b.tenant_id = $1 AND b.id >= asked.id AND b.id < asked.before AND b.oldest_id <= asked.id
               OFFSET 0) AS found"#,
        tenant,
        &ids,
        &befores,
        is_spans
    )
    .fetch_all(&storage.pool)
    .await
    .map_err(fault)
}
