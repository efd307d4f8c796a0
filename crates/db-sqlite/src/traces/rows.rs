//! Inserting many rows in few statements: one for each row would cost a change of threads each, and as JSON each value would be
//! written and read twice.

use std::sync::{Arc, LazyLock};

use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::row::FittedTrace;
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

static TRACES: Insert = LazyLock::new(|| {
    statements(
        "INSERT INTO traces (tenant_id, id, key_id, door, client, request_id, traceparent, tool, store_id, order_id,
                             error, cache_hit, started_at, duration_us, input_bytes, output_bytes, sealed_key_version,
                             sealed_payload, change_id, words, spans) VALUES",
        21,
    )
});
static WORDS: Insert = LazyLock::new(|| {
    statements(
        "INSERT INTO trace_words (tenant_id, word, trace_id) VALUES",
        3,
    )
});

/// Inserts calls.
///
/// # Errors
/// `Taken` when one of them is there; some of the others may have been inserted.
pub(super) async fn insert_traces(
    connection: &mut SqliteConnection,
    traces: &[&FittedTrace<'_>],
) -> Result<(), StorageError> {
    let mut last = LastTexts::default();
    insert(connection, &TRACES, traces, |query, trace| {
        query
            .bind(Arc::clone(&trace.tenant_id))
            .bind(Arc::clone(&trace.id))
            .bind(trace.key_id.clone())
            .bind(last.door.of(trace.door()))
            .bind(last.client.if_any(trace.client.as_deref()))
            .bind(trace.request_id.as_deref().map(Arc::<str>::from))
            .bind(last.traceparent.if_any(trace.traceparent.as_deref()))
            .bind(last.tool.of(&trace.tool))
            .bind(trace.store_id.clone())
            .bind(last.order_id.if_any(trace.order_id.as_deref()))
            .bind(last.error.if_any(trace.error()))
            .bind(trace.cache_hit())
            .bind(trace.started_at())
            .bind(trace.duration_us())
            .bind(trace.input_bytes())
            .bind(trace.output_bytes())
            .bind(trace.sealed_key_version())
            .bind(trace.sealed_payload())
            .bind(trace.change_id.as_deref())
            .bind(last.words.if_any(trace.words.as_deref()))
            .bind(Arc::<str>::from(trace.spans.as_str()))
    })
    .await
}

/// What columns had last: rows of one batch are alike in most of them, and a text that is there need not be copied.
#[derive(Default)]
struct LastTexts {
    door: LastText,
    client: LastText,
    traceparent: LastText,
    tool: LastText,
    order_id: LastText,
    error: LastText,
    words: LastText,
}

#[derive(Default)]
struct LastText(Option<Arc<str>>);

impl LastText {
    fn of(&mut self, text: &str) -> Arc<str> {
        match &self.0 {
            Some(last) if **last == *text => Arc::clone(last),
            _ => Arc::clone(self.0.insert(text.into())),
        }
    }

    fn if_any(&mut self, text: Option<&str>) -> Option<Arc<str>> {
        text.map(|text| self.of(text))
    }
}

/// Inserts the words that calls are found by.
pub(super) async fn insert_words(
    connection: &mut SqliteConnection,
    traces: &[&FittedTrace<'_>],
) -> Result<(), StorageError> {
    let words = traces.iter().flat_map(|trace| {
        let row = |word| (&trace.tenant_id, word, &trace.id);
        trace.words().map(row)
    });
    let words: Vec<_> = words.collect();
    insert(
        connection,
        &WORDS,
        &words,
        |query, (tenant, word, trace)| {
            query
                .bind(Arc::clone(tenant))
                .bind(*word)
                .bind(Arc::clone(trace))
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
