use orderdesk_mcp_contract::ScheduleId;
use orderdesk_mcp_contract::trace::export::ExportFormat;
use orderdesk_mcp_contract::trace::schedule::Rhythm;

use super::Db;
use super::sample::{NOON, at, tenant_id, two_tenants};
use crate::StorageError;
use crate::record::{ScheduleRecord, SealedBlob, TenantRemoval};

fn schedule_id(number: u64) -> ScheduleId {
    ScheduleId::from_parts(NOON.0.unsigned_abs() + number, 7)
}

fn schedule(tenant: u128, number: u64) -> ScheduleRecord {
    ScheduleRecord {
        tenant_id: tenant_id(tenant),
        id: schedule_id(number),
        name: format!("Ünï 日本 {number}"),
        query: format!("store:\"Größe\" order:{number}"),
        format: ExportFormat::Jsonl,
        rhythm: Rhythm::Daily,
        sealed_bucket: Some(SealedBlob {
            key_version: u32::MAX,
            bytes: vec![0, 1, 2],
        }),
        is_on: true,
        exported_to: at(10),
        next_at: at(20),
        last_calls: Some(7),
        parts: 4,
        fails: 3,
        fault: Some("The bucket “Größe” is not there.".into()),
        created_at: at(9),
    }
}

/// The same after it worked.
fn settled(schedule: &ScheduleRecord) -> ScheduleRecord {
    ScheduleRecord {
        exported_to: at(21),
        next_at: at(70),
        last_calls: Some(0),
        parts: 0,
        fails: 0,
        fault: None,
        ..schedule.clone()
    }
}

async fn schedules(db: &Db, tenant: u128) -> Vec<ScheduleRecord> {
    db.schedules(tenant_id(tenant)).await.unwrap()
}

async fn add(db: &Db, schedule: &ScheduleRecord) {
    assert!(db.add_schedule(schedule, 10).await.unwrap());
}

async fn switch(db: &Db, number: u64, is_on: bool, next_at: i64) -> bool {
    let id = schedule_id(number);
    let switched = db.switch_schedule(tenant_id(1), id, is_on, at(next_at));
    switched.await.unwrap()
}

/// What was taken, by its ids: it comes in no order.
async fn take(db: &Db, now: i64, until: i64, limit: u32) -> Vec<ScheduleRecord> {
    let taken = db.take_due_schedules(at(now), at(until), limit).await;
    let mut taken = taken.unwrap();
    taken.sort_by_key(|schedule| schedule.id);
    taken
}

fn is_name_taken<T: std::fmt::Debug>(result: Result<T, StorageError>) -> bool {
    matches!(
        result,
        Err(StorageError::Taken {
            what: "schedule_name"
        })
    )
}

pub async fn a_schedule_comes_back_as_it_was(db: Db) {
    two_tenants(&db).await;
    let both = |format| Rhythm::ALL.map(|rhythm| (format, rhythm));
    let mut all = Vec::new();
    for (number, (format, rhythm)) in (1..).zip(ExportFormat::ALL.into_iter().flat_map(both)) {
        let mut kept = schedule(1, number);
        kept.format = format;
        kept.rhythm = rhythm;
        kept.is_on = number % 3 == 0;
        if number % 2 == 0 {
            kept.query = String::new();
            kept.sealed_bucket = None;
            kept.last_calls = None;
            kept.fault = None;
        }
        all.push(kept);
    }
    all.push(ScheduleRecord {
        name: "日".repeat(80),
        query: "日".repeat(1_000),
        last_calls: Some(i64::MAX.unsigned_abs()),
        parts: u32::MAX,
        fails: u32::MAX,
        fault: Some("日".repeat(200)),
        ..schedule(1, 99)
    });
    for kept in all.iter().rev() {
        add(&db, kept).await;
    }
    assert_eq!(schedules(&db, 1).await, all, "the oldest comes first");
}

pub async fn schedules_stay_up_to_their_limit(db: Db) {
    two_tenants(&db).await;
    let add = |number| {
        let db = Db::clone(&db);
        tokio::spawn(async move { db.add_schedule(&schedule(1, number), 3).await.unwrap() })
    };
    let mut count = 0;
    for task in (1..=8).map(add).collect::<Vec<_>>() {
        count += usize::from(task.await.unwrap());
    }
    assert_eq!((count, schedules(&db, 1).await.len()), (3, 3));
    assert!(db.add_schedule(&schedule(2, 9), 3).await.unwrap());
}

