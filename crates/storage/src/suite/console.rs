use orderdesk_mcp_contract::tools::receipt::WriteStatus;
use orderdesk_mcp_contract::{ConsoleCallId, ErrorCode};

use super::Db;
use super::sample::{NOON, at, key_id, tenant_id, two_tenants};
use crate::StorageError;
use crate::record::{ConsoleCallHead, ConsoleCallRecord, ConsoleOutcome, SealedBlob};

fn call_id(number: u64) -> ConsoleCallId {
    ConsoleCallId::from_parts(NOON.0.unsigned_abs() + number, 7)
}

fn sealed(number: u64) -> SealedBlob {
    SealedBlob {
        key_version: u32::MAX,
        bytes: format!("sealed {number}\0").into_bytes(),
    }
}

fn run(tenant: u128, actor: u128, number: u64) -> ConsoleCallRecord {
    ConsoleCallRecord {
        tenant_id: tenant_id(tenant),
        actor_id: key_id(actor),
        head: ConsoleCallHead {
            id: call_id(number),
            tool: "orders_get".into(),
            name: None,
            outcome: Some(ConsoleOutcome {
                error: None,
                status: None,
                duration_us: 1_234,
            }),
            created_at: at(9),
        },
        sealed_arguments: sealed(number),
        sealed_answer: None,
    }
}

fn saved(tenant: u128, actor: u128, number: u64) -> ConsoleCallRecord {
    let mut call = run(tenant, actor, number);
    call.head.name = Some(format!("Ünï 日本 {number}"));
    call.head.outcome = None;
    call
}

async fn numbers(db: &Db, tenant: u128, actor: u128) -> Vec<ConsoleCallId> {
    let calls = db.console_calls(tenant_id(tenant), key_id(actor)).await;
    calls.unwrap().into_iter().map(|call| call.id).collect()
}

pub async fn a_call_comes_back_as_it_was(db: Db) {
    two_tenants(&db).await;
    let (tenant, actor) = (tenant_id(1), key_id(1));
    let mut failed = run(1, 1, 2);
    failed.head.outcome = Some(ConsoleOutcome {
        error: Some(ErrorCode::UpstreamTimeout),
        status: None,
        duration_us: 0,
    });
    let mut answered = run(1, 1, 3);
    answered.sealed_answer = Some(sealed(30));
    let named = saved(1, 1, 4);
    for call in [&run(1, 1, 1), &failed, &answered] {
        db.add_console_run(call, 200).await.unwrap();
    }
    assert!(db.add_saved_call(&named, 100).await.unwrap());
    for call in [&run(1, 1, 1), &failed, &answered, &named] {
        let found = db.console_call(tenant, actor, call.head.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(call));
    }
    let listed = db.console_calls(tenant, actor).await.unwrap();
    let expected = [named, answered, failed, run(1, 1, 1)];
    assert_eq!(listed, expected.map(|call| call.head));
    for (number, status) in (5..).zip(WriteStatus::ALL) {
        let mut written = run(1, 1, number);
        written.head.outcome = Some(ConsoleOutcome {
            error: None,
            status: Some(status),
            duration_us: 1,
        });
        db.add_console_run(&written, 200).await.unwrap();
        let found = db.console_call(tenant, actor, written.head.id).await;
        assert_eq!(found.unwrap(), Some(written));
    }
    let unknown = db.console_call(tenant, actor, call_id(404)).await.unwrap();
    assert_eq!(unknown, None);
}

pub async fn history_keeps_the_newest(db: Db) {
    two_tenants(&db).await;
    assert!(db.add_saved_call(&saved(1, 1, 0), 100).await.unwrap());
    for number in 1..=6 {
        db.add_console_run(&run(1, 1, number), 3).await.unwrap();
    }
    db.add_console_run(&run(1, 2, 1), 3).await.unwrap();
    let kept = [6, 5, 4, 0].map(call_id);
    assert_eq!(numbers(&db, 1, 1).await, kept, "saved ones are kept");
    assert_eq!(numbers(&db, 1, 2).await, [call_id(1)]);
}

pub async fn saved_calls_stay_up_to_their_limit(db: Db) {
    two_tenants(&db).await;
    for number in 1..=3 {
        let is_saved = db.add_saved_call(&saved(1, 1, number), 3).await.unwrap();
        assert!(is_saved, "{number}");
    }
    assert!(!db.add_saved_call(&saved(1, 1, 4), 3).await.unwrap());
    db.add_console_run(&run(1, 1, 5), 1).await.unwrap();
    assert!(db.add_saved_call(&saved(1, 2, 4), 3).await.unwrap());
    assert_eq!(numbers(&db, 1, 1).await, [5, 3, 2, 1].map(call_id));
}

