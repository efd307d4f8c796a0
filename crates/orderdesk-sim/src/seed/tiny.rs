//! Three orders and three products: enough for a unit test, small enough to know by heart.

use serde_json::json;

use super::{FOLDERS, Seed};

/// Orders 1001 (New, two items, one shipment), 1002 (Prepared, empty maps) and 1003 (Closed); products
/// 501 `MUG`, 502 `TEE-L` (negative stock) and 503 `GIFT` (no manufacturer's number).
#[must_use]
pub fn tiny() -> Seed {
    Seed::empty("Tiny Store")
        .order(json!({
            "id": "1001", "email": "ada@example.com", "shipping_method": "UPS Ground",
            "shipping_total": 5, "tax_total": 1.25, "payment_type": "Visa", "cc_number_masked": "xxxxxxxxxxxx4242",
            "processor_balance": 55.25, "source_name": "Shopify", "source_id": "S-1", "folder_id": FOLDERS[0].0,
            "date_added": "2026-01-10 09:00:00", "date_updated": "2026-01-10 09:30:00",
            "shipping": { "first_name": "Ada", "last_name": "Byrne", "address1": "1 Mill Lane",
                "city": "Leeds", "postal_code": "LS1 4AP", "country": "GB", "phone": "+44 113 555 0100" },
            "customer": { "first_name": "Ada", "last_name": "Byrne", "country": "GB" },
            "checkout_data": { "Gift Message": "Happy birthday!" },
            "order_metadata": { "channel": "web" },
            "discount_list": [{ "name": "Spring", "code": "SPRING", "amount": "1.00" }],
            "order_notes": [{ "date_added": "2026-01-10 09:10:00", "username": "Support", "content": "Call first" }],
            "order_items": [
                { "id": "11", "name": "Mug", "price": 15, "quantity": 2, "weight": 0.4, "code": "MUG" },
                { "id": "12", "name": "Tee", "price": 20, "quantity": 1, "weight": 0.2, "code": "TEE-L",
                  "variation_list": { "Size": "Large" } },
            ],
            "order_shipments": [{ "id": "71", "order_id": "1001", "store_id": "1", "tracking_number": "1Z001",
                "carrier_code": "UPS", "shipment_method": "Ground", "weight": "1", "cost": "5.10", "status": "",
                "tracking_url": "", "label_format": "", "label_image": "", "print_status": "0",
                "order_items": "", "cart_shipment_id": "", "label_shipment_id": "",
                "date_shipped": "2026-01-11", "date_added": "2026-01-11 10:00:00" }],
        }))
        .order(json!({
            "id": "1002", "source_name": "Order Desk", "source_id": "1002", "folder_id": FOLDERS[1].0,
            "date_added": "2026-01-11 09:00:00", "date_updated": "2026-01-11 09:00:00", "processor_balance": 15,
            "shipping": { "company": "Lobby Furnishing", "country": "US" },
            "order_items": [{ "id": "13", "name": "Mug", "price": 15, "quantity": 1, "code": "MUG" }],
        }))
        .order(json!({
            "id": "1003", "email": "ada@example.com", "source_name": "Etsy", "source_id": "E-9",
            "folder_id": FOLDERS[4].0, "processor_balance": 20,
            "date_added": "2026-01-12 09:00:00", "date_updated": "2026-01-13 09:00:00",
            "shipping": { "first_name": "Zoë", "last_name": "Müller", "city": "Köln", "country": "DE" },
            "order_items": [{ "id": "14", "name": "Tee", "price": "20", "quantity": 1, "code": "TEE-L" }],
        }))
        .product(json!({ "id": 501, "name": "Mug", "code": "MUG", "price": 15, "cost": 4.2, "weight": 0.4,
            "stock": 12, "manufacturer_sku": "M-1", "update_source": "Manual",
            "date_added": "2026-01-01 08:00:00", "date_updated": "2026-01-02 08:00:00" }))
        .product(json!({ "id": 502, "name": "Tee, Large", "code": "TEE-L", "price": 20, "stock": -3,
            "manufacturer_sku": "T-L", "variation_list": { "Size": "Large" }, "update_source": "Shopify",
            "date_added": "2026-01-01 08:00:00", "date_updated": "2026-01-02 08:00:00" }))
        .product(json!({ "id": 503, "name": "Gift Card", "code": "GIFT", "price": 25, "stock": 0,
            "manufacturer_sku": null, "update_source": "Manual",
            "date_added": "2026-01-01 08:00:00", "date_updated": "2026-01-02 08:00:00" }))
}
