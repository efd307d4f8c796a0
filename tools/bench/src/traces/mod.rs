//! `bench traces`: how long searches take among millions of recorded calls, and how long somebody who records waits while old
//! ones are thrown away.

mod made;

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use orderdesk_mcp_contract::trace::query::ChangeTest;
use orderdesk_mcp_contract::{Access, ErrorCode, KeyId, KeyKind, TenantId, UtcMillis};
use orderdesk_mcp_db_postgres::{PoolSettings, PostgresStorage};
use orderdesk_mcp_db_sqlite::{SqliteLocation, SqliteStorage};
use orderdesk_mcp_storage::Storage;
use orderdesk_mcp_storage::port::Traces as _;
use orderdesk_mcp_storage::record::{
    BLOCKS_PURGED_AT_ONCE, NewKey, Sieve, TRACE_PAGE_LOOKS_AT, TenantRecord, TraceSearch,
};
use tokio::time::Instant;

use self::made::{BEGAN_AT, CODES, FOLDERS, KEYS, Made, ORDERS, STORES, TOOLS};
use crate::histogram::Histogram;
use crate::load::Seen;
use crate::report::{Goal, Report, millis};

/// Calls written in one transaction.
const BATCH: u64 = 2_000;
/// Over how many days calls are spread.
const DAYS: i64 = 90;
/// How often each search is asked for, each time for something else.
const TIMES: u64 = 60;
/// Rows of a page of the list.
const PAGE: u32 = 50;
const MOST_P95_MS: f64 = 100.0;
/// For counts of what names a field, which come beside the list and are of up to 100,000 sums.
const MOST_COUNT_P95_MS: f64 = 300.0;
const REST: Duration = Duration::from_millis(10);
/// Calls that are thrown away, and the batches that somebody records meanwhile.
const PURGED: u64 = 40_000;
const RECORDED: u64 = 50;
const RECORDED_EVERY: Duration = Duration::from_millis(25);
const MOST_WAIT_MS: f64 = 100.0;

/// Measures SQLite, and PostgreSQL where a server is named.
///
/// # Errors
/// Something keeps it from being measured at all; what was measured and is not good is in the report.
pub(crate) async fn run(calls: u64, postgres: Option<&str>) -> anyhow::Result<Report> {
    ensure!(calls >= 100_000, "fewer than 100,000 calls tell nothing");
    let spans = calls * u64::from(made::SPANS);
    let title = format!("Searches among {calls} recorded calls with {spans} spans");
    let mut report = Report::new("traces", title);
    let made = Made {
        tenant: TenantId::from_parts(BEGAN_AT.unsigned_abs(), 1),
        calls,
        days: DAYS,
    };
    let folder = tempfile::tempdir()?;
    let location = SqliteLocation::from_path(folder.path().join("bench.db"));
    let sqlite = SqliteStorage::open(&location).await?;
    sqlite.migrate().await?;
    add_tenant(&sqlite, made.tenant).await?;
    // As after a first try: SQLite counts rows when it is closed, and plans by that until it is closed again.
    sqlite.add_traces(&made.blocks(0..1)).await?;
    sqlite.close().await;
    let sqlite = SqliteStorage::open(&location).await?;
    measure(&mut report, "SQLite", Arc::new(sqlite), &made).await?;
    if let Some(url) = postgres {
        let postgres = PostgresStorage::connect(url, &PoolSettings::default()).await?;
        postgres.migrate().await?;
        add_tenant(&postgres, made.tenant).await?;
        measure(&mut report, "PostgreSQL", Arc::new(postgres), &made).await?;
    }
    Ok(report)
}

async fn measure(
    report: &mut Report,
    name: &str,
    storage: Arc<dyn Storage>,
    made: &Made,
) -> anyhow::Result<()> {
    let calls = made.calls;
    let began = Instant::now();
    for first in (0..calls).step_by(usize::try_from(BATCH)?) {
        let blocks = made.blocks(first..(first + BATCH).min(calls));
        storage.add_traces(&blocks).await?;
    }
    #[expect(clippy::cast_precision_loss, reason = "millions")]
    let rate = calls as f64 / began.elapsed().as_secs_f64();
    report.figure(
        format!("{name}: recorded in batches"),
        Some(rate),
        " calls/s",
        Goal::None,
    );
    for (what, search) in searches().into_iter().chain(searches_for_words()) {
        let mut seen = Seen::default();
        let began = Instant::now();
        for turn in 0..TIMES {
            let (search, deep) = search(made, made::scattered(turn));
            let search = TraceSearch {
                look_at: TRACE_PAGE_LOOKS_AT,
                ..search
            };
            let before = deep.then(|| made.id(made::scattered(turn) % calls));
            let asked = Instant::now();
            let page = storage
                .search_traces(made.tenant, &search, before, PAGE)
                .await?;
            seen.latencies.record(asked.elapsed());
            seen.right += 1;
            ensure!(page.rows.len() <= PAGE as usize, "a page is too long");
        }
        seen.took = began.elapsed();
        tell(report, format!("{name}: {what}"), &seen);
    }
    count(report, name, storage.as_ref(), made).await?;
    purge(report, name, &storage, made).await?;
    storage.close().await;
    Ok(())
}

