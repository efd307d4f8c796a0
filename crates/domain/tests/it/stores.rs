use std::time::{Duration, Instant};

use orderdesk_mcp_contract::tools::orders::{ListOrders, OrdersList};
use orderdesk_mcp_contract::views::connection::StepOutcome;
use orderdesk_mcp_contract::views::store::NewStore;
use orderdesk_mcp_contract::{Access, ErrorCode, SecretText, StoreUid};
use orderdesk_sim::{Action, Fault};
use serde_json::{Value, json};

use crate::support::{Bench, STORE_ID, STORE_KEY, settings};

#[tokio::test]
async fn a_store_is_proved_before_it_is_saved() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let wrong = json!({ "store_id": STORE_ID, "api_key": "WRONG-CANARY-9" });
    let refused = bench.err(&owner, "stores_register", wrong).await;
    assert_eq!(
        (refused.code, refused.field.as_deref()),
        (ErrorCode::UpstreamRefused, Some("api_key"))
    );
    assert!(!format!("{refused:?}").contains("CANARY"));
    assert_eq!(bench.ok(&owner, "stores_list", json!({})).await["count"], 0);

    let right = json!({ "store_id": STORE_ID, "api_key": STORE_KEY, "label": "  " });
    let added = bench.ok(&owner, "stores_register", right).await;
    assert_eq!(added["store"]["store_id"], STORE_ID);
    assert!(
        added["store"]["store_name"]
            .as_str()
            .is_some_and(|name| !name.is_empty()),
        "named as Order Desk names it"
    );
    assert!(
        added["store"].get("label").is_none(),
        "a blank label is none"
    );
    assert!(!added.to_string().contains(STORE_KEY));
    assert!(
        bench.sim.unexpected_headers().is_empty(),
        "{:?}",
        bench.sim.unexpected_headers()
    );
}

#[tokio::test]
async fn names_and_ids_are_unique_without_regard_to_case() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    bench
        .sim
        .sim()
        .add_store("555", STORE_KEY, orderdesk_sim::seed::tiny());
    let same_name = bench
        .err(
            &owner,
            "stores_register",
            json!({ "store_id": "555", "api_key": STORE_KEY, "store_name": " MAIN " }),
        )
        .await;
    assert_eq!(
        (same_name.code, same_name.field.as_deref()),
        (ErrorCode::Conflict, Some("store_name"))
    );
    let same_id = bench
        .err(
            &owner,
            "stores_register",
            json!({ "store_id": STORE_ID, "api_key": STORE_KEY, "store_name": "Other" }),
        )
        .await;
    assert_eq!(
        (same_id.code, same_id.field.as_deref()),
        (ErrorCode::Conflict, Some("store_id"))
    );
    assert_eq!(
        bench.sim.count("GET", "/"),
        0,
        "what is taken is refused before Order Desk is asked"
    );
}

#[tokio::test]
async fn a_store_is_found_by_id_or_name() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    for (identifier, by) in [
        (STORE_ID, "store_id"),
        ("main", "store_name"),
        (" MAIN ", "store_name"),
    ] {
        let found = bench
            .ok(
                &owner,
                "stores_resolve",
                json!({ "identifier": identifier }),
            )
            .await;
        assert_eq!(found["resolved_by"], by, "{identifier}");
    }
    let missing = bench
        .err(&owner, "stores_resolve", json!({ "identifier": "Outlet" }))
        .await;
    assert_eq!(
        (missing.code, missing.allowed),
        (ErrorCode::NotFound, vec!["Main".to_owned()])
    );
}

