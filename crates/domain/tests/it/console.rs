//! Tools called by people in the browser.

use orderdesk_mcp_contract::form::Picker;
use orderdesk_mcp_contract::tools::catalog;
use orderdesk_mcp_contract::tools::receipt::WriteStatus;
use orderdesk_mcp_contract::views::console::{ConsoleCallDetail, ConsoleRun};
use orderdesk_mcp_contract::{Access, ApiError, ConsoleCallId, ErrorCode};
use orderdesk_mcp_domain::{Caller, ConsoleRequest, Door};
use orderdesk_sim::{Action, Fault, seed};
use serde_json::{Value, json};

use std::time::Duration;

use crate::changes::{ORDER, small};
use crate::support::{Bench, STORE_ID, STORE_KEY, recorded, settings};

fn request(tool: &str, arguments: &Value) -> ConsoleRequest {
    ConsoleRequest {
        tool: tool.into(),
        arguments: arguments.to_string(),
        ..ConsoleRequest::default()
    }
}

async fn run(bench: &Bench, caller: &Caller, tool: &str, arguments: Value) -> ConsoleRun {
    try_run(bench, caller, request(tool, &arguments))
        .await
        .unwrap_or_else(|error| panic!("{tool}: {error:?}"))
}

async fn try_run(
    bench: &Bench,
    caller: &Caller,
    request: ConsoleRequest,
) -> Result<ConsoleRun, ApiError> {
    bench.services.run_in_console(caller, request).await
}

async fn in_console() -> (Bench, Caller) {
    let (bench, owner) = small().await;
    let person = bench.in_browser(&owner).await;
    (bench, person)
}

#[tokio::test]
async fn a_run_is_an_assistants_call_and_shows_what_happened() {
    let (bench, person) = in_console().await;
    let read = run(&bench, &person, "orders_get", json!({ "order_id": ORDER })).await;
    assert_eq!(read.error, None);
    let direct = bench
        .ok(&person, "orders_get", json!({ "order_id": ORDER }))
        .await;
    let answer: Value = serde_json::from_str(&read.text).unwrap();
    assert_eq!(answer["order"], direct["order"]);
    assert_eq!(read.about_tokens(), (read.text.len() as u64).div_ceil(4));
    let calls: Vec<_> = read
        .upstream
        .iter()
        .map(|call| call.name.as_str())
        .collect();
    assert!(calls.contains(&"GET /orders/{order_id}"), "{calls:?}");
    assert!(
        read.upstream
            .iter()
            .all(|call| call.ok && call.status == Some(200))
    );
    assert_eq!((read.change_id, read.dry_run), (None, false));

    let traces = recorded(&bench, &person, 2).await;
    let trace = traces.iter().find(|trace| Some(trace.id) == read.trace_id);
    let trace = trace.unwrap();
    assert_eq!(trace.door, Door::Console);
    assert_eq!(trace.tool, "orders_get");
    assert_eq!(u64::try_from(trace.duration_us).unwrap(), read.duration_us);
}

#[tokio::test]
async fn a_tools_failure_is_an_answer_and_never_a_success() {
    let (bench, person) = in_console().await;
    for (tool, arguments, code) in [
        (
            "orders_get",
            json!({ "order_id": "99999" }),
            ErrorCode::NotFound,
        ),
        ("orders_get", json!({}), ErrorCode::Invalid),
        ("orders_list", json!({ "limit": 501 }), ErrorCode::Invalid),
    ] {
        let failed = run(&bench, &person, tool, arguments).await;
        let error = failed.error.unwrap();
        assert_eq!(error.code, code, "{error:?}");
        assert_eq!(failed.text, error.in_words());
        assert!(failed.trace_id.is_some());
    }
    let history = bench.services.console_calls(&person).await.unwrap();
    assert!(history.iter().all(|call| call.error.is_some()));
}

