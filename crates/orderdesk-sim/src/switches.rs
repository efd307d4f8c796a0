//! Where nobody outside Order Desk knows the truth, both readings exist and a test picks one.

use serde::{Deserialize, Serialize};

/// Declares a two- or three-sided switch whose first side is the default.
macro_rules! switch {
    ($(#[$doc:meta])* $name:ident { $(#[$first_doc:meta])* $first:ident, $($(#[$side_doc:meta])* $side:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            #[default]
            $(#[$first_doc])*
            $first,
            $($(#[$side_doc])* $side,)+
        }
    };
}

switch!(
    /// What `PUT /orders/{id}` without `order_items` does to the items.
    PutWithoutItems {
        /// They stay as they are.
        Keep,
        /// All are removed, like every other part left out.
        RemoveAll,
    }
);
switch!(
    /// What `PUT /orders/{id}` does to an absent `folder_id`, `source_name`, `source_id` or `date_added`.
    PutWithoutIdentity {
        /// The stored value stays.
        Keep,
        /// First folder, "Order Desk", the order's own id, now.
        Blank,
    }
);
switch!(
    /// What a changed `folder_id` in `PUT /orders/{id}` does.
    PutFolder {
        /// The order moves and its history says so.
        Moves,
        /// Nothing; only `move-orders` moves.
        Ignored,
    }
);
switch!(
    /// What happens to an item that the `order_items` of a PUT does not name.
    MissingItem {
        /// It is removed.
        Removed,
        /// It stays.
        Kept,
    }
);
switch!(
    /// How an unknown order, item, shipment or inventory item is answered.
    UnknownRecord {
        /// HTTP 404 with the error envelope.
        NotFound,
        /// HTTP 200 with `status: "error"`.
        ErrorInOk,
    }
);
switch!(
    /// How a shipment that exists already is answered.
    RefusedShipment {
        /// HTTP 200 with `status: "error"`.
        ErrorInOk,
        /// HTTP 400.
        BadRequest,
    }
);
switch!(
    /// HTTP status of a created order item, shipment or batch of shipments.
    SubRecordCreated {
        /// 201 (a batch stays 200).
        Created,
        /// 200.
        Ok,
    }
);
switch!(
    /// What a `limit` over 500 does.
    LimitOverMax {
        /// It counts as 500.
        Clamp,
        /// HTTP 400.
        Error,
    }
);
switch!(
    /// What an undocumented query parameter does.
    UnknownParameter {
        /// Nothing.
        Ignored,
        /// HTTP 400.
        Error,
    }
);
switch!(
    /// What `move-orders` to a folder that does not exist answers.
    UnknownFolder {
        /// HTTP 400.
        BadRequest,
        /// HTTP 200 and "0 Orders Moved".
        NothingMoved,
    }
);
switch!(
    /// What an unknown order in a `move-orders` list does.
    MissingOrderInMove {
        /// Its entry says so; the others move.
        EntryError,
        /// The whole call fails and nothing moves.
        WholeCallFails,
    }
);
switch!(
    /// What `POST /orders` does with a known `source_name` and `source_id` pair.
    DuplicateOrder {
        /// HTTP 400, naming the existing order.
        Refused,
        /// A second order is made.
        Accepted,
    }
);
switch!(
    /// How the name, company, address and phone filters compare.
    NameFilter {
        /// Anywhere in the field, whatever the case.
        Substring,
        /// The whole field, case and all.
        Exact,
    }
);
switch!(
    /// Body of a 429.
    RateLimitBody {
        /// The error envelope.
        Json,
        /// A proxy's page.
        Html,
        /// Nothing.
        Empty,
    }
);
switch!(
    /// Which writes set `date_updated`.
    DateUpdated {
        /// All of them.
        EveryWrite,
        /// All but folder moves and history notes.
        NotMoveOrHistory,
    }
);
switch!(
    /// How an empty map is printed.
    EmptyMaps {
        /// `[]`, as PHP does; keys `0..n-1` print as a list, too.
        List,
        /// `{}`.
        Object,
    }
);
switch!(
    /// Order of the keys of `store.folders`.
    FolderOrder {
        /// As the shop arranged them; the first is the default folder.
        AsConfigured,
        /// By id.
        Sorted,
    }
);
switch!(
    /// What happens to members of a write that Order Desk does not know.
    UnknownMembers {
        /// They are dropped.
        Ignored,
        /// They are stored and come back.
        Stored,
    }
);
switch!(
    /// What a PUT does to the card digits when `cc_number_masked` comes back without `cc_number`.
    CardRoundTrip {
        /// They stay.
        Keep,
        /// They are blanked: the write name is `cc_number`.
        Blank,
    }
);
switch!(
    /// `total_records` of the inventory list, always a string.
    InventoryTotal {
        /// "0" beside filtered records (captured live), the true count otherwise.
        ZeroWhenFiltered,
        /// Always the true count.
        Count,
        /// Always "0".
        Zero,
    }
);
switch!(
    /// Where an answer to a read of orders tells its duration.
    Timing {
        /// In `execution_time`.
        ExecutionTime,
        /// In `message`, as the older samples do.
        Message,
    }
);
switch!(
    /// What a GET with a body or a `Content-Type` gets (the newer text calls it invalid).
    GetWithBody {
        /// An answer.
        Accepted,
        /// HTTP 400.
        Refused,
    }
);

/// Every open question of the API as one field. `Default` is the reading the research settled on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// `PUT` of an order without `order_items`.
    pub put_without_items: PutWithoutItems,
    /// `PUT` of an order without folder, source or date.
    pub put_without_identity: PutWithoutIdentity,
    /// `PUT` of an order with another folder.
    pub put_folder: PutFolder,
    /// An item missing from the list of a `PUT`.
    pub missing_item: MissingItem,
    /// A record that does not exist.
    pub unknown_record: UnknownRecord,
    /// A shipment that exists.
    pub refused_shipment: RefusedShipment,
    /// Status of a created item or shipment.
    pub sub_record_created: SubRecordCreated,
    /// `limit` over 500.
    pub limit_over_max: LimitOverMax,
    /// An undocumented query parameter.
    pub unknown_parameter: UnknownParameter,
    /// A move to an unknown folder.
    pub unknown_folder: UnknownFolder,
    /// A move of an unknown order.
    pub missing_order_in_move: MissingOrderInMove,
    /// A second order with the same source.
    pub duplicate_order: DuplicateOrder,
    /// How name filters compare.
    pub name_filter: NameFilter,
    /// Whether a 401 costs a token of the bucket. Default: no.
    pub unauthorized_costs_token: bool,
    /// Body of a 429.
    pub rate_limit_body: RateLimitBody,
    /// Which writes set `date_updated`.
    pub date_updated: DateUpdated,
    /// How empty maps print.
    pub empty_maps: EmptyMaps,
    /// Order of folder keys.
    pub folder_order: FolderOrder,
    /// Unknown members of a write.
    pub unknown_members: UnknownMembers,
    /// Card digits over a round trip.
    pub card_round_trip: CardRoundTrip,
    /// `total_records` of the inventory list.
    pub inventory_total: InventoryTotal,
    /// Where reads of orders tell their duration.
    pub timing: Timing,
    /// A GET with a body or `Content-Type`.
    pub get_with_body: GetWithBody,
    /// Whether `X-HTTP-Method-Override` turns a POST into a PUT or DELETE. Default: yes.
    pub method_override: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            put_without_items: PutWithoutItems::default(),
            put_without_identity: PutWithoutIdentity::default(),
            put_folder: PutFolder::default(),
            missing_item: MissingItem::default(),
            unknown_record: UnknownRecord::default(),
            refused_shipment: RefusedShipment::default(),
            sub_record_created: SubRecordCreated::default(),
            limit_over_max: LimitOverMax::default(),
            unknown_parameter: UnknownParameter::default(),
            unknown_folder: UnknownFolder::default(),
            missing_order_in_move: MissingOrderInMove::default(),
            duplicate_order: DuplicateOrder::default(),
            name_filter: NameFilter::default(),
            unauthorized_costs_token: false,
            rate_limit_body: RateLimitBody::default(),
            date_updated: DateUpdated::default(),
            empty_maps: EmptyMaps::default(),
            folder_order: FolderOrder::default(),
            unknown_members: UnknownMembers::default(),
            card_round_trip: CardRoundTrip::default(),
            inventory_total: InventoryTotal::default(),
            timing: Timing::default(),
            get_with_body: GetWithBody::default(),
            method_override: true,
        }
    }
}
