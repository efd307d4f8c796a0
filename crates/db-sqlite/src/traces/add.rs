use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::TraceRecord;
use orderdesk_mcp_storage::row::{
    DurationKey, FittedTrace, HourKey, HourSums, by_duration, by_hour, first_by_key, fitted,
};
use serde::Serialize;
use sqlx::SqliteConnection;

use crate::fault::fault;
use crate::open::SqliteStorage;

pub(super) async fn traces(
    storage: &SqliteStorage,
    batch: &[TraceRecord],
) -> Result<(), StorageError> {
    let batch = fitted(batch);
    if batch.is_empty() {
        return Ok(());
    }
    let mut transaction = storage.begin().await?;
    let mut known = Vec::with_capacity(batch.len());
    let mut first_calls: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    let mut orphans = 0_usize;
    // The batch is in order of workspace, so each is looked up once.
    let mut tenant = ("", false);
    for trace in &batch {
        if tenant.0 != trace.tenant_id {
            tenant = (
                &trace.tenant_id,
                tenant_exists(&mut transaction, &trace.tenant_id).await?,
            );
        }
        if !tenant.1 {
            orphans += 1;
            continue;
        }
        known.push(trace);
        let first = first_calls
            .entry((&trace.tenant_id, trace.door()))
            .or_insert(i64::MAX);
        *first = trace.started_at().min(*first);
    }
    let added = insert_traces(&mut transaction, &known).await?;
    let new = || {
        let known = known.iter().copied();
        known.filter(|trace| added.contains(&trace.id))
    };
    add_words(&mut transaction, new()).await?;
    add_hours(&mut transaction, &by_hour(new())).await?;
    add_durations(&mut transaction, &by_duration(new())).await?;
    note_tools(&mut transaction, &first_by_key(new())).await?;
    for ((tenant, door), at) in first_calls {
        note_door(&mut transaction, tenant, door, at).await?;
    }
    transaction.commit().await.map_err(fault)?;
    if orphans > 0 {
        tracing::warn!(orphans, "left out the traces of workspaces that are gone");
    }
    Ok(())
}

async fn tenant_exists(
    connection: &mut SqliteConnection,
    tenant: &str,
) -> Result<bool, StorageError> {
    let found = sqlx::query_scalar!("SELECT 1 FROM tenants WHERE id = ?1", tenant)
        .fetch_optional(connection)
        .await
        .map_err(fault)?;
    Ok(found.is_some())
}

/// The ids of those that were not there yet. All of the batch in one statement: one for each would cost a change of threads
/// each. `jsonb_each` hands out rows as SQLite has parsed them; of `json_each` each row is written as text and parsed again.
async fn insert_traces(
    connection: &mut SqliteConnection,
    traces: &[&FittedTrace<'_>],
) -> Result<BTreeSet<String>, StorageError> {
    let rows: Vec<_> = traces.iter().map(|trace| TraceRow::of(trace)).collect();
    let rows = as_json(&rows)?;
    let added = sqlx::query_scalar!(
        "INSERT INTO traces (tenant_id, id, key_id, door, client, request_id, traceparent, tool, store_id,
                             order_id, error, cache_hit, started_at, duration_us, input_bytes, output_bytes,
                             sealed_key_version, sealed_payload, change_id, words, spans)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13,
                value ->> 14, value ->> 15, value ->> 16, unhex(value ->> 17), value ->> 18, value ->> 19, value ->> 20
         FROM jsonb_each(?1)
         WHERE true
         ON CONFLICT (tenant_id, id) DO NOTHING
         RETURNING id",
        rows
    )
    .fetch_all(connection)
    .await
    .map_err(fault)?;
    Ok(added.into_iter().collect())
}

/// A trace's columns, in the order the statement reads them; bytes as hex, which JSON can hold.
#[derive(Serialize)]
struct TraceRow<'a>(
    &'a str,
    &'a str,
    Option<&'a str>,
    &'static str,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'a str>,
    &'a str,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'static str>,
    Option<u8>,
    i64,
    i64,
    i64,
    i64,
    Option<i64>,
    Option<String>,
    Option<&'a str>,
    Option<&'a str>,
    &'a str,
);

impl<'a> TraceRow<'a> {
    fn of(trace: &'a FittedTrace<'_>) -> Self {
        Self(
            trace.tenant_id.as_str(),
            trace.id.as_str(),
            trace.key_id.as_deref(),
            trace.door(),
            trace.client.as_deref(),
            trace.request_id.as_deref(),
            trace.traceparent.as_deref(),
            trace.tool.as_ref(),
            trace.store_id.as_deref(),
            trace.order_id.as_deref(),
            trace.error(),
            trace.cache_hit().map(u8::from),
            trace.started_at(),
            trace.duration_us(),
            trace.input_bytes(),
            trace.output_bytes(),
            trace.sealed_key_version(),
            trace.sealed_payload().map(|bytes| HEXLOWER.encode(bytes)),
            trace.change_id.as_deref(),
            trace.words.as_deref(),
            &trace.spans,
        )
    }
}

