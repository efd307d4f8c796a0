use orderdesk::{Json, JsonError, Order};
use proptest::prelude::*;

use crate::strategies::json;

proptest! {
    #[test]
    fn text_comes_back_equal(value in json()) {
        let text = value.to_string();
        prop_assert_eq!(&Json::parse(&text).unwrap().to_string(), &text);
        let again: Json = serde_json::from_str(&text).unwrap();
        prop_assert!(again == value);
    }

    #[test]
    fn white_space_between_tokens_changes_nothing(value in json()) {
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        prop_assert!(Json::parse(&pretty).unwrap() == value);
    }

    #[test]
    fn buffered_formats_keep_all_but_number_spelling(value in json()) {
        // An untagged enum makes serde buffer the value, so numbers arrive as machine numbers.
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Either { #[expect(dead_code, reason = "never matches")] Never { never_there_: u8 }, Value(Json) }
        let text = value.to_string();
        if let Ok(Either::Value(again)) = serde_json::from_str::<Either>(&text) {
            let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert!(alike(&serde_json::to_value(&again).unwrap(), &expected));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(value) = Json::from_slice(&bytes) {
            prop_assert!(Json::parse(&value.to_string()).unwrap() == value);
        }
    }

    #[test]
    fn damaged_json_never_panics(value in json(), cut in any::<prop::sample::Index>()) {
        let text = value.to_string();
        let at = cut.index(text.len() + 1);
        if text.is_char_boundary(at) {
            let _ = Json::parse(&text[..at]);
            let _ = serde_json::from_str::<Order>(&text[at..]);
        }
    }
}

/// Equal but for the last digit of a float, which `serde_json` reads inexactly.
fn alike(left: &serde_json::Value, right: &serde_json::Value) -> bool {
    use serde_json::Value;
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| alike(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|((a, left), (b, right))| a == b && alike(left, right))
        }
        (Value::Number(left), Value::Number(right)) => match (left.as_f64(), right.as_f64()) {
            (Some(left), Some(right)) => (left - right).abs() <= left.abs() * 1e-12,
            _ => left == right,
        },
        _ => left == right,
    }
}

#[test]
fn depth_is_capped_through_every_door() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Json::parse(&nested(64)).is_ok());
    assert_eq!(Json::parse(&nested(65)).err(), Some(JsonError::TooDeep));
    assert_eq!(
        Json::parse(&nested(1_000_000)).err(),
        Some(JsonError::TooDeep)
    );
    assert!(serde_json::from_str::<Json>(&nested(100_000)).is_err());
    let deep_value: serde_json::Value = serde_json::from_str(&nested(100)).unwrap();
    assert!(serde_json::from_value::<Json>(deep_value.clone()).is_err());
    assert_eq!(Json::try_from(deep_value).err(), Some(JsonError::TooDeep));
}

#[test]
fn the_number_of_values_is_capped() {
    let text = format!("[{}0]", "0,".repeat(1_000_000));
    assert_eq!(Json::parse(&text).err(), Some(JsonError::TooLarge));
}

#[test]
fn a_repeated_key_keeps_its_first_place_and_last_value() {
    assert_eq!(
        Json::parse(r#"{"a":1,"b":2,"a":3}"#).unwrap().to_string(),
        r#"{"a":3,"b":2}"#
    );
}

#[test]
fn serde_values_go_both_ways() {
    let text = r#"{"z":1,"a":[19.5,null,"x",{"k":true}],"big":4981200417}"#;
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    let json: Json = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(json.to_string(), text);
    assert!(Json::try_from(value.clone()).unwrap() == json);
    assert_eq!(serde_json::to_value(&json).unwrap(), value);
    assert_eq!(serde_json::Value::from(json), value);
}

#[test]
fn debug_tells_no_content() {
    let order: Order = serde_json::from_str(r#"{"id":"1","email":"canary@example.com"}"#).unwrap();
    let texts = format!(
        "{order:?} {:?} {:?}",
        order.as_object(),
        Json::from(order.clone())
    );
    assert_eq!(texts, "Order(2 members) object of 2 object of 2");
}

#[test]
fn pointers_find_members_and_elements() {
    let json = Json::parse(r#"{"a":[{"b/c":1,"~":2}]}"#).unwrap();
    let at = |pointer| json.pointer(pointer).map(ToString::to_string);
    assert_eq!(at("/a/0/b~1c").as_deref(), Some("1"));
    assert_eq!(at("/a/0/~0").as_deref(), Some("2"));
    assert!(at("").is_some());
    for missing in ["a", "/b", "/a/1", "/a/x", "/a/0/b~1c/0"] {
        assert_eq!(at(missing), None, "{missing}");
    }
}
