//! What tells who a customer is, sent through every tool, is nowhere in what is kept of calls.

use std::fs;

use orderdesk_mcp_contract::tools::catalog;
use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::view::KeptResult;
use orderdesk_mcp_contract::{ErrorCode, TraceId};
use orderdesk_mcp_domain::Caller;
use orderdesk_mcp_storage::record::{BlockPart, BlocksAsked};
use orderdesk_mcp_storage::row::packing::unpack;
use serde_json::{Value, json};

use crate::support::{Bench, recorded};

/// One of each kind; each alone is enough to be found.
const CANARIES: [&str; 10] = [
    "Canaryfirst",
    "Canarylast",
    "Canarycorp",
    "Canary Street 1",
    "Canaryville",
    "canary@birds.example",
    "555-CANARY",
    "4242-canary",
    "CANARY-secret",
    "5550123456789",
];

fn address() -> Value {
    json!({
        "first_name": CANARIES[0], "last_name": CANARIES[1], "company": CANARIES[2], "address1": CANARIES[3],
        "city": CANARIES[4], "state": CANARIES[4], "postal_code": CANARIES[4], "country": "US", "phone": CANARIES[6],
    })
}

fn order() -> Value {
    json!({
        "email": CANARIES[5], "shipping": address(), "customer": address(), "cc_number": CANARIES[7], "cc_exp": CANARIES[7],
        "checkout_data": { "Gift Message": CANARIES[0], "card": CANARIES[7] },
        "order_items": [{ "name": "Mug", "price": 14, "quantity": 1 }],
    })
}

/// Every argument that any tool could take for these.
fn everything() -> Value {
    json!({
        "email": CANARIES[5], "customer_first_name": CANARIES[0], "customer_last_name": CANARIES[1],
        "customer_company": CANARIES[2], "customer_address1": CANARIES[3], "customer_phone": CANARIES[6],
        "shipping_first_name": CANARIES[0], "shipping_last_name": CANARIES[1], "shipping_company": CANARIES[2],
        "shipping_address1": CANARIES[3], "shipping_phone": CANARIES[6], "api_key": CANARIES[8],
        "master_key": CANARIES[8], "order_data": order(), "changes": order(),
        "patch": { "shipping.city": CANARIES[4], "/customer/last_name": CANARIES[1] },
        "list": [{ "path": "shipping.phone", "value": CANARIES[6] }, { "card_number": CANARIES[7] }],
        "late": [{ "value": CANARIES[6], "path": "shipping.phone" }],
        "text": order().to_string(),
        "note": format!("Write to {} {}, {}", CANARIES[0], CANARIES[1], CANARIES[3]),
    })
}

/// Calls that are refused at one argument: for its type, and for being an object as text.
fn mistaken() -> [(&'static str, Value); 3] {
    [
        (
            "orders_list",
            json!({ "customer_phone": 5_550_123_456_789_u64 }),
        ),
        (
            "orders_list",
            json!({ "customer_phone": { "number": CANARIES[6] } }),
        ),
        (
            "orders_update",
            json!({ "order_id": "1", "changes": order().to_string() }),
        ),
    ]
}

fn spoken(text: &str) -> Option<&'static str> {
    CANARIES.into_iter().find(|canary| text.contains(canary))
}

