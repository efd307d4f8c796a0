use orderdesk_mcp_contract::{ApprovalRules, Budget, KeyPolicy, Money, StopScope, read_network};

use super::Db;
use super::sample::{at, key_id, new_key, store_uid, tenant_id, two_tenants};
use crate::StorageError;
use crate::record::WriteStop;

fn policy() -> KeyPolicy {
    let named = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    KeyPolicy {
        tools: Some(named(&["orders_get", "orders_update"])),
        folders: Some(named(&["17", "Ünï – 日本 \u{0}"])),
        approval: ApprovalRules {
            tools: named(&["orders_move"]),
            deletes: false,
            address_changes: true,
            amount: Some(Money::from_ten_thousandths(1_000_001)),
        },
        budget: Budget {
            window_minutes: 90,
            changes: Some(0),
            orders: Some(u32::MAX),
            money: Some(Money::from_ten_thousandths(25_000_000)),
        },
        addresses: ["192.0.2.0/24", "2001:db8::1"]
            .map(|text| read_network(text).expect("a network"))
            .into(),
    }
}

pub async fn a_policy_comes_back_as_it_was(db: Db) {
    two_tenants(&db).await;
    let (tenant, key) = (tenant_id(1), key_id(1));
    assert_eq!(db.key_policy(tenant, key).await.unwrap(), None);
    for policy in [policy(), KeyPolicy::default(), policy()] {
        let set = db.set_key_policy(tenant, key, &policy, at(1)).await;
        assert!(set.unwrap());
        assert_eq!(db.key_policy(tenant, key).await.unwrap(), Some(policy));
    }
}

pub async fn a_policy_is_of_a_key_of_the_same_workspace(db: Db) {
    two_tenants(&db).await;
    db.add_key(&new_key(1, 11)).await.unwrap();
    let (one, two) = (tenant_id(1), tenant_id(2));
    for (tenant, key) in [(one, 2), (two, 1), (one, 404), (tenant_id(3), 1)] {
        let set = db
            .set_key_policy(tenant, key_id(key), &policy(), at(1))
            .await;
        assert!(!set.unwrap(), "{tenant} {key}");
        assert_eq!(db.key_policy(tenant, key_id(key)).await.unwrap(), None);
    }
    assert!(
        db.set_key_policy(one, key_id(1), &policy(), at(1))
            .await
            .unwrap()
    );
    for (tenant, key) in [(one, 11), (two, 1), (two, 2)] {
        assert_eq!(db.key_policy(tenant, key_id(key)).await.unwrap(), None);
    }
    // A revoked key keeps what it was allowed, for whoever looks into it later.
    db.revoke_key(one, key_id(1), at(5)).await.unwrap();
    assert_eq!(db.key_policy(one, key_id(1)).await.unwrap(), Some(policy()));
}

fn stop(tenant: u128, scope: StopScope, target: &str) -> WriteStop {
    WriteStop {
        tenant_id: tenant_id(tenant),
        scope,
        target: target.into(),
        since: at(50),
        by: key_id(tenant),
        reason: Some("an order went wrong".into()),
    }
}

pub async fn stops_are_listed_widest_first(db: Db) {
    two_tenants(&db).await;
    let (workspace, other) = (tenant_id(1).to_string(), tenant_id(2).to_string());
    let [a, b] = [1, 2].map(|number| store_uid(number).to_string());
    let key = key_id(1).to_string();
    let bare = WriteStop {
        reason: None,
        by: key_id(9),
        ..stop(1, StopScope::Key, &key)
    };
    let stops = [
        stop(1, StopScope::Tenant, &workspace),
        stop(1, StopScope::Store, &a),
        stop(1, StopScope::Store, &b),
        bare,
    ];
    for stop in stops.iter().rev() {
        db.add_write_stop(stop).await.unwrap();
    }
    let theirs = stop(2, StopScope::Tenant, &other);
    db.add_write_stop(&theirs).await.unwrap();
    assert_eq!(db.write_stops(tenant_id(1)).await.unwrap(), stops);
    assert_eq!(db.write_stops(tenant_id(2)).await.unwrap(), [theirs]);
    assert_eq!(db.write_stops(tenant_id(3)).await.unwrap(), []);
}

pub async fn the_first_stop_stays_until_it_is_removed(db: Db) {
    two_tenants(&db).await;
    let target = store_uid(1).to_string();
    let first = stop(1, StopScope::Store, &target);
    db.add_write_stop(&first).await.unwrap();
    let second = WriteStop {
        since: at(60),
        by: key_id(9),
        reason: None,
        ..first.clone()
    };
    db.add_write_stop(&second).await.unwrap();
    let tenant = tenant_id(1);
    assert_eq!(
        db.write_stops(tenant).await.unwrap(),
        std::slice::from_ref(&first)
    );
    for (tenant, scope, target) in [
        (tenant_id(2), StopScope::Store, target.as_str()),
        (tenant, StopScope::Key, &target),
        (tenant, StopScope::Store, "\0"),
        (tenant, StopScope::Store, ""),
    ] {
        let removed = db.remove_write_stop(tenant, scope, target).await;
        assert!(!removed.unwrap(), "{tenant} {scope:?} {target:?}");
    }
    assert_eq!(db.write_stops(tenant).await.unwrap(), [first]);
    let remove = async || {
        let removed = db.remove_write_stop(tenant, StopScope::Store, &target);
        removed.await.unwrap()
    };
    assert!(remove().await);
    assert!(!remove().await, "removed twice");
    db.add_write_stop(&second).await.unwrap();
    assert_eq!(db.write_stops(tenant).await.unwrap(), [second]);
}

pub async fn a_stop_needs_its_workspace_and_a_target(db: Db) {
    let error = db.add_write_stop(&stop(1, StopScope::Tenant, "x")).await;
    let error = error.unwrap_err();
    assert!(
        matches!(error, StorageError::Gone { what: "tenant" }),
        "{error:?}"
    );
    two_tenants(&db).await;
    for target in ["", "\0", &"x".repeat(121)] {
        let added = db.add_write_stop(&stop(1, StopScope::Store, target)).await;
        let error = added.unwrap_err();
        assert!(matches!(error, StorageError::Failed(_)), "{error:?}");
    }
    let long = WriteStop {
        reason: Some(format!("\0{}", "ü".repeat(600))),
        ..stop(1, StopScope::Key, "x")
    };
    db.add_write_stop(&long).await.unwrap();
    let found = db.write_stops(tenant_id(1)).await.unwrap();
    assert_eq!(found[0].reason, Some("ü".repeat(500)));
}