fn tell(report: &mut Report, name: String, seen: &Seen) {
    tell_at_most(report, name, seen, MOST_P95_MS);
}

fn tell_at_most(report: &mut Report, name: String, seen: &Seen, most_ms: f64) {
    let p95 = millis(seen.latencies.quantile(0.95));
    report.row(&name, seen, None);
    report.figure(
        format!("{name}, p95"),
        Some(p95),
        " ms",
        Goal::AtMost(most_ms),
    );
}

/// What is searched for in a turn, and whether the page is one from deep within.
type Search = fn(&Made, u64) -> (TraceSearch, bool);

fn tool(chance: u64) -> Sieve<String> {
    let place = usize::try_from(chance % TOOLS.len() as u64).unwrap_or(0);
    Sieve::only([TOOLS[place].to_owned()])
}

/// The index of words, and what is tried on each call.
fn searches_for_words() -> Vec<(&'static str, Search)> {
    vec![
        ("a word that few calls have", |_, chance| {
            (with_words(&[made::code(chance % CODES)]), false)
        }),
        ("a word that most calls have", |_, _| {
            (with_words(&["shop".to_owned()]), true)
        }),
        ("two words", |_, chance| {
            let words = [made::folder(chance % FOLDERS), "shop".to_owned()];
            (with_words(&words), true)
        }),
        ("all but a word", |_, chance| {
            let mut search = TraceSearch::default();
            search.words.never = vec![vec![made::folder(chance % FOLDERS)]];
            (search, true)
        }),
    ]
}

/// Calls that have all of these words.
fn with_words(words: &[String]) -> TraceSearch {
    let mut search = TraceSearch::default();
    search.words.only = vec![vec![words.to_vec()]];
    search
}

/// Every index, and what no index helps with.
fn searches() -> Vec<(&'static str, Search)> {
    vec![
        ("newest", |_, _| (TraceSearch::default(), false)),
        ("deep within", |_, _| (TraceSearch::default(), true)),
        ("an order", |_, chance| {
            let orders = Sieve::only([made::order(chance % ORDERS)]);
            (
                TraceSearch {
                    orders,
                    ..TraceSearch::default()
                },
                false,
            )
        }),
        ("an order that is not there", |_, _| {
            let orders = Sieve::only(["1".to_owned()]);
            (
                TraceSearch {
                    orders,
                    ..TraceSearch::default()
                },
                false,
            )
        }),
        ("a key's failures", |_, chance| {
            let keys = Sieve::only([made::key(chance % KEYS)]);
            let outcomes = Some(vec![Some(ErrorCode::RateLimited)]);
            (
                TraceSearch {
                    keys,
                    outcomes,
                    ..TraceSearch::default()
                },
                false,
            )
        }),
        ("a store's slow calls of a tool", |_, chance| {
            let search = TraceSearch {
                stores: Sieve::only([made::store(chance % STORES)]),
                tools: tool(chance),
                duration_us: (5_000_000, i64::MAX),
                ..TraceSearch::default()
            };
            (search, false)
        }),
        ("a tool, changed", |_, chance| {
            let search = TraceSearch {
                tools: tool(chance),
                change: Some(ChangeTest::Any),
                ..TraceSearch::default()
            };
            (search, true)
        }),
        ("a rare client", |_, _| {
            let clients = Sieve::only(["night-robot".to_owned()]);
            (
                TraceSearch {
                    clients,
                    ..TraceSearch::default()
                },
                true,
            )
        }),
        ("nothing at all", |_, _| {
            let search = TraceSearch {
                duration_us: (3_600_000_000, i64::MAX),
                ..TraceSearch::default()
            };
            (search, true)
        }),
        ("an hour", |made, chance| {
            let from = made.began(chance % made.calls);
            let search = TraceSearch {
                from,
                until: from.plus_millis(3_600_000),
                ..TraceSearch::default()
            };
            (search, false)
        }),
    ]
}

