//! A whole shop, made from a number: the same number gives the same shop.

use serde_json::{Map, Value, json};

use super::catalog::{Good, amount, catalog, kilos};
use super::dice::Dice;
use super::people::{PEOPLE, Person};
use super::words::{CARRIERS, NOTES, PAYMENT_STATUSES, SHIPPING_METHODS, SOURCES};
use super::{FOLDERS, Seed, SeedOrder, fixtures, object};
use crate::date;

/// Orders of a seeded shop, those of the fixtures among them.
pub const SHOP_ORDERS: usize = 500;
/// Inventory items of a seeded shop, those of the fixtures among them.
pub const SHOP_PRODUCTS: usize = 120;

/// Days before `now` over which the orders spread.
const DAYS: u64 = 120;

/// A shop of [`SHOP_ORDERS`] orders in all folders, [`SHOP_PRODUCTS`] products, shipments, notes, history
/// and discounts, with every record of [`fixtures`] (their dates stay in March 2026). The other orders are
/// dated over the last 120 days before `now_unix_secs`.
#[must_use]
pub fn shop(seed: u64, now_unix_secs: i64) -> Seed {
    let mut dice = Dice(seed);
    let mut store = Seed {
        folders: Seed::empty("").folders,
        ..fixtures()
    };
    let wanted = SHOP_PRODUCTS - store.products.len();
    let catalog = catalog(&mut dice, wanted, now_unix_secs);
    let count = SHOP_ORDERS - store.orders.len();
    for index in 0..count {
        store.orders.push(
            Order {
                dice: &mut dice,
                catalog: &catalog,
                index,
                now: now_unix_secs,
            }
            .build(),
        );
    }
    store
        .products
        .extend(catalog.into_iter().map(|good| good.record));
    store
}

/// One order in the making.
struct Order<'a> {
    dice: &'a mut Dice,
    catalog: &'a [Good],
    index: usize,
    now: i64,
}

