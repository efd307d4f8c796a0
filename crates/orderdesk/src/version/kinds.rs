//! Which member is of which type, from the tables of `orderdesk-api.md` 4 and the quirk list.

/// A record or nested object whose members are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Order,
    OrderItem,
    Shipment,
    Product,
    Address,
    Discount,
    Note,
}

/// How a member is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Member {
    /// By value, number or numeric string.
    Number,
    /// As text, string or number.
    Text,
    /// As an ordered map printed as object or list.
    Map,
    /// As a nested object of that kind.
    One(Kind),
    /// As a list of objects of that kind.
    Many(Kind),
    /// Not compared.
    Volatile,
    /// Not known here: compared as it is.
    Unknown,
}

/// How `name` is compared in a record of this kind.
pub(crate) fn member(kind: Kind, name: &str) -> Member {
    match (kind, name) {
        (_, "date_updated" | "email_count" | "order_history" | "execution_time") => {
            Member::Volatile
        }
        (Kind::Order, name) => order(name),
        (Kind::OrderItem, "price" | "quantity" | "weight") => Member::Number,
        (Kind::OrderItem | Kind::Product, "variation_list" | "metadata") => Member::Map,
        (
            Kind::OrderItem,
            "id" | "name" | "code" | "delivery_type" | "category_code" | "fulfillment_method",
        ) => Member::Text,
        (Kind::Shipment, "weight" | "cost") => Member::Number,
        (Kind::Shipment, "order_items") => Member::Many(Kind::OrderItem),
        (
            Kind::Shipment,
            "id" | "order_id" | "store_id" | "tracking_number" | "carrier_code" | "shipment_method"
            | "status" | "tracking_url" | "label_format" | "label_image" | "print_status"
            | "cart_shipment_id" | "label_shipment_id" | "date_shipped" | "date_added",
        ) => Member::Text,
        (Kind::Product, "price" | "cost" | "weight" | "stock") => Member::Number,
        (
            Kind::Product,
            "id" | "name" | "code" | "manufacturer_sku" | "location" | "update_source"
            | "date_added",
        ) => Member::Text,
        (
            Kind::Address,
            "first_name" | "last_name" | "title" | "name" | "company" | "address1" | "address2"
            | "address3" | "address4" | "city" | "state" | "postal_code" | "country" | "phone",
        ) => Member::Text,
        (Kind::Discount, "amount") => Member::Number,
        (Kind::Discount, "name" | "code") => Member::Text,
        (Kind::Note, "date_added" | "username" | "content") => Member::Text,
        _ => Member::Unknown,
    }
}

fn order(name: &str) -> Member {
    match name {
        "quantity_total" | "weight_total" | "product_total" | "shipping_total"
        | "handling_total" | "tax_total" | "discount_total" | "order_total"
        | "processor_balance" | "refund_total" => Member::Number,
        "id" | "source_id" | "source_name" | "folder_id" | "email" | "shipping_method"
        | "cc_number_masked" | "cc_exp" | "processor_response" | "payment_type"
        | "payment_status" | "customer_id" | "ip_address" | "tag_color" | "tag_name"
        | "fulfillment_name" | "fulfillment_id" | "date_added" => Member::Text,
        "shipping" | "customer" | "return_address" => Member::One(Kind::Address),
        "checkout_data" | "order_metadata" => Member::Map,
        "discount_list" => Member::Many(Kind::Discount),
        "order_notes" => Member::Many(Kind::Note),
        "order_items" => Member::Many(Kind::OrderItem),
        "order_shipments" => Member::Many(Kind::Shipment),
        _ => Member::Unknown,
    }
}

/// The known members of a record, in the order of the vendor's tables, for telling what there is.
pub(crate) fn names(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Order => &[
            "email",
            "shipping_method",
            "shipping_total",
            "handling_total",
            "tax_total",
            "cc_exp",
            "processor_response",
            "processor_balance",
            "payment_type",
            "payment_status",
            "customer_id",
            "ip_address",
            "source_id",
            "source_name",
            "tag_color",
            "tag_name",
            "fulfillment_name",
            "fulfillment_id",
            "shipping",
            "customer",
            "return_address",
            "checkout_data",
            "order_metadata",
            "discount_list",
            "order_notes",
            "order_items",
        ],
        Kind::OrderItem => &[
            "name",
            "price",
            "quantity",
            "weight",
            "code",
            "delivery_type",
            "category_code",
            "fulfillment_method",
            "variation_list",
            "metadata",
        ],
        Kind::Product => &[
            "name",
            "code",
            "price",
            "cost",
            "weight",
            "stock",
            "manufacturer_sku",
            "variation_list",
            "metadata",
            "location",
            "update_source",
        ],
        Kind::Address => &[
            "first_name",
            "last_name",
            "title",
            "name",
            "company",
            "address1",
            "address2",
            "address3",
            "address4",
            "city",
            "state",
            "postal_code",
            "country",
            "phone",
        ],
        Kind::Shipment | Kind::Discount | Kind::Note => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_that_are_told_are_known() {
        for kind in [Kind::Order, Kind::OrderItem, Kind::Product, Kind::Address] {
            for name in names(kind) {
                let found = member(kind, name);
                assert!(
                    !matches!(found, Member::Unknown | Member::Volatile),
                    "{name}"
                );
            }
        }
    }
}
