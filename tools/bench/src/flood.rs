//! `bench flood`: whether junk keys disturb a valid client, and whether 10,000 workspaces slow anything down.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use orderdesk_mcp_vault::Secret;
use serde_json::json;
use tokio::time::Instant;

use crate::app::{App, Running, TENANT};
use crate::junk::{Flood, Taken};
use crate::load::{Seen, Target, paced};
use crate::process::{Others, resident_mib};
use crate::report::{Goal, Report, median, millis};
use crate::seed::Seed;
use crate::wire::{self, Connection, Era};

/// The valid client: steady, and far below what the server can bear.
const CONNECTIONS: u32 = 8;
const PER_SECOND: u32 = 400;
/// Quiet and flooded in turn, each as often.
const ROUNDS: u8 = 4;
const ROUND: Duration = Duration::from_secs(5);
/// Addresses that a flood comes from. Other ones in every round, because those of the last are blocked already.
const SOURCES: u8 = 50;
const FLOOD_PER_SECOND: u32 = 2000;
const MOST_FLOODED: f64 = 2.0;
/// One proof takes about 30 ms, one runs at a time, and each flooding address has one waiting.
const MOST_LET_IN_MS: f64 = 3000.0;

/// Keys that are used for the first time, for each of the two ways to sign in.
const FIRST_USES: usize = 20;
/// How long calls are made, to know how long one takes.
const CALLS: Duration = Duration::from_secs(4);
const MOST_WITH_MANY: f64 = 1.5;

/// Measures.
///
/// # Errors
/// Something keeps it from being measured at all; what was measured and is not good is in the report.
pub(crate) async fn run(
    program: &Path,
    site: Option<&Path>,
    tenants: usize,
) -> anyhow::Result<Report> {
    let mut report = Report::new(
        "flood",
        format!("A valid client at {PER_SECOND} calls/s; junk keys; {tenants} workspaces"),
    );
    let app = App::new(program, site)?;
    let key = app.set_up().await?;
    let seed = Seed::open(&app.database()).await?;
    let newcomers = seed.add_keys(TENANT, 2 * usize::from(ROUNDS)).await?;
    seed.close().await;

    let product = app.start().await?;
    let others = Others::watch(&[product.pid()]);
    flooded(&mut report, &product, &key, &newcomers).await?;
    let percent = others.percent();
    report.figure(
        "taken by other programs",
        percent,
        " % of the machine",
        Goal::None,
    );
    report.figure(
        "memory, after the flood",
        resident_mib(product.pid()),
        " MiB",
        Goal::None,
    );
    product.end().await?;

    let few = Times::take(&app, &key, 0).await?;
    let many = Times::take(&app, &key, tenants).await?;
    compare(&mut report, &few, &many, tenants);
    Ok(report)
}

/// `newcomers` are keys never used before, two for each round: one comes while it is quiet, one during the flood. Their
/// first call needs the costly proof that the flood fights for.
async fn flooded(
    report: &mut Report,
    product: &Running,
    key: &str,
    newcomers: &[Secret],
) -> anyhow::Result<()> {
    let target = warm(product, key).await?;
    paced(&target, CONNECTIONS, PER_SECOND, Duration::from_secs(1)).await;
    let (mut quiet, mut flooded, mut taken) = (Seen::default(), Seen::default(), Taken::default());
    let (mut let_in_quiet, mut let_in_flooded) = (Vec::new(), Vec::new());
    for (round, newcomers) in (0..ROUNDS).zip(newcomers.chunks_exact(2)) {
        let (seen, let_in) = tokio::join!(
            paced(&target, CONNECTIONS, PER_SECOND, ROUND),
            first_call_later(product, &newcomers[0])
        );
        quiet.add(&seen);
        let_in_quiet.push(let_in?);
        let flood = Flood {
            to: product.main,
            per_second: FLOOD_PER_SECOND,
            first_source: 2 + round * SOURCES,
            sources: SOURCES,
        };
        let (seen, flood, let_in) = tokio::join!(
            paced(&target, CONNECTIONS, PER_SECOND, ROUND),
            flood.run(key, ROUND),
            first_call_later(product, &newcomers[1])
        );
        flooded.add(&seen);
        taken.add(flood?);
        let_in_flooded.push(let_in?);
    }
    report.row("valid client, quiet", &quiet, None);
    report.row("valid client, flooded", &flooded, None);
    let p99 = |seen: &Seen| millis(seen.latencies.quantile(0.99));
    report.figure(
        "p99 flooded beside quiet",
        Some(p99(&flooded) / p99(&quiet).max(0.001)),
        "",
        Goal::AtMost(MOST_FLOODED),
    );
    report.figure(
        "first call with a new key, quiet",
        median(&let_in_quiet),
        " ms",
        Goal::None,
    );
    report.figure(
        "first call with a new key, flooded",
        median(&let_in_flooded),
        " ms",
        Goal::AtMost(MOST_LET_IN_MS),
    );
    let over = (ROUND * u32::from(ROUNDS)).as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    let [refused, turned_away] =
        [taken.refused, taken.turned_away].map(|count| count as f64 / over);
    report.figure(
        "junk keys looked at and refused",
        Some(refused),
        " a second",
        Goal::None,
    );
    report.figure(
        "junk keys refused unlooked",
        Some(turned_away),
        " a second",
        Goal::None,
    );
    if taken.wrong > 0 || taken.answered() == 0 {
        report.problem(format!("junk keys were not all refused: {taken:?}"));
    }
    Ok(())
}

