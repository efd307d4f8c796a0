//! Bringing what was kept before up to date.

use std::collections::BTreeMap;

use orderdesk_mcp_storage::record::DurationClass;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

const HOUR: i64 = 3_600_000;
/// Up to the one that the calls to come are added before.
const BEFORE: [&str; 5] = [
    include_str!("../../../../migrations/sqlite/0001_foundation.sql"),
    include_str!("../../../../migrations/sqlite/0002_changes.sql"),
    include_str!("../../../../migrations/sqlite/0003_people.sql"),
    include_str!("../../../../migrations/sqlite/0004_console.sql"),
    include_str!("../../../../migrations/sqlite/0005_stores_keys.sql"),
];
const TRACES: &str = include_str!("../../../../migrations/sqlite/0006_traces.sql");

#[tokio::test]
async fn calls_from_before_are_counted_and_keep_what_they_carried() {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let tenant = "01AAAAAAAAAAAAAAAAAAAAAAAA";
    for migration in BEFORE {
        sqlx::raw_sql(migration)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    let mut expected: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    let mut fill = format!(
        "INSERT INTO tenants (id, name, name_key, created_at) VALUES ('{tenant}', 'a', 'a', 1);"
    );
    let powers = (0..62).map(|number| 1_i64 << number);
    let durations = powers.flat_map(|power| [power - 1, power, power + power / 3]);
    for (number, duration_us) in (0..).zip(durations) {
        let started_at = number * 60_000;
        let door = if number % 7 == 0 { "web" } else { "mcp" };
        let payload = if number % 2 == 0 {
            "1, x'0102'"
        } else {
            "NULL, NULL"
        };
        fill.push_str(&format!(
            "INSERT INTO traces (tenant_id, id, door, tool, started_at, duration_us, input_bytes, output_bytes,
                                 sealed_key_version, sealed_payload)
             VALUES ('{tenant}', '{number:026}', '{door}', 'orders_get', {started_at}, {duration_us}, 1, 1, {payload});"
        ));
        if door == "mcp" {
            let class = DurationClass::of(duration_us).number();
            *expected
                .entry((started_at / HOUR * HOUR, class))
                .or_default() += 1;
        }
    }
    sqlx::raw_sql(AssertSqlSafe(fill))
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::raw_sql(TRACES)
        .execute(&mut connection)
        .await
        .unwrap();

    let counted: Vec<(i64, i64, i64)> =
        sqlx::query_as("SELECT hour, class, calls FROM trace_durations ORDER BY hour, class")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    let expected: Vec<_> = expected
        .into_iter()
        .map(|((hour, class), calls)| (hour, class, calls))
        .collect();
    assert_eq!(counted, expected);
    let hours: (i64,) = sqlx::query_as("SELECT sum(calls) FROM trace_hours")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(hours.0, 186);
    let carried: (i64, i64) = sqlx::query_as(
        "SELECT count(*), count(*) FILTER (WHERE sealed_payload = x'0102' AND sealed_key_version = 1)
         FROM traces",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!(carried, (186, 93));
}
