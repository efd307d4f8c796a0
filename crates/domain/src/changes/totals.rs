//! By how much a change moves an order's total.
//!
//! Order Desk computes the total itself (`orderdesk-api.md` 4.1: products + shipping + handling + tax - discounts), so
//! before a write it has to be foretold, from the same parts on both sides.

use orderdesk::{Decimal, Order};
use orderdesk_mcp_contract::Money;

/// What an order comes to.
pub(super) fn total(order: &Order) -> Money {
    let amount = |value: Option<Decimal>| value.as_ref().and_then(Money::of).unwrap_or(Money::ZERO);
    let products = order.order_items().iter().fold(Money::ZERO, |sum, item| {
        let price = amount(item.price());
        let quantity = item.quantity();
        sum.plus(quantity.map_or(price, |quantity| price.times(&quantity)))
    });
    let discounts = order.discount_list();
    let discount = if discounts.is_empty() {
        amount(order.discount_total())
    } else {
        discounts
            .iter()
            .fold(Money::ZERO, |sum, one| sum.plus(amount(one.amount())))
    };
    products
        .plus(amount(order.shipping_total()))
        .plus(amount(order.handling_total()))
        .plus(amount(order.tax_total()))
        .minus(discount)
}

/// The distance between two totals; an order that is not there comes to nothing.
pub(super) fn moved(before: Option<&Order>, after: Option<&Order>) -> Money {
    let total_of = |order: Option<&Order>| order.map_or(Money::ZERO, total);
    total_of(after).minus(total_of(before)).abs()
}

#[cfg(test)]
mod tests {
    use orderdesk::Json;

    use super::*;

    fn order(text: &str) -> Order {
        Order::try_from(Json::parse(text).unwrap()).unwrap()
    }

    #[test]
    fn a_total_is_the_sum_of_its_parts() {
        let sample = order(
            r#"{"order_items":[{"price":10,"quantity":1}],"shipping_total":11.17,"handling_total":0.5,
                "tax_total":"1.20","discount_total":1.7,"discount_list":[{"amount":"1.70"}]}"#,
        );
        assert_eq!(total(&sample).to_string(), "21.17");
        let dearer = order(
            r#"{"order_items":[{"price":10,"quantity":3},{"price":"2.50"}],"shipping_total":11.17,
                "handling_total":0.5,"tax_total":"1.20","discount_total":1.7}"#,
        );
        assert_eq!(moved(Some(&sample), Some(&dearer)).to_string(), "22.50");
        assert_eq!(moved(Some(&sample), None).to_string(), "21.17");
    }
}
