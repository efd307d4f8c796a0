use std::collections::{BTreeMap, BTreeSet};

use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::TraceBlock;
use orderdesk_mcp_storage::row::{
    DurationKey, FittedBlock, HourKey, HourSums, PACKED, by_duration, by_hour, by_margin,
    first_by_key, fitted,
};
use sqlx::PgConnection;

use super::margins;
use crate::connect::PostgresStorage;
use crate::fault::fault;

pub(super) async fn traces(
    storage: &PostgresStorage,
    blocks: &[TraceBlock],
) -> Result<(), StorageError> {
    let mut blocks = fitted(blocks);
    if blocks.is_empty() {
        return Ok(());
    }
    let mut transaction = storage.pool.begin().await.map_err(fault)?;
    let given = number_of_calls(&blocks);
    let tenants = living_tenants(&mut transaction, &blocks).await?;
    blocks.retain(|block| tenants.contains(&*block.tenant_id));
    let mut numbers = insert_blocks(&mut transaction, &blocks).await?;
    let numbered = blocks.iter().filter_map(|block| {
        let number = numbers.remove(&(block.tenant_id.to_string(), block.id.to_string()))?;
        Some((number, block))
    });
    let new: Vec<_> = numbered.collect();
    add_postings(&mut transaction, &new).await?;
    let calls = || new.iter().flat_map(|(_, block)| &block.calls);
    let hours = by_hour(calls());
    add_hours(&mut transaction, &hours).await?;
    margins::add(&mut transaction, &by_margin(&hours)).await?;
    add_durations(&mut transaction, &by_duration(calls())).await?;
    note_tools(&mut transaction, &first_by_key(calls())).await?;
    note_doors(&mut transaction, &blocks).await?;
    transaction.commit().await.map_err(fault)?;
    let orphans = given - number_of_calls(&blocks);
    if orphans > 0 {
        tracing::warn!(orphans, "left out the traces of workspaces that are gone");
    }
    Ok(())
}

fn number_of_calls(blocks: &[FittedBlock<'_>]) -> usize {
    blocks.iter().map(|block| block.calls.len()).sum()
}

/// The workspaces of the blocks that are there, and stay until the transaction ends.
async fn living_tenants(
    connection: &mut PgConnection,
    blocks: &[FittedBlock<'_>],
) -> Result<BTreeSet<String>, StorageError> {
    let mut ids: Vec<String> = blocks
        .iter()
        .map(|block| block.tenant_id.to_string())
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

/// One value of each row, as the parameter that stands for a column.
fn column<'a, R, T>(rows: &'a [R], value: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// The workspace and id of a block.
type BlockKey = (String, String);

/// Which were added, with their numbers; the others were there.
async fn insert_blocks(
    connection: &mut PgConnection,
    blocks: &[FittedBlock<'_>],
) -> Result<BTreeMap<BlockKey, i64>, StorageError> {
    let added = sqlx::query!(
        "INSERT INTO trace_blocks (tenant_id, id, oldest_id, calls, facts, spans, sealed_key_version, sealed_payloads, packing)
         SELECT given.*, $9::bigint
         FROM UNNEST($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bytea[], $6::bytea[], $7::bigint[],
                     $8::bytea[]) AS given
         ON CONFLICT (tenant_id, id) DO NOTHING
         RETURNING number, tenant_id, id",
        &column(blocks, |block| &*block.tenant_id) as &[&str],
        &column(blocks, |block| &*block.id) as &[&str],
        &column(blocks, |block| &*block.oldest_id) as &[&str],
        &column(blocks, FittedBlock::number_of_calls),
        &column(blocks, |block| block.facts.as_slice()) as &[&[u8]],
        &column(blocks, |block| block.spans.as_slice()) as &[&[u8]],
        &column(blocks, FittedBlock::sealed_key_version) as &[Option<i64>],
        &column(blocks, FittedBlock::sealed_payloads) as &[Option<&[u8]>],
        PACKED
    )
    .fetch_all(connection)
    .await
    .map_err(fault)?;
    Ok(added
        .into_iter()
        .map(|row| ((row.tenant_id, row.id), row.number))
        .collect())
}

/// What new blocks are found by.
async fn add_postings(
    connection: &mut PgConnection,
    blocks: &[(i64, &FittedBlock<'_>)],
) -> Result<(), StorageError> {
    let postings = blocks.iter().flat_map(|(number, block)| {
        let postings = block.postings().into_iter();
        postings.map(move |posting| (*number, *block, posting))
    });
    let postings: Vec<_> = postings.collect();
    if postings.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO trace_postings (tenant_id, field, value, block_id, block, calls)
         SELECT * FROM UNNEST($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])",
        &column(&postings, |(_, block, _)| &*block.tenant_id) as &[&str],
        &column(&postings, |(.., ((field, _), _))| *field) as &[&str],
        &column(&postings, |(.., ((_, value), _))| *value) as &[&str],
        &column(&postings, |(_, block, _)| &*block.id) as &[&str],
        &column(&postings, |(number, ..)| *number),
        &column(&postings, |(.., (_, calls))| *calls)
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
    blocks: &[FittedBlock<'_>],
) -> Result<(), StorageError> {
    let mut first_calls: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for call in blocks.iter().flat_map(|block| &block.calls) {
        let first = first_calls
            .entry((&call.tenant_id, call.door()))
            .or_insert(i64::MAX);
        *first = call.started_at().min(*first);
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