impl Order<'_> {
    fn build(mut self) -> SeedOrder {
        let id = 4_981_220_000 + self.index as u64 * 37 + self.dice.below(30);
        // Newer orders have higher ids: the index counts from the oldest.
        let step = DAYS * 86_400 / SHOP_ORDERS as u64;
        let age = (SHOP_ORDERS - self.index) as u64 * step - self.dice.below(step);
        let added = self.now - i64::try_from(age).unwrap_or(0);
        let folder = self.folder();
        let items = self.items();
        let person = self.dice.pick(&PEOPLE);
        let subtotal: i64 = items.iter().map(|(cents, _)| *cents).sum();
        let shipping =
            [0, 495, 695, 1_250, 2_000][usize::try_from(self.dice.below(5)).unwrap_or(0)];
        let tax = subtotal * 8 / 100;
        let discount = if self.dice.percent(20) {
            subtotal / 10
        } else {
            0
        };
        let total = subtotal + shipping + tax - discount;
        let shipped = matches!(folder, 518_212) || (folder == 518_211 && self.dice.percent(30));
        let items: Vec<Value> = items.into_iter().map(|(_, item)| item).collect();
        let shipments = if shipped {
            self.shipments(id, &items, added)
        } else {
            Vec::new()
        };
        let updated = (added + self.dice.signed_below(3 * 86_400)).min(self.now);
        let record = json!({
            "id": id.to_string(), "email": self.email(person), "shipping_method": *self.dice.pick(&SHIPPING_METHODS),
            "shipping_total": amount(shipping), "tax_total": amount(tax), "source_id": format!("W-{}", 20_000 + self.index),
            "source_name": *self.dice.pick(&SOURCES), "folder_id": folder, "date_added": date::format(added),
            "date_updated": date::format(updated), "ip_address": format!("203.0.113.{}", self.dice.below(255)),
            "customer_id": if self.dice.percent(60) { (70_000 + self.dice.below(9_000)).to_string() } else { String::new() },
            "email_count": (1 + self.dice.below(5)).to_string(),
            "order_items": items, "order_shipments": shipments,
        });
        let mut record = object(record);
        self.pay(&mut record, total);
        self.dress(&mut record, person, discount, added);
        SeedOrder {
            record,
            history: self.history(folder, added),
        }
    }

    /// Most orders are done; some wait in each of the other folders.
    fn folder(&mut self) -> u64 {
        let at = match self.dice.below(100) {
            0..=24 => 0,
            25..=39 => 1,
            40..=46 => 2,
            47..=54 => 3,
            55..=92 => 4,
            _ => 5,
        };
        FOLDERS[at].0
    }

    fn email(&mut self, person: &Person) -> String {
        if self.dice.percent(10) {
            String::new()
        } else {
            format!("{}@example.com", person[3])
        }
    }

    /// Lines with what they cost in cents.
    fn items(&mut self) -> Vec<(i64, Value)> {
        let count = 1 + self.dice.below(5);
        let line = |_| {
            let catalog = self.catalog;
            let good = self.dice.pick(catalog);
            let quantity = 1 + self.dice.signed_below(4);
            let print = self.dice.percent(15);
            let code = good.record.get("code").cloned().unwrap_or_default();
            let metadata = match (print, code.as_str()) {
                (true, Some(code)) => json!({
                    "print_sku": format!("BC-{code}"), "print_location": "front",
                    "print_url": format!("https://files.example.com/art/{}.png", self.dice.below(500)),
                }),
                _ => json!([]),
            };
            let weightless = good.weight_grams == 0;
            let item = json!({
                "name": good.record.get("name"), "price": self.price(good.price_cents), "quantity": quantity,
                "weight": kilos(good.weight_grams), "code": code,
                "delivery_type": if weightless { "noship" } else { "ship" }, "category_code": good.category,
                "variation_list": good.record.get("variation_list"), "metadata": metadata,
            });
            (good.price_cents * quantity, item)
        };
        (0..count).map(line).collect()
    }

    /// Now and then the service shows a price as text.
    fn price(&mut self, cents: i64) -> Value {
        if self.dice.percent(10) {
            json!(format!("{}.{:02}", cents / 100, cents % 100))
        } else {
            amount(cents)
        }
    }

    fn pay(&mut self, record: &mut Map<String, Value>, total: i64) {
        let status = if self.dice.percent(70) {
            "Captured"
        } else {
            *self.dice.pick(&PAYMENT_STATUSES)
        };
        let (balance, refund) = match status {
            "Fully Refunded" => (0, total),
            "Partially Refunded" => (total - total / 4, total / 4),
            _ => (total, 0),
        };
        record.insert("payment_status".to_owned(), json!(status));
        record.insert("processor_balance".to_owned(), amount(balance));
        record.insert("refund_total".to_owned(), amount(refund));
        if self.dice.percent(60) {
            let digits = 1_000 + self.dice.below(9_000);
            record.insert(
                "payment_type".to_owned(),
                json!(self.dice.pick(&["Visa", "Mastercard", "Amex"])),
            );
            record.insert(
                "cc_number_masked".to_owned(),
                json!(format!("xxxxxxxxxxxx{digits}")),
            );
            record.insert(
                "cc_exp".to_owned(),
                json!(format!(
                    "{:02}/20{}",
                    1 + self.dice.below(12),
                    27 + self.dice.below(6)
                )),
            );
            let reference = format!("Stripe Transaction ID: ch_{:016x}", self.dice.next());
            record.insert("processor_response".to_owned(), json!(reference));
        } else {
            record.insert(
                "payment_type".to_owned(),
                json!(self.dice.pick(&["PayPal", "Invoice", ""])),
            );
        }
    }

    /// Addresses, discount, notes and the two maps; three in ten orders leave every map empty.
    fn dress(
        &mut self,
        record: &mut Map<String, Value>,
        person: &Person,
        discount: i64,
        added: i64,
    ) {
        let [
            first,
            last,
            company,
            _,
            street,
            city,
            state,
            postal,
            country,
            phone,
        ] = *person;
        let address = json!({
            "first_name": first, "last_name": last, "company": company, "address1": street, "city": city,
            "state": state, "postal_code": postal, "country": country, "phone": phone,
        });
        record.insert("shipping".to_owned(), address.clone());
        record.insert("customer".to_owned(), address);
        if discount > 0 {
            let amount = format!("{}.{:02}", discount / 100, discount % 100);
            record.insert(
                "discount_list".to_owned(),
                json!([{ "name": "Spring", "code": "SPRING10", "amount": amount }]),
            );
        }
        if self.dice.percent(35) {
            let date = date::format(added + 600);
            let note = json!([{ "date_added": date, "username": "Support", "content": self.dice.pick(&NOTES) }]);
            record.insert("order_notes".to_owned(), note);
        }
        if self.dice.percent(70) {
            let checkout = match self.dice.below(3) {
                0 => {
                    json!({ "Gift Message": "Happy birthday! 🎂", "Delivery Date": date::format(added + 700_000)[..10] })
                }
                1 => {
                    json!({ "Сообщение": "С днём рождения", "Order Notes": "Leave at the desk / ring" })
                }
                _ => json!({ "Newsletter": "yes" }),
            };
            record.insert("checkout_data".to_owned(), checkout);
            let score = self.dice.below(100);
            record.insert(
                "order_metadata".to_owned(),
                json!({ "fraud_protection_score": score, "channel": "web" }),
            );
        }
        if self.dice.percent(6) {
            record.insert(
                "tag_name".to_owned(),
                json!(self.dice.pick(&["success", "danger", "warning"])),
            );
        }
    }

    /// One parcel of everything, or the first line alone and nothing of the rest yet.
    fn shipments(&mut self, order_id: u64, items: &[Value], added: i64) -> Vec<Value> {
        let sent = (added + 86_400 + self.dice.signed_below(86_400)).min(self.now);
        let partial = items.len() > 1 && self.dice.percent(30);
        let parcel = match items.first() {
            Some(first) if partial => json!([{ "code": first.get("code"), "quantity": 1 }]),
            _ => json!(""),
        };
        let (carrier, method, prefix) = *self.dice.pick(&CARRIERS);
        let date = date::format(sent);
        vec![json!({
            "id": (88_220_000 + self.index * 3).to_string(), "order_id": order_id.to_string(), "store_id": "",
            "tracking_number": format!("{prefix}{:09}", self.dice.below(1_000_000_000)), "carrier_code": carrier,
            "shipment_method": method, "weight": format!("{}.{}", self.dice.below(9), self.dice.below(99)),
            "cost": if self.dice.percent(50) { "" } else { "5.10" }, "status": "", "tracking_url": "",
            "label_format": "", "label_image": "", "print_status": (self.dice.below(2)).to_string(),
            "order_items": parcel, "cart_shipment_id": "", "label_shipment_id": "",
            "date_shipped": date[..10], "date_added": date,
        })]
    }

    fn history(&mut self, folder: u64, added: i64) -> Vec<Value> {
        let entry = |source: &str, note: &str, after: i64| json!({ "source_name": source, "note": note, "date_added": date::format((added + after).min(self.now)) });
        let mut history = vec![entry("Order Desk", "Order Imported", 1)];
        if let Some((_, name)) = FOLDERS
            .iter()
            .find(|(id, _)| *id == folder && folder != FOLDERS[0].0)
        {
            history.push(entry("Rules", &format!("Order Moved to {name} Folder"), 95));
        }
        history
    }
}
