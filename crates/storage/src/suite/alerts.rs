use orderdesk_mcp_contract::trace::alert::{AlertKind, Delivery};
use orderdesk_mcp_contract::{AlertEventId, AlertId, UtcMillis};

use super::Db;
use super::sample::{NOON, at, tenant_id, trace_id, two_tenants};
use crate::StorageError;
use crate::record::{AlertEventRecord, AlertRecord, SealedBlob};

fn alert_id(number: u64) -> AlertId {
    AlertId::from_parts(NOON.0.unsigned_abs() + number, 7)
}

fn alert(tenant: u128, number: u64) -> AlertRecord {
    AlertRecord {
        tenant_id: tenant_id(tenant),
        id: alert_id(number),
        kind: AlertKind::Query,
        name: format!("Ünï 日本 {number}"),
        query: format!("store:\"Größe\" order:{number}"),
        threshold: 5,
        window_minutes: 10,
        zone: Some("Europe/Berlin".into()),
        is_on: true,
        sealed_target: Some(SealedBlob {
            key_version: u32::MAX,
            bytes: vec![0, 1, 2],
        }),
        firing_since: None,
        looked_at: at(0),
        created_at: at(9),
    }
}

fn event(tenant: u128, alert: u64, number: u64) -> AlertEventRecord {
    AlertEventRecord {
        tenant_id: tenant_id(tenant),
        id: AlertEventId::from_parts(NOON.0.unsigned_abs() + number, 7),
        alert_id: alert_id(alert),
        name: "Größe".into(),
        query: "status:error".into(),
        calls: 7,
        window_minutes: 10,
        trace_id: Some(trace_id(3)),
        at: at(i64::try_from(number).unwrap()),
        delivery: Delivery::Pending,
        attempts: 0,
        next_try_at: at(20),
        fault: None,
    }
}

async fn alerts(db: &Db, tenant: u128) -> Vec<AlertRecord> {
    db.alerts(tenant_id(tenant)).await.unwrap()
}

async fn events(db: &Db, tenant: u128) -> Vec<AlertEventRecord> {
    db.alert_events(tenant_id(tenant), 1000).await.unwrap()
}

async fn add(db: &Db, alert: &AlertRecord) {
    assert!(db.add_alert(alert, 50).await.unwrap());
}

async fn fire(db: &Db, event: &AlertEventRecord) -> bool {
    let alerts = db.alerts(event.tenant_id).await.unwrap();
    let alert = alerts.iter().find(|alert| alert.id == event.alert_id);
    let looked_at = alert.map_or(at(0), |alert| alert.looked_at);
    let fired = db.fire_alert(event, looked_at, at(0), 1000);
    fired.await.unwrap()
}

async fn switch(db: &Db, alert: &AlertRecord, is_on: bool) {
    let switched = db.switch_alert(alert.tenant_id, alert.id, is_on).await;
    assert!(switched.unwrap());
}

fn is_name_taken<T: std::fmt::Debug>(result: Result<T, StorageError>) -> bool {
    matches!(result, Err(StorageError::Taken { what: "alert_name" }))
}

pub async fn an_alert_comes_back_as_it_was(db: Db) {
    two_tenants(&db).await;
    let mut all = Vec::new();
    for (number, kind) in (1..).zip(AlertKind::ALL) {
        let mut kept = alert(1, number);
        kept.kind = kind;
        kept.is_on = number % 2 == 0;
        if number % 2 == 0 {
            kept.sealed_target = None;
            kept.zone = None;
            kept.query = String::new();
        }
        all.push(kept);
    }
    for kept in all.iter().rev() {
        add(&db, kept).await;
    }
    assert_eq!(alerts(&db, 1).await, all, "the oldest comes first");
}

pub async fn alerts_stay_up_to_their_limit(db: Db) {
    two_tenants(&db).await;
    let add = |number| {
        let db = Db::clone(&db);
        tokio::spawn(async move { db.add_alert(&alert(1, number), 3).await.unwrap() })
    };
    let mut count = 0;
    for task in (1..=8).map(add).collect::<Vec<_>>() {
        count += usize::from(task.await.unwrap());
    }
    assert_eq!((count, alerts(&db, 1).await.len()), (3, 3));
    assert!(db.add_alert(&alert(2, 9), 3).await.unwrap());
}