pub async fn a_name_stands_for_one_schedule_of_a_workspace(db: Db) {
    two_tenants(&db).await;
    for number in [1, 2] {
        add(&db, &schedule(1, number)).await;
    }
    let same = |tenant, number| ScheduleRecord {
        name: schedule(1, 1).name,
        ..schedule(tenant, number)
    };
    assert!(is_name_taken(db.add_schedule(&same(1, 3), 10).await));
    assert!(is_name_taken(db.set_schedule(&same(1, 2)).await));
    let own = db.set_schedule(&same(1, 1)).await;
    assert!(own.unwrap(), "its own is free");
    assert!(db.add_schedule(&same(2, 3), 10).await.unwrap());
}

pub async fn a_schedule_is_changed_switched_and_removed(db: Db) {
    two_tenants(&db).await;
    for number in [1, 2] {
        add(&db, &schedule(1, number)).await;
    }
    let changed = ScheduleRecord {
        name: "Other".into(),
        query: String::new(),
        sealed_bucket: Some(SealedBlob {
            key_version: 8,
            bytes: vec![3],
        }),
        next_at: at(40),
        fails: 0,
        fault: None,
        ..schedule(1, 1)
    };
    let given = ScheduleRecord {
        format: ExportFormat::Csv,
        rhythm: Rhythm::Hourly,
        is_on: false,
        exported_to: at(99),
        last_calls: None,
        parts: 9,
        fails: 9,
        fault: Some("Other".into()),
        created_at: at(99),
        ..changed.clone()
    };
    assert!(db.set_schedule(&given).await.unwrap());
    let expected = [changed, schedule(1, 2)];
    assert_eq!(schedules(&db, 1).await, expected, "the rest stays");
    let unsealed = ScheduleRecord {
        sealed_bucket: None,
        ..given
    };
    assert!(db.set_schedule(&unsealed).await.unwrap());
    assert_eq!(schedules(&db, 1).await, expected, "so does its bucket");
    assert!(!db.set_schedule(&schedule(1, 3)).await.unwrap());
    for (is_on, next_at) in [(false, 50), (true, 60)] {
        assert!(switch(&db, 2, is_on, next_at).await);
        let switched = ScheduleRecord {
            is_on,
            next_at: at(next_at),
            fails: 0,
            fault: None,
            ..schedule(1, 2)
        };
        assert_eq!(schedules(&db, 1).await[1], switched);
    }
    assert!(!switch(&db, 3, true, 60).await);
    for is_there in [true, false] {
        let removed = db.remove_schedule(tenant_id(1), schedule_id(2)).await;
        assert_eq!(removed.unwrap(), is_there);
    }
    assert_eq!(schedules(&db, 1).await, expected[..1]);
}

pub async fn a_schedule_is_taken_once_until_its_lease_ends(db: Db) {
    two_tenants(&db).await;
    add(&db, &schedule(1, 1)).await;
    add(&db, &schedule(2, 2)).await;
    let off = ScheduleRecord {
        is_on: false,
        ..schedule(2, 3)
    };
    add(&db, &off).await;
    assert_eq!(take(&db, 19, 40, 10).await, [], "they are not due");
    let take_both = || {
        let db = Db::clone(&db);
        tokio::spawn(async move { take(&db, 20, 40, 10).await })
    };
    let mut taken = Vec::new();
    for task in [take_both(), take_both()] {
        taken.extend(task.await.unwrap());
    }
    taken.sort_by_key(|schedule| schedule.id);
    let taken_until = |until, schedule| ScheduleRecord {
        next_at: at(until),
        ..schedule
    };
    let both = [schedule(1, 1), schedule(2, 2)];
    let expected = both.clone().map(|schedule| taken_until(40, schedule));
    assert_eq!(taken, expected);
    assert_eq!(take(&db, 39, 60, 10).await, [], "somebody has them");
    // The one who took them does not come back, and another one takes them.
    let again = take(&db, 40, 60, 10).await;
    assert_eq!(again, both.map(|schedule| taken_until(60, schedule)));
    assert_eq!(schedules(&db, 1).await, again[..1]);
    assert_eq!(schedules(&db, 2).await[1], off);
}

