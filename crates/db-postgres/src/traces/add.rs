use std::collections::{BTreeMap, BTreeSet};

use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::TraceRecord;
use orderdesk_mcp_storage::row::{
    DurationKey, FittedTrace, HourKey, HourSums, by_duration, by_hour, by_margin, first_by_key,
    fitted,
};
use sqlx::PgConnection;

use super::margins;
use crate::connect::PostgresStorage;
use crate::fault::fault;

pub(super) async fn traces(
    storage: &PostgresStorage,
    batch: &[TraceRecord],
) -> Result<(), StorageError> {
    let mut batch = fitted(batch);
    if batch.is_empty() {
        return Ok(());
    }
    let mut transaction = storage.pool.begin().await.map_err(fault)?;
    let given = batch.len();
    let tenants = living_tenants(&mut transaction, &batch).await?;
    batch.retain(|trace| tenants.contains(&*trace.tenant_id));
    let added = insert_traces(&mut transaction, &batch).await?;
    let new = |trace: &&FittedTrace<'_>| {
        added.contains(&(trace.tenant_id.to_string(), trace.id.to_string()))
    };
    let new = || batch.iter().filter(new);
    add_words(&mut transaction, new()).await?;
    let hours = by_hour(new());
    add_hours(&mut transaction, &hours).await?;
    margins::add(&mut transaction, &by_margin(&hours)).await?;
    add_durations(&mut transaction, &by_duration(new())).await?;
    note_tools(&mut transaction, &first_by_key(new())).await?;
    note_doors(&mut transaction, &batch).await?;
    transaction.commit().await.map_err(fault)?;
    let orphans = given - batch.len();
    if orphans > 0 {
        tracing::warn!(orphans, "left out the traces of workspaces that are gone");
    }
    Ok(())
}

/// The workspaces of the batch that are there, and stay until the transaction ends.
async fn living_tenants(
    connection: &mut PgConnection,
    batch: &[FittedTrace<'_>],
) -> Result<BTreeSet<String>, StorageError> {
    let mut ids: Vec<String> = batch
        .iter()
        .map(|trace| trace.tenant_id.to_string())
        .collect();
    ids.dedup();
    let living = sqlx::query_scalar!(
        "SELECT id FROM tenants WHERE id = ANY($1) ORDER BY id FOR KEY SHARE",
        &ids
    )
    .fetch_all(connection)
    .await
    .map_err(fault)?;
    Ok(living.into_iter().collect())
}

/// One value of each trace, as the parameter that stands for a column.
fn column<'a, 'b, T>(
    batch: &'a [FittedTrace<'b>],
    value: impl Fn(&'a FittedTrace<'b>) -> T,
) -> Vec<T> {
    batch.iter().map(value).collect()
}

/// The workspace and id of a trace.
type TraceKey = (String, String);

/// Which were added; the others were there.
async fn insert_traces(
    connection: &mut PgConnection,
    batch: &[FittedTrace<'_>],
) -> Result<BTreeSet<TraceKey>, StorageError> {
    let added = sqlx::query!(
        "INSERT INTO traces (tenant_id, id, key_id, door, client, request_id, traceparent, tool, store_id,
                             order_id, error, cache_hit, started_at, duration_us, input_bytes, output_bytes,
                             sealed_key_version, sealed_payload, change_id, words, spans)
         SELECT * FROM UNNEST($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                              $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bool[],
                              $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[],
                              $18::bytea[], $19::text[], $20::text[], $21::text[])
         ON CONFLICT (tenant_id, id) DO NOTHING
         RETURNING tenant_id, id",
        &column(batch, |t| &*t.tenant_id) as &[&str],
        &column(batch, |t| &*t.id) as &[&str],
        &column(batch, |t| t.key_id.as_deref()) as &[Option<&str>],
        &column(batch, FittedTrace::door) as &[&str],
        &column(batch, |t| t.client.as_deref()) as &[Option<&str>],
        &column(batch, |t| t.request_id.as_deref()) as &[Option<&str>],
        &column(batch, |t| t.traceparent.as_deref()) as &[Option<&str>],
        &column(batch, |t| t.tool.as_ref()) as &[&str],
        &column(batch, |t| t.store_id.as_deref()) as &[Option<&str>],
        &column(batch, |t| t.order_id.as_deref()) as &[Option<&str>],
        &column(batch, FittedTrace::error) as &[Option<&str>],
        &column(batch, FittedTrace::cache_hit) as &[Option<bool>],
        &column(batch, FittedTrace::started_at),
        &column(batch, FittedTrace::duration_us),
        &column(batch, FittedTrace::input_bytes),
        &column(batch, FittedTrace::output_bytes),
        &column(batch, FittedTrace::sealed_key_version) as &[Option<i64>],
        &column(batch, FittedTrace::sealed_payload) as &[Option<&[u8]>],
        &column(batch, |t| t.change_id.as_deref()) as &[Option<&str>],
        &column(batch, |t| t.words.as_deref()) as &[Option<&str>],
        &column(batch, |t| t.spans.as_str()) as &[&str]
    )
    .fetch_all(connection)
    .await
    .map_err(fault)?;
    Ok(added
        .into_iter()
        .map(|row| (row.tenant_id, row.id))
        .collect())
}