#[tokio::test]
async fn the_active_store_outlasts_the_request_and_belongs_to_the_key() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    bench
        .sim
        .sim()
        .add_store("555", STORE_KEY, orderdesk_sim::seed::tiny());
    bench
        .ok(
            &owner,
            "stores_register",
            json!({ "store_id": "555", "api_key": STORE_KEY, "store_name": "Outlet" }),
        )
        .await;
    let (one, secret) = bench.api_key(&owner, Access::Read).await;
    let (two, _) = bench.api_key(&owner, Access::Read).await;

    let unsaid = bench.err(&one, "orders_list", json!({})).await;
    assert_eq!(unsaid.field.as_deref(), Some("store_identifier"));
    assert_eq!(unsaid.allowed, ["Main", "Outlet"]);

    bench
        .ok(&one, "stores_use_store", json!({ "identifier": "outlet" }))
        .await;
    let later = bench.signed_in(&secret).await;
    assert_eq!(
        bench.ok(&later, "orders_list", json!({})).await["store"]["store_name"],
        "Outlet"
    );
    assert_eq!(
        bench.ok(&later, "stores_list", json!({})).await["active_store"],
        "Outlet"
    );
    assert!(
        bench.call(&two, "orders_list", json!({})).await.is_err(),
        "another key has chosen nothing"
    );

    bench
        .ok(
            &owner,
            "stores_delete",
            json!({ "store_identifier": "Outlet" }),
        )
        .await;
    let only = bench.ok(&later, "orders_list", json!({ "limit": 1 })).await;
    assert_eq!(
        only["store"]["store_name"], "Main",
        "with a single store left there is nothing to choose"
    );
}

#[tokio::test]
async fn a_removed_store_is_gone_with_what_was_cached() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    bench.ok(&owner, "orders_list", json!({ "limit": 1 })).await;
    let gone = bench
        .ok(
            &owner,
            "stores.delete",
            json!({ "store_identifier": "MAIN" }),
        )
        .await;
    assert_eq!(
        (gone["store_id"].as_str(), gone["store_name"].as_str()),
        (Some(STORE_ID), Some("Main"))
    );
    let refused = bench
        .err(
            &owner,
            "orders_list",
            json!({ "store_identifier": "Main", "limit": 1 }),
        )
        .await;
    assert_eq!(refused.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn only_the_owner_adds_and_removes() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let (assistant, _) = bench.api_key(&owner, Access::Write).await;
    for (tool, arguments) in [
        (
            "stores_register",
            json!({ "store_id": "1", "api_key": "k" }),
        ),
        ("stores_delete", json!({ "store_identifier": "Main" })),
    ] {
        assert_eq!(
            bench.err(&assistant, tool, arguments).await.code,
            ErrorCode::Forbidden,
            "{tool}"
        );
    }
    assert_eq!(bench.sim.count("GET", "/"), 0);
}

fn outcomes(
    report: &orderdesk_mcp_contract::views::connection::ConnectionReport,
) -> Vec<StepOutcome> {
    report.steps.iter().map(|step| step.outcome).collect()
}

#[tokio::test]
async fn a_connection_test_says_which_step_failed() {
    use StepOutcome::{Failed, Passed, Skipped, Warned};
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let stores = bench.ok(&owner, "stores_list", json!({})).await;
    let id: StoreUid = stores["stores"][0]["id"].as_str().unwrap().parse().unwrap();
    let report = bench.services.test_connection(&owner, id).await.unwrap();
    assert!(report.passed, "{report:?}");
    // The simulator runs on the machine's clock and this test on its own, so the clocks differ.
    assert!(
        matches!(
            outcomes(&report)[..],
            [Passed, Passed, Passed | Warned, Passed, Passed]
        ),
        "{report:?}"
    );

    let typed = |key: &str| NewStore {
        store_id: STORE_ID.into(),
        api_key: SecretText::new(key),
        store_name: String::new(),
        label: String::new(),
    };
    let report = bench
        .services
        .try_credentials(&owner, &typed("WRONG"))
        .await
        .unwrap();
    assert!(!report.passed);
    assert_eq!(
        outcomes(&report),
        [Passed, Failed, Skipped, Skipped, Skipped]
    );

    bench
        .sim
        .fault(Fault::on("GET", "/test", Action::ResetBeforeApply).always());
    let report = bench
        .services
        .try_credentials(&owner, &typed(STORE_KEY))
        .await
        .unwrap();
    assert_eq!(
        outcomes(&report),
        [Failed, Skipped, Skipped, Skipped, Skipped]
    );
}

