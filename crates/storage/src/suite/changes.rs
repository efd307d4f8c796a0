use orderdesk_mcp_contract::views::change::RecordKind;
use orderdesk_mcp_contract::{ChangeState, KeyId, Money};

use super::Db;
use super::sample::{
    add, add_in, at, change, change_id, image, key_id, name, new_change, store_uid, tenant_id,
    two_tenants,
};
use crate::StorageError;
use crate::record::{
    Added, ChangeEvent, ChangeFilter, ChangeImage, ChangeKey, ChangeRecord, Door, ImagePart,
    NewChange, SealedBlob,
};

/// One with a value in every column that may have one when it is added.
fn full() -> ChangeRecord {
    ChangeRecord {
        record_kind: RecordKind::Product,
        state: ChangeState::Approved,
        door: Door::Web,
        field_count: u32::MAX,
        money: Money::from_ten_thousandths(i64::MAX),
        version_after: Some("v1-after".into()),
        applying_at: Some(at(300)),
        decided_by: Some(key_id(7)),
        decision_reason: Some("as agreed".into()),
        outcome: Some("done".into()),
        undoes: Some(change_id(70)),
        undone_by: Some(change_id(71)),
        ..change(1, 1)
    }
}

/// One without a value wherever there may be none.
fn bare() -> ChangeRecord {
    ChangeRecord {
        record_id: None,
        client: None,
        reason: None,
        field_count: 0,
        money: Money::ZERO,
        version_before: None,
        expires_at: None,
        ..change(1, 2)
    }
}

pub async fn a_change_comes_back_as_it_was(db: Db) {
    two_tenants(&db).await;
    for record in [full(), bare()] {
        let images: Vec<_> = ImagePart::ALL.into_iter().zip(1..).collect();
        let new = NewChange {
            change: record.clone(),
            images: images.iter().map(|(part, at)| image(*part, *at)).collect(),
            keys: vec![],
            first_event: "asked for by hand".into(),
        };
        add(&db, new.clone()).await;
        let (tenant, id) = (record.tenant_id, record.id);
        assert_eq!(db.change(tenant, id).await.unwrap().as_ref(), Some(&record));
        assert_eq!(db.change_images(tenant, id).await.unwrap(), new.images);
        let event = ChangeEvent {
            at: record.created_at,
            state: Some(record.state),
            text: new.first_event,
        };
        assert_eq!(db.change_events(tenant, id).await.unwrap(), [event]);
    }
    let unknown = change_id(404);
    assert_eq!(db.change(tenant_id(1), unknown).await.unwrap(), None);
    assert_eq!(db.change_images(tenant_id(1), unknown).await.unwrap(), []);
    assert_eq!(db.change_events(tenant_id(1), unknown).await.unwrap(), []);
}

pub async fn a_change_begins_proposed_or_approved(db: Db) {
    two_tenants(&db).await;
    for state in ChangeState::ALL {
        let record = ChangeRecord {
            state: *state,
            ..change(1, 1)
        };
        let begins = matches!(state, ChangeState::Proposed | ChangeState::Approved);
        if begins {
            continue;
        }
        let error = db.add_change(&new_change(record)).await.unwrap_err();
        assert!(matches!(error, StorageError::Failed(_)), "{error:?}");
        assert_eq!(db.change(tenant_id(1), change_id(1)).await.unwrap(), None);
    }
}

pub async fn a_change_needs_its_workspace(db: Db) {
    let new = NewChange {
        keys: vec![name(1)],
        ..new_change(change(1, 1))
    };
    let error = db.add_change(&new).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Gone { what: "tenant" }),
        "{error:?}"
    );
}

pub async fn ids_are_unique_in_a_workspace(db: Db) {
    two_tenants(&db).await;
    add(&db, new_change(change(1, 1))).await;
    let other = ChangeRecord {
        id: change_id(1),
        ..bare()
    };
    let again = NewChange {
        keys: vec![name(1)],
        ..new_change(other)
    };
    let error = db.add_change(&again).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Taken { what: "change" }),
        "{error:?}"
    );
    let found = db.change(tenant_id(1), change_id(1)).await.unwrap();
    assert_eq!(found, Some(change(1, 1)));
    let events = db.change_events(tenant_id(1), change_id(1)).await.unwrap();
    assert_eq!(events.len(), 1);
    let known = db.change_by_key(tenant_id(1), &name(1).hash, at(0)).await;
    assert_eq!(known.unwrap(), None);
}

