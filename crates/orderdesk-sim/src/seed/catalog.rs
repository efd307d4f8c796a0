//! The inventory of the seeded shop.

use serde_json::{Map, Value, json};

use super::dice::Dice;
use super::goods::LINES;
use super::object;
use crate::date;

/// A product with what an order line copies from it.
pub(super) struct Good {
    pub(super) record: Map<String, Value>,
    pub(super) price_cents: i64,
    pub(super) weight_grams: i64,
    pub(super) category: &'static str,
}

pub(super) fn catalog(dice: &mut Dice, wanted: usize, now: i64) -> Vec<Good> {
    let mut goods = Vec::new();
    // Lines with options give one item each; further rounds are later editions of the same lines.
    for edition in 1.. {
        for (name, code, price, cost, grams, category, options) in LINES {
            let plain = [("", "", "")];
            for (suffix, option, choice) in if options.is_empty() {
                &plain[..]
            } else {
                options
            } {
                if goods.len() == wanted {
                    return goods;
                }
                let mark = if edition == 1 {
                    String::new()
                } else {
                    format!("-E{edition}")
                };
                let dash = if suffix.is_empty() { "" } else { "-" };
                let variations = if option.is_empty() {
                    json!({})
                } else {
                    json!({ *option: choice })
                };
                let title = if choice.is_empty() {
                    name.to_owned()
                } else {
                    format!("{name}, {choice}")
                };
                let days_old = dice.signed_below(400) + 1;
                let record = json!({
                    "id": 61_200_500 + goods.len(), "name": title, "code": format!("{code}{dash}{suffix}{mark}"),
                    "price": amount(price), "cost": amount(cost), "weight": kilos(grams),
                    "stock": if dice.percent(8) { -dice.signed_below(9) - 1 } else { dice.signed_below(300) },
                    "manufacturer_sku": match dice.below(3) {
                        0 => Value::Null,
                        1 => json!(""),
                        _ => json!(format!("MF-{code}-{}", dice.below(900) + 100)),
                    },
                    "variation_list": variations,
                    "metadata": if dice.percent(25) { json!({ "print_sku": format!("PS-{code}") }) } else { json!([]) },
                    "location": *dice.pick(&["", "Aisle 3", "Köln", "fulfillengine"]),
                    "update_source": *dice.pick(&["Manual", "Shopify", "API", "storefront-webhook"]),
                    "date_added": date::format(now - days_old * 86_400 - dice.signed_below(86_400)),
                    "date_updated": date::format(now - dice.signed_below(86_400)),
                });
                goods.push(Good {
                    record: object(record),
                    price_cents: price,
                    weight_grams: grams,
                    category,
                });
            }
        }
    }
    goods
}

/// Cents as the service prints amounts: whole ones without a point.
pub(super) fn amount(cents: i64) -> Value {
    fraction(cents, 100)
}

pub(super) fn kilos(grams: i64) -> Value {
    fraction(grams, 1_000)
}

fn fraction(units: i64, per_whole: i64) -> Value {
    let parts = i32::try_from(units).unwrap_or(i32::MAX);
    if units % per_whole == 0 {
        return json!(units / per_whole);
    }
    let scale = if per_whole == 100 { 100.0 } else { 1_000.0 };
    json!(f64::from(parts) / scale)
}