#[tokio::test]
async fn detail_shows_folders_and_never_a_secret() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let stores = bench.ok(&owner, "stores_list", json!({})).await;
    let id: StoreUid = stores["stores"][0]["id"].as_str().unwrap().parse().unwrap();
    let detail = bench.services.store_detail(&owner, id).await.unwrap();
    let folders = detail.folders.as_ref().unwrap();
    assert!(
        folders.iter().any(|folder| folder.name == "New"),
        "{folders:?}"
    );
    let text: Value = serde_json::to_value(&detail).unwrap();
    assert!(!text.to_string().contains(STORE_KEY));
    let missing = bench
        .services
        .store_detail(&owner, StoreUid::from_parts(1, 1))
        .await
        .unwrap_err();
    assert_eq!(missing.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_page_does_not_wait_for_folders_that_are_long_in_coming() {
    let patience = Duration::from_millis(50);
    let settings = orderdesk_mcp_domain::Settings {
        page_patience: patience,
        ..settings()
    };
    let bench = Bench::with(settings, orderdesk_sim::seed::tiny()).await;
    let owner = bench.tenant_with_store("Acme").await;
    let rows = bench.storage.list_stores(owner.tenant_id()).await.unwrap();
    let slow = Action::Slow {
        delay: Duration::from_secs(8),
    };
    bench
        .sim
        .sim()
        .fault(Fault::on("GET", "/store", slow).always());
    let began = Instant::now();
    let detail = bench.services.store_detail(&owner, rows[0].id).await;
    let detail = detail.unwrap();
    assert!(began.elapsed() < Duration::from_secs(4), "{began:?}");
    let missing = detail.folders.unwrap_err();
    assert_eq!(missing.code, ErrorCode::UpstreamTimeout);
    assert!(
        missing.message.contains("Load the page again"),
        "{missing:?}"
    );
    assert_eq!(detail.store.store_name, "Main", "the rest is shown");
}

#[tokio::test]
async fn a_store_whose_key_cannot_be_opened_can_still_be_looked_at_and_removed() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let rows = bench.storage.list_stores(owner.tenant_id()).await.unwrap();
    let mut damaged = rows[0].clone();
    damaged.id = StoreUid::from_parts(5, 5);
    damaged.store_id = "777".into();
    (damaged.name, damaged.name_key) = ("Damaged".into(), "damaged".into());
    bench.storage.add_store(&damaged).await.unwrap();

    let detail = bench
        .services
        .store_detail(&owner, damaged.id)
        .await
        .unwrap();
    let why = detail.bucket.unwrap_err();
    assert!(why.message.contains("cannot be opened"), "{why}");
    assert!(detail.folders.is_err());
    let remove = json!({ "store_identifier": "Damaged" });
    bench.ok(&owner, "stores_delete", remove).await;
}

#[tokio::test]
async fn the_web_app_asks_order_desk_thirty_times_a_minute() {
    let mut limited = settings();
    limited.limits.console_calls_per_minute = 3;
    let bench = Bench::with(limited, orderdesk_sim::seed::tiny()).await;
    let owner = bench.tenant_with_store("Acme").await;
    let person = bench.in_browser(&owner).await;
    let rows = bench.storage.list_stores(owner.tenant_id()).await.unwrap();
    let id = rows[0].id;
    for _ in 0..3 {
        bench.services.test_connection(&person, id).await.unwrap();
    }
    let refused = bench.services.test_connection(&person, id).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::RateLimited);
    let typed = NewStore {
        store_id: STORE_ID.into(),
        api_key: SecretText::new(STORE_KEY),
        store_name: String::new(),
        label: String::new(),
    };
    let refused = bench.services.try_credentials(&person, &typed).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::RateLimited);
    let refused = bench
        .services
        .call::<OrdersList>(&person, ListOrders::default())
        .await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::RateLimited);

    let asked = bench.sim.log().len();
    let page = bench.services.store_detail(&person, id).await.unwrap();
    let why = page.folders.unwrap_err();
    assert_eq!(why.code, ErrorCode::RateLimited);
    assert!(
        why.message.contains("web app") && page.bucket.is_ok(),
        "{why}"
    );
    assert_eq!(bench.sim.log().len(), asked);

    // An assistant with the same key is no person in a browser, and what it read is free to look at.
    bench.ok(&owner, "orders_list", json!({})).await;
    let page = bench.services.store_detail(&person, id).await.unwrap();
    assert!(page.folders.is_ok());
}
