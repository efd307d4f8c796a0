//! Bringing what was kept before up to date.

use orderdesk_mcp_storage::suite::upgrade::{
    Block, Posting, STEPS, assert_in_blocks, calls_from_before, rich_call_from_before,
    steps_from_before,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::support::Database;

/// Up to the one that the calls to come are added before.
const BEFORE: [&str; 5] = [
    include_str!("../../../../migrations/postgres/0001_foundation.sql"),
    include_str!("../../../../migrations/postgres/0002_changes.sql"),
    include_str!("../../../../migrations/postgres/0003_people.sql"),
    include_str!("../../../../migrations/postgres/0004_console.sql"),
    include_str!("../../../../migrations/postgres/0005_stores_keys.sql"),
];
const TRACES: &str = include_str!("../../../../migrations/postgres/0006_traces.sql");
const SPANS: &str = include_str!("../../../../migrations/postgres/0008_spans.sql");
const WORDS: &str = include_str!("../../../../migrations/postgres/0012_words.sql");
const MARGINS: &str = include_str!("../../../../migrations/postgres/0014_margins.sql");
const BLOCKS: &str = include_str!("../../../../migrations/postgres/0015_blocks.sql");

#[tokio::test]
async fn calls_from_before_are_counted_and_keep_what_they_hold() {
    let database = Database::new().await;
    let mut connection = PgConnection::connect(&database.url()).await.unwrap();
    for migration in BEFORE {
        sqlx::raw_sql(migration)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    let (fill, expected) = calls_from_before("decode('0102', 'hex')");
    sqlx::raw_sql(AssertSqlSafe(fill))
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::raw_sql(AssertSqlSafe(steps_from_before("true", "false")))
        .execute(&mut connection)
        .await
        .unwrap();
    for migration in [TRACES, SPANS, WORDS, MARGINS] {
        sqlx::raw_sql(migration)
            .execute(&mut connection)
            .await
            .unwrap();
    }

    let counted: Vec<(i64, i64, i64)> = sqlx::query_as(
        "SELECT hour, class::bigint, calls FROM trace_durations ORDER BY hour, class",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(counted, expected);
    let hours: (i64,) = sqlx::query_as("SELECT sum(calls)::bigint FROM trace_hours")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(hours.0, 186);
    // By each of five things, by hours and by days.
    let margins: Vec<(i64, i64, i64)> = sqlx::query_as(
        "SELECT sum(calls)::bigint, sum(slower_10000)::bigint, (SELECT sum(slower_10000) FROM trace_hours)::bigint
         FROM trace_margins GROUP BY field, length_ms",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let slow = margins[0].2;
    assert!(slow > 100, "{slow}");
    assert_eq!(margins, [(186, slow, slow); 10]);
    let carried: (i64, i64) = sqlx::query_as(
        "SELECT count(*), count(*) FILTER (WHERE sealed_payload = decode('0102', 'hex') AND sealed_key_version = 1)
         FROM traces",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!(carried, (186, 93));
    let steps: Vec<(String,)> = sqlx::query_as("SELECT spans FROM traces ORDER BY id LIMIT 2")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(steps, [(STEPS.to_owned(),), ("[]".to_owned(),)]);

    sqlx::raw_sql(AssertSqlSafe(rich_call_from_before(
        "decode('0102', 'hex')",
        "true",
    )))
    .execute(&mut connection)
    .await
    .unwrap();
    sqlx::raw_sql(BLOCKS)
        .execute(&mut connection)
        .await
        .unwrap();
    in_blocks(&mut connection).await;
}

/// What became of the calls.
async fn in_blocks(connection: &mut PgConnection) {
    let blocks: Vec<Block> = sqlx::query_as(
        "SELECT id, oldest_id, calls, packing, facts, spans, sealed_key_version, sealed_payloads
         FROM trace_blocks ORDER BY id",
    )
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    // Only those that lead to their block.
    let postings: Vec<Posting> = sqlx::query_as(
        "SELECT p.field, p.value, p.block_id, p.calls
         FROM trace_postings AS p
         JOIN trace_blocks AS b ON b.number = p.block AND b.tenant_id = p.tenant_id AND b.id = p.block_id",
    )
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    assert_in_blocks(&blocks, postings);
    let all: (i64,) = sqlx::query_as("SELECT count(*) FROM trace_postings")
        .fetch_one(connection)
        .await
        .unwrap();
    assert_eq!(all.0, 382);
}