pub async fn of_many_who_save_the_last_one_does(db: Db) {
    two_tenants(&db).await;
    let save = |number| {
        let db = Db::clone(&db);
        tokio::spawn(async move { db.add_saved_call(&saved(1, 1, number), 5).await.unwrap() })
    };
    let tasks: Vec<_> = (0..16).map(save).collect();
    let mut count = 0;
    for task in tasks {
        count += usize::from(task.await.unwrap());
    }
    assert_eq!((count, numbers(&db, 1, 1).await.len()), (5, 5));
}

pub async fn a_saved_call_is_renamed_and_removed(db: Db) {
    two_tenants(&db).await;
    let (tenant, actor) = (tenant_id(1), key_id(1));
    assert!(db.add_saved_call(&saved(1, 1, 1), 100).await.unwrap());
    db.add_console_run(&run(1, 1, 2), 200).await.unwrap();
    let rename = async |id, name: &str| {
        let renamed = db.rename_saved_call(tenant, actor, call_id(id), name);
        renamed.await.unwrap()
    };
    assert!(rename(1, "Other").await);
    assert!(!rename(2, "History has no names").await);
    assert!(!rename(3, "Not there").await);
    let listed = db.console_calls(tenant, actor).await.unwrap();
    let names: Vec<_> = listed.iter().map(|call| call.name.as_deref()).collect();
    assert_eq!(names, [None, Some("Other")]);
    for id in [1, 2] {
        for is_there in [true, false] {
            let removed = db.remove_console_call(tenant, actor, call_id(id)).await;
            assert_eq!(removed.unwrap(), is_there, "{id}");
        }
    }
    assert_eq!(numbers(&db, 1, 1).await, []);
}

pub async fn one_answer_a_person_is_kept(db: Db) {
    two_tenants(&db).await;
    for (actor, number) in [(1, 1), (1, 2), (2, 1)] {
        db.add_console_run(&run(1, actor, number), 200)
            .await
            .unwrap();
    }
    let keep = async |actor: u128, number: u64| {
        let answer = sealed(number * 10);
        let kept = db.keep_console_answer(tenant_id(1), key_id(actor), call_id(number), &answer);
        kept.await.unwrap()
    };
    let answer = async |actor: u128, number: u64| {
        let found = db.console_call(tenant_id(1), key_id(actor), call_id(number));
        found.await.unwrap().unwrap().sealed_answer
    };
    assert!(keep(1, 1).await && keep(2, 1).await && keep(1, 2).await);
    assert_eq!(answer(1, 1).await, None);
    assert_eq!(answer(1, 2).await, Some(sealed(20)));
    assert_eq!(answer(2, 1).await, Some(sealed(10)));
    assert!(!keep(1, 404).await);
}

pub async fn calls_are_the_persons_own(db: Db) {
    two_tenants(&db).await;
    assert!(db.add_saved_call(&saved(1, 1, 1), 100).await.unwrap());
    for (tenant, actor) in [(1, 2), (2, 1), (2, 2), (3, 1)] {
        let (tenant_id, actor_id, id) = (tenant_id(tenant), key_id(actor), call_id(1));
        assert_eq!(numbers(&db, tenant, actor).await, []);
        let found = db.console_call(tenant_id, actor_id, id).await.unwrap();
        assert_eq!(found, None);
        let renamed = db.rename_saved_call(tenant_id, actor_id, id, "x").await;
        assert!(!renamed.unwrap());
        let answer = sealed(1);
        let kept = db.keep_console_answer(tenant_id, actor_id, id, &answer);
        assert!(!kept.await.unwrap());
        let removed = db.remove_console_call(tenant_id, actor_id, id).await;
        assert!(!removed.unwrap());
    }
    let kept = db.console_call(tenant_id(1), key_id(1), call_id(1)).await;
    assert_eq!(kept.unwrap(), Some(saved(1, 1, 1)));
}

pub async fn a_call_needs_its_workspace(db: Db) {
    let added = db.add_console_run(&run(1, 1, 1), 200).await.unwrap_err();
    let kept = db.add_saved_call(&saved(1, 1, 1), 100).await.unwrap_err();
    for error in [added, kept] {
        assert!(
            matches!(error, StorageError::Gone { what: "tenant" }),
            "{error:?}"
        );
    }
}
