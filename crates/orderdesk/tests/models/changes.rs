//! Merging, comparing and carrying over changes.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use orderdesk::{FieldPath, Json, NewNotes, Object, Order, Product};
use proptest::prelude::*;

/// Orders of every shape: the fixtures' and a few of an invented shop.
static ORDERS: LazyLock<Vec<Order>> = LazyLock::new(|| {
    let shop = orderdesk_sim::seed::shop(42, 1_780_000_000);
    let invented = shop
        .orders
        .into_iter()
        .step_by(25)
        .map(|order| order.record);
    let invented =
        invented.map(|record| Json::try_from(serde_json::Value::Object(record)).unwrap());
    let recorded = ["01", "02", "03", "04", "09", "14", "29"].map(fixture_order);
    let orders = recorded.into_iter().chain(invented);
    orders
        .map(|order| with_line_ids(Order::try_from(order).unwrap()))
        .collect()
});

/// Invented orders have no ids yet; Order Desk gives them.
fn with_line_ids(mut order: Order) -> Order {
    if let Some(Json::Array(lines)) = order.as_object_mut().get_mut("order_items") {
        for (index, line) in lines.iter_mut().enumerate() {
            let line = line.as_object_mut().unwrap();
            if !line.contains("id") {
                line.insert("id", (9_917_300_000 + index).to_string());
            }
        }
    }
    order
}

fn fixture_order(prefix: &str) -> Json {
    let file = std::fs::read_dir("tests/fixtures")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with(prefix)
        })
        .unwrap();
    let exchange = Json::parse(&std::fs::read_to_string(file).unwrap()).unwrap();
    exchange.pointer("/response/body/order").unwrap().clone()
}

fn object(text: &str) -> Object {
    match Json::parse(text).unwrap() {
        Json::Object(object) => object,
        _ => panic!("{text} is no object"),
    }
}

fn notes() -> NewNotes {
    NewNotes {
        username: "Assistant".into(),
        date_added: "2026-03-01 12:00:00".into(),
        repeat: false,
    }
}

fn merged(order: &Order, changes: &str) -> Order {
    order.merge(&object(changes), &notes()).unwrap()
}

fn refusal(order: &Order, changes: &str) -> String {
    order
        .merge(&object(changes), &notes())
        .unwrap_err()
        .to_string()
}

fn paths(before: &Order, after: &Order) -> Vec<String> {
    before
        .diff(after)
        .iter()
        .map(|change| change.path.to_string())
        .collect()
}

