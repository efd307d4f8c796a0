//! What of a recorded call can be asked again: its arguments without those of which not all was kept.

use orderdesk_mcp_contract::form::DRY_RUN;
use orderdesk_mcp_contract::tools::catalog;
use orderdesk_mcp_contract::trace::view::TracePayload;
use serde_json::{Map, Value};

use super::copy::TOO_DEEP;
use super::redact::is_marked;

/// Asked with it again, a write would only give its receipt again.
const IDEMPOTENCY_KEY: &str = "idempotency_key";

/// A recorded call to be made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallAgain {
    /// The arguments as a JSON object. A tool that writes is asked for a dry run.
    pub arguments: String,
    /// What was asked for and is not among them, because it was hidden or cut: places such as `changes.shipping.city`, in
    /// order.
    pub left_empty: Vec<String>,
    /// Whether the tool writes.
    pub is_write: bool,
}

impl CallAgain {
    /// The call of a tool that carried this; none when there is no such tool (any more).
    pub fn of(tool: &str, payload: &TracePayload) -> Option<Self> {
        let is_write = catalog::find(tool)?.need.is_write();
        let kept = payload.arguments.as_deref().unwrap_or("{}");
        let mut arguments: Map<String, Value> = serde_json::from_str(kept).unwrap_or_default();
        let mut left_empty = Vec::new();
        // They are kept in order until there was no more room, so what is not whole is what came last.
        if payload.arguments_were_cut
            && let Some(last) = arguments.keys().next_back().cloned()
        {
            arguments.remove(&last);
            left_empty.push(last);
        }
        let mut without = Map::new();
        for (name, value) in arguments {
            if let Some(value) = bare(value, &name, &mut left_empty) {
                without.insert(name, value);
            }
        }
        if is_write {
            without.remove(IDEMPOTENCY_KEY);
            without.insert(DRY_RUN.into(), true.into());
        }
        Some(Self {
            arguments: Value::Object(without).to_string(),
            left_empty,
            is_write,
        })
    }
}

/// A value without what is hidden in it; none when nothing of it is left, or when it is a list, of which no element may be
/// missing.
fn bare(value: Value, place: &str, left_empty: &mut Vec<String>) -> Option<Value> {
    match value {
        Value::String(text) if is_marked(&text) || text == TOO_DEEP => {
            left_empty.push(place.to_owned());
            None
        }
        Value::Object(members) => {
            let had_members = !members.is_empty();
            let mut kept = Map::new();
            for (name, member) in members {
                let below = [place, ".", &name].concat();
                if let Some(member) = bare(member, &below, left_empty) {
                    kept.insert(name, member);
                }
            }
            (!had_members || !kept.is_empty()).then_some(Value::Object(kept))
        }
        Value::Array(elements) => {
            let mut inside = Vec::new();
            let had = elements.len();
            let kept: Vec<_> = elements
                .into_iter()
                .filter_map(|element| bare(element, place, &mut inside))
                .collect();
            let is_whole = inside.is_empty() && kept.len() == had;
            if !is_whole {
                left_empty.push(place.to_owned());
            }
            is_whole.then_some(Value::Array(kept))
        }
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::trace::view::KeptResult;
    use serde_json::json;

    use super::*;

    fn again(tool: &str, arguments: &Value, arguments_were_cut: bool) -> Option<CallAgain> {
        let payload = TracePayload {
            arguments: Some(arguments.to_string()),
            arguments_were_cut,
            result: KeptResult::Nothing,
            error: None,
        };
        CallAgain::of(tool, &payload)
    }

    #[test]
    fn a_read_is_asked_as_it_was() {
        let arguments = json!({ "order_id": "7", "fields": ["items"] });
        let again = again("orders_get", &arguments, false).unwrap();
        assert_eq!(again.arguments, arguments.to_string());
        assert!(!again.is_write && again.left_empty.is_empty());
    }

    #[test]
    fn what_was_hidden_is_left_empty_and_a_write_is_a_dry_run() {
        let arguments = json!({
            "order_id": "7",
            "changes": { "shipping": { "city": "[hidden: address]" }, "email": "to [hidden: e-mail]" },
            "items": [{ "name": "A" }, { "note": "[hidden: text]" }],
            "key": "[secret]",
            "idempotency_key": "k-1",
            "empty": {},
            "dry_run": false,
        });
        let again = again("orders_update", &arguments, false).unwrap();
        let kept: Value = serde_json::from_str(&again.arguments).unwrap();
        assert_eq!(
            kept,
            json!({ "order_id": "7", "empty": {}, "dry_run": true })
        );
        assert!(again.is_write);
        let mut places = again.left_empty;
        places.sort();
        assert_eq!(
            places,
            ["changes.email", "changes.shipping.city", "items", "key"]
        );
    }

    #[test]
    fn of_what_was_cut_the_last_is_left_empty() {
        let arguments = json!({ "a": "1", "b": ["cu"] });
        let again = again("orders_get", &arguments, true).unwrap();
        assert_eq!(again.arguments, "{\"a\":\"1\"}");
        assert_eq!(again.left_empty, ["b"]);
    }

    #[test]
    fn what_is_no_tool_is_not_asked_again() {
        assert_eq!(again("trace_payload", &json!({}), false), None);
    }
}
