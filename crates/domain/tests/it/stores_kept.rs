//! Stores that are changed, deleted, restored, and looked through.

use orderdesk_mcp_contract::views::store::{StoreEdit, StoreView};
use orderdesk_mcp_contract::{Access, ChangeState, ErrorCode, SecretText, StoreUid, UtcMillis};
use orderdesk_mcp_domain::Caller;
use orderdesk_mcp_storage::record::{ChangeFilter, StoreRecord};
use orderdesk_sim::{Action, Fault, seed};
use serde_json::json;

use crate::support::{Bench, STORE_ID, STORE_KEY};

const DAY_SECS: i64 = 86_400;

async fn row(bench: &Bench, owner: &Caller) -> StoreRecord {
    let mut rows = bench.storage.list_stores(owner.tenant_id()).await.unwrap();
    rows.pop().unwrap()
}

fn edit(row: &StoreRecord, name: &str, key: &str) -> StoreEdit {
    StoreEdit {
        store_name: name.into(),
        label: " EU ".into(),
        api_key: SecretText::new(key),
        seen: row.updated_at,
    }
}

async fn delete(bench: &Bench, owner: &Caller) -> StoreUid {
    let id = row(bench, owner).await.id;
    bench
        .ok(
            owner,
            "stores_delete",
            json!({ "store_identifier": "Main" }),
        )
        .await;
    id
}

#[tokio::test]
async fn a_store_gets_another_name_and_label_without_its_key() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let before = row(&bench, &owner).await;
    let changed = edit(&before, " Outlet ", "");
    let saved = bench
        .services
        .edit_store(&owner, before.id, &changed)
        .await
        .unwrap();
    assert_eq!(
        (saved.store_name.as_str(), saved.label.as_deref()),
        ("Outlet", Some("EU"))
    );
    assert!(bench.sim.log().is_empty(), "nothing to prove");
    let after = row(&bench, &owner).await;
    assert_eq!(after.key_fingerprint, before.key_fingerprint);
    let found = json!({ "store_identifier": "outlet", "limit": 1 });
    bench.ok(&owner, "orders_list", found).await;
    let gone = json!({ "store_identifier": "Main" });
    let refused = bench.err(&owner, "orders_list", gone).await;
    assert_eq!(refused.code, ErrorCode::NotFound);

    // Of two tabs, the second is told.
    let late = bench.services.edit_store(&owner, before.id, &changed).await;
    assert_eq!(late.unwrap_err().code, ErrorCode::Conflict);
}

#[tokio::test]
async fn a_new_key_is_proved_before_the_old_one_goes() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let before = row(&bench, &owner).await;
    let set = async |key: &str| {
        let changed = edit(&row(&bench, &owner).await, "Main", key);
        bench.services.edit_store(&owner, before.id, &changed).await
    };
    let refused = set("WRONG-KEY").await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("api_key"), "{refused:?}");
    assert_eq!(row(&bench, &owner).await, before, "nothing was saved");
    bench
        .sim
        .fault(Fault::on("GET", "/store", Action::ResetBeforeApply).always());
    assert!(set(STORE_KEY).await.is_err());
    assert_eq!(row(&bench, &owner).await, before);
    bench.sim.sim().clear_faults();

    set(STORE_KEY).await.unwrap();
    let after = row(&bench, &owner).await;
    assert_ne!(after.sealed_api_key, before.sealed_api_key, "sealed anew");
    let arguments = json!({ "limit": 1, "store_identifier": "Main" });
    bench.ok(&owner, "orders_list", arguments).await;
}

#[tokio::test]
async fn edits_are_refused_at_their_field_and_for_strangers() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let stranger = bench.tenant("Other").await;
    let (assistant, _) = bench.api_key(&owner, Access::Write).await;
    let sandbox = json!({ "store_id": "sandbox", "api_key": "sandbox", "store_name": "Toy" });
    let before = row(&bench, &owner).await;
    bench.ok(&owner, "stores_register", sandbox).await;
    let services = &bench.services;
    for (name, field) in [("", "store_name"), ("TOY", "store_name")] {
        let changed = edit(&before, name, "");
        let refused = services.edit_store(&owner, before.id, &changed);
        assert_eq!(refused.await.unwrap_err().field.as_deref(), Some(field));
    }
    let changed = edit(&before, "Mine", "");
    for (caller, code) in [
        (&stranger, ErrorCode::NotFound),
        (&assistant, ErrorCode::Forbidden),
    ] {
        let refused = services.edit_store(caller, before.id, &changed).await;
        assert_eq!(refused.unwrap_err().code, code);
    }
}

