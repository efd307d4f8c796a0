//! What the process does that is ended and started again.

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::bail;
use futures::future::join_all;
use orderdesk_mcp_contract::ChangeState;
use orderdesk_mcp_contract::views::change::{ChangeDetail, ChangeQuery};
use orderdesk_mcp_domain::{Caller, Services};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::backend::{call, sign_in, start};
use crate::place::Place;

/// How long open changes are waited for: what the product promises.
pub const PROMISE: Duration = Duration::from_secs(60);
/// How often they are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What one process is to do, in this order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Orders {
    /// Its database.
    pub place: Place,
    /// The simulator's address.
    pub orderdesk: String,
    /// The caller's key.
    pub key: String,
    /// How long a lease lasts.
    pub lease: Duration,
    /// Wait first until nothing is open.
    pub settles: bool,
    /// Then ask for these, one after the other.
    pub asks: Vec<Ask>,
    /// Ask for each so many times at once.
    pub at_once: usize,
    /// Not before this time, in milliseconds since 1970: processes begin together.
    pub not_before: i64,
}

/// A call of a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The tool.
    pub tool: String,
    /// Its arguments.
    pub arguments: Value,
}

/// What the process says, a line each.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Said {
    /// The answer to a call.
    Answer(Answer),
    /// So long after the start nothing was open; with what still was, after the time that is promised.
    Settled {
        /// Time since the start.
        after: Duration,
        /// Changes that were not settled.
        open: Vec<String>,
    },
    /// Every change there is, oldest first.
    Changes(Vec<ChangeDetail>),
}

/// What a caller was told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Answer {
    /// The receipt.
    Receipt(Value),
    /// The error's text.
    Refusal(String),
}

/// Does what is ordered.
///
/// # Errors
/// Anything that keeps it from doing so.
pub async fn run(orders: Orders) -> anyhow::Result<()> {
    let started = Instant::now();
    let services = start(&orders.place, &orders.orderdesk, orders.lease).await?;
    let caller = sign_in(&services, &orders.key).await?;
    if orders.settles {
        say(&settle(&services, &caller, started).await?)?;
    }
    wait_until(orders.not_before).await;
    for ask in &orders.asks {
        let calls = (0..orders.at_once).map(|_| ask_for(&services, &caller, ask));
        for answer in join_all(calls).await {
            say(&Said::Answer(answer))?;
        }
    }
    say(&settle(&services, &caller, Instant::now()).await?)?;
    say(&Said::Changes(changes(&services, &caller).await?))?;
    services.close().await;
    Ok(())
}

async fn ask_for(services: &Services, caller: &Caller, ask: &Ask) -> Answer {
    match call(services, caller, &ask.tool, ask.arguments.clone()).await {
        Ok(receipt) => Answer::Receipt(receipt),
        Err(error) => Answer::Refusal(error.message),
    }
}

async fn wait_until(unix_ms: i64) {
    let left = unix_ms - now();
    if let Ok(left) = u64::try_from(left) {
        tokio::time::sleep(Duration::from_millis(left)).await;
    }
}

/// Now, in milliseconds since 1970.
pub fn now() -> i64 {
    use orderdesk_mcp_domain::Clock as _;
    orderdesk_mcp_domain::SystemClock.now().0
}

async fn settle(services: &Services, caller: &Caller, since: Instant) -> anyhow::Result<Said> {
    loop {
        let open = open(services, caller).await?;
        let after = since.elapsed();
        if open.is_empty() || after > PROMISE {
            return Ok(Said::Settled { after, open });
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn open(services: &Services, caller: &Caller) -> anyhow::Result<Vec<String>> {
    let query = ChangeQuery {
        states: vec![
            ChangeState::Proposed,
            ChangeState::Approved,
            ChangeState::Applying,
            ChangeState::Applied,
            ChangeState::Unknown,
        ],
        limit: 200,
        ..ChangeQuery::default()
    };
    let page = services.list_changes(caller, &query).await?;
    let open = page.changes.iter();
    Ok(open
        .map(|change| format!("{} is {}", change.id, change.state.as_str()))
        .collect())
}

async fn changes(services: &Services, caller: &Caller) -> anyhow::Result<Vec<ChangeDetail>> {
    let query = ChangeQuery {
        limit: 200,
        ..ChangeQuery::default()
    };
    let page = services.list_changes(caller, &query).await?;
    if page.changes.len() >= 200 {
        bail!("more changes than a page holds");
    }
    let mut details = Vec::new();
    for change in page.changes.iter().rev() {
        details.push(services.change_detail(caller, change.id).await?);
    }
    Ok(details)
}

/// A line on standard output, whole even when the process ends right after.
fn say(said: &Said) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(said)?)?;
    out.flush()?;
    Ok(())
}
