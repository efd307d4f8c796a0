//! `bench run`: how much of a bare server's speed is left with everything the product does for a call.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;

use crate::app::{App, Running};
use crate::bare::{Answers, LISTENING, PLAIN_PATH};
use crate::contestant::{CONNECTIONS, Contestant};
use crate::load::Target;
use crate::process::{Others, Server, resident_mib};
use crate::report::{Goal, Report, median, millis};
use crate::wire::{self, Era};

/// How often everybody has a turn.
const ROUNDS: usize = 5;
/// How often the start is timed.
const STARTS: usize = 5;
/// How long a server is left alone before its memory counts as that of an idle one.
const IDLE: Duration = Duration::from_secs(2);

const LEAST_RATIO: f64 = 0.70;
const MOST_IDLE_MIB: f64 = 40.0;
const MOST_READY_MS: f64 = 200.0;

/// Measures.
///
/// # Errors
/// Something keeps it from being measured at all; what was measured and is not good is in the report.
pub(crate) async fn run(program: &Path, site: Option<&Path>) -> anyhow::Result<Report> {
    let mut report = Report::new(
        "run",
        format!("`orders_get` from cache, {CONNECTIONS} connections, {ROUNDS} rounds in turn"),
    );
    let first_start = first_start(program, site).await?;
    let app = App::new(program, site)?;
    let key = app.set_up().await?;
    let (product, starts) = timed_starts(&app).await?;
    tokio::time::sleep(IDLE).await;
    let idle_mib = resident_mib(product.pid());

    let order = product.warm_order(&key).await?;
    let answers = answers(&product, &key, &order).await?;
    let bare = Bare::start(&answers).await?;
    let mut contestants = contestants(&product, &bare, &key, &order, &answers);
    let others = Others::watch(&[product.pid(), bare.server.pid]);
    for _ in 0..ROUNDS {
        for contestant in &mut contestants {
            contestant.round(&product).await?;
        }
    }
    let others = others.percent();
    let loaded_mib = resident_mib(product.pid());
    drop(bare);
    product.end().await?;

    for contestant in &contestants {
        report.row(contestant.name, &contestant.seen, contestant.cpu_micros());
    }
    let [product, rmcp, product_modern, rmcp_modern, axum] = &contestants;
    report.figure(
        "answer, in bytes",
        Some(size_of(&answers.legacy)),
        "",
        Goal::None,
    );
    let goal = Goal::AtLeast(LEAST_RATIO);
    for (era, ours, theirs) in [
        (Era::Legacy, product, rmcp),
        (Era::Modern, product_modern, rmcp_modern),
    ] {
        let name = format!("product beside bare rmcp, answers/s, {}", era.version());
        report.figure(name, median(&ours.ratios_to(theirs)), "", goal);
    }
    report.figure(
        "product beside bare axum, answers/s",
        median(&product.ratios_to(axum)),
        "",
        Goal::None,
    );
    let answered = product.seen.right + product_modern.seen.right;
    app.check_recorded(&mut report, answered).await?;
    report.figure(
        "memory, idle",
        idle_mib,
        " MiB",
        Goal::AtMost(MOST_IDLE_MIB),
    );
    report.figure("memory, after the load", loaded_mib, " MiB", Goal::None);
    let ready = median(&starts);
    report.figure("start to ready", ready, " ms", Goal::AtMost(MOST_READY_MS));
    report.figure("first start to ready", Some(first_start), " ms", Goal::None);
    report.figure(
        "taken by other programs",
        others,
        " % of the machine",
        Goal::None,
    );
    Ok(report)
}

#[expect(clippy::cast_precision_loss, reason = "an answer has a few KiB")]
fn size_of(answer: &str) -> f64 {
    answer.len() as f64
}

/// The start that makes database, key file, first workspace and two keys.
async fn first_start(program: &Path, site: Option<&Path>) -> anyhow::Result<f64> {
    let app = App::new(program, site)?;
    let running = app.start().await?;
    let after = millis(running.ready_after);
    running.end().await?;
    Ok(after)
}

/// Starts a few times; the last one goes on.
async fn timed_starts(app: &App) -> anyhow::Result<(Running, Vec<f64>)> {
    let mut running = app.start().await?;
    let mut starts = vec![millis(running.ready_after)];
    while starts.len() < STARTS {
        running.end().await?;
        running = app.start().await?;
        starts.push(millis(running.ready_after));
    }
    Ok((running, starts))
}

async fn answers(product: &Running, key: &str, order: &Value) -> anyhow::Result<Answers> {
    let [legacy, modern] = Era::ALL.map(|era| product.call(era, key, "orders_get", order));
    Ok(Answers {
        legacy: String::from_utf8(legacy.await?)?,
        modern: String::from_utf8(modern.await?)?,
    })
}

/// The other process: this program, serving the same bytes.
struct Bare {
    server: Server,
    address: std::net::SocketAddr,
}

impl Bare {
    async fn start(answers: &Answers) -> anyhow::Result<Self> {
        let file = tempfile::NamedTempFile::new()?;
        serde_json::to_writer(&file, answers)?;
        let child = Command::new(std::env::current_exe()?)
            .arg("bare")
            .arg("--answers")
            .arg(file.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut server = Server::of(child)?;
        let address = server.announced(LISTENING).await?;
        Ok(Self { server, address })
    }
}

fn contestants(
    product: &Running,
    bare: &Bare,
    key: &str,
    order: &Value,
    answers: &Answers,
) -> [Contestant; 5] {
    let (ours, theirs) = (product.pid(), bare.server.pid);
    let target = |address, request, expected: &str| Target {
        address,
        request,
        expected: expected.as_bytes().to_vec(),
    };
    let call = |era, address| {
        let expected = match era {
            Era::Legacy => &answers.legacy,
            Era::Modern => &answers.modern,
        };
        let request = wire::tool_call(era, address, key, "orders_get", order);
        target(address, request, expected)
    };
    let plain = wire::post(bare.address, PLAIN_PATH, "application/json", &[], "{}");
    [
        Contestant::new("product, 2025-11-25", ours, call(Era::Legacy, product.main)),
        Contestant::new(
            "bare rmcp, 2025-11-25",
            theirs,
            call(Era::Legacy, bare.address),
        ),
        Contestant::new("product, 2026-07-28", ours, call(Era::Modern, product.main)),
        Contestant::new(
            "bare rmcp, 2026-07-28",
            theirs,
            call(Era::Modern, bare.address),
        ),
        Contestant::new(
            "bare axum",
            theirs,
            target(bare.address, plain, &answers.legacy),
        ),
    ]
}
