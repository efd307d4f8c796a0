use super::kinds::{self, Kind, Member};
use super::sorted;
use crate::Decimal;
use crate::json::{Json, Number, Object};

/// The canonical members of a record.
pub(crate) fn record(kind: Kind, object: &Object) -> Object {
    let members = object.iter();
    sorted(
        members
            .filter_map(|(name, value)| Some((name.to_owned(), member(kind, name, value)?)))
            .collect(),
    )
}

/// The canonical value of one member; `None` when it is as good as absent.
pub(crate) fn member(kind: Kind, name: &str, json: &Json) -> Option<Json> {
    match kinds::member(kind, name) {
        Member::Volatile => None,
        Member::Unknown => Some(value(json)),
        _ if json.is_blank() => None,
        Member::Number => Some(
            json.decimal()
                .map_or_else(|| value(json), |number| plain(&number)),
        ),
        Member::Text => Some(json.text().map_or_else(|| value(json), Json::from)),
        Member::Map => Some(map(json)),
        Member::One(inner) => match json {
            Json::Object(object) => {
                let object = record(inner, object);
                (!object.is_empty()).then_some(Json::Object(object))
            }
            other => Some(value(other)),
        },
        Member::Many(inner) => match json {
            Json::Array(_) | Json::Object(_) => Some(list(inner, json)),
            other => Some(value(other)),
        },
    }
}

fn list(kind: Kind, json: &Json) -> Json {
    let element = |json: &Json| match json {
        Json::Object(object) => Json::Object(record(kind, object)),
        other => value(other),
    };
    Json::Array(json.elements().into_iter().map(element).collect())
}

/// A map printed as an object or, by PHP, as a list.
fn map(json: &Json) -> Json {
    match json {
        Json::Array(_) | Json::Object(_) => {
            let entries = json.entries().into_iter();
            Json::Object(sorted(
                entries
                    .map(|(name, json)| (name.into_owned(), value(json)))
                    .collect(),
            ))
        }
        other => value(other),
    }
}

/// Any value: members sorted, numbers plain, an empty object printed as the empty list it equals.
pub(super) fn value(json: &Json) -> Json {
    match json {
        Json::Number(number) => {
            Decimal::parse(number.as_str()).map_or_else(|| json.clone(), |number| plain(&number))
        }
        Json::Array(elements) => Json::Array(elements.iter().map(value).collect()),
        Json::Object(object) if object.is_empty() => Json::Array(Vec::new()),
        Json::Object(object) => Json::Object(sorted(
            object
                .iter()
                .map(|(name, json)| (name.to_owned(), value(json)))
                .collect(),
        )),
        other => other.clone(),
    }
}

fn plain(decimal: &Decimal) -> Json {
    let plain = decimal.plain();
    Number::parse(&plain).map_or(Json::String(plain), Json::Number)
}
