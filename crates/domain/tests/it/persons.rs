//! People: their own accounts, and what they may do.

use orderdesk_mcp_contract::{ErrorCode, Role, SecretText};
use orderdesk_mcp_domain::NewUser;
use serde_json::json;

use crate::people::{PASSWORD, again, person, sign_in};
use crate::support::{Bench, STORE_ID, STORE_KEY};

#[tokio::test]
async fn a_person_changes_name_and_password() {
    let bench = Bench::start().await;
    let key = bench.tenant("Acme").await;
    let ada = person(&bench, &key, "Ada", Role::Viewer).await;
    let services = &bench.services;
    services.set_own_name(&ada, " Ada L. ").await.unwrap();
    assert_eq!(again(&bench, &ada).await.unwrap().actor_name(), "Ada L.");
    assert_eq!(
        services
            .set_own_name(&ada, " ")
            .await
            .unwrap_err()
            .field
            .as_deref(),
        Some("name")
    );

    let new = SecretText::new("a new long password");
    let change = async |present: &str, new: &SecretText| {
        let present = SecretText::new(present);
        services
            .change_own_password(&ada, &present, new, None)
            .await
    };
    let wrong = change("wrong horse battery", &new).await.unwrap_err();
    assert_eq!(wrong.field.as_deref(), Some("password"));
    let short = change(PASSWORD, &SecretText::new("short"))
        .await
        .unwrap_err();
    assert_eq!(short.field.as_deref(), Some("new_password"));
    change(PASSWORD, &new).await.unwrap();
    assert!(sign_in(&bench, "ada@example.com", PASSWORD).await.is_err());
    assert!(
        sign_in(&bench, "ada@example.com", new.expose())
            .await
            .is_ok()
    );
    let by_key = services.set_own_name(&key, "Key").await.unwrap_err();
    assert_eq!(by_key.code, ErrorCode::Forbidden);
}

#[tokio::test]
async fn the_operator_makes_people_and_resets_passwords() {
    let bench = Bench::start().await;
    bench.tenant("Acme").await;
    let new = NewUser {
        tenant: "acme".into(),
        email: "root@example.com".into(),
        name: "Root".into(),
        role: Role::Owner,
        is_instance_admin: true,
        password: SecretText::new(PASSWORD),
    };
    bench.services.create_user(&new).await.unwrap();
    let (root, _) = sign_in(&bench, "root@example.com", PASSWORD).await.unwrap();
    assert!(root.is_instance_admin());
    let twice = bench.services.create_user(&new).await.unwrap_err();
    assert_eq!(twice.code, ErrorCode::Conflict);
    let nowhere = NewUser {
        tenant: "Nowhere".into(),
        ..new
    };
    let refused = bench.services.create_user(&nowhere).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotFound);
    let next = SecretText::new("the next long password");
    bench
        .services
        .reset_password("Root@example.com", &next)
        .await
        .unwrap();
    assert!(sign_in(&bench, "root@example.com", PASSWORD).await.is_err());
    assert!(
        sign_in(&bench, "root@example.com", next.expose())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_person_never_approves_their_own_change() {
    let bench = Bench::start().await;
    let key = bench.tenant_with_store("Acme").await;
    let ada = person(&bench, &key, "Ada", Role::Operator).await;
    let bob = person(&bench, &key, "Bob", Role::Operator).await;
    let viewer = person(&bench, &key, "Cid", Role::Viewer).await;
    let orders = bench.ok(&ada, "orders_list", json!({})).await;
    let order = orders["orders"][0]["id"].as_str().unwrap();
    let proposed = bench
        .ok(&ada, "orders_delete", json!({ "order_id": order }))
        .await;
    assert_eq!(proposed["status"], "pending");
    let id = proposed["change_id"].as_str().unwrap().parse().unwrap();
    let services = &bench.services;
    let detail = services.change_detail(&bob, id).await.unwrap();
    assert_eq!(
        detail.summary.key_name, "Ada",
        "changes name people as they name keys"
    );
    let own = services
        .approve_change(&ada, id, &detail.plan_hash)
        .await
        .unwrap_err();
    assert!(own.message.contains("somebody else"), "{own}");
    let looks = services
        .approve_change(&viewer, id, &detail.plan_hash)
        .await;
    assert_eq!(looks.unwrap_err().code, ErrorCode::Forbidden);
    let done = services
        .approve_change(&bob, id, &detail.plan_hash)
        .await
        .unwrap();
    assert_eq!(done.decided_by.as_deref(), Some("Bob"));
}

#[tokio::test]
async fn roles_reach_tools_as_far_as_their_rights() {
    let bench = Bench::start().await;
    let key = bench.tenant_with_store("Acme").await;
    let auditor = person(&bench, &key, "Ada", Role::Auditor).await;
    let admin = person(&bench, &key, "Bob", Role::Admin).await;
    bench
        .ok(
            &auditor,
            "stores_use_store",
            json!({ "identifier": "Main" }),
        )
        .await;
    let listed = bench.ok(&auditor, "stores_list", json!({})).await;
    assert_eq!(
        listed["active_store"], "Main",
        "a person has a store of their own"
    );
    assert!(bench.ok(&key, "stores_list", json!({})).await["active_store"].is_null());
    let refused = bench
        .err(
            &auditor,
            "orders_add_note",
            json!({ "order_id": "1", "note": "x" }),
        )
        .await;
    assert_eq!(refused.code, ErrorCode::Forbidden);
    assert!(refused.message.contains("auditor"), "{refused}");
    let register = json!({ "store_id": STORE_ID, "api_key": STORE_KEY, "store_name": "Second" });
    let refused = bench.err(&auditor, "stores_register", register).await;
    assert_eq!(refused.code, ErrorCode::Forbidden);
    bench
        .ok(
            &admin,
            "stores_delete",
            json!({ "store_identifier": "Main" }),
        )
        .await;
}
