//! Random schedules: our writes, somebody else's edits and Order Desk's failures in any order. Whatever happens, an edit of
//! somebody else is either still there or was seen by whoever changed it afterwards, and nothing is written twice.
//!
//! One gap is left out, because Order Desk leaves it open: an edit after our last read and before its `PUT` takes effect
//! cannot be seen by anybody (no ETag, no conditional write; `orderdesk-api.md` 6).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use orderdesk_mcp_contract::views::change::{ChangeDetail, ChangeQuery};
use orderdesk_mcp_contract::{Access, ChangeState};
use orderdesk_mcp_domain::{Caller, Settings};
use orderdesk_mcp_vault::{Entropy as _, OsEntropy};
use orderdesk_sim::{Action, Fault, ForeignEdit, seed};
use serde_json::{Map, Value, json};

use crate::support::{Bench, NOW, STORE_ID, settings};

/// Schedules a run.
const SCHEDULES: usize = 500;
/// Schedules under way at once.
const AT_ONCE: usize = 20;
/// Fields that both sides change.
const FIELDS: [&str; 4] = ["tag_name", "email", "customer_id", "shipping_method"];

/// SplitMix64 (public domain, Vigna): small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

/// A schedule's own seed, from the run's seed and its number.
fn dice(seed: u64, number: usize) -> Dice {
    Dice(seed ^ (number as u64).wrapping_mul(0xd134_2543_de82_ef95))
}

/// Leases that end soon, and outlast the pauses of a busy machine.
fn unhurried() -> Settings {
    let mut settings = settings();
    settings.changes.lease = Duration::from_secs(1);
    settings
}

fn seed_of_this_run() -> u64 {
    std::env::var("SCHEDULE_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(|| {
            let mut random = [0; 4];
            OsEntropy.fill(&mut random).unwrap();
            u64::from(u32::from_le_bytes(random))
        })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_edit_of_somebody_else_is_lost() {
    let seed = seed_of_this_run();
    println!("seed {seed}: repeat with SCHEDULE_SEED={seed}");
    let bench = Bench::in_real_time(unhurried(), seed::shop(7, NOW / 1000)).await;
    let owner = bench.tenant_with_store("Owner").await;
    let (other, _) = bench.api_key(&owner, Access::Write).await;
    let orders = bench.sim.sim().order_ids(STORE_ID);
    assert!(orders.len() >= SCHEDULES);
    for numbers in (0..SCHEDULES).collect::<Vec<_>>().chunks(AT_ONCE) {
        let runs = numbers.iter().map(|number| {
            let dice = dice(seed, *number);
            run(&bench, [&owner, &other], orders[*number], dice)
        });
        let edits = futures::future::join_all(runs).await;
        for (number, edits) in numbers.iter().zip(edits) {
            let place = format!("seed {seed}, schedule {number}");
            judge(&bench, &owner, orders[*number], &edits, &place).await;
        }
    }
}

/// Edits of somebody else that have happened: the field and the value it was given. Each field is edited once at most.
type Edits = Arc<Mutex<Vec<(String, String)>>>;