/// Calls every tool with customers' data, where it takes it and where it does not. Gives how many calls that were.
async fn call_everything(bench: &Bench, owner: &Caller) -> usize {
    let made = bench
        .ok(owner, "orders_create", json!({ "order_data": order() }))
        .await;
    let id = made["order_id"].as_str().unwrap();
    for detail in ["summary", "full"] {
        let wanted = json!({ "email": CANARIES[5], "detail": detail });
        let found = bench.ok(owner, "orders_list", wanted).await;
        assert!(spoken(&found.to_string()).is_some(), "assistants see it");
    }
    let whole = bench
        .ok(owner, "orders_get", json!({ "order_id": id }))
        .await;
    assert!(spoken(&whole.to_string()).is_some());
    let street = format!("{} b", CANARIES[3]);
    let changes = json!({ "shipping": { "city": "Elsewhere", "address1": street } });
    let wanted = json!({ "order_id": id, "changes": changes });
    let changed = bench.ok(owner, "orders_update", wanted).await;
    assert!(spoken(&changed.to_string()).is_some(), "{changed}");
    let change = json!({ "change_id": changed["change_id"] });
    bench.ok(owner, "changes_get", change.clone()).await;
    bench.ok(owner, "changes_undo", change).await;
    for tool in catalog::offered() {
        // Refused for what they do not take, and recorded all the same.
        let refused = bench.call(owner, tool.name, everything()).await;
        assert!(refused.is_err(), "{}", tool.name);
    }
    for (tool, arguments) in mistaken() {
        assert!(bench.call(owner, tool, arguments).await.is_err(), "{tool}");
    }
    let written = json!({ "order_id": id, "note": format!("{} moved", CANARIES[0]) });
    bench.ok(owner, "orders_add_note", written).await;
    // And the first one, which registered the store.
    12 + catalog::offered().len()
}

/// All that is kept of calls unsealed, unpacked.
async fn unsealed(bench: &Bench, owner: &Caller) -> Vec<String> {
    let tenant = owner.tenant_id();
    let all = BlocksAsked::all(10_000);
    let mut found = Vec::new();
    for block in bench.storage.trace_blocks(tenant, &all).await.unwrap() {
        found.push(unpack(&block.facts).unwrap());
        let newest = [block.newest().unwrap()];
        let whole = bench
            .storage
            .trace_blocks_of(tenant, &newest, BlockPart::Spans)
            .await;
        let whole = whole.unwrap();
        let spans = whole.iter().filter_map(|block| block.spans.as_deref());
        found.extend(spans.map(|spans| unpack(spans).unwrap()));
    }
    found
}

/// What can be read of every call, and how many answers are among it.
async fn all_payloads(bench: &Bench, owner: &Caller) -> (Vec<String>, usize) {
    let (mut carried, mut results) = (Vec::new(), 0);
    let (mut before, query): (Option<TraceId>, _) = (None, TraceQuery::default());
    loop {
        let page = bench.services.search_traces(owner, &query, before, 50);
        let page = page.await.unwrap();
        for line in &page.lines {
            match bench.services.trace_payload(owner, line.id).await {
                Ok(payload) => {
                    results += usize::from(matches!(payload.result, KeptResult::Kept { .. }));
                    carried.push(format!("{}: {payload:?}", line.tool));
                }
                Err(error) => assert_eq!(error.code, ErrorCode::NotFound),
            }
        }
        before = page.next;
        if before.is_none() {
            return (carried, results);
        }
    }
}

#[tokio::test]
async fn no_customers_data_and_no_secret_is_kept_of_any_tool() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let calls = call_everything(&bench, &owner).await;
    recorded(&bench, &owner, calls).await;
    let (carried, results) = all_payloads(&bench, &owner).await;
    assert!(
        carried.len() >= calls - 1 && results >= 5,
        "{} {results}",
        carried.len()
    );
    for text in &carried {
        assert_eq!(spoken(text), None, "{text}");
    }
    for mark in [
        "[hidden: name]",
        "[hidden: address]",
        "[hidden: e-mail]",
        "[hidden: phone]",
        "[hidden: payment]",
        "[hidden: text]",
        "[secret]",
    ] {
        assert!(carried.iter().any(|text| text.contains(mark)), "{mark}");
    }
    let kept = unsealed(&bench, &owner).await;
    for known in ["orders_add_note", "upstream"] {
        assert!(kept.iter().any(|text| text.contains(known)), "{known}");
    }
    for text in &kept {
        assert_eq!(spoken(text), None, "{text}");
    }
    bench.services.close().await;
    for file in fs::read_dir(bench.dir.path()).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert_eq!(spoken(&String::from_utf8_lossy(&bytes)), None);
    }
}