#[tokio::test]
async fn what_cannot_be_called_is_refused_before_anything_is() {
    let (bench, person) = in_console().await;
    let refused = async |tool: &str, arguments: &str, dry_run: bool| {
        let request = ConsoleRequest {
            tool: tool.into(),
            arguments: arguments.into(),
            dry_run,
            ..ConsoleRequest::default()
        };
        let error = try_run(&bench, &person, request).await.unwrap_err();
        (error.code, error.field.unwrap_or_default(), error.message)
    };
    let (code, _, _) = refused("orders_explode", "{}", false).await;
    assert_eq!(code, ErrorCode::NotFound);
    let (code, field, text) = refused("orders_get", "{\n\"order_id\": }", false).await;
    assert_eq!((code, field.as_str()), (ErrorCode::Invalid, "arguments"));
    assert!(text.starts_with("Line 2, column 13: "), "{text}");
    let long = format!("{{\"order_id\": \"{}\"}}", "7".repeat(64 << 10));
    let (code, field, text) = refused("orders_get", &long, false).await;
    assert_eq!((code, field.as_str()), (ErrorCode::Invalid, "arguments"));
    assert!(text.contains("64 kB is the most"), "{text}");
    let (code, field, _) = refused("orders_list", "{}", true).await;
    assert_eq!((code, field.as_str()), (ErrorCode::Invalid, "dry_run"));
    assert_eq!(bench.services.console_calls(&person).await.unwrap(), []);
}

#[tokio::test]
async fn a_dry_run_writes_nothing_and_a_run_makes_a_change() {
    let (bench, person) = in_console().await;
    let note = json!({ "order_id": ORDER, "note": "Called the customer." });
    let mut tried = request("orders_add_note", &note);
    tried.dry_run = true;
    let tried = try_run(&bench, &person, tried).await.unwrap();
    assert!(tried.dry_run && tried.error.is_none() && tried.change_id.is_none());
    assert_eq!(bench.writes(), [""; 0]);

    let done = run(&bench, &person, "orders_add_note", note).await;
    assert_eq!(done.error, None);
    let upstream: Vec<_> = done
        .upstream
        .iter()
        .map(|call| call.name.as_str())
        .collect();
    assert!(
        upstream.iter().any(|name| name.starts_with("POST ")),
        "{upstream:?}"
    );
    let history = bench.services.console_calls(&person).await.unwrap();
    let got: Vec<_> = history.iter().map(|call| call.status).collect();
    assert_eq!(
        got,
        [Some(WriteStatus::Success), Some(WriteStatus::Preview)]
    );
    assert_eq!(
        (done.status, tried.status),
        (Some(WriteStatus::Success), Some(WriteStatus::Preview))
    );
    let id = done.change_id.unwrap();
    let change = bench.services.change_detail(&person, id).await.unwrap();
    assert_eq!(change.summary.tool, "orders_add_note");
    let rows = bench.storage.change(person.tenant_id(), id).await.unwrap();
    assert_eq!(rows.unwrap().door, Door::Console);
}

#[tokio::test]
async fn a_write_that_is_given_up_stands_in_the_history() {
    let (bench, person) = in_console().await;
    bench.sim.fault(Fault::on(
        "GET",
        "/orders/*",
        Action::Hang {
            duration: Duration::from_secs(20),
            apply: false,
        },
    ));
    let wish = json!({ "order_id": ORDER, "note": "Called the customer." });
    let given_up = tokio::spawn({
        let (services, person) = (bench.services.clone(), person.clone());
        async move {
            let request = request("orders_add_note", &wish);
            services.run_in_console(&person, request).await
        }
    });
    while bench.sim.count("GET", "/orders/") == 0 {
        tokio::task::yield_now().await;
    }
    given_up.abort();
    let history = loop {
        let history = bench.services.console_calls(&person).await.unwrap();
        if !history.is_empty() {
            break history;
        }
    };
    let call = &history[0];
    assert_eq!(call.tool, "orders_add_note");
    assert_eq!(call.error, Some(ErrorCode::Cancelled));
    assert!(call.duration_us.unwrap() > 0);
    let arguments = saved(&bench, &person, call.id).await.arguments;
    assert!(arguments.contains("Called the customer."), "{arguments}");
}

