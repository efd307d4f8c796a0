use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Direction, FieldName, FilterDate, FilterError, Limit, is_search_text};
use crate::FolderId;
use crate::json::Json;

/// The most folders one query may name.
const MAX_FOLDERS: usize = 100;

/// Which orders to list. Conditions combine with "and"; an absent one does not narrow.
///
/// The names are Order Desk's own (`orderdesk-api.md` 3.1).
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OrderFilter {
    /// Folders; orders in any of them. One id, a comma list, or a list.
    #[serde(deserialize_with = "folder_ids", skip_serializing_if = "Vec::is_empty")]
    pub folder_id: Vec<FolderId>,
    /// Exact name of a folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder_name: Option<String>,
    /// Order id in the cart it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// Name of the cart it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_name: Option<String>,
    /// Added at or after, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_start_date: Option<FilterDate>,
    /// Added at or before, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_end_date: Option<FilterDate>,
    /// Added at or after, in the store's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_start_date_local: Option<FilterDate>,
    /// Added at or before, in the store's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_end_date_local: Option<FilterDate>,
    /// Changed at or after, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified_start_date: Option<FilterDate>,
    /// Changed at or before, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified_end_date: Option<FilterDate>,
    /// The buyer's e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The buyer's id in the cart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// The buyer's first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_first_name: Option<String>,
    /// The buyer's last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_last_name: Option<String>,
    /// The buyer's company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_company: Option<String>,
    /// First line of the buyer's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_address1: Option<String>,
    /// The buyer's phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_phone: Option<String>,
    /// The recipient's first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_first_name: Option<String>,
    /// The recipient's last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_last_name: Option<String>,
    /// The recipient's company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_company: Option<String>,
    /// First line of the shipping address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_address1: Option<String>,
    /// The recipient's phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_phone: Option<String>,
    /// Whether to add each order's history; much slower.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub get_order_history: bool,
    /// Member to sort by; Order Desk takes `date_added`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_by: Option<FieldName>,
    /// Which end first; Order Desk takes `DESC`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Direction>,
    /// Page size, 1 to 500; Order Desk takes 50.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// Records to skip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u32>,
}

impl OrderFilter {
    /// The texts to search for, with their parameter names, in order.
    fn texts(&self) -> [(&'static str, Option<&String>); 15] {
        [
            ("folder_name", self.folder_name.as_ref()),
            ("source_id", self.source_id.as_ref()),
            ("source_name", self.source_name.as_ref()),
            ("email", self.email.as_ref()),
            ("customer_id", self.customer_id.as_ref()),
            ("customer_first_name", self.customer_first_name.as_ref()),
            ("customer_last_name", self.customer_last_name.as_ref()),
            ("customer_company", self.customer_company.as_ref()),
            ("customer_address1", self.customer_address1.as_ref()),
            ("customer_phone", self.customer_phone.as_ref()),
            ("shipping_first_name", self.shipping_first_name.as_ref()),
            ("shipping_last_name", self.shipping_last_name.as_ref()),
            ("shipping_company", self.shipping_company.as_ref()),
            ("shipping_address1", self.shipping_address1.as_ref()),
            ("shipping_phone", self.shipping_phone.as_ref()),
        ]
    }

    /// The date ranges: start name, start, end name, end.
    fn ranges(
        &self,
    ) -> [(
        &'static str,
        Option<&FilterDate>,
        &'static str,
        Option<&FilterDate>,
    ); 3] {
        [
            (
                "search_start_date",
                self.search_start_date.as_ref(),
                "search_end_date",
                self.search_end_date.as_ref(),
            ),
            (
                "search_start_date_local",
                self.search_start_date_local.as_ref(),
                "search_end_date_local",
                self.search_end_date_local.as_ref(),
            ),
            (
                "modified_start_date",
                self.modified_start_date.as_ref(),
                "modified_end_date",
                self.modified_end_date.as_ref(),
            ),
        ]
    }

    /// Checks what the types do not: texts of 1 to 200 characters, at most 100 folders, ranges the
    /// right way round. The client checks before it sends.
    ///
    /// # Errors
    /// [`FilterError::Text`], [`FilterError::TooMany`] or [`FilterError::Reversed`].
    pub fn validate(&self) -> Result<(), FilterError> {
        for (name, text) in self.texts() {
            if text.is_some_and(|text| !is_search_text(text)) {
                return Err(FilterError::Text(name));
            }
        }
        if self.folder_id.len() > MAX_FOLDERS {
            return Err(FilterError::TooMany("folder_id", MAX_FOLDERS));
        }
        for (_, start, end_name, end) in self.ranges() {
            // A day sorts before its own seconds, so compare as far as both are given.
            let reversed = start.zip(end).is_some_and(|(start, end)| {
                let width = start.as_str().len().min(end.as_str().len());
                end.as_str()[..width] < start.as_str()[..width]
            });
            if reversed {
                return Err(FilterError::Reversed(end_name));
            }
        }
        Ok(())
    }

    /// The query, always in the same order, so equal filters give equal texts (and cache keys) and
    /// different filters different ones. Absent conditions give no pair.
    pub fn query_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.folder_id.is_empty() {
            let ids: Vec<_> = self.folder_id.iter().map(FolderId::as_str).collect();
            pairs.push(("folder_id", ids.join(",")));
        }
        pairs.extend(
            self.texts()
                .into_iter()
                .filter_map(|(name, text)| Some((name, text?.clone()))),
        );
        for (start_name, start, end_name, end) in self.ranges() {
            pairs.extend(start.map(|date| (start_name, date.to_string())));
            pairs.extend(end.map(|date| (end_name, date.to_string())));
        }
        if self.get_order_history {
            pairs.push(("get_order_history", "1".to_owned()));
        }
        pairs.extend(
            self.order_by
                .as_ref()
                .map(|name| ("order_by", name.to_string())),
        );
        pairs.extend(
            self.order
                .map(|direction| ("order", direction.as_str().to_owned())),
        );
        pairs.extend(self.limit.map(|limit| ("limit", limit.get().to_string())));
        pairs.extend(self.offset.map(|offset| ("offset", offset.to_string())));
        pairs
    }
}

/// Names the conditions that are set, not their values: they are customers' data.
impl std::fmt::Debug for OrderFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pairs = self.query_pairs();
        f.debug_list()
            .entries(pairs.iter().map(|(name, _)| name))
            .finish()
    }
}

/// One id, a comma list in a string, or a list.
fn folder_ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<FolderId>, D::Error> {
    let parse = |text: &str| FolderId::new(text.trim()).map_err(serde::de::Error::custom);
    let wrong = || serde::de::Error::custom("expected a folder id or a list of them");
    match Json::deserialize(deserializer)? {
        Json::Null => Ok(Vec::new()),
        Json::Array(elements) => elements
            .iter()
            .map(|element| parse(element.text().ok_or_else(wrong)?))
            .collect(),
        one => one
            .text()
            .ok_or_else(wrong)?
            .split(',')
            .map(parse)
            .collect(),
    }
}