pub async fn an_alert_is_changed_and_removed(db: Db) {
    two_tenants(&db).await;
    add(&db, &alert(1, 1)).await;
    assert!(fire(&db, &event(1, 1, 1)).await);
    let changed = AlertRecord {
        name: "Other".into(),
        query: "door:web".into(),
        threshold: 10_000,
        window_minutes: 1440,
        zone: None,
        looked_at: UtcMillis(0),
        ..alert(1, 1)
    };
    assert!(db.set_alert(&changed).await.unwrap());
    assert_eq!(
        alerts(&db, 1).await,
        std::slice::from_ref(&changed),
        "and it is quiet"
    );
    assert!(!db.set_alert(&alert(1, 2)).await.unwrap());
    assert!(fire(&db, &event(1, 1, 2)).await);
    assert!(db.set_alert(&changed).await.unwrap());
    let since = alerts(&db, 1).await[0].firing_since;
    assert_eq!(since, Some(at(2)), "it waits for the same");
    switch(&db, &changed, false).await;
    let off = AlertRecord {
        is_on: false,
        ..changed.clone()
    };
    let untold = AlertRecord {
        sealed_target: None,
        ..changed.clone()
    };
    assert_eq!(
        alerts(&db, 1).await,
        std::slice::from_ref(&off),
        "and it is quiet"
    );
    assert!(db.set_alert(&untold).await.unwrap());
    assert_eq!(alerts(&db, 1).await, [off], "it stays off, and is sent");
    switch(&db, &changed, true).await;
    assert_eq!(alerts(&db, 1).await, [changed]);
    for (id, is_there) in [(1, true), (2, false)] {
        let done = db.untarget_alert(tenant_id(1), alert_id(id)).await;
        assert_eq!(done.unwrap(), is_there);
    }
    assert_eq!(alerts(&db, 1).await, [untold]);
    for is_there in [true, false] {
        let removed = db.remove_alert(tenant_id(1), alert_id(1)).await;
        assert_eq!(removed.unwrap(), is_there);
    }
    assert_eq!(alerts(&db, 1).await, []);
    assert_eq!(events(&db, 1).await.len(), 2, "what fired stays");
}

pub async fn a_name_stands_for_one_alert_of_a_workspace(db: Db) {
    two_tenants(&db).await;
    for number in [1, 2] {
        add(&db, &alert(1, number)).await;
    }
    let same = |tenant, number| AlertRecord {
        name: alert(1, 1).name,
        ..alert(tenant, number)
    };
    assert!(is_name_taken(db.add_alert(&same(1, 3), 50).await));
    assert!(is_name_taken(db.set_alert(&same(1, 2)).await));
    assert!(db.set_alert(&same(1, 1)).await.unwrap(), "its own is free");
    assert!(db.add_alert(&same(2, 3), 50).await.unwrap());
}

pub async fn of_two_who_want_to_look_one_does(db: Db) {
    two_tenants(&db).await;
    add(&db, &alert(1, 1)).await;
    add(&db, &alert(2, 2)).await;
    let off = AlertRecord {
        is_on: false,
        ..alert(2, 3)
    };
    add(&db, &off).await;
    let take = || {
        let db = Db::clone(&db);
        tokio::spawn(async move { db.take_due_alerts(at(5), at(30), 10).await.unwrap() })
    };
    let mut taken = Vec::new();
    for task in [take(), take()] {
        taken.extend(task.await.unwrap().unwrap_or_default());
    }
    taken.sort_by_key(|alert| alert.id);
    let looked_at = |alert| AlertRecord {
        looked_at: at(30),
        ..alert
    };
    assert_eq!(taken, [looked_at(alert(1, 1)), looked_at(alert(2, 2))]);
    let later = db.take_due_alerts(at(30), at(60), 1).await.unwrap();
    assert_eq!(later.unwrap().len(), 1, "no more than asked for");
}

