use std::collections::{BTreeMap, BTreeSet};

use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::TraceBlock;
use orderdesk_mcp_storage::row::{
    DurationKey, FittedBlock, HourKey, HourSums, by_duration, by_hour, by_margin, first_by_key,
    fitted,
};
use sqlx::SqliteConnection;

use super::lists::as_json;
use super::{margins, rows};
use crate::fault::fault;
use crate::open::SqliteStorage;

pub(super) async fn traces(
    storage: &SqliteStorage,
    blocks: &[TraceBlock],
) -> Result<(), StorageError> {
    let mut blocks = fitted(blocks);
    match add(storage, &blocks).await {
        // It was sent before and nobody was told that it was written: what is there counts once.
        Err(StorageError::Taken { what: "trace" }) => {
            let there = those_there(storage, &blocks).await?;
            let key = |block: &FittedBlock<'_>| (block.tenant_id.to_string(), block.id.to_string());
            blocks.retain(|block| !there.contains(&key(block)));
            add(storage, &blocks).await
        }
        added => added,
    }
}

/// The workspaces and ids of those blocks that are there.
async fn those_there(
    storage: &SqliteStorage,
    blocks: &[FittedBlock<'_>],
) -> Result<BTreeSet<(String, String)>, StorageError> {
    let ids = blocks.iter().map(|block| (&*block.tenant_id, &*block.id));
    let ids: Vec<_> = ids.collect();
    let ids = as_json(&ids)?;
    let there = sqlx::query!(
        "SELECT b.tenant_id, b.id FROM json_each(?1) AS asked
         CROSS JOIN trace_blocks AS b INDEXED BY trace_blocks_by_id ON b.tenant_id = asked.value ->> 0 AND b.id = asked.value ->> 1",
        ids
    )
    .fetch_all(&storage.writer)
    .await
    .map_err(fault)?;
    let there = there.into_iter().map(|row| (row.tenant_id, row.id));
    Ok(there.collect())
}

/// Adds all of them, or none when one is there.
async fn add(storage: &SqliteStorage, blocks: &[FittedBlock<'_>]) -> Result<(), StorageError> {
    if blocks.is_empty() {
        return Ok(());
    }
    let mut transaction = storage.begin().await?;
    let mut known = Vec::with_capacity(blocks.len());
    let mut first_calls: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    let mut orphans = 0_usize;
    // The blocks are in order of workspace, so each is looked up once.
    let mut tenant = ("", false);
    for block in blocks {
        if tenant.0 != &*block.tenant_id {
            tenant = (
                &block.tenant_id,
                tenant_exists(&mut transaction, &block.tenant_id).await?,
            );
        }
        if !tenant.1 {
            orphans += block.calls.len();
            continue;
        }
        known.push(block);
        for call in &block.calls {
            let first = first_calls
                .entry((&block.tenant_id, call.door()))
                .or_insert(i64::MAX);
            *first = call.started_at().min(*first);
        }
    }
    let last = last_number(&mut transaction).await?;
    rows::insert_blocks(&mut transaction, &known, last + 1).await?;
    let calls = || known.iter().flat_map(|block| &block.calls);
    let hours = by_hour(calls());
    add_hours(&mut transaction, &hours).await?;
    margins::add(&mut transaction, &by_margin(&hours)).await?;
    add_durations(&mut transaction, &by_duration(calls())).await?;
    note_tools(&mut transaction, &first_by_key(calls())).await?;
    for ((tenant, door), at) in first_calls {
        note_door(&mut transaction, tenant, door, at).await?;
    }
    transaction.commit().await.map_err(fault)?;
    if orphans > 0 {
        tracing::warn!(orphans, "left out the traces of workspaces that are gone");
    }
    Ok(())
}

/// The highest number that a block has.
async fn last_number(connection: &mut SqliteConnection) -> Result<i64, StorageError> {
    let last = sqlx::query_scalar!(r#"SELECT max(number) AS "last: i64" FROM trace_blocks"#)
        .fetch_one(connection)
        .await
        .map_err(fault)?;
    Ok(last.unwrap_or(0))
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

/// Adds calls to the sums of their hours, all in one statement: one for each would cost a change of threads each. `jsonb_each`
/// hands out rows as SQLite has parsed them; of `json_each` each row is written as text and parsed again.
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
