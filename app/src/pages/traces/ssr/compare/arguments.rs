//! What two calls were asked for, value by value.

use std::collections::BTreeMap;

use orderdesk_mcp_contract::trace::view::{PayloadState, TracePayload, TraceView};
use serde_json::Value;

use super::{ROWS, SIDES, row, table};
use crate::parts::format::count;
use crate::parts::{Markup, card, el, link_button};
use crate::routes;

/// What both calls were asked for, where that may be told; `carried` is what was read of each.
pub(super) fn arguments(
    both: [&TraceView; 2],
    carried: Option<[Option<TracePayload>; 2]>,
) -> Markup {
    let card = card("payload-title", "What they were asked for");
    let said = |text: String| el("p").class("hint").text(text);
    if let Some(carried) = carried {
        return carried_difference(card, &carried);
    }
    let refused = both.iter().find_map(|view| match &view.payload {
        PayloadState::Refused(why) => Some(why.clone()),
        _ => None,
    });
    if let Some(why) = refused {
        return card.child(said(why));
    }
    let has_any = both
        .iter()
        .any(|view| view.payload == PayloadState::Readable);
    if !has_any {
        return card.child(said("Nothing of it was kept, of either call.".to_owned()));
    }
    let href = routes::comparison(both[0].line.id, both[1].line.id);
    card.child(said(
        "What they were asked for is kept sealed, without secrets and with customers' data hidden. That you read it is recorded, of each call."
            .to_owned(),
    ))
    .child(
        el("p").class("carried-button").child(
            link_button(format!("{href}&carried=1"), "Compare what they were asked for")
                .with("data-noscroll", "true"),
        ),
    )
}

fn carried_difference(card: Markup, carried: &[Option<TracePayload>; 2]) -> Markup {
    let said = |text: String| el("p").class("hint").text(text);
    let kept = |at: usize| {
        carried[at]
            .as_ref()
            .and_then(|payload| payload.arguments.as_deref())
    };
    let (Some(left), Some(right)) = (kept(0), kept(1)) else {
        let text = "What one of them was asked for was not kept, so there is nothing to compare.";
        return card.child(said(text.to_owned()));
    };
    let were_cut = carried
        .iter()
        .flatten()
        .any(|payload| payload.arguments_were_cut);
    let cut = were_cut.then(|| {
        said(
            "They are long, and only the beginning was kept: what follows is not compared."
                .to_owned(),
        )
    });
    let hidden = said("What is hidden looks the same in both, also where it was not.".to_owned());
    let (left, right) = (places(left), places(right));
    let mut names: Vec<&String> = left.keys().chain(right.keys()).collect();
    names.sort();
    names.dedup();
    let (same, differing): (Vec<_>, Vec<_>) = names
        .into_iter()
        .partition(|name| left.get(*name) == right.get(*name));
    let same = match (same.len(), differing.len()) {
        (0, 0) => "Neither was asked for anything in particular.".to_owned(),
        (_, 0) => "They were asked for the same.".to_owned(),
        (0, _) => "Nothing is the same in both.".to_owned(),
        (1, _) => "One more value is the same in both.".to_owned(),
        (more, _) => format!("{} more values are the same in both.", count(more as u64)),
    };
    let cell = |value: Option<&String>| match value {
        Some(value) => el("code").class("mono").text(value.clone()),
        None => el("span").class("hint").text("not given"),
    };
    let rows: Vec<_> = differing
        .iter()
        .take(ROWS)
        .map(|name| {
            let cells = vec![cell(left.get(*name)), cell(right.get(*name))];
            let name = el("code").class("mono").text((*name).clone());
            row(name, false, &SIDES, cells)
        })
        .collect();
    let more = differing.len().saturating_sub(ROWS);
    let table = (!rows.is_empty()).then(|| {
        let columns = ["Value", SIDES[0], SIDES[1]];
        table("Values that differ", &columns, rows, more)
    });
    card.maybe(table).child(said(same)).child(hidden).maybe(cut)
}

/// The values in a JSON text by where they stand, such as `changes.email` or `items[0].name`.
fn places(json: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if let Ok(value) = serde_json::from_str(json) {
        put("", &value, &mut found);
    }
    found
}

fn put(place: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                let below = if place.is_empty() {
                    name.clone()
                } else {
                    format!("{place}.{name}")
                };
                put(&below, member, found);
            }
        }
        Value::Array(elements) if !elements.is_empty() => {
            for (number, element) in elements.iter().enumerate() {
                put(&format!("{place}[{number}]"), element, found);
            }
        }
        // The whole is an object always; without members it says nothing.
        _ if place.is_empty() => {}
        other => {
            found.insert(place.to_owned(), other.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_places() {
        let found = places(r#"{"a":{"b":[1,{"c":"x"}],"d":{}},"e":null}"#);
        let found: Vec<_> = found
            .iter()
            .map(|(place, value)| (place.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("a.b[0]", "1"),
                ("a.b[1].c", "\"x\""),
                ("a.d", "{}"),
                ("e", "null")
            ]
        );
        assert!(places("{}").is_empty());
    }

    #[test]
    fn arguments_are_compared_value_by_value() {
        let payload = |arguments: &str| {
            Some(TracePayload {
                arguments: Some(arguments.to_owned()),
                arguments_were_cut: false,
                result: orderdesk_mcp_contract::trace::view::KeptResult::Nothing,
                error: None,
            })
        };
        let shown = |left: &str, right: &str| {
            carried_difference(card("x", "x"), &[payload(left), payload(right)])
                .steps()
                .join("\n")
        };
        let text = shown(
            r#"{"order_id":"1","limit":5}"#,
            r#"{"order_id":"2","limit":5}"#,
        );
        assert!(
            text.contains("order_id") && !text.contains("'limit"),
            "{text}"
        );
        assert!(text.contains("One more value is the same in both."));
        assert!(shown("{}", "{}").contains("anything in particular"));
    }
}
