//! What of a record is shown: a summary, parts, or all of it.

use std::collections::HashMap;

use orderdesk::{Decimal, Json, Object, Order, Product};
use orderdesk_mcp_contract::Document;
use orderdesk_mcp_contract::tools::orders::{Detail, OrderPart, OrderSummary};
use orderdesk_mcp_contract::tools::products::ProductSummary;

use crate::error::Failure;

/// Names of folders by id.
pub(super) type FolderNames = HashMap<String, String>;

/// How an order is to be shown.
pub(super) struct OrderShape<'a> {
    pub(super) detail: Detail,
    pub(super) parts: &'a [OrderPart],
    pub(super) folders: &'a FolderNames,
}

impl OrderShape<'_> {
    /// The order as asked for. A summary has its version among its members; `add_version` adds it to a
    /// whole order, for lists, where there is no other place for it.
    pub(super) fn show(&self, order: &Order, add_version: bool) -> Result<Json, Failure> {
        if self.detail == Detail::Full {
            let mut whole = order.as_object().clone();
            if add_version {
                whole.insert("version", order.version());
            }
            return Ok(Json::from(whole));
        }
        let mut shown = object_of(&summary(order, self.folders))?;
        for part in self.parts {
            for member in members(*part) {
                if let Some(value) = order.member(member) {
                    shown.insert(*member, value.clone());
                }
            }
        }
        Ok(Json::from(shown))
    }
}

/// Order Desk's members that make up a part.
fn members(part: OrderPart) -> &'static [&'static str] {
    match part {
        OrderPart::Items => &["order_items"],
        OrderPart::Addresses => &["shipping", "customer", "return_address"],
        OrderPart::Payment => &[
            "product_total",
            "shipping_total",
            "handling_total",
            "tax_total",
            "discount_total",
            "discount_list",
            "payment_type",
            "cc_number_masked",
            "cc_exp",
            "processor_response",
            "processor_balance",
            "refund_total",
        ],
        OrderPart::Notes => &["order_notes"],
        OrderPart::Shipments => &["order_shipments"],
        OrderPart::History => &["order_history"],
        OrderPart::Metadata => &["checkout_data", "order_metadata"],
    }
}

fn summary(order: &Order, folders: &FolderNames) -> OrderSummary {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let (shipping, customer) = (order.shipping(), order.customer());
    let folder_id = order.folder_id().map(|id| id.to_string());
    let buyer = if customer.is_blank() {
        &shipping
    } else {
        &customer
    };
    let customer_name = join(&[buyer.first_name(), buyer.last_name()], " ");
    OrderSummary {
        id: order.id().map(|id| id.to_string()).unwrap_or_default(),
        source_id: text(order.source_id()),
        source_name: text(order.source_name()),
        folder_name: folder_id.as_ref().and_then(|id| folders.get(id)).cloned(),
        folder_id,
        date_added: text(order.date_added()),
        date_updated: text(order.date_updated()),
        customer_name: if customer_name.is_empty() {
            text(buyer.company())
        } else {
            customer_name
        },
        email: text(order.email()),
        ships_to: join(
            &[shipping.city(), shipping.state(), shipping.country()],
            ", ",
        ),
        item_count: order.order_items().len() as u64,
        quantity_total: order.quantity_total().as_ref().map(number),
        order_total: order.order_total().as_ref().map(number),
        payment_status: text(order.payment_status()),
        shipping_method: text(order.shipping_method()),
        shipment_count: order.order_shipments().len() as u64,
        version: order.version(),
    }
}

/// The product as asked for, with its version.
pub(super) fn show_product(product: &Product, detail: Detail) -> Result<Json, Failure> {
    if detail == Detail::Full {
        let mut whole = product.as_object().clone();
        whole.insert("version", product.version());
        return Ok(Json::from(whole));
    }
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let summary = ProductSummary {
        id: product.id().map(|id| id.to_string()).unwrap_or_default(),
        name: text(product.name()),
        code: text(product.code()),
        price: product.price().as_ref().map(number),
        stock: product.stock().as_ref().map(number),
        location: text(product.location()),
        date_updated: text(product.date_updated()),
        version: product.version(),
    };
    Ok(Json::from(object_of(&summary)?))
}

fn join(parts: &[Option<&str>], separator: &str) -> String {
    parts
        .iter()
        .flatten()
        .map(|part| part.trim())
        .collect::<Vec<_>>()
        .join(separator)
}

fn number(decimal: &Decimal) -> Json {
    decimal.to_number().into()
}

/// A record as it is sent.
pub(super) fn document(record: &impl serde::Serialize) -> Result<Document, Failure> {
    Document::of(record).map_err(|error| Failure::bug("a record is not JSON", error))
}

fn object_of(value: &impl serde::Serialize) -> Result<Object, Failure> {
    let text = serde_json::to_string(value)
        .map_err(|error| Failure::bug("a summary is not JSON", error))?;
    match Json::parse(&text).map_err(|error| Failure::bug("a summary is not JSON", error))? {
        Json::Object(object) => Ok(object),
        _ => Err(Failure::bug("a summary is not an object", "not an object")),
    }
}
