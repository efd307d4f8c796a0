//! `bench recording`: how much of the product's speed is left with each call recorded.

use std::path::Path;

use serde_json::Value;

use crate::app::{App, Running};
use crate::contestant::{CONNECTIONS, Contestant};
use crate::load::Target;
use crate::process::Others;
use crate::report::{Goal, Report, median};
use crate::wire::{self, Era};

/// How often both have a turn.
const ROUNDS: usize = 7;
const LEAST_RATIO: f64 = 0.90;

/// Measures; `without` is the program `unrecorded`.
///
/// # Errors
/// Something keeps it from being measured at all; what was measured and is not good is in the report.
pub(crate) async fn run(program: &Path, without: &Path) -> anyhow::Result<Report> {
    let mut report = Report::new(
        "recording",
        format!(
            "`orders_get` from cache with and without recording, {CONNECTIONS} connections, {ROUNDS} rounds in turn"
        ),
    );
    let (recorded, unrecorded) = (App::new(program, None)?, App::new(without, None)?);
    let (with, mut recording) = started(&recorded, "recorded").await?;
    let (without, mut bare) = started(&unrecorded, "unrecorded").await?;
    let others = Others::watch(&[with.pid(), without.pid()]);
    for _ in 0..ROUNDS {
        recording.round(&with).await?;
        bare.round(&without).await?;
    }
    let others = others.percent();
    with.end().await?;
    without.end().await?;
    for contestant in [&recording, &bare] {
        report.row(contestant.name, &contestant.seen, contestant.cpu_micros());
    }
    report.figure(
        "recorded beside unrecorded, answers/s",
        median(&recording.ratios_to(&bare)),
        "",
        Goal::AtLeast(LEAST_RATIO),
    );
    recorded
        .check_recorded(&mut report, recording.seen.right)
        .await?;
    unrecorded.check_unrecorded(&mut report).await?;
    report.figure(
        "taken by other programs",
        others,
        " % of the machine",
        Goal::None,
    );
    Ok(report)
}

/// An installation under way, and a call of it that its cache answers.
async fn started(app: &App, name: &'static str) -> anyhow::Result<(Running, Contestant)> {
    let key = app.set_up().await?;
    let running = app.start().await?;
    let order: Value = running.warm_order(&key).await?;
    let era = Era::Modern;
    let expected = running.call(era, &key, "orders_get", &order).await?;
    let target = Target {
        address: running.main,
        request: wire::tool_call(era, running.main, &key, "orders_get", &order),
        expected,
    };
    let contestant = Contestant::new(name, running.pid(), target);
    Ok((running, contestant))
}