/// A newcomer's first call, in the middle of a round.
async fn first_call_later(product: &Running, key: &Secret) -> anyhow::Result<f64> {
    tokio::time::sleep(ROUND / 3).await;
    first_call(product, key).await
}

async fn warm(product: &Running, key: &str) -> anyhow::Result<Arc<Target>> {
    let order = product.warm_order(key).await?;
    Ok(Arc::new(Target {
        address: product.main,
        request: wire::tool_call(Era::Legacy, product.main, key, "orders_get", &order),
        expected: product.call(Era::Legacy, key, "orders_get", &order).await?,
    }))
}

/// How long things take, in milliseconds.
struct Times {
    /// A call with a key that was never seen before.
    first_call: Option<f64>,
    /// A sign-in to the web app with one; absent without the web app.
    sign_in: Option<f64>,
    /// A call with a known key, from cache, one after the other.
    call: f64,
    /// Start to ready.
    ready: f64,
}

impl Times {
    /// Adds workspaces, starts the server and measures.
    async fn take(app: &App, key: &str, added_tenants: usize) -> anyhow::Result<Self> {
        let seed = Seed::open(&app.database()).await?;
        seed.add_tenants(added_tenants).await?;
        let for_calls = seed.add_keys(TENANT, FIRST_USES).await?;
        let for_sign_ins = seed.add_keys(TENANT, FIRST_USES).await?;
        seed.close().await;

        let product = app.start().await?;
        let ready = millis(product.ready_after);
        let target = warm(&product, key).await?;
        // The rows of a key are asked for again every two seconds, so these calls meet the database too.
        let calls = crate::load::full(&target, 1, Duration::from_millis(500), CALLS).await;
        if let Some(wrong) = calls.first_wrong {
            bail!("a call was answered wrongly: {wrong}");
        }
        let mut first_calls = Vec::new();
        for key in &for_calls {
            first_calls.push(first_call(&product, key).await?);
        }
        let mut sign_ins = Vec::new();
        if app.has_site() {
            for key in &for_sign_ins {
                sign_ins.push(sign_in(&product, key).await?);
            }
        }
        product.end().await?;
        Ok(Self {
            first_call: median(&first_calls),
            sign_in: median(&sign_ins),
            call: millis(calls.latencies.quantile(0.50)),
            ready,
        })
    }
}

async fn first_call(product: &Running, key: &Secret) -> anyhow::Result<f64> {
    let began = Instant::now();
    product
        .call(Era::Legacy, key.expose(), "stores_list", &json!({}))
        .await?;
    Ok(millis(began.elapsed()))
}

async fn sign_in(product: &Running, key: &Secret) -> anyhow::Result<f64> {
    let request = wire::post(
        product.main,
        "/api/sign_in",
        "application/x-www-form-urlencoded",
        &[
            ("Sec-Fetch-Site", "same-origin"),
            ("Accept", "application/json"),
        ],
        &format!("master_key={}", key.expose()),
    );
    let mut connection = Connection::open(product.main).await?;
    let began = Instant::now();
    let reply = connection.ask(&request).await?;
    if reply.status != 200 {
        let body = String::from_utf8_lossy(reply.body);
        bail!("a sign-in was answered {}: {body}", reply.status);
    }
    Ok(millis(began.elapsed()))
}

fn compare(report: &mut Report, few: &Times, many: &Times, tenants: usize) {
    let goal = Goal::AtMost(MOST_WITH_MANY);
    for (what, few, many, goal) in [
        (
            "first call with a key",
            few.first_call,
            many.first_call,
            goal,
        ),
        ("sign-in to the web app", few.sign_in, many.sign_in, goal),
        ("call from cache", Some(few.call), Some(many.call), goal),
        (
            "start to ready",
            Some(few.ready),
            Some(many.ready),
            Goal::None,
        ),
    ] {
        report.figure(format!("{what}, 1 workspace"), few, " ms", Goal::None);
        report.figure(
            format!("{what}, {tenants} workspaces"),
            many,
            " ms",
            Goal::None,
        );
        let ratio = few.zip(many).map(|(few, many)| many / few.max(0.001));
        report.figure(format!("{what}, many beside one"), ratio, "", goal);
    }
}
