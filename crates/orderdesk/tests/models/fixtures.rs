//! Every recorded exchange goes through the models and comes back equal.

use std::collections::BTreeSet;

use orderdesk::{
    BatchEntry, Envelope, Json, Order, OrderItem, Page, Product, Shipment, Status, StoreInfo,
};

struct Fixture {
    name: String,
    text: String,
}

fn fixtures() -> Vec<Fixture> {
    let mut all: Vec<_> = std::fs::read_dir("tests/fixtures")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "json"))
        .map(|path| Fixture {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            text: std::fs::read_to_string(path).unwrap(),
        })
        .collect();
    all.sort_by(|left, right| left.name.cmp(&right.name));
    assert_eq!(all.len(), 32, "a fixture came or went: adapt `opens` below");
    all
}

/// The answer of a fixture as it would travel: `body_raw` where given, else the body compact.
fn answer(fixture: &Fixture) -> Option<String> {
    let json = Json::parse(&fixture.text).unwrap();
    if let Some(raw) = json.pointer("/response/body_raw") {
        return raw.text().map(str::to_owned);
    }
    json.pointer("/response/body").map(ToString::to_string)
}

#[test]
fn every_fixture_file_survives_as_text() {
    for fixture in fixtures() {
        let json = Json::parse(&fixture.text).unwrap();
        let compact = json.to_string();
        assert!(Json::parse(&compact).unwrap() == json, "{}", fixture.name);
        let ours: serde_json::Value = serde_json::from_str(&compact).unwrap();
        let theirs: serde_json::Value = serde_json::from_str(&fixture.text).unwrap();
        assert_eq!(ours, theirs, "{}", fixture.name);
    }
}

#[test]
fn every_answer_survives_its_record() {
    let mut seen = BTreeSet::new();
    for fixture in fixtures() {
        if fixture.name.starts_with("37") {
            continue; // a webhook: the answer is ours, and not JSON
        }
        let text = answer(&fixture).unwrap();
        let json = Json::parse(&text).unwrap();
        let Some(object) = json.as_object() else {
            continue;
        };
        for (name, member) in object.iter() {
            let before = member.to_string();
            let after = match name {
                "order" => again::<Order>(&before),
                "order_item" => again::<OrderItem>(&before),
                "shipment" => again::<Shipment>(&before),
                "inventory_item" => again::<Product>(&before),
                "store" => again::<StoreInfo>(&before),
                "orders" => again::<Vec<Order>>(&before),
                "order_items" => again::<Vec<OrderItem>>(&before),
                "shipments" => again::<Vec<Shipment>>(&before),
                "inventory_items" => again::<Vec<Product>>(&before),
                "results" => again::<Vec<BatchEntry>>(&before),
                _ => continue,
            };
            assert_eq!(before, after, "{} {name}", fixture.name);
            seen.insert(name.to_owned());
        }
    }
    // A single item and a single shipment have no fixture.
    assert_eq!(seen.len(), 8, "{seen:?}");
}

fn again<T: serde::de::DeserializeOwned + serde::Serialize>(text: &str) -> String {
    serde_json::to_string(&serde_json::from_str::<T>(text).unwrap()).unwrap()
}

fn envelope(prefix: &str) -> Envelope {
    let fixture = fixtures()
        .into_iter()
        .find(|fixture| fixture.name.starts_with(prefix))
        .unwrap();
    Envelope::read(Json::parse(&answer(&fixture).unwrap()).unwrap()).unwrap()
}

#[test]
fn a_typical_order_reads() {
    let order: Order = envelope("02").record("order").unwrap();
    assert_eq!(order.id().unwrap().as_str(), "4981200618");
    assert_eq!(order.folder_id().unwrap().as_str(), "518211");
    assert_eq!(order.order_total().unwrap().as_str(), "77.62");
    assert_eq!(order.shipping().postal_code(), Some("04101"));
    assert_eq!(order.email(), Some("sam.rivera@example.com"));
    assert_eq!(order.tag_name(), None, "blank is as good as absent");
    let names: Vec<_> = order
        .checkout_data()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["Gift Message", "Delivery Date"]);
    let items = order.order_items();
    assert_eq!(
        items[1].price().unwrap().plain(),
        "25",
        "an amount printed as string"
    );
    assert_eq!(items[0].variation_list()[0].1.text(), Some("Large"));
    assert_eq!(order.discount_list()[0].amount().unwrap().plain(), "7.4");
    assert_eq!(order.order_notes()[0].username(), Some("Support"));
    let shipment = &order.order_shipments()[0];
    assert!(shipment.print_status());
    assert_eq!(shipment.weight().unwrap().as_str(), "1.35");
    assert!(shipment.order_items().is_empty(), "the whole order");
}

