//! Calls counted by one thing at a time.

use std::collections::BTreeMap;

use orderdesk_mcp_contract::{TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::TraceMargins;
use orderdesk_mcp_storage::row::{
    MarginKey, MarginSpans, MarginSums, SlotTotalsRow, TraceMarginRow, hour_from,
};
use sqlx::SqliteConnection;

use super::lists::as_json;
use crate::fault::fault;
use crate::open::SqliteStorage;

/// Adds calls to what is counted by one thing at a time, all in one statement as sums of hours are.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    margins: &BTreeMap<MarginKey<'_>, MarginSums>,
) -> Result<(), StorageError> {
    if margins.is_empty() {
        return Ok(());
    }
    let row = |(key, sums): (&MarginKey<'_>, &MarginSums)| {
        let key = (
            key.tenant_id,
            key.length_ms,
            key.field,
            key.starts_at,
            key.value,
            key.door,
        );
        let counts = (sums.calls, sums.errors, sums.cache_lookups, sums.cache_hits);
        serde_json::json!([key, counts, sums.slower])
    };
    let rows: Vec<_> = margins.iter().map(row).collect();
    let rows = as_json(&rows)?;
    sqlx::query!(
        "INSERT INTO trace_margins (tenant_id, length_ms, field, starts_at, value, door, calls, errors, cache_lookups, cache_hits,
                                    slower_10, slower_100, slower_300, slower_1000, slower_3000, slower_10000)
         SELECT value ->> '$[0][0]', value ->> '$[0][1]', value ->> '$[0][2]', value ->> '$[0][3]',
                value ->> '$[0][4]', value ->> '$[0][5]', value ->> '$[1][0]', value ->> '$[1][1]',
                value ->> '$[1][2]', value ->> '$[1][3]', value ->> '$[2][0]', value ->> '$[2][1]',
                value ->> '$[2][2]', value ->> '$[2][3]', value ->> '$[2][4]', value ->> '$[2][5]'
         FROM jsonb_each(?1)
         WHERE true
         ON CONFLICT (tenant_id, length_ms, field, starts_at, value, door) DO UPDATE SET
             calls = calls + excluded.calls, errors = errors + excluded.errors,
             cache_lookups = cache_lookups + excluded.cache_lookups, cache_hits = cache_hits + excluded.cache_hits,
             slower_10 = slower_10 + excluded.slower_10, slower_100 = slower_100 + excluded.slower_100,
             slower_300 = slower_300 + excluded.slower_300, slower_1000 = slower_1000 + excluded.slower_1000,
             slower_3000 = slower_3000 + excluded.slower_3000, slower_10000 = slower_10000 + excluded.slower_10000",
        rows
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}

/// All calls of a stretch of time.
pub(super) async fn count(
    storage: &SqliteStorage,
    tenant: TenantId,
    (from, until): (UtcMillis, UtcMillis),
    slot_ms: i64,
) -> Result<TraceMargins, StorageError> {
    let tenant = tenant.to_string();
    let spans = MarginSpans::of(from, until);
    let mut reading = storage.readers.begin().await.map_err(fault)?;
    // The order of the join is the order of the key.
    let margins = sqlx::query_as!(
        TraceMarginRow,
        r#"SELECT kept.field AS "field!: String", kept.value AS "value!: String", kept.door AS "door!: String",
                  sum(kept.calls) AS "calls!: i64", sum(kept.cache_lookups) AS "cache_lookups!: i64",
                  sum(kept.cache_hits) AS "cache_hits!: i64", sum(kept.slower_10) AS "slower_10!: i64",
                  sum(kept.slower_100) AS "slower_100!: i64", sum(kept.slower_300) AS "slower_300!: i64",
                  sum(kept.slower_1000) AS "slower_1000!: i64", sum(kept.slower_3000) AS "slower_3000!: i64",
                  sum(kept.slower_10000) AS "slower_10000!: i64"
           FROM (VALUES ('all'), ('tool'), ('store'), ('key'), ('outcome')) AS asked
           CROSS JOIN (VALUES (3600000, ?2, ?3), (86400000, ?4, ?5), (3600000, ?6, ?7)) AS span
           CROSS JOIN trace_margins AS kept
           WHERE kept.tenant_id = ?1 AND kept.length_ms = span.column1 AND kept.field = asked.column1
             AND kept.starts_at >= span.column2 AND kept.starts_at < span.column3
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
        r#"SELECT starts_at / ?4 * ?4 AS "starts_at!: i64", sum(calls) AS "calls!: i64", sum(errors) AS "errors!: i64"
           FROM trace_margins
           WHERE tenant_id = ?1 AND length_ms = 3600000 AND field = 'all' AND starts_at >= ?2 AND starts_at < ?3
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