pub async fn workspaces_do_not_see_each_others(db: Db) {
    two_tenants(&db).await;
    // The same id, record and name in both.
    let theirs = ChangeRecord {
        summary: "theirs".into(),
        ..change(2, 1)
    };
    for record in [change(1, 1), theirs.clone()] {
        let new = NewChange {
            keys: vec![name(1)],
            ..new_change(record)
        };
        add(&db, new).await;
    }
    add(&db, new_change(change(2, 2))).await;
    let (one, two) = (tenant_id(1), tenant_id(2));
    let all = ChangeFilter {
        limit: 50,
        ..ChangeFilter::default()
    };
    assert_eq!(
        db.change(one, change_id(1)).await.unwrap(),
        Some(change(1, 1))
    );
    assert_eq!(
        db.change(two, change_id(1)).await.unwrap(),
        Some(theirs.clone())
    );
    assert_eq!(db.change(one, change_id(2)).await.unwrap(), None);
    assert_eq!(db.change_images(one, change_id(2)).await.unwrap(), []);
    assert_eq!(db.change_events(one, change_id(2)).await.unwrap(), []);
    assert_eq!(db.list_changes(one, &all).await.unwrap(), [change(1, 1)]);
    assert_eq!(
        db.list_changes(two, &all).await.unwrap(),
        [change(2, 2), theirs]
    );
    assert_eq!(db.list_changes(tenant_id(3), &all).await.unwrap(), []);
    let proposed = ChangeState::Proposed;
    assert_eq!(db.count_changes(one, proposed).await.unwrap(), 1);
    assert_eq!(db.count_changes(two, proposed).await.unwrap(), 2);
    db.note_change(one, change_id(2), at(300), "not theirs")
        .await
        .unwrap();
    db.note_change(one, change_id(1), at(300), "mine")
        .await
        .unwrap();
    for (tenant, id, events) in [(one, 1, 2), (two, 1, 1), (two, 2, 1)] {
        let found = db.change_events(tenant, change_id(id)).await.unwrap();
        assert_eq!(found.len(), events, "{tenant} {id}");
    }
}

pub async fn a_note_is_added_to_the_journal(db: Db) {
    two_tenants(&db).await;
    add(&db, new_change(change(1, 1))).await;
    let (tenant, id) = (tenant_id(1), change_id(1));
    // The journal is in the order it was written, whatever the clocks said.
    for (millis, text) in [(300, "looked"), (250, "looked again"), (300, "waits")] {
        db.note_change(tenant, id, at(millis), text).await.unwrap();
    }
    db.note_change(tenant, change_id(404), at(1), "nobody")
        .await
        .unwrap();
    let events = db.change_events(tenant, id).await.unwrap();
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.at, event.state, event.text.as_str()))
        .collect();
    let expected = [
        (at(100), Some(ChangeState::Proposed), "asked for"),
        (at(300), None, "looked"),
        (at(250), None, "looked again"),
        (at(300), None, "waits"),
    ];
    assert_eq!(told, expected);
    assert_eq!(db.change(tenant, id).await.unwrap(), Some(change(1, 1)));
}

pub async fn notes_at_once_are_all_kept(db: Db) {
    two_tenants(&db).await;
    add(&db, new_change(change(1, 1))).await;
    let (tenant, id) = (tenant_id(1), change_id(1));
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..16 {
        let db = std::sync::Arc::clone(&db);
        writers.spawn(async move {
            let text = format!("note {number}");
            db.note_change(tenant, id, at(300), &text).await.unwrap();
        });
    }
    writers.join_all().await;
    let events = db.change_events(tenant, id).await.unwrap();
    assert_eq!(events.len(), 17);
}

