//! Playing a scenario: processes that end and begin, a simulator that stays.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use orderdesk_mcp_contract::views::change::ChangeDetail;
use orderdesk_sim::{Sim, SimServer, seed};
use serde_json::Value;
use tokio::process::Command;

use crate::backend::{STORE_ID, STORE_KEY, furnish, start};
use crate::child::{Answer, Orders, PROMISE, Said};
use crate::history::History;
use crate::place::{Place, Template};
use crate::scenario::{Crash, Foreign, Scenario, UnderWay};
use crate::write::{ORDER, Which};

/// The signal of `abort`.
const SIGABRT: i32 = 6;
/// What a machine that is busy with something else may add to the time that settling takes: many times what it takes on
/// an idle one, and still less than a completer that rests for nothing.
const BUSY: Duration = Duration::from_secs(20);
/// What a process may take that does all it is asked for.
const PATIENCE: Duration = Duration::from_secs(150);

/// What all scenarios of a database have in common.
pub struct Stage {
    template: Template,
    key: String,
}

/// What one process has said, and how it ended.
pub struct Ended {
    status: ExitStatus,
    said: Vec<Said>,
    errors: String,
}

impl Stage {
    /// Makes the database that is copied: a workspace with a store.
    ///
    /// # Errors
    /// The database's.
    pub async fn make(template: Template) -> anyhow::Result<Self> {
        let sim = simulator().await?;
        let lease = Duration::from_secs(1);
        let services = start(&template.original()?, &sim.base_url(), lease).await?;
        let key = furnish(&services).await?;
        services.close().await;
        Ok(Self { template, key })
    }

    /// Plays a scenario.
    ///
    /// # Errors
    /// It did not take place as it should: a crash that never happened, above all.
    pub async fn play(&self, scenario: &Scenario) -> anyhow::Result<History> {
        let sim = simulator().await?;
        let place = self.template.copy(scenario.number).await?;
        let history = self.play_on(scenario, &sim, place).await;
        self.template.remove(scenario.number).await?;
        history
    }

    async fn play_on(
        &self,
        scenario: &Scenario,
        sim: &SimServer,
        place: Place,
    ) -> anyhow::Result<History> {
        let before = sim.order(STORE_ID, ORDER).unwrap_or_default();
        for fault in scenario.faults() {
            sim.fault(fault);
        }
        let (first, second) = scenario.crashes();
        let mut orders = Orders {
            lease: scenario.lease(),
            asks: scenario.asks(),
            ..self.orders(sim, place)
        };
        let mut said = ended_at(first, run(&orders, Some(first)).await?)?;
        was_under_way(scenario, first, sim)?;
        edit_while_down(scenario, sim);
        orders.settles = true;
        if let Some(second) = second {
            said.extend(ended_at(second, run(&orders, Some(second)).await?)?);
        }
        said.extend(run(&orders, None).await?.in_order()?);
        let mut history = gather(said)?;
        history.write = scenario.write;
        history.edit = scenario.foreign.edit();
        history.bound = PROMISE.min(scenario.lease() * 3 + BUSY);
        history.before = before;
        history.observe(sim);
        Ok(history)
    }

    /// A process that does nothing but start and end.
    pub fn orders(&self, sim: &SimServer, place: Place) -> Orders {
        Orders {
            place,
            orderdesk: sim.base_url(),
            key: self.key.clone(),
            lease: Duration::from_secs(20),
            settles: false,
            asks: Vec::new(),
            at_once: 1,
            not_before: 0,
        }
    }

    /// A copy of the database.
    ///
    /// # Errors
    /// It cannot be made.
    pub async fn place(&self, number: usize) -> anyhow::Result<Place> {
        self.template.copy(number).await
    }

    /// Removes a copy.
    ///
    /// # Errors
    /// It cannot be removed.
    pub async fn remove(&self, number: usize) -> anyhow::Result<()> {
        self.template.remove(number).await
    }
}

impl History {
    /// Takes down how Order Desk stands.
    pub fn observe(&mut self, sim: &Sim) {
        self.log = sim.log();
        self.after = sim.order(STORE_ID, ORDER).unwrap_or_default();
        self.counts = [Which::First, Which::Second].map(|which| self.write.count(sim, which));
    }
}

/// A simulator with the store.
///
/// # Errors
/// It cannot listen.
pub async fn simulator() -> anyhow::Result<SimServer> {
    let builder = Sim::builder().store(STORE_ID, STORE_KEY, seed::tiny());
    Ok(builder.rate_limit(false).start().await?)
}

