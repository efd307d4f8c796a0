//! Generated JSON values.

use orderdesk::{Json, Number, Object};
use proptest::prelude::*;

/// Any JSON value, up to four levels deep, with awkward texts and numbers.
pub fn json() -> impl Strategy<Value = Json> {
    let number = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,8})?([eE][+-]?[0-9]{1,3})?",
    ];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        number.prop_map(|text| Json::Number(Number::parse(&text).expect("the strategy is JSON"))),
        any::<String>().prop_map(Json::from),
        "[\\\\\"/\u{0}-\u{1f}é𝄞]{0,6}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::Array),
            prop::collection::vec((".{0,4}", inner), 0..6)
                .prop_map(|members| Json::Object(members.into_iter().collect::<Object>())),
        ]
    })
}
