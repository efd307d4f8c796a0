//! `PUT /orders/{id}`: the whole record is replaced, and what is left out is blanked.

use serde_json::{Map, Value};

use super::{Event, Rules, Shop, StoredOrder, Touch, items, moves, order};
use crate::reply::Reply;
use crate::switches::{
    CardRoundTrip, PutFolder, PutWithoutIdentity, PutWithoutItems, UnknownMembers,
};
use crate::{date, php};

impl Shop {
    pub(super) fn replace_order(&mut self, order_id: u64, body: &Value, rules: Rules) -> Reply {
        let Some(mut stored) = self.orders.remove(&order_id) else {
            return Reply::unknown("Order", rules.switches.unknown_record);
        };
        let Value::Object(body) = body else {
            self.orders.insert(order_id, stored);
            return Reply::error(400, "Order Not Updated");
        };
        let moved = self.replace(&mut stored, body, rules);
        let printed = stored.print(rules.switches).to_string();
        self.orders.insert(order_id, stored);
        let mut reply = Reply::ok()
            .message("Order Updated")
            .printed("order", printed)
            .applied();
        reply = reply.event(Event::OrderDetailsChanged, order_id);
        if moved {
            reply.event(Event::FolderChanged, order_id)
        } else {
            reply
        }
    }

    /// Gives whether the order went to another folder. `stored` is out of the store meanwhile.
    fn replace(
        &mut self,
        stored: &mut StoredOrder,
        body: &Map<String, Value>,
        rules: Rules,
    ) -> bool {
        let old = std::mem::take(&mut stored.record);
        let mut record = order::blank();
        order::fill(&mut record, body, rules);
        if rules.switches.unknown_members == UnknownMembers::Ignored {
            // Members stored by a seed or another program live on: only what Order Desk knows is blanked.
            order::store_unknown(&mut record, &old);
        }
        keep_card(&mut record, &old, body, rules);
        self.keep_identity(&mut record, &old, body, rules);
        let items = self.replaced_items(&old, body, rules);
        record.insert("order_items".to_owned(), Value::Array(items));
        let shipments = old
            .get("order_shipments")
            .cloned()
            .unwrap_or(Value::Array(Vec::new()));
        record.insert("order_shipments".to_owned(), shipments);
        order::recalculate(&mut record);
        order::set_balance(&mut record, body);
        let count = if record.get("email") == old.get("email") {
            php::text(old.get("email_count"))
        } else {
            self.email_count(&record, 1)
        };
        record.insert("email_count".to_owned(), Value::from(count));
        let moved = self.follow_folder(&mut record, body, rules);
        stored.record = record;
        if moved {
            let folder = php::id(stored.record.get("folder_id")).unwrap_or(0);
            stored.log("API", &self.move_note(folder), rules.now);
        }
        Self::touch(stored, rules, Touch::Details);
        moved
    }

    /// Id, source, folder and date of the order before; or blank where the switch says so.
    fn keep_identity(
        &self,
        record: &mut Map<String, Value>,
        old: &Map<String, Value>,
        body: &Map<String, Value>,
        rules: Rules,
    ) {
        let id = php::text(old.get("id"));
        let blanks = rules.switches.put_without_identity == PutWithoutIdentity::Blank;
        let text = |name: &str, blank: &str| match php::text(body.get(name)) {
            given if !given.is_empty() => given,
            _ if blanks => blank.to_owned(),
            _ => php::text(old.get(name)),
        };
        let kept_date = if blanks {
            date::format(rules.now)
        } else {
            php::text(old.get("date_added"))
        };
        let date_added =
            date::parse(&php::text(body.get("date_added"))).map_or(kept_date, date::format);
        let kept_folder = php::id(old.get("folder_id")).unwrap_or(0);
        let lost_folder = blanks && php::id(body.get("folder_id")).is_none();
        let folder = if lost_folder {
            self.first_folder()
        } else {
            kept_folder
        };
        let members = [
            (
                "source_name",
                Value::from(text("source_name", "Order Desk")),
            ),
            ("source_id", Value::from(text("source_id", &id))),
            ("folder_id", Value::from(folder)),
            ("date_added", Value::from(date_added)),
            ("id", Value::from(id.clone())),
        ];
        for (name, value) in members {
            record.insert(name.to_owned(), value);
        }
    }

    /// Moves the order when the body names another folder that exists.
    fn follow_folder(
        &self,
        record: &mut Map<String, Value>,
        body: &Map<String, Value>,
        rules: Rules,
    ) -> bool {
        let current = php::id(record.get("folder_id"));
        let wanted = php::id(body.get("folder_id")).filter(|id| self.folder_name(*id).is_some());
        match wanted {
            Some(id) if wanted != current && rules.switches.put_folder == PutFolder::Moves => {
                moves::set_folder(record, id);
                true
            }
            _ => false,
        }
    }

    fn replaced_items(
        &mut self,
        old: &Map<String, Value>,
        body: &Map<String, Value>,
        rules: Rules,
    ) -> Vec<Value> {
        let old_items = php::list(old.get("order_items"));
        match body.get("order_items") {
            None | Some(Value::Null) => match rules.switches.put_without_items {
                PutWithoutItems::Keep => old_items,
                PutWithoutItems::RemoveAll => Vec::new(),
            },
            Some(given) => items::merged_items(
                &old_items,
                &php::list(Some(given)),
                &mut self.last_ids.item,
                rules.switches,
            ),
        }
    }
}

/// The masked digits cannot be written under their own name; a body that carries them back keeps them.
fn keep_card(
    record: &mut Map<String, Value>,
    old: &Map<String, Value>,
    body: &Map<String, Value>,
    rules: Rules,
) {
    let sent_back = !php::text(body.get("cc_number_masked")).is_empty();
    let rewritten = !php::text(body.get("cc_number")).is_empty();
    if sent_back && !rewritten && rules.switches.card_round_trip == CardRoundTrip::Keep {
        let masked = old
            .get("cc_number_masked")
            .cloned()
            .unwrap_or_else(|| Value::from(""));
        record.insert("cc_number_masked".to_owned(), masked);
    }
}