#[tokio::test]
async fn a_deleted_store_is_restored_as_it_was() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let before = row(&bench, &owner).await;
    let asked = json!({ "limit": 1, "store_identifier": "Main" });
    bench.ok(&owner, "orders_list", asked.clone()).await;
    let deleted = bench
        .ok(
            &owner,
            "stores_delete",
            json!({ "store_identifier": "Main" }),
        )
        .await;
    let until = UtcMillis(deleted["restorable_until"].as_i64().unwrap());
    let message = deleted["message"].as_str().unwrap();
    assert!(message.contains(&until.to_minute()), "{message}");

    // Nobody sees anything of it but the page that restores it.
    let refused = bench.err(&owner, "orders_list", asked.clone()).await;
    assert_eq!(refused.code, ErrorCode::NotFound);
    let list = bench.ok(&owner, "stores_list", json!({})).await;
    assert_eq!(list["count"], 0);
    assert!(
        bench
            .services
            .store_detail(&owner, before.id)
            .await
            .is_err()
    );
    let kept = bench.services.deleted_stores(&owner).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].restorable_until, until);

    let restored = bench.services.restore_store(&owner, before.id).await;
    assert_eq!(restored.unwrap().store_name, "Main");
    assert_eq!(row(&bench, &owner).await, before);
    bench.ok(&owner, "orders_list", asked).await;
    let again = bench.services.restore_store(&owner, before.id).await;
    assert_eq!(again.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_deleted_store_holds_its_name_and_says_so() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    delete(&bench, &owner).await;
    let same_name = json!({ "store_id": "sandbox", "api_key": "sandbox", "store_name": " MAIN " });
    let refused = bench.err(&owner, "stores_register", same_name).await;
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert_eq!(refused.field.as_deref(), Some("store_name"));
    assert!(refused.message.contains("Restore it"), "{refused:?}");
    assert!(bench.sim.log().is_empty(), "before anything is proved");
}

#[tokio::test]
async fn a_deleted_store_that_is_registered_again_is_the_same_store() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let before = row(&bench, &owner).await;
    delete(&bench, &owner).await;

    let unproved = json!({ "store_id": STORE_ID, "api_key": "not-this-one", "store_name": "New" });
    let refused = bench.err(&owner, "stores_register", unproved).await;
    assert_eq!(refused.field.as_deref(), Some("api_key"), "{refused:?}");
    let list = bench.ok(&owner, "stores_list", json!({})).await;
    assert_eq!(list["count"], 0);

    let again = json!({ "store_id": STORE_ID, "api_key": STORE_KEY, "label": "back" });
    let registered = bench.ok(&owner, "stores_register", again).await;
    let message = registered["message"].as_str().unwrap();
    assert!(message.contains("is back"), "{message}");
    let after = row(&bench, &owner).await;
    assert_eq!((after.id, after.created_at), (before.id, before.created_at));
    assert_eq!(after.name, before.name, "no other was given");
    assert_eq!(after.label.as_deref(), Some("back"));
    let kept = bench.services.deleted_stores(&owner).await.unwrap();
    assert_eq!(kept, []);
    let asked = json!({ "limit": 1, "store_identifier": "Main" });
    bench.ok(&owner, "orders_list", asked).await;
}

#[tokio::test]
async fn a_deleted_store_is_destroyed_after_a_week() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let id = delete(&bench, &owner).await;
    bench.clock.advance_secs(7 * DAY_SECS);
    let late = bench.services.restore_store(&owner, id).await;
    assert_eq!(late.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(bench.services.deleted_stores(&owner).await.unwrap(), []);
}

#[tokio::test]
async fn only_owners_restore_and_only_their_own() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let stranger = bench.tenant("Other").await;
    let (assistant, _) = bench.api_key(&owner, Access::Write).await;
    let id = delete(&bench, &owner).await;
    let services = &bench.services;
    assert_eq!(services.deleted_stores(&stranger).await.unwrap(), []);
    for (caller, code) in [
        (&stranger, ErrorCode::NotFound),
        (&assistant, ErrorCode::Forbidden),
    ] {
        let refused = services.restore_store(caller, id).await;
        assert_eq!(refused.unwrap_err().code, code);
    }
}