pub async fn alerts_of_a_suspended_workspace_wait_and_begin_anew(db: Db) {
    two_tenants(&db).await;
    for tenant in [1, 2] {
        add(&db, &alert(tenant, 1)).await;
        assert!(fire(&db, &event(tenant, 1, 1)).await);
    }
    let suspend = async |at| db.set_tenant_suspended(tenant_id(1), at).await.unwrap();
    suspend(Some(at(5))).await;
    let taken = db.take_due_alerts(at(5), at(30), 10).await.unwrap();
    let [other] = taken.as_deref().unwrap() else {
        panic!("{taken:?}");
    };
    assert_eq!(other.tenant_id, tenant_id(2));
    let sent = db.take_alert_deliveries(at(20), at(25), 10).await.unwrap();
    assert_eq!((sent.len(), sent[0].tenant_id), (1, tenant_id(2)));
    for tenant in [1, 2] {
        let renewed = db.renew_alerts(tenant_id(tenant), at(40), "why").await;
        renewed.unwrap();
    }
    suspend(None).await;
    assert_eq!(alerts(&db, 2).await, taken.unwrap(), "it was not suspended");
    assert_eq!(events(&db, 2).await[0].delivery, Delivery::Pending);
    let anew = AlertRecord {
        looked_at: at(40).plus_millis(600_000),
        ..alert(1, 1)
    };
    assert_eq!(alerts(&db, 1).await, std::slice::from_ref(&anew));
    let given_up = &events(&db, 1).await[0];
    assert_eq!(given_up.delivery, Delivery::Failed);
    assert_eq!(given_up.fault.as_deref(), Some("why"));
    let early = anew.looked_at.plus_millis(-1);
    let due = async |before| db.take_due_alerts(before, at(900), 10).await.unwrap();
    assert_eq!(due(early).await.unwrap().len(), 1, "that of the other one");
    let both = due(anew.looked_at).await.unwrap();
    assert!(both.iter().any(|due| due.tenant_id == anew.tenant_id));
}

pub async fn an_alert_fires_once_until_it_is_quiet(db: Db) {
    two_tenants(&db).await;
    add(&db, &alert(1, 1)).await;
    assert!(fire(&db, &event(1, 1, 1)).await);
    assert!(!fire(&db, &event(1, 1, 2)).await);
    assert_eq!(alerts(&db, 1).await[0].firing_since, Some(at(1)));
    let calm = async |looked_at, still: &[&str]| {
        let still: Vec<_> = still.iter().map(|query| (*query).to_owned()).collect();
        let calmed = db.calm_alert(tenant_id(1), alert_id(1), looked_at, &still);
        calmed.await.unwrap();
        alerts(&db, 1).await[0].firing_since
    };
    assert_eq!(calm(at(1), &[]).await, Some(at(1)), "somebody else has it");
    assert!(!fire(&db, &event(1, 1, 2)).await);
    assert_eq!(calm(at(0), &[]).await, None);
    assert!(fire(&db, &event(1, 1, 3)).await);
    assert_eq!(events(&db, 1).await, [event(1, 1, 3), event(1, 1, 1)]);
    // Of another thing it finds it tells as well.
    let other = AlertEventRecord {
        query: "key:other".into(),
        ..event(1, 1, 4)
    };
    assert!(fire(&db, &other).await);
    assert!(!fire(&db, &other).await);
    // Each is over by itself, and is told again after that.
    assert_eq!(calm(at(0), &["key:other"]).await, Some(at(3)));
    assert!(!fire(&db, &other).await);
    assert!(fire(&db, &event(1, 1, 6)).await);
    assert_eq!(calm(at(0), &[]).await, None);
    let stale = db.fire_alert(&event(1, 1, 5), at(1), at(0), 1000).await;
    assert!(!stale.unwrap(), "somebody else has it");
    switch(&db, &alert(1, 1), false).await;
    assert!(!fire(&db, &event(1, 1, 4)).await, "it is off");
    assert!(!fire(&db, &event(1, 9, 5)).await, "it is not there");
}

pub async fn events_are_kept_by_age_and_number(db: Db) {
    two_tenants(&db).await;
    let event = |tenant, alert, number| AlertEventRecord {
        delivery: Delivery::Shown,
        ..event(tenant, alert, number)
    };
    let fire_and_keep = async |event: &AlertEventRecord, from, most| {
        let fired = db.fire_alert(event, at(0), from, most).await;
        assert!(fired.unwrap());
    };
    for number in 1..=5 {
        add(&db, &alert(1, number)).await;
        fire_and_keep(&event(1, number, number), at(2), 3).await;
    }
    add(&db, &alert(2, 6)).await;
    assert!(fire(&db, &event(2, 6, 6)).await);
    let kept = [5, 4, 3].map(|number| event(1, number, number));
    assert_eq!(events(&db, 1).await, kept);
    add(&db, &alert(1, 7)).await;
    let newest = event(1, 7, 7);
    fire_and_keep(&newest, at(5), 3).await;
    assert_eq!(events(&db, 1).await, [event(1, 7, 7), event(1, 5, 5)]);
    let one = db.alert_events(tenant_id(1), 1).await.unwrap();
    assert_eq!(one, [newest]);
    assert_eq!(events(&db, 2).await.len(), 1);
    // What is still to be sent stays, however old.
    add(&db, &alert(1, 8)).await;
    let pending = AlertEventRecord {
        delivery: Delivery::Pending,
        ..event(1, 8, 1)
    };
    fire_and_keep(&pending, at(99), 0).await;
    assert_eq!(events(&db, 1).await, [pending]);
}