pub async fn free_texts_are_cut_and_ids_refused(db: Db) {
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
    for text in ["\0", "", long.as_str(), &"7".repeat(300)] {
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

pub async fn lists_go_back_page_by_page(db: Db) {
    two_tenants(&db).await;
    for number in 0..210 {
        add(&db, new_change(change(1, (number * 11) % 210))).await;
    }
    let page = async |before: Option<u128>, limit, states: &[ChangeState]| {
        let filter = ChangeFilter {
            before: before.map(change_id),
            limit,
            states: states.to_vec(),
            ..ChangeFilter::default()
        };
        let listed = db.list_changes(tenant_id(1), &filter).await.unwrap();
        listed.into_iter().map(|c| c.id).collect::<Vec<_>>()
    };
    for states in [&[][..], &[ChangeState::Proposed], ChangeState::ALL] {
        assert_eq!(page(None, 3, states).await, [209, 208, 207].map(change_id));
        assert_eq!(page(Some(207), 2, states).await, [206, 205].map(change_id));
        assert_eq!(page(Some(1), 3, states).await, [change_id(0)]);
        assert_eq!(page(Some(0), 3, states).await, []);
        assert_eq!(page(None, 201, states).await.len(), 201);
        assert_eq!(page(None, 1000, states).await.len(), 201, "the largest");
        assert_eq!(page(None, 0, states).await, []);
    }
}

pub async fn lists_are_filtered(db: Db) {
    two_tenants(&db).await;
    let keys = [key_id(1), key_id(11)];
    let all_states = ChangeState::ALL.iter().copied();
    let mut added = Vec::new();
    for (number, state) in (0..24_usize).zip(all_states.cycle()) {
        let record = ChangeRecord {
            store_id: store_uid(1 + u128::from(number % 2 == 0)),
            record_id: (number % 5 != 0).then(|| format!("{}", number % 5)),
            key_id: keys[number % 3 % 2],
            tool: format!("tool_{}", number % 4),
            ..change(1, u128::try_from(number).unwrap())
        };
        add_in(&db, &record, state).await;
        added.push(record);
    }
    let mut stored = Vec::new();
    for record in added.iter().rev() {
        stored.push(
            db.change(record.tenant_id, record.id)
                .await
                .unwrap()
                .unwrap(),
        );
    }
    let open = [ChangeState::Applying, ChangeState::Unknown];
    let settled = [ChangeState::Verified, ChangeState::Proposed];
    let mut found = 0;
    for states in [&[][..], &[ChangeState::Denied], &open, &settled] {
        for store_id in [None, Some(store_uid(1)), Some(store_uid(9))] {
            for record_id in [None, Some("2"), Some("404")] {
                for key in [None, Some(keys[0]), Some(KeyId::from_parts(1, 1))] {
                    for tool in [None, Some("tool_1"), Some("tool_")] {
                        for before in [None, Some(change_id(15))] {
                            let filter = ChangeFilter {
                                states: states.to_vec(),
                                store_id,
                                record_id: record_id.map(Into::into),
                                key_id: key,
                                tool: tool.map(Into::into),
                                before,
                                limit: 50,
                            };
                            let expected: Vec<_> = stored
                                .iter()
                                .filter(|c| meets(&filter, c))
                                .cloned()
                                .collect();
                            found += expected.len();
                            let listed = db.list_changes(tenant_id(1), &filter).await.unwrap();
                            assert_eq!(listed, expected, "{filter:?}");
                            let theirs = db.list_changes(tenant_id(2), &filter).await.unwrap();
                            assert_eq!(theirs, [], "{filter:?}");
                        }
                    }
                }
            }
        }
    }
    assert!(found > 100, "the filters find something: {found}");
    for text in ["\0", "2\0"] {
        for (record, tool) in [(Some(text), None), (None, Some(text))] {
            let filter = ChangeFilter {
                record_id: record.map(Into::into),
                tool: tool.map(Into::into),
                limit: 50,
                ..ChangeFilter::default()
            };
            assert_eq!(db.list_changes(tenant_id(1), &filter).await.unwrap(), []);
        }
    }
    for state in ChangeState::ALL {
        let count = db.count_changes(tenant_id(1), *state).await.unwrap();
        assert_eq!(count, 2, "{state:?}");
        assert_eq!(db.count_changes(tenant_id(2), *state).await.unwrap(), 0);
    }
}

fn meets(filter: &ChangeFilter, change: &ChangeRecord) -> bool {
    (filter.states.is_empty() || filter.states.contains(&change.state))
        && filter.store_id.is_none_or(|id| id == change.store_id)
        && (filter.record_id.is_none() || filter.record_id == change.record_id)
        && filter.key_id.is_none_or(|id| id == change.key_id)
        && filter.tool.as_ref().is_none_or(|tool| *tool == change.tool)
        && filter.before.is_none_or(|before| change.id < before)
}

pub async fn overdue_proposals_are_found_oldest_first(db: Db) {
    two_tenants(&db).await;
    for (tenant, number, end) in [
        (1, 1, Some(700)),
        (2, 2, Some(500)),
        (1, 3, Some(600)),
        (1, 4, Some(601)),
        (1, 5, None),
    ] {
        let record = ChangeRecord {
            expires_at: end.map(at),
            ..change(tenant, number)
        };
        add(&db, new_change(record)).await;
    }
    let approved = ChangeRecord {
        expires_at: Some(at(1)),
        state: ChangeState::Approved,
        ..change(2, 6)
    };
    add(&db, new_change(approved)).await;
    let overdue = async |now, limit| {
        let found = db.overdue_proposals(at(now), limit).await.unwrap();
        let ids = found.iter().map(|open| {
            assert_eq!(open.state, ChangeState::Proposed);
            (open.tenant_id, open.id)
        });
        ids.collect::<Vec<_>>()
    };
    let (one, two) = (tenant_id(1), tenant_id(2));
    assert_eq!(overdue(499, 10).await, []);
    assert_eq!(
        overdue(600, 10).await,
        [(two, change_id(2)), (one, change_id(3))]
    );
    assert_eq!(overdue(600, 1).await, [(two, change_id(2))]);
    assert_eq!(overdue(9000, 10).await.len(), 4);
    assert_eq!(overdue(9000, 0).await, []);
}

pub async fn a_known_change_leaves_nothing_of_the_new_one(db: Db) {
    two_tenants(&db).await;
    let first = NewChange {
        keys: vec![name(1)],
        ..new_change(change(1, 1))
    };
    add(&db, first).await;
    let second = NewChange {
        keys: vec![name(2), name(1)],
        ..new_change(change(1, 2))
    };
    let Added::Known(known) = db.add_change(&second).await.unwrap() else {
        panic!("it was added");
    };
    assert_eq!(known.id, change_id(1));
    assert_eq!(known.request_hash, name(1).request_hash);
    let (tenant, id) = (tenant_id(1), change_id(2));
    assert_eq!(db.change(tenant, id).await.unwrap(), None);
    assert_eq!(db.change_images(tenant, id).await.unwrap(), []);
    assert_eq!(db.change_events(tenant, id).await.unwrap(), []);
    let other_name = db.change_by_key(tenant, &name(2).hash, at(100)).await;
    assert_eq!(other_name.unwrap(), None);
}