async fn first_order(bench: &Bench, owner: &Caller) -> String {
    let arguments = json!({ "limit": 1, "store_identifier": "Main" });
    let orders = bench.ok(owner, "orders_list", arguments).await;
    orders["orders"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_waits_is_denied_when_its_store_goes() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let (proposer, _) = bench.api_key(&owner, Access::Propose).await;
    let order = first_order(&bench, &owner).await;
    let wish = json!({ "store_identifier": "Main", "order_id": order, "changes": { "email": "a@example.com" } });
    bench.ok(&proposer, "orders_update", wish).await;
    let id = row(&bench, &owner).await.id;
    let detail = bench.services.store_detail(&owner, id).await.unwrap();
    assert_eq!((detail.ties.changes, detail.ties.waiting), (1, 1));
    let deleted = bench
        .ok(
            &owner,
            "stores_delete",
            json!({ "store_identifier": "Main" }),
        )
        .await;
    let message = deleted["message"].as_str().unwrap();
    assert!(
        message.contains("One proposal of it was denied."),
        "{message}"
    );
    let all = ChangeFilter {
        limit: 10,
        ..ChangeFilter::default()
    };
    let changes = bench
        .storage
        .list_changes(owner.tenant_id(), &all)
        .await
        .unwrap();
    assert_eq!(changes[0].state, ChangeState::Denied);
    assert_eq!(changes[0].decided_by, Some(owner.actor_id()));
}

#[tokio::test]
async fn a_store_stays_while_an_outcome_is_not_known() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let (writer, _) = bench.api_key(&owner, Access::Write).await;
    let order = first_order(&bench, &owner).await;
    bench
        .sim
        .fault(Fault::on("PUT", "/orders/*", Action::ResetBeforeApply).always());
    let wish = json!({ "store_identifier": "Main", "order_id": order, "changes": { "email": "a@example.com" } });
    let _ = bench.call(&writer, "orders_update", wish).await;
    let refused = bench
        .err(
            &owner,
            "stores_delete",
            json!({ "store_identifier": "Main" }),
        )
        .await;
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert!(
        refused.message.contains("Nothing was deleted"),
        "{refused:?}"
    );
    assert_eq!(bench.services.deleted_stores(&owner).await.unwrap(), []);
}

#[tokio::test]
async fn a_thousand_stores_come_page_by_page() {
    let bench = Bench::with(crate::support::settings(), seed::tiny()).await;
    let owner = bench.tenant_with_store("Acme").await;
    let sample = row(&bench, &owner).await;
    for number in 0..999_u128 {
        let name = format!("Shop {number:03}");
        let store = StoreRecord {
            id: StoreUid::from_parts(5, number),
            store_id: format!("9{number:05}"),
            name_key: name.to_lowercase(),
            name,
            label: (number % 100 == 7).then(|| "Bavaria".to_owned()),
            ..sample.clone()
        };
        bench.storage.add_store(&store).await.unwrap();
    }
    let page = async |search: &str, number| {
        let page = bench.services.stores_page(&owner, search, number).await;
        page.unwrap()
    };
    let first = page("", 1).await;
    assert_eq!((first.all, first.found, first.pages), (1000, 1000, 20));
    assert_eq!(first.stores.len(), 50);
    let names = |stores: &[orderdesk_mcp_contract::views::dashboard::StoreState]| {
        let name = |store: &StoreView| store.store_name.clone();
        stores
            .iter()
            .map(|state| name(&state.store))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&first.stores)[0], "Main");
    let last = page("", 999).await;
    assert_eq!((last.page, last.stores.len()), (20, 50));
    assert_eq!(names(&last.stores)[49], "Shop 998");
    let by_label = page(" BAVARIA ", 1).await;
    assert_eq!(
        (by_label.all, by_label.found, by_label.pages),
        (1000, 10, 1)
    );
    assert_eq!(names(&page("shop 042", 1).await.stores), ["Shop 042"]);
    let none = page("nowhere", 3).await;
    assert_eq!((none.found, none.page, none.pages), (0, 1, 1));
}