#[tokio::test]
async fn what_was_refused_is_kept_without_its_secrets() {
    let (bench, person) = in_console().await;
    let refused = ApiError::invalid("confirm", "Type its name to run it.");
    let keep = async |tool: &str, arguments: &str| {
        let services = &bench.services;
        services
            .keep_refused_call(&person, tool, arguments, &refused)
            .await
    };
    let id = keep("orders_delete", "{\"order_id\": \"7\"}")
        .await
        .unwrap();
    let kept = saved(&bench, &person, id).await;
    assert_eq!(kept.arguments, "{\"order_id\":\"7\"}");
    assert_eq!(kept.call.error, Some(ErrorCode::Invalid));
    let secret = "{\"master_key\": \"odm_mk_CANARY\"}";
    let id = keep("tenant_use_master_key", secret).await.unwrap();
    assert_eq!(saved(&bench, &person, id).await.arguments, "{}");
    assert_eq!(keep("orders_explode", "{}").await, None);
    assert_eq!(keep("orders_get", "{").await, None);
}

#[tokio::test]
async fn taking_away_in_a_live_store_needs_the_typed_name() {
    let (bench, person) = in_console().await;
    let wish = json!({ "order_id": ORDER, "changes": { "email": "new@example.com" } });
    for typed in ["", "orders_delete", "ORDERS_UPDATE"] {
        let mut request = request("orders_update", &wish);
        request.confirm = typed.into();
        let error = try_run(&bench, &person, request).await.unwrap_err();
        assert_eq!(error.field.as_deref(), Some("confirm"), "{error:?}");
    }
    assert_eq!(bench.writes(), [""; 0]);
    let mut dry = request("orders_update", &wish);
    dry.dry_run = true;
    assert!(try_run(&bench, &person, dry).await.unwrap().error.is_none());
    let mut sure = request("orders_update", &wish);
    sure.confirm = " orders_update ".into();
    let done = try_run(&bench, &person, sure).await.unwrap();
    assert_eq!(done.error, None);
    // To undo is to overwrite as well, whatever the change's store.
    let undo = json!({ "change_id": done.change_id.unwrap() });
    for arguments in [undo, json!({ "change_id": "not one" })] {
        let error = try_run(&bench, &person, request("changes_undo", &arguments)).await;
        assert_eq!(error.unwrap_err().field.as_deref(), Some("confirm"));
    }
    let unknown = json!({ "store_identifier": "No such", "order_id": ORDER });
    let error = try_run(&bench, &person, request("orders_delete", &unknown)).await;
    assert_eq!(error.unwrap_err().field.as_deref(), Some("confirm"));
}

#[tokio::test]
async fn the_sandbox_asks_for_no_name() {
    let bench = Bench::with(settings(), seed::tiny()).await;
    let owner = bench.tenant("Owner").await;
    let person = bench.in_browser(&owner).await;
    let sandbox = json!({ "store_id": "sandbox", "api_key": "sandbox", "store_name": "Sandbox" });
    bench.ok(&owner, "stores_register", sandbox).await;
    let wish = json!({ "order_id": ORDER, "changes": { "email": "new@example.com" } });
    let done = run(&bench, &person, "orders_update", wish.clone()).await;
    assert_eq!(done.error, None);
    let undone = run(
        &bench,
        &person,
        "changes_undo",
        json!({ "change_id": done.change_id }),
    )
    .await;
    assert_eq!(undone.error, None);

    let live = json!({ "store_id": STORE_ID, "api_key": STORE_KEY, "store_name": "Main" });
    bench.ok(&owner, "stores_register", live).await;
    let mut named = wish;
    named["store_identifier"] = "Main".into();
    let error = try_run(&bench, &person, request("orders_update", &named)).await;
    assert_eq!(error.unwrap_err().field.as_deref(), Some("confirm"));
}

