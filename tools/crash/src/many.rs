//! The same change, sent many times at once, by one process and by two.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::ensure;
use futures::future::try_join_all;

use crate::child::{Answer, Orders, now};
use crate::place::Kind;
use crate::stage::{Stage, gather, run, simulator};
use crate::write::{Which, Write};

/// How many calls there are, of all processes.
const CALLS: usize = 50;
/// When the processes begin: what starting them takes on a busy machine.
const BARRIER_MS: i64 = 3_000;

/// One such rush.
#[derive(Debug, Clone, Copy)]
pub struct Rush {
    /// Counts on from the scenarios.
    pub number: usize,
    /// The database.
    pub kind: Kind,
    /// How many processes share the calls.
    pub processes: usize,
    /// What is written.
    pub write: Write,
}

impl Rush {
    /// Those of a database. SQLite belongs to one process.
    pub fn all(kind: Kind, from: usize) -> Vec<Self> {
        let most = match kind {
            Kind::Sqlite => 1,
            Kind::Postgres => 2,
        };
        let mut all = Vec::new();
        for processes in 1..=most {
            for write in [Write::Update, Write::AddItems, Write::Create, Write::Stock] {
                all.push(Self {
                    number: from + all.len(),
                    kind,
                    processes,
                    write,
                });
            }
        }
        all
    }

    /// The name it is reported by.
    pub fn name(&self) -> String {
        format!(
            "{}::{CALLS}_at_once_by_{}::{}",
            self.kind.name(),
            self.processes,
            self.write.tool()
        )
    }

    /// Plays it and judges it.
    ///
    /// # Errors
    /// What is wrong.
    pub async fn play(&self, stage: &Stage) -> anyhow::Result<()> {
        let place = stage.place(self.number).await?;
        let sim = simulator().await?;
        let orders = Orders {
            asks: vec![self.write.ask(Which::First, None)],
            at_once: CALLS / self.processes,
            not_before: now() + BARRIER_MS,
            lease: Duration::from_secs(5),
            ..stage.orders(&sim, place)
        };
        let runs = (0..self.processes).map(|_| run(&orders, None));
        let mut said = Vec::new();
        for ended in try_join_all(runs).await? {
            said.extend(ended.in_order()?);
        }
        stage.remove(self.number).await?;
        let mut history = gather(said)?;
        history.write = self.write;
        history.observe(&sim);
        let ids: BTreeSet<_> = history.answers.iter().map(id_of).collect();
        ensure!(
            history.answers.len() == CALLS,
            "{} answers to {CALLS} calls",
            history.answers.len()
        );
        ensure!(
            ids.len() == 1 && !ids.contains(&None),
            "different answers: {ids:?} {:?}",
            history.answers
        );
        let writes = history.writes().count();
        ensure!(writes == 1, "{writes} writes reached Order Desk");
        ensure!(history.changes.len() == 1, "{:?}", history.changes);
        Ok(())
    }
}

fn id_of(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Receipt(receipt) => receipt["change_id"].as_str().map(str::to_owned),
        Answer::Refusal(_) => None,
    }
}
