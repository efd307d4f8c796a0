//! `GET /orders`: filters that combine with AND, any field to sort by, and pages.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Rules, Shop, StoredOrder};
use crate::decimal::Decimal;
use crate::reply::Reply;
use crate::switches::{LimitOverMax, NameFilter, Switches, UnknownParameter};
use crate::zone::Zone;
use crate::{date, php, urls};

/// Records on a page when the caller does not say.
const DEFAULT_LIMIT: usize = 50;
/// Most records on a page.
const MAX_LIMIT: usize = 500;

/// Fields whose filters search rather than compare.
const SEARCHED: [&str; 10] = [
    "customer_first_name",
    "customer_last_name",
    "customer_company",
    "customer_address1",
    "customer_phone",
    "shipping_first_name",
    "shipping_last_name",
    "shipping_company",
    "shipping_address1",
    "shipping_phone",
];

/// Every documented parameter that is not one of the searched fields.
const OTHERS: [&str; 17] = [
    "folder_id",
    "folder_name",
    "source_id",
    "source_name",
    "email",
    "customer_id",
    "search_start_date",
    "search_end_date",
    "search_start_date_local",
    "search_end_date_local",
    "modified_start_date",
    "modified_end_date",
    "get_order_history",
    "order_by",
    "order",
    "limit",
    "offset",
];

/// The parameters of a request, decoded; as in PHP the last of equal names counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

/// Which part of the matches is shown.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) limit: usize,
    pub(super) offset: usize,
}

impl Query {
    pub(crate) fn parse(query: &str) -> Self {
        Self(urls::query_pairs(query))
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// A parameter's value; an empty one counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(key, _)| key == name)?;
        Some(found.1.as_str()).filter(|value| !value.is_empty())
    }

    /// Limit and offset; the refusal is a whole reply.
    pub(super) fn page(&self, known: &[&str], switches: &Switches) -> Result<Page, Box<Reply>> {
        let unknown = self
            .0
            .iter()
            .find(|(name, _)| !known.contains(&name.as_str()));
        if let (Some((name, _)), UnknownParameter::Error) = (unknown, switches.unknown_parameter) {
            return Err(Box::new(Reply::error(
                400,
                format!("Unknown Parameter: {name}"),
            )));
        }
        let number = |name: &str| {
            self.get(name)
                .and_then(|text| text.trim().parse::<usize>().ok())
        };
        let limit = number("limit")
            .filter(|limit| *limit > 0)
            .unwrap_or(DEFAULT_LIMIT);
        if limit > MAX_LIMIT && switches.limit_over_max == LimitOverMax::Error {
            return Err(Box::new(Reply::error(400, "Limit must not be over 500")));
        }
        Ok(Page {
            limit: limit.min(MAX_LIMIT),
            offset: number("offset").unwrap_or(0),
        })
    }
}

impl Shop {
    pub(super) fn list_orders(&self, query: &Query, rules: Rules) -> Reply {
        let known: Vec<&str> = SEARCHED.iter().chain(&OTHERS).copied().collect();
        let page = match query.page(&known, rules.switches) {
            Ok(page) => page,
            Err(refusal) => return *refusal,
        };
        let filter = Filter::new(self, query, rules.switches);
        let mut found: Vec<(u64, &StoredOrder)> = self
            .orders
            .iter()
            .filter(|(_, order)| filter.matches(order))
            .map(|(id, order)| (*id, order))
            .collect();
        sort(&mut found, query);
        let total = found.len();
        let with_history = query
            .get("get_order_history")
            .is_some_and(|value| value != "0");
        let shown = found
            .into_iter()
            .skip(page.offset)
            .take(page.limit)
            .map(|(_, order)| {
                if with_history {
                    order.print_with_history(rules.switches)
                } else {
                    order.print(rules.switches).to_string()
                }
            });
        let orders: Vec<String> = shown.collect();
        Reply::ok()
            .timing(Some(rules.switches.timing))
            .number("total_records", total)
            .number("records_returned", orders.len())
            .number("offset", page.offset)
            .number("limit", page.limit)
            .printed("orders", format!("[{}]", orders.join(",")))
    }
}

