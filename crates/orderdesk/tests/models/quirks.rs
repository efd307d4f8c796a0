//! The quirk list of the API, one row each (`orderdesk-api.md` 7).

use orderdesk::{
    Address, Envelope, FolderId, Json, Order, OrderFilter, Page, Product, ProductFilter, Shipment,
    Status, StoreInfo,
};

fn order(text: &str) -> Order {
    serde_json::from_str(text).unwrap()
}

fn entries(text: &str) -> Vec<(String, String)> {
    let order = order(&format!(r#"{{"checkout_data":{text}}}"#));
    let entries = order.checkout_data().into_iter();
    entries
        .map(|(name, value)| (name.into_owned(), value.to_string()))
        .collect()
}

#[test]
fn maps_come_as_object_list_or_nothing() {
    for empty in ["[]", "{}", "null", r#""""#, "0"] {
        assert_eq!(entries(empty), [], "{empty}");
    }
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(entries(r#"["a",2]"#), [pair("0", r#""a""#), pair("1", "2")]);
    assert_eq!(
        entries(r#"{"b":1,"a":[]}"#),
        [pair("b", "1"), pair("a", "[]")]
    );
    assert!(order("{}").checkout_data().is_empty());
}

#[test]
fn ids_come_as_string_or_number() {
    for text in [
        r#"{"id":"4981200417","folder_id":"64"}"#,
        r#"{"id":4981200417,"folder_id":64}"#,
    ] {
        assert_eq!(order(text).id().unwrap().as_str(), "4981200417");
        assert_eq!(order(text).folder_id().unwrap().as_str(), "64");
    }
    for text in [
        "{}",
        r#"{"id":null}"#,
        r#"{"id":""}"#,
        r#"{"id":[]}"#,
        r#"{"id":"../store"}"#,
    ] {
        assert!(order(text).id().is_none(), "{text}");
    }
}

#[test]
fn amounts_come_as_number_string_or_blank() {
    let total = |text: &str| order(&format!(r#"{{"order_total":{text}}}"#)).order_total();
    for text in ["19", "19.00", r#""19""#, r#""19.00""#, "1.9e1"] {
        assert_eq!(total(text).unwrap().plain(), "19", "{text}");
    }
    for text in [r#""""#, "null", "[]", "true", r#""n/a""#] {
        assert!(total(text).is_none(), "{text}");
    }
    assert_eq!(total("0.1").unwrap().as_str(), "0.1");
}

#[test]
fn text_comes_as_string_number_or_null() {
    let product = |text: &str| -> Product { serde_json::from_str(text).unwrap() };
    assert_eq!(
        product(r#"{"manufacturer_sku":null}"#).manufacturer_sku(),
        None
    );
    assert_eq!(
        product(r#"{"manufacturer_sku":1234.50}"#).manufacturer_sku(),
        Some("1234.50")
    );
    assert_eq!(
        product(r#"{"manufacturer_sku":"A"}"#).manufacturer_sku(),
        Some("A")
    );
    assert_eq!(
        product(r#"{"stock":"-3"}"#).stock().unwrap().to_integer(),
        Some(-3)
    );
}

#[test]
fn flags_come_in_five_forms() {
    let printed = |text: &str| {
        let shipment: Shipment =
            serde_json::from_str(&format!(r#"{{"print_status":{text}}}"#)).unwrap();
        shipment.print_status()
    };
    for text in [r#""1""#, "1", "true"] {
        assert!(printed(text), "{text}");
    }
    for text in [r#""0""#, r#""""#, "0", "false", "null", "[]"] {
        assert!(!printed(text), "{text}");
    }
}

#[test]
fn addresses_come_as_object_list_or_null() {
    for text in [
        "{}",
        r#"{"shipping":[]}"#,
        r#"{"shipping":null}"#,
        r#"{"shipping":""}"#,
    ] {
        assert!(order(text).shipping().is_blank(), "{text}");
    }
    let filled = order(r#"{"shipping":{"city":null,"postal_code":4101}}"#).shipping();
    assert_eq!((filled.city(), filled.postal_code()), (None, Some("4101")));
    assert!(Address::default().is_blank());
}

#[test]
fn shipment_items_come_as_blank_or_list() {
    let items = |text: &str| {
        let shipment: Shipment =
            serde_json::from_str(&format!(r#"{{"order_items":{text}}}"#)).unwrap();
        shipment.order_items().len()
    };
    assert_eq!([items(r#""""#), items("[]"), items("null")], [0, 0, 0]);
    assert_eq!(
        [items(r#"[{"id":"1"}]"#), items(r#"{"3":{"id":"1"}}"#)],
        [1, 1]
    );
}

#[test]
fn counts_come_as_number_string_or_wrong() {
    let page = |text: &str| {
        let envelope = Envelope::read(Json::parse(text).unwrap()).unwrap();
        Page::<Order>::read(envelope, "orders").unwrap()
    };
    assert_eq!(
        page(r#"{"total_records":5,"orders":[]}"#).total_records,
        Some(5)
    );
    assert_eq!(
        page(r#"{"total_records":"5","orders":[]}"#).total_records,
        Some(5)
    );
    assert_eq!(
        page(r#"{"total_records":"","orders":""}"#).total_records,
        None
    );
    let wrong = page(r#"{"total_records":"0","orders":[{},{}]}"#);
    assert_eq!(
        (wrong.total_records, wrong.plausible_total(0)),
        (Some(0), None)
    );
    assert!(wrong.may_have_more(2) && !wrong.may_have_more(3));
    let envelope = Envelope::read(Json::parse(r#"{"orders":[{},7]}"#).unwrap()).unwrap();
    assert!(
        Page::<Order>::read(envelope, "orders").is_err(),
        "a list must not come back shorter"
    );
}

#[test]
fn the_envelope_is_read_leniently_and_its_text_is_tamed() {
    let envelope = |text: &str| Envelope::read(Json::parse(text).unwrap()).unwrap();
    assert_eq!(
        envelope(r#"{"status":"success"}"#).status(),
        Status::Success
    );
    assert_eq!(envelope("{}").status(), Status::Unknown);
    assert_eq!(envelope("{}").message(), None);
    assert!(Envelope::read(Json::parse("[]").unwrap()).is_err());
    let errors =
        envelope(r#"{"errors":{"a":"x","b":["no text"]},"message":"m\n\u0000\u001b[31m"}"#);
    assert_eq!(errors.message().as_deref(), Some("m [31m; x"));
    let long = envelope(&format!(r#"{{"message":"{}"}}"#, "ü".repeat(5000)));
    assert_eq!(long.message().unwrap().chars().count(), 300);
}

#[test]
fn secrets_of_any_name_are_redacted_at_any_depth() {
    let text = r#"{"settings":{"apiKey":"s1","oauth_token":"s2","nested":[{"clientSecret":{"a":"s3"}}],
        "hook":"https://user:s4@example.com/x","webhook_signature":"s5","monkeys":"kept","keynote":"kept",
        "store_url":"https://store.example.com/a@b","PASSWORD":7}}"#;
    let store: StoreInfo = serde_json::from_str(text).unwrap();
    let shown = serde_json::to_string(&store.redacted()).unwrap();
    for secret in ["s1", "s2", "s3", "s4", "s5", "7"] {
        assert!(
            !shown.contains(&format!("\"{secret}")) && !shown.contains(":s4@"),
            "{shown}"
        );
    }
    assert!(!shown.contains(":7"));
    assert!(shown.contains(r#""monkeys":"kept","keynote":"kept""#) && shown.contains("/a@b"));
}

#[test]
fn filters_give_one_text_each() {
    let filter: OrderFilter = serde_json::from_str(
        r#"{"offset":10,"limit":500,"order":"asc","order_by":"shipping_last_name","get_order_history":true,
            "folder_id":"1004, 1009","email":"a&b=c@example.com","search_start_date":"2026-03-01",
            "search_end_date":"2026-03-01 15:20:07"}"#,
    )
    .unwrap();
    filter.validate().unwrap();
    let pairs: Vec<_> = filter
        .query_pairs()
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        pairs,
        [
            "folder_id=1004,1009",
            "email=a&b=c@example.com",
            "search_start_date=2026-03-01",
            "search_end_date=2026-03-01 15:20:07",
            "get_order_history=1",
            "order_by=shipping_last_name",
            "order=ASC",
            "limit=500",
            "offset=10",
        ]
    );
    assert!(OrderFilter::default().query_pairs().is_empty());
    assert!(!format!("{filter:?}").contains("example.com"));
    assert_eq!(
        serde_json::from_str::<OrderFilter>(r#"{"folder_id":[1004,"1009"]}"#)
            .unwrap()
            .folder_id,
        [FolderId::from(1004), FolderId::from(1009)]
    );
    let again: OrderFilter =
        serde_json::from_str(&serde_json::to_string(&filter).unwrap()).unwrap();
    assert!(again == filter);
}

#[test]
fn filters_refuse_what_order_desk_would_ignore() {
    for bad in [
        r#"{"status":"open"}"#,
        r#"{"page":2}"#,
        r#"{"limit":0}"#,
        r#"{"limit":501}"#,
        r#"{"limit":-1}"#,
        r#"{"search_start_date":"yesterday"}"#,
        r#"{"order":"up"}"#,
        r#"{"order_by":"a;b"}"#,
        r#"{"folder_id":"1,,2"}"#,
        r#"{"folder_id":{"a":1}}"#,
        r#"{"offset":-5}"#,
    ] {
        assert!(serde_json::from_str::<OrderFilter>(bad).is_err(), "{bad}");
    }
    for bad in [
        r#"{"email":""}"#,
        r#"{"email":"  "}"#,
        r#"{"source_id":"a\nb"}"#,
        r#"{"search_start_date":"2026-03-02","search_end_date":"2026-03-01"}"#,
        r#"{"modified_start_date":"2026-03-02 10:00:00","modified_end_date":"2026-03-02 09:59:59"}"#,
    ] {
        assert!(
            serde_json::from_str::<OrderFilter>(bad)
                .unwrap()
                .validate()
                .is_err(),
            "{bad}"
        );
    }
    assert!(serde_json::from_str::<ProductFilter>(r#"{"codes":["A,B"]}"#).is_err());
    let products: ProductFilter =
        serde_json::from_str(r#"{"codes":["A","B c"],"limit":5}"#).unwrap();
    assert_eq!(
        products.query_pairs(),
        [("code", "A,B c".to_owned()), ("limit", "5".to_owned())]
    );
}

/// Every condition alone changes the query: two filters never share a text (or a cache key).
#[test]
fn every_condition_shows_in_the_query() {
    let schema = serde_json::to_value(schemars::schema_for!(OrderFilter)).unwrap();
    let names: Vec<_> = schema["properties"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(names.len(), 27);
    let mut seen = std::collections::BTreeSet::new();
    for name in &names {
        let value = match name.as_str() {
            "limit" | "offset" => "7".to_owned(),
            "get_order_history" => "true".to_owned(),
            "order" => r#""ASC""#.to_owned(),
            date if date.contains("_date") => r#""2026-03-01""#.to_owned(),
            _ => r#""x""#.to_owned(),
        };
        let filter: OrderFilter =
            serde_json::from_str(&format!(r#"{{"{name}":{value}}}"#)).unwrap();
        let pairs = filter.query_pairs();
        assert_eq!((pairs.len(), pairs[0].0), (1, name.as_str()));
        assert!(seen.insert(format!("{pairs:?}")));
    }
}
