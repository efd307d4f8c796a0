//! Calls counted by one thing at a time.

use std::collections::BTreeMap;

use orderdesk_mcp_contract::{TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::TraceMargins;
use orderdesk_mcp_storage::row::{
    MarginKey, MarginSpans, MarginSums, SlotTotalsRow, TraceMarginRow, hour_from,
};
use sqlx::PgConnection;

use crate::connect::PostgresStorage;
use crate::fault::fault;

/// Adds calls to what is counted by one thing at a time, in order as sums of hours are.
pub(super) async fn add(
    connection: &mut PgConnection,
    margins: &BTreeMap<MarginKey<'_>, MarginSums>,
) -> Result<(), StorageError> {
    let texts = |value: fn(&MarginKey<'_>) -> String| -> Vec<String> {
        margins.keys().map(value).collect()
    };
    let times =
        |value: fn(&MarginKey<'_>) -> i64| -> Vec<i64> { margins.keys().map(value).collect() };
    let numbers =
        |value: fn(&MarginSums) -> i64| -> Vec<i64> { margins.values().map(value).collect() };
    sqlx::query!(
        "INSERT INTO trace_margins AS kept (tenant_id, length_ms, field, starts_at, value, door, calls, errors, cache_lookups,
                                    cache_hits, slower_10, slower_100, slower_300, slower_1000, slower_3000, slower_10000)
         SELECT * FROM UNNEST($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[],
                              $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[],
                              $14::bigint[], $15::bigint[], $16::bigint[])
         ON CONFLICT (tenant_id, length_ms, field, starts_at, value, door) DO UPDATE SET
             calls = kept.calls + excluded.calls, errors = kept.errors + excluded.errors,
             cache_lookups = kept.cache_lookups + excluded.cache_lookups, cache_hits = kept.cache_hits + excluded.cache_hits,
             slower_10 = kept.slower_10 + excluded.slower_10, slower_100 = kept.slower_100 + excluded.slower_100,
             slower_300 = kept.slower_300 + excluded.slower_300, slower_1000 = kept.slower_1000 + excluded.slower_1000,
             slower_3000 = kept.slower_3000 + excluded.slower_3000, slower_10000 = kept.slower_10000 + excluded.slower_10000",
        &texts(|key| key.tenant_id.to_owned()),
        &times(|key| key.length_ms),
        &texts(|key| key.field.to_owned()),
        &times(|key| key.starts_at),
        &texts(|key| key.value.to_owned()),
        &texts(|key| key.door.to_owned()),
        &numbers(|sums| sums.calls),
        &numbers(|sums| sums.errors),
        &numbers(|sums| sums.cache_lookups),
        &numbers(|sums| sums.cache_hits),
        &numbers(|sums| sums.slower[0]),
        &numbers(|sums| sums.slower[1]),
        &numbers(|sums| sums.slower[2]),
        &numbers(|sums| sums.slower[3]),
        &numbers(|sums| sums.slower[4]),
        &numbers(|sums| sums.slower[5])
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}

/// All calls of a stretch of time.
pub(super) async fn count(
    storage: &PostgresStorage,
    tenant: TenantId,
    (from, until): (UtcMillis, UtcMillis),
    slot_ms: i64,
) -> Result<TraceMargins, StorageError> {
    let tenant = tenant.to_string();
    let spans = MarginSpans::of(from, until);
    let mut reading = storage
        .pool
        .begin_with("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await
        .map_err(fault)?;
    let margins = sqlx::query_as!(
        TraceMarginRow,
        r#"SELECT kept.field AS "field!", kept.value AS "value!", kept.door AS "door!", sum(kept.calls)::bigint AS "calls!",
                  sum(kept.cache_lookups)::bigint AS "cache_lookups!", sum(kept.cache_hits)::bigint AS "cache_hits!",
                  sum(kept.slower_10)::bigint AS "slower_10!", sum(kept.slower_100)::bigint AS "slower_100!",
                  sum(kept.slower_300)::bigint AS "slower_300!", sum(kept.slower_1000)::bigint AS "slower_1000!",
                  sum(kept.slower_3000)::bigint AS "slower_3000!", sum(kept.slower_10000)::bigint AS "slower_10000!"
           FROM (
               SELECT * FROM trace_margins WHERE tenant_id = $1 AND length_ms = 3600000
                 AND field IN ('all', 'tool', 'store', 'key', 'outcome') AND starts_at >= $2 AND starts_at < $3
               UNION ALL
               SELECT * FROM trace_margins WHERE tenant_id = $1 AND length_ms = 86400000
                 AND field IN ('all', 'tool', 'store', 'key', 'outcome') AND starts_at >= $4 AND starts_at < $5
               UNION ALL
               SELECT * FROM trace_margins WHERE tenant_id = $1 AND length_ms = 3600000
                 AND field IN ('all', 'tool', 'store', 'key', 'outcome') AND starts_at >= $6 AND starts_at < $7
           ) AS kept
           GROUP BY 1, 2, 3"#,
        tenant,
        spans.hours_before.0,
        spans.hours_before.1,
        spans.days.0,
        spans.days.1,
        spans.hours_after.0,
        spans.hours_after.1
    )
    .fetch_all(&mut *reading)
    .await
    .map_err(fault)?;
    let (from, until) = (hour_from(from), until.0);
    let slots = sqlx::query_as!(
        SlotTotalsRow,
        r#"SELECT starts_at / $4 * $4 AS "starts_at!", sum(calls)::bigint AS "calls!", sum(errors)::bigint AS "errors!"
           FROM trace_margins
           WHERE tenant_id = $1 AND length_ms = 3600000 AND field = 'all' AND starts_at >= $2 AND starts_at < $3
           GROUP BY 1 ORDER BY 1"#,
        tenant,
        from,
        until,
        slot_ms
    )
    .fetch_all(&mut *reading)
    .await
    .map_err(fault)?;
    TraceMargins::read(margins, slots)
}
