//! `bench pages`: how long the server takes for a page of the web app, for somebody who is signed in.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use orderdesk_mcp_contract::{ChangeId, StoreUid};
use orderdesk_mcp_vault::Secret;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::app::{App, Running, STORE, TENANT};
use crate::load::Seen;
use crate::process::{Others, cpu_secs};
use crate::report::{Goal, Report, millis};
use crate::seed::Seed;
use crate::wire::{self, Connection, Era};

/// Proposals that wait: more than the approvals show.
const PROPOSALS: usize = 15;
/// Older changes: several pages of the list.
const CHANGES: usize = 200;
/// Recorded calls, of which the dashboard tells.
const CALLS: usize = 500;
const WARM_UP: usize = 20;
const TIMES: usize = 300;
const MOST_P95_MS: f64 = 20.0;
/// As browsers ask. What is compared with is asked for without.
const COMPRESSED: &str = "gzip, deflate, br, zstd";

/// Measures.
///
/// # Errors
/// Something keeps it from being measured at all; what was measured and is not good is in the report.
pub(crate) async fn run(
    program: &Path,
    site: Option<&Path>,
    stores: usize,
) -> anyhow::Result<Report> {
    ensure!(
        site.is_some(),
        "the pages need the web app: give its folder with --site"
    );
    let mut report = Report::new(
        "pages",
        format!(
            "Pages of a workspace with {stores} stores, one after the other, {TIMES} times each"
        ),
    );
    let app = App::new(program, site)?;
    let key = app.set_up().await?;
    use_it(&app, &key).await?;
    let seed = Seed::open(&app.database()).await?;
    let store = seed.copy_store(TENANT, stores).await?;
    let change = seed.copy_change(TENANT, CHANGES).await?;
    let keys = seed.add_keys(TENANT, 1).await?;
    seed.close().await;

    let product = app.start().await?;
    let cookie = sign_in(&product, &keys[0]).await?;
    let others = Others::watch(&[product.pid()]);
    for (name, path) in pages(store, change) {
        let seen = measure(&product, &path, &cookie)
            .await
            .with_context(|| format!("the page {path}"))?;
        report.row(name, &seen.0, seen.1);
        let p95 = millis(seen.0.latencies.quantile(0.95));
        report.figure(
            format!("{name}, p95"),
            Some(p95),
            " ms",
            Goal::AtMost(MOST_P95_MS),
        );
    }
    report.figure(
        "taken by other programs",
        others.percent(),
        " % of the machine",
        Goal::None,
    );
    product.end().await?;
    Ok(report)
}

/// Each page's name, which is its heading, and address.
fn pages(store: StoreUid, change: ChangeId) -> Vec<(&'static str, String)> {
    let fixed = [
        ("Dashboard", "/"),
        ("Approvals", "/approvals"),
        ("Changes", "/changes"),
        ("Traces", "/traces"),
        ("Stores", "/stores"),
        ("Console", "/console?tool=orders_list"),
        ("Keys", "/keys"),
        ("Connect", "/connect"),
        ("People", "/people"),
        ("Settings", "/settings"),
    ];
    let mut pages = Vec::from(fixed.map(|(name, path)| (name, path.to_owned())));
    pages.push(("Sandbox", format!("/stores/{store}")));
    pages.push(("Change the order", format!("/changes/{change}")));
    pages
}

/// Makes what pages tell of: calls, and proposals that wait.
async fn use_it(app: &App, key: &str) -> anyhow::Result<()> {
    let create = [
        "key", "create", "--tenant", TENANT, "--kind", "api", "--access", "propose",
    ];
    let proposer = app.run(&create, "").await?;
    let product = app.start().await?;
    let order = product.warm_order(key).await?;
    for _ in 0..CALLS {
        product.call(Era::Legacy, key, "orders_get", &order).await?;
    }
    let list = json!({ "store_identifier": STORE, "limit": PROPOSALS });
    let listed = product.call(Era::Legacy, key, "orders_list", &list).await?;
    let listed: Value = serde_json::from_slice(&listed)?;
    let orders = listed["result"]["structuredContent"]["orders"].as_array();
    let orders = orders.context("orders are not listed")?;
    ensure!(orders.len() == PROPOSALS, "there are too few orders");
    for order in orders {
        let place = json!({ "first_name": "Ann", "last_name": "Lee", "company": "Acme", "city": "Reno", "state": "NV" });
        let wish = json!({
            "store_identifier": STORE,
            "order_id": order["id"],
            "changes": { "shipping": place, "customer": place },
        });
        product
            .call(Era::Legacy, &proposer, "orders_update", &wish)
            .await?;
    }
    product.settle().await?;
    product.end().await
}

/// Signs in with a master key and gives the session's cookie.
async fn sign_in(product: &Running, key: &Secret) -> anyhow::Result<String> {
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
    let reply = connection.ask(&request).await?;
    let cookie = reply.cookie().map(str::to_owned);
    cookie.with_context(|| format!("the sign-in was answered {} without a cookie", reply.status))
}

/// What was seen of a page, and the processor time of an answer in microseconds.
async fn measure(
    product: &Running,
    path: &str,
    cookie: &str,
) -> anyhow::Result<(Seen, Option<f64>)> {
    let mut connection = Connection::open(product.main).await?;
    let plain = wire::page(product.main, path, cookie, "identity");
    check(&mut connection, &plain).await?;
    let request = wire::page(product.main, path, cookie, COMPRESSED);
    for _ in 0..WARM_UP {
        ask(&mut connection, &request).await?;
    }
    let mut seen = Seen::default();
    let (before, began) = (cpu_secs(product.pid()), Instant::now());
    for _ in 0..TIMES {
        seen.latencies.record(ask(&mut connection, &request).await?);
        seen.right += 1;
    }
    seen.took = began.elapsed();
    let used = before.zip(cpu_secs(product.pid()));
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let cpu_micros = used.map(|(before, after)| (after - before) * 1_000_000.0 / TIMES as f64);
    check(&mut connection, &plain).await?;
    Ok((seen, cpu_micros))
}

async fn ask(connection: &mut Connection, request: &[u8]) -> anyhow::Result<Duration> {
    let sent = Instant::now();
    let reply = connection.ask(request).await?;
    let took = sent.elapsed();
    if reply.status != 200 || reply.body.is_empty() {
        bail!("it was answered {}", reply.status);
    }
    Ok(took)
}

/// Whether it is a whole page with a heading and without a problem.
async fn check(connection: &mut Connection, request: &[u8]) -> anyhow::Result<()> {
    let reply = connection.ask(request).await?;
    let page = std::str::from_utf8(reply.body).context("it is no text")?;
    let is_whole = reply.status == 200
        && page.contains("</main>")
        && page.contains("<h1")
        && !page.contains("class=\"problem");
    if !is_whole {
        let start: String = page.chars().take(300).collect();
        bail!("it was answered {} {start}", reply.status);
    }
    Ok(())
}
