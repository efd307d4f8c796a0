//! Measures the product beside bare servers, what a flood of junk keys does to it, its pages, and millions of recorded calls. See
//! README.md.

mod app;
mod bare;
mod chunks;
mod contestant;
mod flood;
mod histogram;
mod junk;
mod load;
mod pages;
mod process;
mod recording;
mod report;
mod run;
mod seed;
mod traces;
mod wire;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tokio::runtime::{Builder, Runtime};

use crate::report::Report;

/// The product's own, so that the bare servers are no slower for another one.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Measures the product on this machine.
#[derive(Parser)]
#[command(name = "bench", version)]
struct Bench {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves what the product is measured beside; started by `run`.
    Bare {
        /// File with the answers to give.
        #[arg(long)]
        answers: PathBuf,
    },
    /// Speed, memory and start.
    Run(Measured),
    /// What recording calls costs.
    Recording {
        #[command(flatten)]
        measured: Measured,
        /// The program `unrecorded`, of a release build of the same sources.
        #[arg(long)]
        without: PathBuf,
    },
    /// Junk keys, and many workspaces.
    Flood {
        #[command(flatten)]
        measured: Measured,
        /// How many workspaces are many.
        #[arg(long, default_value_t = 10_000)]
        tenants: usize,
    },
    /// Searches among recorded calls, in the databases themselves.
    Traces {
        /// How many calls there are; each has five spans.
        #[arg(long, default_value_t = 2_000_000)]
        calls: u64,
        /// An empty PostgreSQL database that is measured too.
        #[arg(long, env = "TEST_POSTGRES_URL")]
        postgres: Option<String>,
        /// File to keep the figures in, beside those of the other commands.
        #[arg(long, default_value = "target/bench.json")]
        out: PathBuf,
    },
    /// The web app's pages, rendered for somebody who is signed in.
    Pages {
        #[command(flatten)]
        measured: Measured,
        /// How many stores the workspace has.
        #[arg(long, default_value_t = 100)]
        stores: usize,
    },
}

#[derive(Args)]
struct Measured {
    /// The product's program, of a release build.
    #[arg(long)]
    app: PathBuf,
    /// Folder of the web app's files; without it the web app is switched off.
    #[arg(long)]
    site: Option<PathBuf>,
    /// File to keep the figures in, beside those of the other command.
    #[arg(long, default_value = "target/bench.json")]
    out: PathBuf,
}

fn main() -> anyhow::Result<ExitCode> {
    match Bench::parse().command {
        Command::Bare { answers } => {
            // As many threads as the product has.
            let runtime = Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(bare::serve(&answers))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Run(Measured { app, site, out }) => {
            let report = on_one_thread()?.block_on(run::run(&app, site.as_deref()))?;
            conclude(&report, &out)
        }
        Command::Recording {
            measured: Measured { app, site: _, out },
            without,
        } => {
            let report = on_one_thread()?.block_on(recording::run(&app, &without))?;
            conclude(&report, &out)
        }
        Command::Flood {
            measured: Measured { app, site, out },
            tenants,
        } => {
            let report = on_one_thread()?.block_on(flood::run(&app, site.as_deref(), tenants))?;
            conclude(&report, &out)
        }
        Command::Traces {
            calls,
            postgres,
            out,
        } => {
            let report = on_one_thread()?.block_on(traces::run(calls, postgres.as_deref()))?;
            conclude(&report, &out)
        }
        Command::Pages {
            measured: Measured { app, site, out },
            stores,
        } => {
            let report = on_one_thread()?.block_on(pages::run(&app, site.as_deref(), stores))?;
            conclude(&report, &out)
        }
    }
}

/// One thread makes the load, whatever the machine has, so that the rest is the servers'.
fn on_one_thread() -> std::io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

fn conclude(report: &Report, out: &std::path::Path) -> anyhow::Result<ExitCode> {
    report.print()?;
    report.keep(out)?;
    Ok(if report.is_good() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
