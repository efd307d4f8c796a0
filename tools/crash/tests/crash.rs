//! Plays the scenarios, and is itself the process that ends and begins in them.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::{Parser, Subcommand};
use crash::many::Rush;
use crash::place::{Kind, Template};
use crash::scenario::{POINTS, Scenario};
use crash::stage::{Stage, story};
use crash::{child, judge};
use futures::StreamExt as _;
use futures::stream;

/// How many rushes at once.
const RUSHES: usize = 3;

/// Ends the process between any two steps of a change, starts it again, and judges what is left.
#[derive(Parser)]
#[command(name = "crash", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Only this database: `sqlite` or `postgres`.
    #[arg(long)]
    database: Option<String>,
    /// Only scenarios whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// How many at once.
    #[arg(long, default_value_t = 12)]
    jobs: usize,
}

#[derive(Subcommand)]
enum Command {
    /// The process of a scenario; started by this program.
    Child {
        /// What to do, as JSON.
        orders: String,
    },
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    match &arguments.command {
        Some(Command::Child { orders }) => {
            let orders = serde_json::from_str(orders)?;
            runtime.block_on(child::run(orders))?;
            Ok(ExitCode::SUCCESS)
        }
        None => runtime.block_on(play(&arguments)),
    }
}

/// How one of them went.
struct Told {
    name: String,
    took: Duration,
    /// How long after the restart nothing was open; none for a rush.
    settled: Option<Duration>,
    /// What is wrong.
    wrong: Option<String>,
}

async fn play(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    ensure!(
        POINTS == orderdesk_mcp_domain::CRASH_POINTS,
        "the scenarios know other points than the product has"
    );
    let started = Instant::now();
    let folder = tempfile::tempdir()?;
    let mut all = Vec::new();
    let is_meant = |kind: &Kind| {
        let named = arguments.database.as_deref();
        named.is_none_or(|named| named == kind.name())
    };
    for kind in [Kind::Sqlite, Kind::Postgres].into_iter().filter(is_meant) {
        let stage = Stage::make(Template::make(kind, folder.path()).await?).await?;
        all.push((stage, kind));
    }
    let told = play_all(&all, arguments).await?;
    for (stage, _) in &all {
        stage.remove(0).await?;
    }
    report(&told, started.elapsed())
}

async fn play_all(all: &[(Stage, Kind)], arguments: &Arguments) -> anyhow::Result<Vec<Told>> {
    let mut scenarios = Vec::new();
    let mut rushes = Vec::new();
    for (stage, kind) in all {
        let of_kind = Scenario::all(*kind);
        rushes.extend(
            Rush::all(*kind, of_kind.len() + 1)
                .into_iter()
                .map(|rush| (stage, rush)),
        );
        scenarios.extend(of_kind.into_iter().map(|scenario| (stage, scenario)));
    }
    scenarios.retain(|(_, scenario)| scenario.name().contains(&arguments.only));
    rushes.retain(|(_, rush)| rush.name().contains(&arguments.only));
    let mut told = Vec::new();
    let played = scenarios
        .iter()
        .map(|(stage, scenario)| judged(stage, scenario));
    let mut played = stream::iter(played).buffer_unordered(arguments.jobs);
    while let Some(one) = played.next().await {
        told.push(say(one)?);
    }
    // By themselves, so that the calls of a rush do come at once.
    let rushed = rushes.iter().map(|(stage, rush)| rushed(stage, rush));
    let mut rushed = stream::iter(rushed).buffer_unordered(RUSHES);
    while let Some(one) = rushed.next().await {
        told.push(say(one)?);
    }
    Ok(told)
}

async fn judged(stage: &Stage, scenario: &Scenario) -> Told {
    let started = Instant::now();
    let played = stage.play(scenario).await;
    let settled = played.as_ref().ok().map(|history| history.settled_after);
    let wrong = match played {
        Ok(history) => {
            let wrong = judge::judge(&history);
            (!wrong.is_empty()).then(|| format!("{}\n{}", wrong.join("\n"), story(&history)))
        }
        Err(error) => Some(format!("{error:#}")),
    };
    Told {
        name: scenario.name(),
        took: started.elapsed(),
        settled,
        wrong,
    }
}

async fn rushed(stage: &Stage, rush: &Rush) -> Told {
    let started = Instant::now();
    let wrong = rush.play(stage).await.err();
    Told {
        name: rush.name(),
        took: started.elapsed(),
        settled: None,
        wrong: wrong.map(|error| format!("{error:#}")),
    }
}

/// One line as soon as it is known, and what is wrong below it.
fn say(told: Told) -> anyhow::Result<Told> {
    let mut out = std::io::stdout().lock();
    let verdict = if told.wrong.is_none() { "ok" } else { "FAILED" };
    writeln!(out, "test {} ... {verdict}", told.name)?;
    if let Some(wrong) = &told.wrong {
        writeln!(out, "{wrong}")?;
    }
    Ok(told)
}

fn report(told: &[Told], took: Duration) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    let failed = told.iter().filter(|one| one.wrong.is_some()).count();
    let longest = told.iter().max_by_key(|one| one.took);
    let slowest = told.iter().filter_map(|one| one.settled).max();
    writeln!(
        out,
        "{:.0} s in all; the longest took {:.1} s ({}); settled {:.1} s after a start at the latest",
        took.as_secs_f64(),
        longest.map_or(0.0, |one| one.took.as_secs_f64()),
        longest.map_or("", |one| &one.name),
        slowest.unwrap_or_default().as_secs_f64(),
    )?;
    writeln!(
        out,
        "{} passed, {failed} failed, 0 skipped",
        told.len() - failed
    )?;
    Ok(if failed == 0 && !told.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