#[test]
fn escapes_of_php_read_like_plain_text() {
    let order: Order = envelope("03").record("order").unwrap();
    assert_eq!(order.shipping().city(), Some("Köln"));
    assert_eq!(order.source_id(), Some("№-1007/é"));
    assert!(
        order
            .checkout_data()
            .iter()
            .any(|(_, text)| text.text() == Some("С днём рождения 🎂"))
    );
}

#[test]
fn lists_read() {
    let page: Page<Order> = Page::read(envelope("10"), "orders").unwrap();
    assert_eq!(page.items.len() as u64, page.records_returned.unwrap());
    let empty: Page<Order> = Page::read(envelope("11"), "orders").unwrap();
    assert!(empty.items.is_empty() && !empty.may_have_more(50));
    let products: Page<Product> = Page::read(envelope("21"), "inventory_items").unwrap();
    assert_eq!(products.total_records, Some(0), "the captured oddity");
    assert_eq!(products.plausible_total(0), None);
    assert_eq!(products.items.len(), 3);
    let history: Page<Order> = Page::read(envelope("08"), "orders").unwrap();
    assert!(!history.items[0].order_history().is_empty());
}

#[test]
fn failures_hidden_in_a_success_are_seen() {
    assert_eq!(envelope("19").status(), Status::Error);
    assert_eq!(
        envelope("19").message().as_deref(),
        Some("Shipment Not Added")
    );
    let batch: Vec<BatchEntry> = envelope("20").records("results").unwrap();
    assert_eq!(
        batch.iter().map(BatchEntry::is_success).collect::<Vec<_>>(),
        [Some(true), Some(false)]
    );
    assert_eq!(batch[1].order_id().unwrap().as_str(), "4981299999");
    assert_eq!(
        envelope("34").message().as_deref(),
        Some(
            "Order Not Added; Order must contain at least one item; A name or company is required"
        )
    );
    let moved: Vec<BatchEntry> = envelope("27").records("results").unwrap();
    assert_eq!(moved[0].original_folder_id().unwrap().as_str(), "518210");
}

#[test]
fn a_store_shows_folders_in_order_and_no_secret() {
    let store: StoreInfo = envelope("25").record("store").unwrap();
    let names: Vec<_> = store
        .folders()
        .into_iter()
        .map(|folder| folder.name)
        .collect();
    assert_eq!(
        names,
        ["New", "Prepared", "Rückfragen / Hold", "Closed", "Canceled"]
    );
    assert_eq!(store.timezone(), Some("America/New_York"));
    let shown = store.redacted();
    let text = serde_json::to_string(&shown).unwrap();
    assert!(!text.contains("TEST-KEY-NOT-REAL"), "the key is gone");
    assert!(text.contains(r#""api_key":"[redacted]""#) && text.contains(r#""smtp_password":"""#));
    assert_eq!(shown.timezone(), Some("America/New_York"));
    let empty: StoreInfo = envelope("26").record("store").unwrap();
    assert!(empty.folders().is_empty());
    assert_eq!(
        empty.id().unwrap().as_str(),
        "41208",
        "a store id printed as number"
    );
}

#[test]
fn a_webhook_order_keeps_every_byte_but_its_escapes() {
    let fixture = fixtures()
        .into_iter()
        .find(|fixture| fixture.name.starts_with("37"))
        .unwrap();
    let json = Json::parse(&fixture.text).unwrap();
    let text = json.pointer("/order_json_text").unwrap().text().unwrap();
    let order: Order = serde_json::from_str(text).unwrap();
    let plain = text.replace(r"\/", "/").replace(r"\u00fc", "ü");
    assert_eq!(serde_json::to_string(&order).unwrap(), plain);
}