pub async fn schedules_are_taken_in_turn_and_those_that_wait_longest_first(db: Db) {
    two_tenants(&db).await;
    for (tenant, number, next_at) in [(1, 1, 12), (2, 2, 20), (1, 3, 10), (1, 4, 11), (2, 5, 21)] {
        let due = ScheduleRecord {
            next_at: at(next_at),
            ..schedule(tenant, number)
        };
        add(&db, &due).await;
    }
    let take_two = async || {
        let taken = take(&db, 20, 50, 2).await;
        taken.iter().map(|taken| taken.id).collect::<Vec<_>>()
    };
    assert_eq!(take_two().await, [schedule_id(2), schedule_id(3)]);
    assert_eq!(take_two().await, [schedule_id(1), schedule_id(4)]);
    assert_eq!(take_two().await, []);
}

pub async fn schedules_of_a_suspended_workspace_wait(db: Db) {
    two_tenants(&db).await;
    add(&db, &schedule(1, 1)).await;
    add(&db, &schedule(2, 2)).await;
    let suspend = async |at| db.set_tenant_suspended(tenant_id(1), at).await.unwrap();
    suspend(Some(at(5))).await;
    assert_eq!(take(&db, 20, 40, 10).await.len(), 1);
    suspend(None).await;
    assert_eq!(take(&db, 20, 40, 10).await[0].id, schedule_id(1));
}

pub async fn only_who_has_a_schedule_settles_it(db: Db) {
    two_tenants(&db).await;
    for number in 1..=5 {
        add(&db, &schedule(1, number)).await;
    }
    let taken = take(&db, 20, 40, 10).await;
    let settle = async |number: usize, until| {
        let given = ScheduleRecord {
            name: "Other".into(),
            query: String::new(),
            sealed_bucket: None,
            ..settled(&taken[number - 1])
        };
        db.settle_schedule(&given, at(until)).await.unwrap()
    };
    assert!(!settle(1, 39).await, "somebody else has it");
    assert!(settle(1, 40).await);
    // The second is changed, the third switched off, the fourth taken again, and the fifth removed.
    let changed = ScheduleRecord {
        next_at: at(90),
        ..schedule(1, 2)
    };
    assert!(db.set_schedule(&changed).await.unwrap());
    assert!(switch(&db, 3, false, 40).await);
    let removed = db.remove_schedule(tenant_id(1), schedule_id(5)).await;
    assert!(removed.unwrap());
    let again = take(&db, 40, 60, 10).await;
    assert_eq!(again.len(), 1);
    let before = schedules(&db, 1).await;
    assert_eq!(before[0], settled(&schedule(1, 1)), "the rest stays");
    for number in 1..=5 {
        assert!(!settle(number, 40).await, "{number}");
    }
    assert_eq!(schedules(&db, 1).await, before);
    let failed = ScheduleRecord {
        next_at: at(80),
        fails: 4,
        fault: Some("The service does not answer.".into()),
        ..again[0].clone()
    };
    assert!(db.settle_schedule(&failed, at(60)).await.unwrap());
    assert_eq!(schedules(&db, 1).await[3], failed);
}

pub async fn schedules_stay_in_their_workspace_and_go_with_it(db: Db) {
    let error = db.add_schedule(&schedule(1, 1), 10).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Gone { what: "tenant" }),
        "{error:?}"
    );
    two_tenants(&db).await;
    add(&db, &schedule(2, 1)).await;
    let other = schedule(1, 1);
    assert!(!db.set_schedule(&other).await.unwrap());
    assert!(!switch(&db, 1, false, 40).await);
    assert!(!db.settle_schedule(&other, at(20)).await.unwrap());
    let removed = db.remove_schedule(tenant_id(1), schedule_id(1)).await;
    assert!(!removed.unwrap());
    assert_eq!(schedules(&db, 1).await, []);
    assert_eq!(schedules(&db, 2).await, [schedule(2, 1)]);
    // An id is one of its workspace.
    add(&db, &other).await;
    let gone = tenant_id(1);
    db.set_tenant_suspended(gone, Some(at(50))).await.unwrap();
    let removal = db.remove_tenant(gone, 10).await.unwrap();
    assert_eq!(removal, TenantRemoval::Gone);
    assert_eq!(schedules(&db, 1).await, []);
    assert_eq!(schedules(&db, 2).await, [schedule(2, 1)]);
}
