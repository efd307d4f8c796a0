use orderdesk_mcp_contract::{ChangeId, ChangeState, TenantId};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{ChangeFilter, ChangeRecord};
use orderdesk_mcp_storage::row::{ChangeRow, FittedFilter, Lookup};
use sqlx::SqliteConnection;

use crate::fault::fault;
use crate::open::SqliteStorage;

macro_rules! select_changes {
    ([$($condition:tt)+], $($argument:expr),+) => {
        sqlx::query_as!(
            ChangeRow,
            "SELECT id, tenant_id, store_id, store_name, record_kind, record_id, tool, summary, state, key_id, door,
                    client, reason, field_count, money, plan_hash, version_before, version_after, created_at,
                    updated_at, expires_at, applying_at, decided_by, decision_reason, outcome, undoes, undone_by
             FROM changes WHERE tenant_id = ?1 " + $($condition)+,
            $($argument),+
        )
    };
}

pub(super) async fn change(
    storage: &SqliteStorage,
    tenant: TenantId,
    id: ChangeId,
) -> Result<Option<ChangeRecord>, StorageError> {
    let (tenant, id) = (tenant.to_string(), id.to_string());
    let row = select_changes!(["AND id = ?2"], tenant, id)
        .fetch_optional(&storage.readers)
        .await;
    row.map_err(fault)?.map(TryInto::try_into).transpose()
}

pub(super) async fn count(
    storage: &SqliteStorage,
    tenant: TenantId,
    state: ChangeState,
) -> Result<u64, StorageError> {
    let (tenant, state) = (tenant.to_string(), state.as_str());
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: i64" FROM changes WHERE tenant_id = ?1 AND state = ?2"#,
        tenant,
        state
    )
    .fetch_one(&storage.readers)
    .await
    .map_err(fault)?;
    Ok(count.unsigned_abs())
}

/// A page of a list. All conditions stand in each statement, and the one to look up by once more in the form that makes an
/// index hold the page's rows in order.
macro_rules! select_page {
    ($lookup:tt, $filter:expr, $states:expr) => {
        select_changes!(
            ["AND id < ?2
              AND (?4 IS NULL OR store_id = ?4) AND (?5 IS NULL OR record_id = ?5)
              AND (?6 IS NULL OR key_id = ?6) AND (?7 IS NULL OR tool = ?7)
              AND (?8 IS NULL OR state IN (SELECT value FROM json_each(?8))) "
                + $lookup
                + " ORDER BY id DESC LIMIT ?3"],
            $filter.tenant_id,
            $filter.before,
            $filter.limit,
            $filter.store_id,
            $filter.record_id,
            $filter.key_id,
            $filter.tool,
            $states
        )
    };
}

pub(super) async fn list(
    storage: &SqliteStorage,
    tenant: TenantId,
    filter: &ChangeFilter,
) -> Result<Vec<ChangeRecord>, StorageError> {
    let Some(filter) = FittedFilter::new(tenant, filter) else {
        return Ok(Vec::new());
    };
    // One transaction, so that no change is met in two states.
    let mut reading = storage.readers.begin().await.map_err(fault)?;
    let rows = if filter.lookup() == Lookup::State {
        let mut rows = Vec::new();
        for state in &filter.states {
            rows.extend(page(&mut reading, &filter, &[*state]).await?);
        }
        filter.page(rows)
    } else {
        let states: Vec<_> = filter.states.iter().copied().collect();
        page(&mut reading, &filter, &states).await?
    };
    rows.into_iter().map(TryInto::try_into).collect()
}

async fn page(
    reading: &mut SqliteConnection,
    filter: &FittedFilter<'_>,
    states: &[ChangeState],
) -> Result<Vec<ChangeRow>, StorageError> {
    let states = (!states.is_empty())
        .then(|| serde_json::to_string(states))
        .transpose()
        .map_err(|error| StorageError::Failed(Box::new(error)))?;
    let rows = match filter.lookup() {
        Lookup::Record => {
            select_page!("AND record_id = ?5", filter, states)
                .fetch_all(reading)
                .await
        }
        Lookup::State => {
            select_page!("AND state = ?8 ->> 0", filter, states)
                .fetch_all(reading)
                .await
        }
        Lookup::Key => {
            select_page!("AND key_id = ?6", filter, states)
                .fetch_all(reading)
                .await
        }
        Lookup::Store => {
            select_page!("AND store_id = ?4", filter, states)
                .fetch_all(reading)
                .await
        }
        Lookup::Tool => {
            select_page!("AND tool = ?7", filter, states)
                .fetch_all(reading)
                .await
        }
        Lookup::Tenant => select_page!("", filter, states).fetch_all(reading).await,
    };
    rows.map_err(fault)
}
