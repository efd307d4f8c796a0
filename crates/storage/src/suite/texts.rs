//! Texts and bytes of every kind, in changes and their steps.

use orderdesk_mcp_contract::{ChangeState, Money};

use super::Db;
use super::sample::{
    BEGIN, add, all_of, at, change, change_id, name, new_change, step, tenant_id, two_tenants,
};
use crate::StorageError;
use crate::record::{
    ChangeFilter, ChangeImage, ChangeKey, ChangeRecord, ChangeStep, ChangeUpdate, ImagePart,
    NewChange, SealedBlob, Stepped,
};

pub async fn free_texts_are_cut(db: Db) {
    two_tenants(&db).await;
    let long = format!("a\0{}", "ü".repeat(5000));
    let cut = |most: usize| format!("a{}", "ü".repeat(most - 1));
    let odd = ChangeRecord {
        store_name: long.clone(),
        summary: long.clone(),
        client: Some(long.clone()),
        reason: Some(long.clone()),
        decision_reason: Some(long.clone()),
        outcome: Some(long.clone()),
        ..change(1, 1)
    };
    let new = NewChange {
        first_event: long.clone(),
        ..new_change(odd.clone())
    };
    add(&db, new).await;
    db.note_change(odd.tenant_id, odd.id, at(1), &long)
        .await
        .unwrap();
    let expected = ChangeRecord {
        store_name: cut(200),
        summary: cut(200),
        client: Some(cut(120)),
        reason: Some(cut(500)),
        decision_reason: Some(cut(500)),
        outcome: Some(cut(1000)),
        ..odd.clone()
    };
    let found = db.change(odd.tenant_id, odd.id).await.unwrap();
    assert_eq!(found, Some(expected));
    for event in db.change_events(odd.tenant_id, odd.id).await.unwrap() {
        assert_eq!(event.text, cut(500));
    }
}

pub async fn ids_that_do_not_fit_are_refused(db: Db) {
    two_tenants(&db).await;
    for text in ["\0", "", &"ü".repeat(200 + 1), &"7".repeat(300)] {
        let text = text.to_owned();
        let record = || change(1, 2);
        let refused = [
            NewChange {
                keys: vec![ChangeKey {
                    hash: text.clone(),
                    ..name(1)
                }],
                ..new_change(record())
            },
            NewChange {
                keys: vec![ChangeKey {
                    request_hash: text.clone(),
                    ..name(1)
                }],
                ..new_change(record())
            },
            new_change(ChangeRecord {
                record_id: Some(text.clone()),
                ..record()
            }),
            new_change(ChangeRecord {
                tool: text.clone(),
                ..record()
            }),
            new_change(ChangeRecord {
                plan_hash: text.clone(),
                ..record()
            }),
            new_change(ChangeRecord {
                version_before: Some(text.clone()),
                ..record()
            }),
            new_change(ChangeRecord {
                version_after: Some(text),
                ..record()
            }),
        ];
        for new in refused {
            let error = db.add_change(&new).await.unwrap_err();
            assert!(matches!(error, StorageError::Failed(_)), "{error:?}");
        }
    }
    let negative = ChangeRecord {
        money: Money::from_ten_thousandths(-1),
        ..change(1, 2)
    };
    let error = db.add_change(&new_change(negative)).await.unwrap_err();
    assert!(matches!(error, StorageError::Failed(_)), "{error:?}");
    assert_eq!(db.change(tenant_id(1), change_id(2)).await.unwrap(), None);
}

pub async fn unicode_and_large_images_come_back(db: Db) {
    two_tenants(&db).await;
    let odd = "Ünï – 日本 🦀 e\u{301} \u{202e}rtl'\"\\;--";
    let record = ChangeRecord {
        store_name: odd.into(),
        record_id: Some(odd.into()),
        tool: odd.into(),
        summary: odd.into(),
        reason: Some(odd.into()),
        outcome: Some(odd.into()),
        ..change(1, 1)
    };
    let bytes: Vec<u8> = (0..1_048_576_u32).map(|at| at.to_le_bytes()[0]).collect();
    let large = |part, key_version| ChangeImage {
        part,
        sealed: SealedBlob {
            key_version,
            bytes: bytes.clone(),
        },
    };
    let empty = ChangeImage {
        part: ImagePart::After,
        sealed: SealedBlob {
            key_version: 0,
            bytes: Vec::new(),
        },
    };
    let images = vec![
        large(ImagePart::Plan, 1),
        large(ImagePart::Before, u32::MAX),
        empty,
    ];
    let new = NewChange {
        change: record.clone(),
        images: images.clone(),
        keys: Vec::new(),
        first_event: odd.into(),
    };
    add(&db, new).await;
    let (tenant, id) = (record.tenant_id, record.id);
    assert_eq!(db.change(tenant, id).await.unwrap().as_ref(), Some(&record));
    assert_eq!(db.change_images(tenant, id).await.unwrap(), images);
    assert_eq!(db.change_events(tenant, id).await.unwrap()[0].text, odd);
    let filter = ChangeFilter {
        record_id: Some(odd.into()),
        tool: Some(odd.into()),
        limit: 5,
        ..ChangeFilter::default()
    };
    assert_eq!(db.list_changes(tenant, &filter).await.unwrap(), [record]);
}

pub async fn texts_of_a_step_never_cost_it(db: Db) {
    two_tenants(&db).await;
    let record = change(1, 1);
    add(&db, new_change(record.clone())).await;
    let long = format!("\0{}", "ü".repeat(5000));
    let odd = ChangeStep {
        text: long.clone(),
        set: ChangeUpdate {
            summary: Some(long.clone()),
            decision_reason: Some(long.clone()),
            outcome: Some(long),
            ..ChangeUpdate::default()
        },
        ..step(&record, ChangeState::Proposed, ChangeState::Approved)
    };
    assert_eq!(db.step_change(&odd).await.unwrap(), Stepped::Done);
    let found = db
        .change(record.tenant_id, record.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.summary, "ü".repeat(200));
    assert_eq!(found.decision_reason, Some("ü".repeat(500)));
    assert_eq!(found.outcome, Some("ü".repeat(1000)));
    let events = db.change_events(record.tenant_id, record.id).await.unwrap();
    assert_eq!(events[1].text, "ü".repeat(500));
    let before = all_of(&db, &record).await;
    let text = || Some("\0".to_owned());
    for set in [
        ChangeUpdate {
            record_id: text(),
            ..ChangeUpdate::default()
        },
        ChangeUpdate {
            plan_hash: text(),
            ..ChangeUpdate::default()
        },
        ChangeUpdate {
            version_before: text(),
            ..ChangeUpdate::default()
        },
        ChangeUpdate {
            version_after: text(),
            ..ChangeUpdate::default()
        },
        ChangeUpdate {
            money: Some(Money::from_ten_thousandths(-1)),
            ..ChangeUpdate::default()
        },
    ] {
        let step = ChangeStep {
            set,
            ..step(&record, BEGIN.0, BEGIN.1)
        };
        let error = db.step_change(&step).await.unwrap_err();
        assert!(matches!(error, StorageError::Failed(_)), "{error:?}");
    }
    assert_eq!(all_of(&db, &record).await, before);
}
