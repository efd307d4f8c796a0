//! Inserting many rows in few statements: one for each row would cost a change of threads each, and as JSON each value would be
//! written and read twice.

use std::sync::{Arc, LazyLock};

use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::row::{FittedBlock, PACKED};
use sqlx::SqliteConnection;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments};

use crate::fault::fault;

/// Rows in one statement, the most first; what is left over goes by the next. Each is prepared once, so that any batch goes by
/// few: each begins by copying the pages that it changes first, and costs two changes of threads, for which a machine under
/// load may take milliseconds.
const ROWS: [usize; 10] = [512, 256, 128, 64, 32, 16, 8, 4, 2, 1];

/// The statements that insert so many rows.
type Insert = LazyLock<[String; ROWS.len()]>;
type Bound = Query<'static, Sqlite, SqliteArguments>;

static BLOCKS: Insert = LazyLock::new(|| {
    statements(
        "INSERT INTO trace_blocks (number, tenant_id, id, oldest_id, calls, packing, facts, spans, sealed_key_version,
                                   sealed_payloads) VALUES",
        10,
    )
});
static POSTINGS: Insert = LazyLock::new(|| {
    statements(
        "INSERT INTO trace_postings (tenant_id, field, value, block_id, block, calls) VALUES",
        6,
    )
});

/// Inserts blocks and what they are found by, with numbers from `first` on.
///
/// # Errors
/// `Taken` when one of them is there; some of the others may have been inserted.
pub(super) async fn insert_blocks(
    connection: &mut SqliteConnection,
    blocks: &[&FittedBlock<'_>],
    first: i64,
) -> Result<(), StorageError> {
    let numbered: Vec<_> = (first..).zip(blocks.iter().copied()).collect();
    insert(connection, &BLOCKS, &numbered, |query, (number, block)| {
        query
            .bind(*number)
            .bind(Arc::clone(&block.tenant_id))
            .bind(Arc::clone(&block.id))
            .bind(Arc::clone(&block.oldest_id))
            .bind(block.number_of_calls())
            .bind(PACKED)
            .bind(block.facts.as_slice())
            .bind(block.spans.as_slice())
            .bind(block.sealed_key_version())
            .bind(block.sealed_payloads())
    })
    .await?;
    let postings = numbered.iter().flat_map(|(number, block)| {
        let postings = block.postings().into_iter();
        postings.map(|posting| (*number, *block, posting))
    });
    let postings: Vec<_> = postings.collect();
    insert(
        connection,
        &POSTINGS,
        &postings,
        |query, (number, block, ((field, value), calls))| {
            query
                .bind(Arc::clone(&block.tenant_id))
                .bind(*field)
                .bind(*value)
                .bind(Arc::clone(&block.id))
                .bind(*number)
                .bind(*calls)
        },
    )
    .await
}

async fn insert<R>(
    connection: &mut SqliteConnection,
    statements: &'static Insert,
    rows: &[R],
    mut bind: impl FnMut(Bound, &R) -> Bound,
) -> Result<(), StorageError> {
    let mut rest = rows;
    for (rows, statement) in ROWS.into_iter().zip(statements.iter()) {
        let chunks = rest.chunks_exact(rows);
        rest = chunks.remainder();
        for chunk in chunks {
            let query = sqlx::query::<Sqlite>(statement.as_str());
            let bound = chunk.iter().fold(query, &mut bind);
            bound.execute(&mut *connection).await.map_err(fault)?;
        }
    }
    Ok(())
}

fn statements(insert: &str, columns: usize) -> [String; ROWS.len()] {
    let row = ["(", &vec!["?"; columns].join(","), ")"].concat();
    ROWS.map(|rows| [insert, " ", &vec![row.as_str(); rows].join(",")].concat())
}