pub async fn of_two_who_want_to_send_one_does(db: Db) {
    two_tenants(&db).await;
    add(&db, &alert(1, 1)).await;
    assert!(fire(&db, &event(1, 1, 1)).await);
    let early = db.take_alert_deliveries(at(19), at(25), 10).await.unwrap();
    assert_eq!(early, [], "its time has not come");
    let take = || {
        let db = Db::clone(&db);
        tokio::spawn(async move { db.take_alert_deliveries(at(20), at(25), 10).await.unwrap() })
    };
    let mut taken = Vec::new();
    for task in [take(), take()] {
        taken.extend(task.await.unwrap());
    }
    let [first] = taken.as_slice() else {
        panic!("{taken:?}");
    };
    assert_eq!((first.attempts, first.next_try_at), (1, at(25)));
    // The one who took it does not come back, and another one takes it.
    let second = db.take_alert_deliveries(at(25), at(40), 10).await.unwrap();
    let settle = async |event: &AlertEventRecord, delivery, fault| {
        let settled = db.settle_alert_delivery(event, delivery, at(50), fault);
        settled.await.unwrap()
    };
    assert!(!settle(first, Delivery::Failed, None).await, "it came back");
    assert!(settle(&second[0], Delivery::Pending, Some("timeout")).await);
    let third = db.take_alert_deliveries(at(50), at(60), 10).await.unwrap();
    assert_eq!(third[0].fault.as_deref(), Some("timeout"));
    assert!(settle(&third[0], Delivery::Sent, None).await);
    assert!(!settle(&third[0], Delivery::Failed, None).await);
    let sent = &events(&db, 1).await[0];
    assert_eq!((sent.delivery, sent.attempts), (Delivery::Sent, 3));
    assert_eq!(sent.fault, None);
    let left = db.take_alert_deliveries(at(99), at(99), 10).await.unwrap();
    assert_eq!(left, []);
}

pub async fn workspaces_send_in_turn(db: Db) {
    two_tenants(&db).await;
    for (tenant, number) in [(1, 1), (1, 2), (1, 3), (2, 4)] {
        add(&db, &alert(tenant, number)).await;
        let late = AlertEventRecord {
            next_try_at: at(i64::try_from(number).unwrap()),
            ..event(tenant, number, number)
        };
        assert!(fire(&db, &late).await);
    }
    let taken = db.take_alert_deliveries(at(20), at(25), 2).await.unwrap();
    let mut tenants: Vec<_> = taken.iter().map(|event| event.tenant_id).collect();
    tenants.sort_unstable();
    assert_eq!(tenants, [tenant_id(1), tenant_id(2)]);
}

pub async fn alerts_stay_in_their_workspace_and_go_with_it(db: Db) {
    let error = db.add_alert(&alert(1, 1), 50).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Gone { what: "tenant" }),
        "{error:?}"
    );
    two_tenants(&db).await;
    add(&db, &alert(1, 1)).await;
    assert!(!db.set_alert(&alert(2, 1)).await.unwrap());
    assert!(!fire(&db, &event(2, 1, 1)).await);
    assert!(!db.remove_alert(tenant_id(2), alert_id(1)).await.unwrap());
    assert!(fire(&db, &event(1, 1, 1)).await);
    let untargeted = db.untarget_alert(tenant_id(2), alert_id(1)).await;
    assert!(!untargeted.unwrap());
    let calmed = db.calm_alert(tenant_id(2), alert_id(1), at(0), &[]).await;
    calmed.unwrap();
    let switched = db.switch_alert(tenant_id(2), alert_id(1), false).await;
    assert!(!switched.unwrap());
    assert!(alerts(&db, 1).await[0].firing_since.is_some());
    assert_eq!(
        (alerts(&db, 2).await, events(&db, 2).await),
        (vec![], vec![])
    );
}
