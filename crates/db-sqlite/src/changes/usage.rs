use orderdesk_mcp_contract::{KeyId, Money, TenantId, UtcMillis};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{BudgetCheck, BudgetUse, Impact};
use orderdesk_mcp_storage::row::{ImpactRow, StepRow};
use orderdesk_mcp_storage::rule;
use sqlx::SqliteConnection;

use crate::fault::fault;
use crate::open::SqliteStorage;

/// What is used without one change, and whether that change's record is among what is used.
struct UseRow {
    changes: i64,
    orders: i64,
    money_high: i64,
    money_low: i64,
    knows_record: bool,
}

pub(super) async fn since(
    storage: &SqliteStorage,
    tenant: TenantId,
    key: KeyId,
    from: UtcMillis,
) -> Result<BudgetUse, StorageError> {
    let mut reader = storage.readers.acquire().await.map_err(fault)?;
    let (tenant, key) = (tenant.to_string(), key.to_string());
    let row = used(&mut reader, &tenant, &key, from, "", ["", "", ""]).await?;
    Ok(row.into())
}

/// What took effect, by store.
pub(super) async fn impact(
    storage: &SqliteStorage,
    tenant: TenantId,
    from: UtcMillis,
) -> Result<Vec<Impact>, StorageError> {
    let tenant = tenant.to_string();
    let rows = sqlx::query_as!(
        ImpactRow,
        r#"SELECT store_id AS "store_id!", count(*) AS "changes!: i64",
                  count(DISTINCT record_id) FILTER (WHERE record_kind = 'order') AS "orders!: i64",
                  coalesce(sum(money >> 32), 0) AS "money_high!: i64",
                  coalesce(sum(money & 4294967295), 0) AS "money_low!: i64",
                  count(*) FILTER (WHERE state = 'undone') AS "undone!: i64"
           FROM changes
           WHERE tenant_id = ?1 AND applying_at >= ?2 AND state IN ('verified', 'undone')
           GROUP BY store_id ORDER BY store_id"#,
        tenant,
        from.0
    )
    .fetch_all(&storage.readers)
    .await
    .map_err(fault)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What is used, when one more change would exceed the budget. The change itself is in the table as begun already.
pub(super) async fn exceeded(
    connection: &mut SqliteConnection,
    tenant: &str,
    change: &str,
    row: &StepRow,
    budget: &BudgetCheck,
) -> Result<Option<BudgetUse>, StorageError> {
    let new = format!("new:{change}");
    let record = row.record_id.as_deref().unwrap_or(&new);
    let record = [row.store_id.as_str(), &row.record_kind, record];
    let found = used(connection, tenant, &row.key_id, budget.from, change, record).await?;
    let knows_record = found.knows_record;
    let used = found.into();
    Ok(rule::exceeds(budget, used, row, knows_record).then_some(used))
}

/// Keys that took over from one another share a budget. Money is added up in two halves, because SQLite's sum ends with an error beyond 63 bits.
async fn used(
    connection: &mut SqliteConnection,
    tenant: &str,
    key: &str,
    from: UtcMillis,
    without: &str,
    [store, kind, record]: [&str; 3],
) -> Result<UseRow, StorageError> {
    sqlx::query_as!(
        UseRow,
        r#"WITH RECURSIVE family (id) AS
               (SELECT ?2
                UNION
                SELECT keys.id FROM family JOIN keys ON keys.tenant_id = ?1
                    AND (keys.replaced_by = family.id
                         OR keys.id = (SELECT replaced_by FROM keys AS known
                                       WHERE known.tenant_id = ?1 AND known.id = family.id))),
           used AS MATERIALIZED
               (SELECT money, store_id, record_kind, coalesce(record_id, 'new:' || id) AS record
                FROM changes
                WHERE tenant_id = ?1 AND key_id IN (SELECT id FROM family) AND applying_at >= ?3 AND id <> ?4
                  AND state NOT IN ('not_applied', 'refused', 'conflict'))
           SELECT count(*) AS "changes!: i64",
                  (SELECT count(*) FROM (SELECT DISTINCT store_id, record_kind, record FROM used)) AS "orders!: i64",
                  coalesce(sum(money >> 32), 0) AS "money_high!: i64",
                  coalesce(sum(money & 4294967295), 0) AS "money_low!: i64",
                  EXISTS (SELECT 1 FROM used WHERE store_id = ?5 AND record_kind = ?6 AND record = ?7)
                      AS "knows_record!: bool"
           FROM used"#,
        tenant,
        key,
        from.0,
        without,
        store,
        kind,
        record
    )
    .fetch_one(connection)
    .await
    .map_err(fault)
}

impl From<UseRow> for BudgetUse {
    fn from(row: UseRow) -> Self {
        let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        let money = (i128::from(row.money_high) << 32) + i128::from(row.money_low);
        Self {
            changes: count(row.changes),
            orders: count(row.orders),
            money: Money::from_ten_thousandths(i64::try_from(money).unwrap_or(i64::MAX)),
        }
    }
}