#[test]
fn one_field_changes_and_nothing_else() {
    for order in ORDERS.iter() {
        let after = merged(order, r#"{"shipping":{"city":"Reno"}}"#);
        assert_eq!(paths(order, &after), ["shipping.city"]);
        let mut back = after.clone();
        let shipping = back.as_object_mut().get_mut("shipping").unwrap();
        let city = order.member("shipping").unwrap().pointer("/city").unwrap();
        shipping
            .as_object_mut()
            .unwrap()
            .insert("city", city.clone());
        assert_eq!(
            Json::from(back).to_string(),
            Json::from(order.clone()).to_string()
        );
    }
}

#[test]
fn a_whole_order_sent_back_changes_nothing() {
    for order in ORDERS.iter() {
        let after = order.merge(order.as_object(), &notes()).unwrap();
        assert_eq!(paths(order, &after), Vec::<String>::new());
        assert_eq!(order.version(), after.version());
    }
}

#[test]
fn two_hundred_lines_stay_two_hundred() {
    let order = Order::try_from(fixture_order("04")).unwrap();
    let lines = order.order_items();
    assert_eq!(lines.len(), 200);
    let id = lines[117].id().unwrap();
    let after = merged(
        &order,
        &format!(r#"{{"order_items":[{{"id":"{id}","quantity":7}}]}}"#),
    );
    assert_eq!(after.order_items().len(), 200);
    assert_eq!(
        paths(&order, &after),
        [format!("order_items[id={id}].quantity")]
    );
}

#[test]
fn null_clears() {
    let order = Order::try_from(fixture_order("02")).unwrap();
    let after = merged(
        &order,
        r#"{"email":null,"tax_total":null,"checkout_data":{"Gift Message":null},"return_address":null,"discount_list":null}"#,
    );
    assert_eq!(after.email(), None);
    assert!(after.tax_total().unwrap().is_zero());
    assert_eq!(after.checkout_data().len(), order.checkout_data().len() - 1);
    assert!(after.discount_list().is_empty());
    let emptied = merged(&order, r#"{"checkout_data":null}"#);
    assert!(emptied.checkout_data().is_empty());
}

#[test]
fn notes_are_added_once() {
    let order = Order::try_from(fixture_order("02")).unwrap();
    let before = order.order_notes().len();
    let once = merged(&order, r#"{"order_notes":"Call the customer"}"#);
    assert_eq!(once.order_notes().len(), before + 1);
    let note = once.order_notes().pop().unwrap();
    assert_eq!(
        (note.username(), note.date_added()),
        (Some("Assistant"), Some("2026-03-01 12:00:00"))
    );
    let again = merged(
        &once,
        r#"{"order_notes":["call THE  customer",{"content":"And then ship"}]}"#,
    );
    assert_eq!(again.order_notes().len(), before + 2);
    let wanted = NewNotes {
        repeat: true,
        ..notes()
    };
    let repeated = once
        .merge(&object(r#"{"order_notes":"Call the customer"}"#), &wanted)
        .unwrap();
    assert_eq!(repeated.order_notes().len(), before + 2);
    let echoed = once.merge(once.as_object(), &wanted).unwrap();
    assert_eq!(
        echoed.order_notes().len(),
        before + 1,
        "an order sent back repeats nothing"
    );
}

#[test]
fn what_cannot_be_done_is_said() {
    let order = Order::try_from(fixture_order("02")).unwrap();
    let line = order.order_items()[0].id().unwrap();
    for (changes, word) in [
        (
            r#"{"order_total":1}"#,
            "`order_total` cannot be changed here",
        ),
        (r#"{"folder_id":1}"#, "use `orders_move`"),
        (r#"{"order_shipments":[]}"#, "use `orders_add_shipment`"),
        (r#"{"shiping":{"city":"x"}}"#, "shipping, customer"),
        (
            r#"{"shipping":{"town":"x"}}"#,
            "`shipping.town` is not a member",
        ),
        (r#"{"shipping":"Reno"}"#, "must be an object"),
        (r#"{"email":{}}"#, "must be text"),
        (r#"{"tax_total":"much"}"#, "must be a number"),
        (r#"{"order_items":[{"name":"new"}]}"#, "orders_get"),
        (r#"{"order_items":[{"id":"1","price":2}]}"#, "does not have"),
        (r#"{"order_items":{"id":"1"}}"#, "orders_add_items"),
        (r#"{"order_notes":null}"#, "never removed"),
        (r#"{"order_notes":[{"text":"x"}]}"#, "`order_notes[0].text`"),
    ] {
        let said = refusal(&order, changes);
        assert!(said.contains(word), "{changes}: {said}");
    }
    let twice = format!(r#"{{"order_items":[{{"id":"{line}"}},{{"id":"{line}"}}]}}"#);
    assert!(refusal(&order, &twice).contains("twice"));
}

#[test]
fn a_line_without_an_id_is_never_meant() {
    let mut order = Order::try_from(fixture_order("02")).unwrap();
    let nameless = object(r#"{"id":"","name":"nobody's"}"#);
    order.as_object_mut().insert("order_items", vec![nameless]);
    for line in [
        r#"{"price":2}"#,
        r#"{"id":"","price":2}"#,
        r#"{"id":null,"price":2}"#,
    ] {
        let said = refusal(&order, &format!(r#"{{"order_items":[{line}]}}"#));
        assert!(said.contains("does not have"), "{line}: {said}");
    }
}

#[test]
fn what_order_desk_would_cut_off_is_refused() {
    let order = Order::try_from(fixture_order("02")).unwrap();
    let long = "x".repeat(4000);
    for changes in [
        format!(r#"{{"order_notes":"{long}"}}"#),
        format!(r#"{{"order_metadata":{{"a":"{long}"}}}}"#),
        format!(r#"{{"checkout_data":{{"a":"{long}"}}}}"#),
    ] {
        assert!(refusal(&order, &changes).contains("Order Desk keeps"));
    }
    let mut full = order.clone();
    full.as_object_mut()
        .insert("order_metadata", object(&format!(r#"{{"a":"{long}"}}"#)));
    merged(
        &full,
        r#"{"email":"new@example.com","order_metadata":{"a":"short"}}"#,
    );
}

#[test]
fn a_put_keeps_the_card_and_leaves_out_what_is_not_taken() {
    let order = Order::try_from(fixture_order("02")).unwrap();
    let body = order.put_body();
    let masked = order.as_object().filled("cc_number_masked").unwrap();
    assert_eq!(body.text("cc_number"), Some(&masked[masked.len() - 4..]));
    assert!(!body.contains("order_shipments") && !body.contains("order_history"));
    for name in order
        .as_object()
        .names()
        .filter(|name| *name != "order_shipments")
    {
        assert!(body.get(name) == order.member(name), "{name}");
    }
}

#[test]
fn products_merge_alike() {
    let product = Product::from(object(
        r#"{"id":1,"name":"Mug","code":"M","stock":4,"variation_list":[],"manufacturer_sku":null}"#,
    ));
    let after = product
        .merge(&object(r#"{"stock":"7","variation_list":{"Size":"L"}}"#))
        .unwrap();
    let changed: Vec<_> = product
        .diff(&after)
        .iter()
        .map(|change| change.path.to_string())
        .collect();
    assert_eq!(changed, ["stock", "variation_list.Size"]);
    assert!(product.merge(&object(r#"{"id":2}"#)).is_err());
}

/// A change that a tool could be asked for, with what it asks to be touched.
fn change(order: &Order) -> impl Strategy<Value = Object> + use<> {
    let ids: Vec<String> = order
        .order_items()
        .iter()
        .filter_map(|line| Some(line.id()?.to_string()))
        .collect();
    let text = || prop_oneof![Just(Json::Null), "[ -~é𝄞]{0,12}".prop_map(Json::from)];
    let amount = || {
        prop_oneof![
            Just(Json::Null),
            (0u32..100_000).prop_map(|cents| Json::from(format!(
                "{}.{:02}",
                cents / 100,
                cents % 100
            )))
        ]
    };
    let address = prop::collection::vec(
        (
            prop::sample::select(vec!["first_name", "city", "postal_code", "phone"]),
            text(),
        ),
        0..3,
    )
    .prop_map(|members| Json::Object(members.into_iter().collect()));
    let map = prop::collection::vec(("[a-zA-Z .\\[\\]\"]{1,8}", text()), 0..3)
        .prop_map(|members| Json::Object(members.into_iter().collect()));
    let lines =
        prop::sample::subsequence(ids.clone(), 0..=ids.len().min(3)).prop_flat_map(move |ids| {
            let count = ids.len();
            (Just(ids), prop::collection::vec((text(), amount()), count)).prop_map(
                |(ids, values)| {
                    let lines = ids.into_iter().zip(values).map(|(id, (name, price))| {
                        Object::from_iter([
                            ("id", Json::from(id)),
                            ("name", name),
                            ("price", price),
                        ])
                    });
                    Json::from(lines.collect::<Vec<_>>())
                },
            )
        });
    let discounts = prop::collection::vec(("[a-c]{0,2}", 0u32..9), 0..4).prop_map(|list| {
        Json::from(
            list.into_iter()
                .map(|(name, amount)| {
                    Object::from_iter([("name", Json::from(name)), ("amount", Json::from(amount))])
                })
                .collect::<Vec<_>>(),
        )
    });
    let member = prop_oneof![
        (
            prop::sample::select(vec!["email", "shipping_method", "tag_name", "customer_id"]),
            text()
        ),
        (
            prop::sample::select(vec!["tax_total", "shipping_total", "handling_total"]),
            amount()
        ),
        (prop::sample::select(vec!["shipping", "customer"]), address),
        (
            prop::sample::select(vec!["checkout_data", "order_metadata"]),
            map
        ),
        (Just("order_items"), lines),
        (Just("discount_list"), discounts),
        (Just("order_notes"), "[a-d]{1,6}".prop_map(Json::from)),
    ];
    prop::collection::vec(member, 0..5).prop_map(|members| members.into_iter().collect())
}

fn order_and_changes(count: usize) -> impl Strategy<Value = (Order, Vec<Object>)> {
    (0..ORDERS.len()).prop_flat_map(move |index| {
        let order = ORDERS[index].clone();
        (
            Just(order.clone()),
            prop::collection::vec(change(&order), count),
        )
    })
}

/// What a change asks to be touched, as paths.
fn asked(changes: &Object) -> Vec<FieldPath> {
    changes.names().map(FieldPath::member).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_outside_the_asked_paths_differs((order, changes) in order_and_changes(1)) {
        let after = order.merge(&changes[0], &notes()).unwrap();
        let asked = asked(&changes[0]);
        for change in order.diff(&after) {
            prop_assert!(asked.iter().any(|path| path.overlaps(&change.path)), "{}", change.path);
        }
        // Bytes, too: members that were not asked for are the very same.
        for (name, value) in order.as_object().iter().filter(|(name, _)| !changes[0].contains(name)) {
            prop_assert!(after.member(name) == Some(value), "{name}");
        }
        let known: BTreeSet<_> = order.as_object().names().chain(changes[0].names()).collect();
        prop_assert!(after.as_object().names().all(|name| known.contains(name)));
    }

    #[test]
    fn a_difference_carries_one_version_into_the_other((order, changes) in order_and_changes(1)) {
        let after = order.merge(&changes[0], &notes()).unwrap();
        let diff = order.diff(&after);
        let carried = order.apply(&diff);
        prop_assert!(carried.conflicts.is_empty());
        prop_assert!(carried.record.normalised() == after.normalised());
        prop_assert!(after.diff(&after).is_empty());
    }

    #[test]
    fn two_sides_are_merged_or_told_apart((order, changes) in order_and_changes(2)) {
        let mine = order.merge(&changes[0], &notes()).unwrap();
        let theirs = order.merge(&changes[1], &notes()).unwrap();
        let my_diff = order.diff(&mine);
        let both = theirs.apply(&my_diff);
        let conflicts: Vec<_> = both.conflicts.iter().map(|conflict| &conflict.change.path).collect();
        // Nothing of theirs is lost, but where mine wrote the very same field after being told nothing stood against it.
        let their_diff = order.diff(&theirs);
        for theirs in &their_diff {
            let kept = order.diff(&both.record);
            let is_kept = kept.iter().any(|change| change.path.first() == theirs.path.first());
            prop_assert!(is_kept, "{} was lost", theirs.path);
        }
        for mine in &my_diff {
            let is_touched = their_diff.iter().any(|theirs| theirs.path.overlaps(&mine.path));
            if !is_touched && mine.path.first() != "order_notes" && mine.path.first() != "discount_list" {
                prop_assert!(!conflicts.contains(&&mine.path), "{} is nobody else's", mine.path);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// By way of the text that a change keeps of its difference.
    #[test]
    fn undoing_brings_every_touched_field_back((order, changes) in order_and_changes(1)) {
        let after = order.merge(&changes[0], &notes()).unwrap();
        let kept = serde_json::to_string(&order.diff(&after)).unwrap();
        let read: Vec<orderdesk::FieldChange> = serde_json::from_str(&kept).unwrap();
        let back: Vec<_> = read.iter().map(orderdesk::FieldChange::reversed).collect();
        let undone = after.apply(&back);
        prop_assert!(undone.conflicts.is_empty());
        prop_assert_eq!(paths(&order, &undone.record), Vec::<String>::new());
        prop_assert_eq!(order.version(), undone.record.version());
    }
}