#[tokio::test]
async fn every_tool_is_shown_and_the_reason_beside_those_that_are_not_for_the_caller() {
    let (bench, person) = in_console().await;
    let all = bench.services.console_tools(&person);
    assert_eq!(all.len(), catalog::offered().len());
    assert!(all.iter().all(|tool| tool.refused.is_none()));
    let (reader, _) = bench.api_key(&person, Access::Read).await;
    for tool in bench.services.console_tools(&reader) {
        assert_eq!(
            tool.refused.is_some(),
            !tool.hints.reads && tool.name != "stores_use_store",
            "{tool:?}"
        );
    }
    let refused = run(&bench, &reader, "orders_add_note", json!({})).await;
    assert_eq!(refused.error.unwrap().code, ErrorCode::Forbidden);
}

async fn saved(bench: &Bench, caller: &Caller, id: ConsoleCallId) -> ConsoleCallDetail {
    bench.services.console_call(caller, id).await.unwrap()
}

#[tokio::test]
async fn calls_are_kept_saved_renamed_and_removed() {
    let (bench, person) = in_console().await;
    let services = &bench.services;
    let list = run(&bench, &person, "orders_list", json!({ "limit": 2 })).await;
    let kept = saved(&bench, &person, list.id.unwrap()).await;
    assert_eq!(kept.arguments, "{\"limit\":2}");
    assert_eq!((kept.call.tool.as_str(), kept.run), ("orders_list", None));
    assert_eq!(kept.call.duration_us, Some(list.duration_us));

    let id = services
        .save_console_call(&person, "orders_list", " Newest ", "{\"limit\": 1}")
        .await
        .unwrap();
    assert_eq!(
        saved(&bench, &person, id).await.call.name.as_deref(),
        Some("Newest")
    );
    services
        .rename_console_call(&person, id, "One")
        .await
        .unwrap();
    let calls = services.console_calls(&person).await.unwrap();
    let names: Vec<_> = calls.iter().map(|call| call.name.as_deref()).collect();
    assert_eq!(names, [Some("One"), None]);
    for name in ["", " ", "a\nb", &"x".repeat(81)] {
        let refused = services
            .rename_console_call(&person, id, name)
            .await
            .unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("name"), "{name:?}");
    }
    let in_history = services
        .rename_console_call(&person, list.id.unwrap(), "x")
        .await;
    assert_eq!(in_history.unwrap_err().code, ErrorCode::NotFound);
    let long = format!("{{\"x\": \"{}\"}}", "x".repeat(64 << 10));
    for arguments in ["[]", "{", &long] {
        let refused = services
            .save_console_call(&person, "orders_list", "x", arguments)
            .await;
        assert_eq!(refused.unwrap_err().field.as_deref(), Some("arguments"));
    }
    services.remove_console_call(&person, id).await.unwrap();
    let gone = services.remove_console_call(&person, id).await.unwrap_err();
    assert_eq!(gone.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn an_answer_is_kept_until_the_next_one() {
    let (bench, person) = in_console().await;
    let services = &bench.services;
    let one = run(&bench, &person, "orders_get", json!({ "order_id": ORDER })).await;
    services.keep_console_answer(&person, &one).await.unwrap();
    assert_eq!(
        saved(&bench, &person, one.id.unwrap()).await.run,
        Some(one.clone())
    );
    let two = run(&bench, &person, "stores_list", json!({})).await;
    services.keep_console_answer(&person, &two).await.unwrap();
    assert_eq!(saved(&bench, &person, one.id.unwrap()).await.run, None);
    assert_eq!(
        saved(&bench, &person, two.id.unwrap()).await.run,
        Some(two.clone())
    );
    let long = ConsoleRun {
        text: "x".repeat(1 << 20),
        ..two
    };
    let refused = services
        .keep_console_answer(&person, &long)
        .await
        .unwrap_err();
    assert!(refused.message.contains("too long"), "{refused:?}");
}

#[tokio::test]
async fn secrets_and_customers_are_not_kept_in_the_open() {
    let (bench, person) = in_console().await;
    let secret = "odm_mk_CANARY_0123456789";
    let checked = run(
        &bench,
        &person,
        "tenant_use_master_key",
        json!({ "master_key": secret }),
    )
    .await;
    assert!(checked.error.is_some());
    let kept = saved(&bench, &person, checked.id.unwrap()).await;
    assert_eq!(kept.arguments, "{}");
    run(
        &bench,
        &person,
        "orders_list",
        json!({ "email": "CANARY@example.com" }),
    )
    .await;
    bench.services.close().await;
    for file in std::fs::read_dir(bench.dir.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let found = bytes.windows(6).any(|window| window == b"CANARY");
        assert!(!found, "it lies readable in the database");
    }
}

#[tokio::test]
async fn nobody_else_sees_a_persons_calls() {
    let (bench, person) = in_console().await;
    let services = &bench.services;
    let id = services
        .save_console_call(&person, "orders_list", "Mine", "{}")
        .await
        .unwrap();
    let (colleague, _) = bench.api_key(&person, Access::Write).await;
    let stranger = bench.tenant("Stranger").await;
    for other in [&colleague, &stranger] {
        assert_eq!(services.console_calls(other).await.unwrap(), []);
        let refused = [
            services.console_call(other, id).await.map(drop),
            services.rename_console_call(other, id, "x").await,
            services.remove_console_call(other, id).await,
        ];
        for refused in refused {
            assert_eq!(refused.unwrap_err().code, ErrorCode::NotFound);
        }
    }
    assert_eq!(
        saved(&bench, &person, id).await.call.name.as_deref(),
        Some("Mine")
    );
}

#[tokio::test]
async fn what_there_is_can_be_picked() {
    let (bench, person) = in_console().await;
    run(
        &bench,
        &person,
        "orders_add_note",
        json!({ "order_id": ORDER, "note": "x" }),
    )
    .await;
    let pick =
        async |picker, store: &str| bench.services.console_choices(&person, picker, store).await;
    for store in ["", "Main", STORE_ID] {
        let orders = pick(Picker::Order, store).await.unwrap();
        assert!(
            orders.iter().any(|order| order.value == ORDER.to_string()),
            "{orders:?}"
        );
    }
    for picker in [
        Picker::Store,
        Picker::FolderName,
        Picker::FolderId,
        Picker::Product,
        Picker::Sku,
        Picker::Change,
    ] {
        let choices = pick(picker, "").await.unwrap();
        assert!(
            !choices.is_empty() && choices.iter().all(|choice| !choice.value.is_empty()),
            "{picker:?}"
        );
    }
    assert_eq!(
        pick(Picker::Order, "No such").await.unwrap_err().code,
        ErrorCode::NotFound
    );
    let stores = bench.services.console_stores(&person).await.unwrap();
    assert!(
        stores.len() == 1 && stores[0].is_active && !stores[0].sandbox,
        "{stores:?}"
    );
    let stranger = bench.tenant("Stranger").await;
    assert_eq!(bench.services.console_stores(&stranger).await.unwrap(), []);
    let refused = bench
        .services
        .console_choices(&stranger, Picker::Order, "Main")
        .await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::NotFound);
    // Before a store is there, or chosen, a field offers nothing and that is no error.
    for picker in [Picker::Order, Picker::FolderId, Picker::Sku] {
        let choices = bench.services.console_choices(&stranger, picker, "").await;
        assert_eq!(choices.unwrap(), []);
    }
}