/// The counts beside the list, and the dashboard's.
async fn count(
    report: &mut Report,
    name: &str,
    storage: &dyn Storage,
    made: &Made,
) -> anyhow::Result<()> {
    let (day, end) = (86_400_000, made.began(made.calls));
    for (what, days) in [("counts of a week", 7), ("counts of ninety days", 90)] {
        let from = end.plus_millis(-days * day);
        let mut seen = Seen::default();
        for _ in 0..TIMES / 6 {
            let asked = Instant::now();
            storage
                .count_trace_margins(made.tenant, from, end, day)
                .await?;
            seen.latencies.record(asked.elapsed());
            seen.right += 1;
            seen.took += asked.elapsed();
        }
        tell(report, format!("{name}: {what}"), &seen);
    }
    let mut of_tools = Seen::default();
    for turn in 0..TIMES / 6 {
        let search = TraceSearch {
            from: end.plus_millis(-7 * day),
            look_at: 100_000,
            tools: tool(made::scattered(turn)),
            ..TraceSearch::default()
        };
        let asked = Instant::now();
        storage
            .count_trace_hours(made.tenant, &search, 0, day)
            .await?;
        of_tools.latencies.record(asked.elapsed());
        of_tools.right += 1;
        of_tools.took += asked.elapsed();
    }
    tell_at_most(
        report,
        format!("{name}: counts of a tool's week"),
        &of_tools,
        MOST_COUNT_P95_MS,
    );
    let mut newest = Seen::default();
    let mut board = Seen::default();
    for _ in 0..TIMES / 6 {
        let slow = TraceSearch {
            duration_us: (1_000_000, i64::MAX),
            ..TraceSearch::default()
        };
        let asked = Instant::now();
        let calls = storage.newest_traces(made.tenant, &slow).await?;
        let sums = calls.sums(&slow, day);
        ensure!(!sums.groups.is_empty(), "nothing was counted");
        newest.latencies.record(asked.elapsed());
        newest.right += 1;
        newest.took += asked.elapsed();
        let (asked, from) = (Instant::now(), end.plus_millis(-30 * day));
        storage.call_totals(made.tenant, from).await?;
        storage.slot_totals(made.tenant, from, day).await?;
        storage.call_durations(made.tenant, from, day).await?;
        storage
            .store_totals(made.tenant, end.plus_millis(-day))
            .await?;
        board.latencies.record(asked.elapsed());
        board.right += 1;
        board.took += asked.elapsed();
    }
    tell(report, format!("{name}: counts of the newest"), &newest);
    tell(
        report,
        format!("{name}: the dashboard's figures of 30 days"),
        &board,
    );
    Ok(())
}

/// Throws old calls away as the program does, while somebody records.
async fn purge(
    report: &mut Report,
    name: &str,
    storage: &Arc<dyn Storage>,
    made: &Made,
) -> anyhow::Result<()> {
    // The first call of a batch, so that no block holds calls from before and after.
    let before = made.id(PURGED);
    let (tenant, purging) = (made.tenant, storage.clone());
    let purge = tokio::spawn(async move {
        let mut gone = 0;
        loop {
            let purged = purging.purge_traces(tenant, before, BLOCKS_PURGED_AT_ONCE);
            match purged.await? {
                0 => return anyhow::Ok(gone),
                calls => gone += calls,
            }
            tokio::time::sleep(REST).await;
        }
    });
    let mut waits = Histogram::default();
    let mut ticks = tokio::time::interval(RECORDED_EVERY);
    for batch in 0..RECORDED {
        ticks.tick().await;
        let first = made.calls + batch * 20;
        let blocks = made.blocks(first..first + 20);
        let asked = Instant::now();
        storage.add_traces(&blocks).await?;
        waits.record(asked.elapsed());
    }
    let gone = purge.await??;
    ensure!(gone == PURGED, "{gone} calls were thrown away");
    let longest = millis(waits.max());
    let figure = format!("{name}: longest wait of who records while calls are thrown away");
    report.figure(figure, Some(longest), " ms", Goal::AtMost(MOST_WAIT_MS));
    Ok(())
}

async fn add_tenant(storage: &dyn Storage, id: TenantId) -> anyhow::Result<()> {
    let at = UtcMillis(BEGAN_AT);
    let tenant = TenantRecord {
        id,
        name: "Bench".into(),
        name_key: "bench".into(),
        created_at: at,
        suspended_at: None,
    };
    let key = NewKey {
        id: KeyId::from_parts(BEGAN_AT.unsigned_abs(), 1_000),
        tenant_id: id,
        name: "Bench".into(),
        kind: KeyKind::Master,
        access: Access::Write,
        hash: "none".into(),
        hint: "odm_mk_".into(),
        created_at: at,
        expires_at: None,
        created_by: None,
    };
    storage.add_tenant(&tenant, &key).await?;
    Ok(())
}