fn as_json(rows: &impl Serialize) -> Result<String, StorageError> {
    serde_json::to_string(rows).map_err(|error| StorageError::Failed(Box::new(error)))
}

/// The words that new calls are found by, all in one statement, too.
async fn add_words<'a, 'b: 'a>(
    connection: &mut SqliteConnection,
    traces: impl Iterator<Item = &'a FittedTrace<'b>>,
) -> Result<(), StorageError> {
    let words = traces.flat_map(|trace| {
        let row = |word| (trace.tenant_id.as_str(), word, trace.id.as_str());
        trace.words().map(row)
    });
    let words: Vec<_> = words.collect();
    if words.is_empty() {
        return Ok(());
    }
    let words = as_json(&words)?;
    sqlx::query!(
        "INSERT INTO trace_words (tenant_id, word, trace_id)
         SELECT value ->> 0, value ->> 1, value ->> 2 FROM jsonb_each(?1)",
        words
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}

/// Adds calls to the sums of their hours, all in one statement, too.
async fn add_hours(
    connection: &mut SqliteConnection,
    hours: &BTreeMap<HourKey<'_>, HourSums>,
) -> Result<(), StorageError> {
    if hours.is_empty() {
        return Ok(());
    }
    let row = |(key, sums): (&HourKey<'_>, &HourSums)| {
        let key = (
            key.tenant_id,
            key.hour,
            key.tool,
            key.store_id,
            key.key_id,
            key.door,
            key.outcome,
            key.cached,
        );
        serde_json::json!([key, sums.calls, sums.duration_us, sums.slower])
    };
    let rows: Vec<_> = hours.iter().map(row).collect();
    let rows = as_json(&rows)?;
    sqlx::query!(
        "INSERT INTO trace_hours (tenant_id, hour, tool, store_id, key_id, door, outcome, cached, calls, duration_us,
                                  slower_10, slower_100, slower_300, slower_1000, slower_3000, slower_10000)
         SELECT value ->> '$[0][0]', value ->> '$[0][1]', value ->> '$[0][2]', value ->> '$[0][3]',
                value ->> '$[0][4]', value ->> '$[0][5]', value ->> '$[0][6]', value ->> '$[0][7]',
                value ->> 1, value ->> 2, value ->> '$[3][0]', value ->> '$[3][1]', value ->> '$[3][2]',
                value ->> '$[3][3]', value ->> '$[3][4]', value ->> '$[3][5]'
         FROM jsonb_each(?1)
         WHERE true
         ON CONFLICT (tenant_id, hour, tool, store_id, key_id, door, outcome, cached) DO UPDATE SET
             calls = calls + excluded.calls, duration_us = duration_us + excluded.duration_us,
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

/// Counts calls by how long they took, the same way.
async fn add_durations(
    connection: &mut SqliteConnection,
    durations: &BTreeMap<DurationKey<'_>, i64>,
) -> Result<(), StorageError> {
    if durations.is_empty() {
        return Ok(());
    }
    let row = |(key, calls): (&DurationKey<'_>, &i64)| {
        serde_json::json!([key.tenant_id, key.hour, key.class, calls])
    };
    let rows: Vec<_> = durations.iter().map(row).collect();
    let rows = as_json(&rows)?;
    sqlx::query!(
        "INSERT INTO trace_durations (tenant_id, hour, class, calls)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM jsonb_each(?1)
         WHERE true
         ON CONFLICT (tenant_id, hour, class) DO UPDATE SET calls = calls + excluded.calls",
        rows
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}

/// Notes which tools keys and persons have called, the same way.
async fn note_tools(
    connection: &mut SqliteConnection,
    first_calls: &BTreeMap<(&str, &str, &str), i64>,
) -> Result<(), StorageError> {
    if first_calls.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = first_calls.iter().collect();
    let rows = as_json(&rows)?;
    sqlx::query!(
        "INSERT INTO key_tools (tenant_id, key_id, tool, first_call_at)
         SELECT value ->> '$[0][0]', value ->> '$[0][1]', value ->> '$[0][2]', value ->> 1 FROM jsonb_each(?1)
         WHERE true
         ON CONFLICT (tenant_id, key_id, tool) DO NOTHING",
        rows
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}

async fn note_door(
    connection: &mut SqliteConnection,
    tenant: &str,
    door: &str,
    at: i64,
) -> Result<(), StorageError> {
    sqlx::query!(
        "INSERT INTO tenant_doors (tenant_id, door, first_call_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (tenant_id, door) DO NOTHING",
        tenant,
        door,
        at
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}
