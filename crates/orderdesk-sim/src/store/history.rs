//! Notes in an order's history: append-only, read with `get_order_history=1`.

use serde_json::{Value, json};

use super::{Rules, Shop, StoredOrder, Touch};
use crate::reply::Reply;
use crate::{date, php};

/// Longest note that is stored, in characters.
const MAX_NOTE_CHARS: usize = 1_800;

impl StoredOrder {
    pub(super) fn log(&mut self, source_name: &str, note: &str, now: i64) {
        let entry =
            json!({ "source_name": source_name, "note": note, "date_added": date::format(now) });
        self.history.push(entry);
    }
}

impl Shop {
    pub(super) fn add_history(&mut self, order_id: u64, body: &Value, rules: Rules) -> Reply {
        let Some(order) = self.orders.get_mut(&order_id) else {
            return Reply::unknown("Order", rules.switches.unknown_record);
        };
        let note = php::text(body.get("note"));
        if note.is_empty() || note.chars().count() > MAX_NOTE_CHARS {
            return Reply::error(400, "Order History Not Added");
        }
        let source = php::text(body.get("source_name"));
        order.log(
            if source.is_empty() { "API" } else { &source },
            &note,
            rules.now,
        );
        Self::touch(order, rules, Touch::MoveOrHistory);
        Reply::ok()
            .number("total_records", 1)
            .printed("order", order.print_with_history(rules.switches))
            .applied()
    }
}