/// The words that new calls are found by.
async fn add_words<'a, 'b: 'a>(
    connection: &mut PgConnection,
    traces: impl Iterator<Item = &'a FittedTrace<'b>>,
) -> Result<(), StorageError> {
    let (mut tenants, mut words, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for trace in traces {
        for word in trace.words() {
            tenants.push(&*trace.tenant_id);
            words.push(word);
            ids.push(&*trace.id);
        }
    }
    if words.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO trace_words (tenant_id, word, trace_id)
         SELECT * FROM UNNEST($1::text[], $2::text[], $3::text[])",
        &tenants as &[&str],
        &words as &[&str],
        &ids as &[&str]
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}

/// Adds calls to the sums of their hours, in order, so that two processes at once cannot block each other.
async fn add_hours(
    connection: &mut PgConnection,
    hours: &BTreeMap<HourKey<'_>, HourSums>,
) -> Result<(), StorageError> {
    let texts =
        |value: fn(&HourKey<'_>) -> String| -> Vec<String> { hours.keys().map(value).collect() };
    let numbers = |value: fn(&HourSums) -> i64| -> Vec<i64> { hours.values().map(value).collect() };
    let starts: Vec<i64> = hours.keys().map(|key| key.hour).collect();
    sqlx::query!(
        "INSERT INTO trace_hours AS kept (tenant_id, hour, tool, store_id, key_id, door, outcome, cached, calls, duration_us,
                                  slower_10, slower_100, slower_300, slower_1000, slower_3000, slower_10000)
         SELECT * FROM UNNEST($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                              $8::text[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[],
                              $14::bigint[], $15::bigint[], $16::bigint[])
         ON CONFLICT (tenant_id, hour, tool, store_id, key_id, door, outcome, cached) DO UPDATE SET
             calls = kept.calls + excluded.calls, duration_us = kept.duration_us + excluded.duration_us,
             slower_10 = kept.slower_10 + excluded.slower_10, slower_100 = kept.slower_100 + excluded.slower_100,
             slower_300 = kept.slower_300 + excluded.slower_300,
             slower_1000 = kept.slower_1000 + excluded.slower_1000,
             slower_3000 = kept.slower_3000 + excluded.slower_3000,
             slower_10000 = kept.slower_10000 + excluded.slower_10000",
        &texts(|key| key.tenant_id.to_owned()),
        &starts,
        &texts(|key| key.tool.to_owned()),
        &texts(|key| key.store_id.to_owned()),
        &texts(|key| key.key_id.to_owned()),
        &texts(|key| key.door.to_owned()),
        &texts(|key| key.outcome.to_owned()),
        &texts(|key| key.cached.to_owned()),
        &numbers(|sums| sums.calls),
        &numbers(|sums| sums.duration_us),
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

/// Counts calls by how long they took, in order for the same reason.
async fn add_durations(
    connection: &mut PgConnection,
    durations: &BTreeMap<DurationKey<'_>, i64>,
) -> Result<(), StorageError> {
    let tenants: Vec<_> = durations.keys().map(|key| key.tenant_id).collect();
    let hours: Vec<_> = durations.keys().map(|key| key.hour).collect();
    let classes: Vec<_> = durations.keys().map(|key| key.class).collect();
    let calls: Vec<_> = durations.values().copied().collect();
    sqlx::query!(
        "INSERT INTO trace_durations AS kept (tenant_id, hour, class, calls)
         SELECT * FROM UNNEST($1::text[], $2::bigint[], $3::bigint[], $4::bigint[])
         ON CONFLICT (tenant_id, hour, class) DO UPDATE SET calls = kept.calls + excluded.calls",
        &tenants as &[&str],
        &hours,
        &classes,
        &calls
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}

/// Notes which tools keys and persons have called.
async fn note_tools(
    connection: &mut PgConnection,
    first_calls: &BTreeMap<(&str, &str, &str), i64>,
) -> Result<(), StorageError> {
    let tenants: Vec<&str> = first_calls.keys().map(|(tenant, ..)| *tenant).collect();
    let keys: Vec<&str> = first_calls.keys().map(|(_, key, _)| *key).collect();
    let tools: Vec<&str> = first_calls.keys().map(|(.., tool)| *tool).collect();
    let dates: Vec<i64> = first_calls.values().copied().collect();
    sqlx::query!(
        "INSERT INTO key_tools (tenant_id, key_id, tool, first_call_at)
         SELECT * FROM UNNEST($1::text[], $2::text[], $3::text[], $4::bigint[])
         ON CONFLICT (tenant_id, key_id, tool) DO NOTHING",
        &tenants as &[&str],
        &keys as &[&str],
        &tools as &[&str],
        &dates
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}

async fn note_doors(
    connection: &mut PgConnection,
    batch: &[FittedTrace<'_>],
) -> Result<(), StorageError> {
    let mut first_calls: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for trace in batch {
        let first = first_calls
            .entry((&trace.tenant_id, trace.door()))
            .or_insert(i64::MAX);
        *first = trace.started_at().min(*first);
    }
    let tenants: Vec<&str> = first_calls.keys().map(|(tenant, _)| *tenant).collect();
    let doors: Vec<&str> = first_calls.keys().map(|(_, door)| *door).collect();
    let dates: Vec<i64> = first_calls.into_values().collect();
    sqlx::query!(
        "INSERT INTO tenant_doors (tenant_id, door, first_call_at)
         SELECT * FROM UNNEST($1::text[], $2::text[], $3::bigint[])
         ON CONFLICT (tenant_id, door) DO NOTHING",
        &tenants as &[&str],
        &doors as &[&str],
        &dates
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(())
}
