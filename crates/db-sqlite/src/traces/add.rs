use std::collections::BTreeMap;

use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::TraceRecord;
use orderdesk_mcp_storage::row::{FittedTrace, fitted};
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
    let mut spans = Vec::new();
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
        if insert_trace(&mut transaction, trace).await? {
            spans.extend(span_rows(trace));
        }
        let first = first_calls
            .entry((&trace.tenant_id, trace.door()))
            .or_insert(i64::MAX);
        *first = trace.started_at().min(*first);
    }
    insert_spans(&mut transaction, &spans).await?;
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

/// Whether it was added; not, when it was there.
async fn insert_trace(
    connection: &mut SqliteConnection,
    trace: &FittedTrace<'_>,
) -> Result<bool, StorageError> {
    let (client, request_id, traceparent, order_id) = (
        trace.client.as_deref(),
        trace.request_id.as_deref(),
        trace.traceparent.as_deref(),
        trace.order_id.as_deref(),
    );
    let tool = trace.tool.as_ref();
    let (door, error, cache_hit) = (trace.door(), trace.error(), trace.cache_hit());
    let (started_at, duration_us) = (trace.started_at(), trace.duration_us());
    let (input_bytes, output_bytes) = (trace.input_bytes(), trace.output_bytes());
    let (version, payload) = (trace.sealed_key_version(), trace.sealed_payload());
    let done = sqlx::query!(
        "INSERT INTO traces (tenant_id, id, key_id, door, client, request_id, traceparent, tool, store_id,
                             order_id, error, cache_hit, started_at, duration_us, input_bytes, output_bytes,
                             sealed_key_version, sealed_payload)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
         ON CONFLICT (tenant_id, id) DO NOTHING",
        trace.tenant_id,
        trace.id,
        trace.key_id,
        door,
        client,
        request_id,
        traceparent,
        tool,
        trace.store_id,
        order_id,
        error,
        cache_hit,
        started_at,
        duration_us,
        input_bytes,
        output_bytes,
        version,
        payload
    )
    .execute(connection)
    .await
    .map_err(fault)?;
    Ok(done.rows_affected() == 1)
}

/// A span's columns, in the order the statement below reads them.
type SpanRow<'a> = (
    &'a str,
    &'a str,
    usize,
    &'a str,
    &'a str,
    i64,
    i64,
    u8,
    &'a str,
);

fn span_rows<'a>(trace: &'a FittedTrace<'_>) -> impl Iterator<Item = SpanRow<'a>> {
    trace.spans.iter().enumerate().map(|(position, span)| {
        (
            trace.tenant_id.as_str(),
            trace.id.as_str(),
            position,
            span.kind,
            span.name.as_ref(),
            span.offset_us,
            span.duration_us,
            u8::from(span.ok),
            span.attributes.as_str(),
        )
    })
}

/// All spans of the batch in one statement: one for each would cost a change of threads each.
async fn insert_spans(
    connection: &mut SqliteConnection,
    spans: &[SpanRow<'_>],
) -> Result<(), StorageError> {
    if spans.is_empty() {
        return Ok(());
    }
    let rows = serde_json::to_string(spans).map_err(|e| StorageError::Failed(Box::new(e)))?;
    sqlx::query!(
        "INSERT INTO trace_spans (tenant_id, trace_id, position, kind, name, offset_us, duration_us, ok, attributes)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                value ->> 7, value ->> 8
         FROM json_each(?1)",
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