/// Runs a process to its end.
///
/// # Errors
/// It cannot be started, or does not end.
pub async fn run(orders: &Orders, crash: Option<Crash>) -> anyhow::Result<Ended> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["child", &serde_json::to_string(orders)?])
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    if let Some(crash) = crash {
        command.env("ORDERDESK_MCP_CRASH_AT", crash.at).env(
            "ORDERDESK_MCP_CRASH_AFTER_MS",
            crash.after.as_millis().to_string(),
        );
    }
    let output = tokio::time::timeout(PATIENCE, command.output())
        .await
        .context("a process does not end")??;
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let said: Result<Vec<Said>, _> = lines.lines().map(serde_json::from_str).collect();
    Ok(Ended {
        status: output.status,
        said: said.context("a process said something else")?,
        errors: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

impl Ended {
    /// What was said by a process that ended in order.
    ///
    /// # Errors
    /// It did not.
    pub fn in_order(self) -> anyhow::Result<Vec<Said>> {
        ensure!(
            self.status.success(),
            "the process failed, {}: {}",
            self.status,
            self.errors
        );
        Ok(self.said)
    }
}

/// A crash that never happened proves nothing.
fn ended_at(crash: Crash, ended: Ended) -> anyhow::Result<Vec<Said>> {
    if ended.status.signal() == Some(SIGABRT) && ended.errors.is_empty() {
        return Ok(ended.said);
    }
    let said = serde_json::to_string(&ended.said)?;
    bail!(
        "the process never came to `{}`: {}, {said} {}",
        crash.at,
        ended.status,
        ended.errors
    );
}

/// A process that ends while it sends must have sent: answered later, or dealt with later.
fn was_under_way(scenario: &Scenario, crash: Crash, sim: &Sim) -> anyhow::Result<()> {
    if crash.at != crate::scenario::SENDING {
        return Ok(());
    }
    let arrived = sim
        .log()
        .iter()
        .filter(|entry| entry.method != "GET")
        .count();
    let expected = match scenario.under_way {
        UnderWay::Unanswered => 1,
        UnderWay::Late => 0,
    };
    ensure!(
        arrived == expected && sim.pending_faults() == 0,
        "the process ended when {arrived} writes had been dealt with, not {expected}"
    );
    Ok(())
}

fn edit_while_down(scenario: &Scenario, sim: &Sim) {
    let set = |record: &mut serde_json::Map<String, Value>| match scenario.foreign {
        Foreign::WhileDown => {
            record.insert("tag_name".to_owned(), "theirs".into());
        }
        Foreign::SameWhileDown => {
            if let Some(shipping) = record.get_mut("shipping").and_then(Value::as_object_mut) {
                shipping.insert("city".to_owned(), "Theirs".into());
            }
        }
        Foreign::Nobody | Foreign::Between => {}
    };
    if matches!(
        scenario.foreign,
        Foreign::WhileDown | Foreign::SameWhileDown
    ) {
        sim.edit_order(STORE_ID, ORDER, set);
    }
}

/// What was said, by kind.
///
/// # Errors
/// A process said too little.
pub fn gather(said: Vec<Said>) -> anyhow::Result<History> {
    let mut answers = Vec::new();
    let mut settled = Vec::new();
    let mut left = Vec::new();
    let mut changes: Option<Vec<ChangeDetail>> = None;
    for one in said {
        match one {
            Said::Answer(answer) => answers.push(answer),
            Said::Settled { after, open } => {
                settled.push(after);
                left.extend(open);
            }
            Said::Changes(all) => changes = Some(all),
        }
    }
    Ok(History {
        write: crate::write::Write::Update,
        log: Vec::new(),
        answers,
        // The slower of what was left behind and of what this process itself left open.
        settled_after: settled.into_iter().max().context("nothing was settled")?,
        open: left,
        changes: changes.context("no changes were told")?,
        before: serde_json::Map::new(),
        after: serde_json::Map::new(),
        counts: [0, 0],
        edit: None,
        bound: PROMISE,
    })
}

/// For a report of what went wrong.
pub fn story(history: &History) -> String {
    let mut text = String::new();
    for entry in history.writes() {
        text += &format!(
            "    at {} {} {} {} -> {:?} {}{}\n",
            entry.unix_ms,
            entry.method,
            entry.path,
            entry.body,
            entry.status,
            if entry.applied {
                "applied"
            } else {
                "not applied"
            },
            entry
                .fault
                .map(|fault| format!(" ({fault})"))
                .unwrap_or_default(),
        );
    }
    for answer in &history.answers {
        match answer {
            Answer::Receipt(receipt) => {
                text += &format!(
                    "    told {} {} {}\n",
                    receipt["change_id"], receipt["status"], receipt["message"]
                );
            }
            Answer::Refusal(refusal) => text += &format!("    told {refusal}\n"),
        }
    }
    for change in &history.changes {
        text += &format!(
            "    {} {} {}\n",
            change.summary.id, change.summary.tool, change.summary.summary
        );
        for event in &change.events {
            let state = event
                .state
                .map_or("", orderdesk_mcp_contract::ChangeState::as_str);
            text += &format!("      at {} {state:<12} {}\n", event.at.0, event.text);
        }
    }
    text
}
