//! `move-orders`: a list of orders to one folder, with one result each.

use serde_json::{Map, Value, json};

use super::{Event, Rules, Shop, Touch};
use crate::php;
use crate::reply::Reply;
use crate::switches::{MissingOrderInMove, UnknownFolder};

impl Shop {
    pub(super) fn move_orders(&mut self, body: &Value, rules: Rules) -> Reply {
        let wanted = php::list(body.get("order_id_list"));
        if wanted.is_empty() {
            return Reply::error(400, "No Orders Given");
        }
        let Some(folder_id) = self.destination(body) else {
            return match rules.switches.unknown_folder {
                UnknownFolder::BadRequest => Reply::error(400, "Folder Not Found"),
                UnknownFolder::NothingMoved => {
                    let none = Value::Array(Vec::new());
                    Reply::ok().message("0 Orders Moved").member(
                        "results",
                        &none,
                        rules.switches.empty_maps,
                    )
                }
            };
        };
        let ids: Vec<Option<u64>> = wanted.iter().map(|id| php::id(Some(id))).collect();
        let is_known = |id: &Option<u64>| id.is_some_and(|id| self.orders.contains_key(&id));
        let strict = rules.switches.missing_order_in_move == MissingOrderInMove::WholeCallFails;
        if strict && !ids.iter().all(is_known) {
            return Reply::error(400, "Order Not Found");
        }
        let mut results = Vec::new();
        let mut moved = Vec::new();
        for (given, id) in wanted.iter().zip(ids) {
            match id.and_then(|id| Some((id, self.move_order(id, folder_id, rules)?))) {
                Some((id, result)) => {
                    moved.push(id);
                    results.push(result);
                }
                None => results.push(json!({ "order_id": given, "message": "Order Not Found" })),
            }
        }
        let mut reply = Reply::ok().message(format!("{} Orders Moved", moved.len()));
        for id in &moved {
            reply = reply.event(Event::FolderChanged, *id);
        }
        reply.applied = !moved.is_empty();
        reply.member("results", &Value::Array(results), rules.switches.empty_maps)
    }

    fn destination(&self, body: &Value) -> Option<u64> {
        if let Some(id) = php::id(body.get("destination_folder_id")) {
            return self.folder_name(id).map(|_| id);
        }
        let name = php::text(body.get("destination_folder_name"));
        self.folders
            .iter()
            .find(|(_, folder)| *folder == name)
            .map(|(id, _)| *id)
    }

    fn move_order(&mut self, order_id: u64, folder_id: u64, rules: Rules) -> Option<Value> {
        let note = self.move_note(folder_id);
        let order = self.orders.get_mut(&order_id)?;
        let original = order
            .record
            .get("folder_id")
            .cloned()
            .unwrap_or(Value::from(0));
        set_folder(&mut order.record, folder_id);
        order.log("API", &note, rules.now);
        Self::touch(order, rules, Touch::MoveOrHistory);
        Some(json!({ "order_id": order_id, "message": note, "original_folder_id": original }))
    }

    /// What history and results say of a move.
    pub(super) fn move_note(&self, folder_id: u64) -> String {
        format!(
            "Order Moved to {} Folder",
            self.folder_name(folder_id).unwrap_or_default()
        )
    }
}

pub(super) fn set_folder(record: &mut Map<String, Value>, folder_id: u64) {
    record.insert("folder_id".to_owned(), Value::from(folder_id));
}