/// The conditions of one request, ready to be asked of each order.
struct Filter<'a> {
    folders: Option<Vec<u64>>,
    equals: Vec<(&'static str, &'a str)>,
    email: Option<String>,
    searched: Vec<(&'static str, String)>,
    /// Member, bound, and whether the bound is the upper one; all inclusive.
    dates: Vec<(&'static str, String, bool)>,
    names: NameFilter,
}

impl<'a> Filter<'a> {
    fn new(shop: &Shop, query: &'a Query, switches: &Switches) -> Self {
        let equal = |name: &'static str| query.get(name).map(|value| (name, value));
        let search = |name: &'static str| {
            let wanted = query.get(name)?;
            let exact = switches.name_filter == NameFilter::Exact;
            Some((
                name,
                if exact {
                    wanted.to_owned()
                } else {
                    wanted.to_lowercase()
                },
            ))
        };
        Self {
            folders: folders(shop, query),
            equals: ["source_id", "source_name", "customer_id"]
                .into_iter()
                .filter_map(equal)
                .collect(),
            email: query.get("email").map(str::to_lowercase),
            searched: SEARCHED.into_iter().filter_map(search).collect(),
            dates: dates(&shop.zone, query),
            names: switches.name_filter,
        }
    }

    fn matches(&self, order: &StoredOrder) -> bool {
        let record = &order.record;
        let text = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
        let in_folder = self.folders.as_ref().is_none_or(|wanted| {
            php::id(record.get("folder_id")).is_some_and(|folder| wanted.contains(&folder))
        });
        in_folder
            && self
                .equals
                .iter()
                .all(|(name, wanted)| text(name) == *wanted)
            && self
                .email
                .as_ref()
                .is_none_or(|email| text("email").to_lowercase() == *email)
            && self.dates.iter().all(
                |(name, bound, is_end)| match text(name).cmp(bound.as_str()) {
                    Ordering::Less => *is_end,
                    Ordering::Equal => true,
                    Ordering::Greater => !is_end,
                },
            )
            && self
                .searched
                .iter()
                .all(|(name, wanted)| self.finds(order, name, wanted))
    }

    fn finds(&self, order: &StoredOrder, name: &str, wanted: &str) -> bool {
        let held = field(order, name)
            .and_then(Value::as_str)
            .unwrap_or_default();
        match self.names {
            NameFilter::Substring => held.to_lowercase().contains(wanted),
            NameFilter::Exact => held == wanted,
        }
    }
}

fn folders(shop: &Shop, query: &Query) -> Option<Vec<u64>> {
    let by_id = query.get("folder_id").map(|list| {
        list.split(',')
            .filter_map(|id| id.trim().parse().ok())
            .collect()
    });
    let by_name = query.get("folder_name").map(|wanted| {
        let named = shop.folders.iter().filter(|(_, name)| name == wanted);
        named.map(|(id, _)| *id).collect::<Vec<u64>>()
    });
    match (by_id, by_name) {
        (Some(ids), Some(named)) => Some(
            Vec::into_iter(ids)
                .filter(|id| named.contains(id))
                .collect(),
        ),
        (ids, named) => ids.or(named),
    }
}

/// Bounds as the text that records hold; a date PHP could not read filters nothing.
fn dates(zone: &Zone, query: &Query) -> Vec<(&'static str, String, bool)> {
    const BOUNDS: [(&str, &str, bool, bool); 6] = [
        ("search_start_date", "date_added", false, false),
        ("search_end_date", "date_added", true, false),
        ("search_start_date_local", "date_added", false, true),
        ("search_end_date_local", "date_added", true, true),
        ("modified_start_date", "date_updated", false, false),
        ("modified_end_date", "date_updated", true, false),
    ];
    let bound = |(parameter, member, is_end, is_local): (&str, &'static str, bool, bool)| {
        let moment = date::parse(query.get(parameter)?)?;
        let utc = if is_local {
            zone.to_utc(moment)
        } else {
            moment
        };
        Some((member, date::format(utc), is_end))
    };
    BOUNDS.into_iter().filter_map(bound).collect()
}

/// A member of an order by its name, or by the flat name of a member of one of its addresses.
fn field<'a>(order: &'a StoredOrder, name: &str) -> Option<&'a Value> {
    order.record.get(name).or_else(|| {
        let (address, part) = name.split_once('_')?;
        matches!(address, "customer" | "shipping").then(|| order.record.get(address)?.get(part))?
    })
}

fn sort(found: &mut [(u64, &StoredOrder)], query: &Query) {
    let wanted = query.get("order_by").unwrap_or("date_added");
    let exists = found
        .first()
        .is_some_and(|(_, order)| field(order, wanted).is_some());
    let by = if exists { wanted } else { "date_added" };
    let ascending = query
        .get("order")
        .is_some_and(|order| order.eq_ignore_ascii_case("ASC"));
    found.sort_by(|(left_id, left), (right_id, right)| {
        let ordering = compare(field(left, by), field(right, by)).then(left_id.cmp(right_id));
        if ascending {
            ordering
        } else {
            ordering.reverse()
        }
    });
}

/// Numbers by size, everything else as text whatever the case.
fn compare(left: Option<&Value>, right: Option<&Value>) -> Ordering {
    match (left, right) {
        (Some(Value::Number(_)), Some(Value::Number(_))) => {
            Decimal::read(left).cmp(&Decimal::read(right))
        }
        (Some(Value::String(left)), Some(Value::String(right)))
            if left.is_ascii() && right.is_ascii() =>
        {
            let lower = |text: &'_ str| {
                text.bytes()
                    .map(|b| b.to_ascii_lowercase())
                    .collect::<Vec<u8>>()
            };
            lower(left).cmp(&lower(right))
        }
        _ => php::text(left)
            .to_lowercase()
            .cmp(&php::text(right).to_lowercase()),
    }
}