async fn run(bench: &Bench, callers: [&Caller; 2], order: u64, mut dice: Dice) -> Edits {
    let edits = Edits::default();
    let path = format!("/orders/{order}");
    let first_field = dice.roll(FIELDS.len());
    for write in 0..=dice.roll(3) {
        let both_at_once = dice.roll(3) == 0;
        if dice.roll(3) > 0 {
            let field = FIELDS[(first_field + write) % FIELDS.len()].to_owned();
            let value = format!("theirs-{order}-{write}");
            let happened = Arc::clone(&edits);
            let edit = move |record: &mut Map<String, Value>| {
                record.insert(field.clone(), value.clone().into());
                happened
                    .lock()
                    .unwrap()
                    .push((field.clone(), value.clone()));
            };
            // Between our first read and our second; or while nothing of ours is under way. With two writes at once the
            // first read of one can be the last moment of the other, which is the gap.
            if dice.roll(2) == 0 && !both_at_once {
                let edit = Action::ForeignEdit(ForeignEdit::run(edit));
                bench.sim.sim().fault(Fault::on("GET", &path, edit));
            } else {
                bench.sim.sim().edit_order(STORE_ID, order, edit);
            }
        }
        let fault = match dice.roll(8) {
            0 => Some(Action::Status500AfterApply),
            1 => Some(Action::ResetAfterApply),
            2 => Some(Action::ErrorBody200),
            3 => Some(Action::Slow {
                delay: Duration::from_millis(20),
            }),
            _ => None,
        };
        if let Some(action) = fault {
            bench.sim.sim().fault(Fault::on("PUT", &path, action));
        }
        let mut ours = |who: usize| {
            let field = *dice.pick(&FIELDS);
            let value = format!("ours-{order}-{write}-{who}");
            json!({ "order_id": order, "changes": { field: value } })
        };
        let (first, second) = (ours(0), ours(1));
        // Refusals and conflicts are part of it: they are judged by what is recorded.
        let answers = if both_at_once {
            let (one, two) = tokio::join!(
                bench.call(callers[0], "orders_update", first),
                bench.call(callers[1], "orders_update", second)
            );
            vec![one, two]
        } else {
            vec![bench.call(callers[0], "orders_update", first).await]
        };
        let is_running = |answer: &Value| answer["status"] == "running";
        if answers.iter().flatten().any(is_running) {
            settled_changes(bench, callers[0], order).await;
        }
    }
    edits
}

async fn judge(bench: &Bench, owner: &Caller, order: u64, edits: &Edits, place: &str) {
    let changes = settled_changes(bench, owner, order).await;
    let edits = edits.lock().unwrap().clone();
    let now = bench.order(order);
    let path = format!("/orders/{order}");
    let mut log = bench.sim.sim().log();
    log.retain(|entry| entry.path == path);
    let at = || {
        let requests = log.iter().map(|entry| {
            let wrote =
                FIELDS.map(|field| entry.body[field].as_str().unwrap_or_default().to_owned());
            (
                entry.seq,
                entry.unix_ms,
                &entry.method,
                entry.status,
                entry.fault,
                wrote,
            )
        });
        let requests: Vec<_> = requests.collect();
        format!("{place}, order {order}: {edits:?} {requests:#?} {changes:#?}")
    };
    for (field, value) in &edits {
        let is_there = now[field.as_str()] == json!(value);
        let was_seen = changes.iter().any(|change| {
            change.diff.iter().any(|one| {
                one.path.to_string() == *field && text_of(one.before.as_ref()) == Some(value)
            })
        });
        assert!(is_there || was_seen, "{field}={value} was lost; {}", at());
    }
    let sent = log.iter().filter(|entry| entry.method == "PUT");
    let intended = changes.iter().filter(|change| {
        change
            .events
            .iter()
            .any(|event| event.state == Some(ChangeState::Applying))
    });
    assert!(
        sent.count() <= intended.count(),
        "something was written twice or without an intent; {}",
        at()
    );
    for change in &changes {
        let ours = change
            .diff
            .iter()
            .filter_map(|one| text_of(one.after.as_ref()));
        let is_in_force = ours
            .into_iter()
            .any(|ours| FIELDS.iter().any(|field| now[*field] == json!(ours)));
        let says_so = change.summary.state == ChangeState::Verified;
        assert!(
            !is_in_force || says_so,
            "{} is in force and not said to be; {}",
            change.summary.id,
            at()
        );
    }
}

fn text_of(value: Option<&orderdesk::Json>) -> Option<&str> {
    value.and_then(|value| value.as_str())
}

async fn settled_changes(bench: &Bench, owner: &Caller, order: u64) -> Vec<ChangeDetail> {
    let query = ChangeQuery {
        record_id: Some(order.to_string()),
        limit: 50,
        ..ChangeQuery::default()
    };
    // The promise of the completer: within a minute, also while Order Desk fails so often that the store is left alone.
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    while tokio::time::Instant::now() < deadline {
        let page = bench.services.list_changes(owner, &query).await.unwrap();
        if page.changes.iter().all(|change| change.state.is_settled()) {
            let mut details = Vec::new();
            for change in page.changes {
                details.push(
                    bench
                        .services
                        .change_detail(owner, change.id)
                        .await
                        .unwrap(),
                );
            }
            return details;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("changes of order {order} were not settled");
}
