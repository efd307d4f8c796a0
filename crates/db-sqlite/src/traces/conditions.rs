//! The conditions of a search, the same in every statement.

use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::row::FittedSearch;
use serde::Serialize;

/// The search's lists as JSON, which is how SQLite takes lists.
pub(super) struct Lists {
    pub(super) only_tools: Option<String>,
    pub(super) never_tools: String,
    pub(super) only_stores: Option<String>,
    pub(super) never_stores: String,
    pub(super) only_keys: Option<String>,
    pub(super) never_keys: String,
    pub(super) only_orders: Option<String>,
    pub(super) never_orders: String,
    pub(super) only_clients: Option<String>,
    pub(super) never_clients: String,
    pub(super) only_doors: Option<String>,
    pub(super) only_outcomes: Option<String>,
    pub(super) only_cached: Option<String>,
}

impl Lists {
    pub(super) fn of(search: &FittedSearch) -> Result<Self, StorageError> {
        Ok(Self {
            only_tools: only(&search.only_tools)?,
            never_tools: json(&search.never_tools)?,
            only_stores: only(&search.only_stores)?,
            never_stores: json(&search.never_stores)?,
            only_keys: only(&search.only_keys)?,
            never_keys: json(&search.never_keys)?,
            only_orders: only(&search.only_orders)?,
            never_orders: json(&search.never_orders)?,
            only_clients: only(&search.only_clients)?,
            never_clients: json(&search.never_clients)?,
            only_doors: only(&search.only_doors)?,
            only_outcomes: only(&search.only_outcomes)?,
            only_cached: only(&search.only_cached)?,
        })
    }
}

fn only(values: &Option<impl Serialize>) -> Result<Option<String>, StorageError> {
    values.as_ref().map(json).transpose()
}

fn json(values: &impl Serialize) -> Result<String, StorageError> {
    serde_json::to_string(values).map_err(|error| StorageError::Failed(Box::new(error)))
}

/// A statement over the traces that pass a search: its head, the index it begins at with its condition on `?24`, and what
/// follows the conditions, with parameters from `?25` on.
macro_rules! select_where {
    ($row:ty, $head:tt, $index:tt, $lookup:tt, $tail:tt, $search:expr, $lists:expr, $value:expr $(, $more:expr)*) => {
        sqlx::query_as!(
            $row,
            $head + " FROM traces " + $index
                + " WHERE tenant_id = ?1 AND id >= ?2 AND id < ?3
                    AND started_at >= ?4 AND started_at < ?5 AND duration_us BETWEEN ?6 AND ?7
                    AND (?8 IS NULL OR tool IN (SELECT value FROM json_each(?8)))
                    AND tool NOT IN (SELECT value FROM json_each(?9))
                    AND (?10 IS NULL OR store_id IN (SELECT value FROM json_each(?10)))
                    AND (store_id IS NULL OR store_id NOT IN (SELECT value FROM json_each(?11)))
                    AND (?12 IS NULL OR key_id IN (SELECT value FROM json_each(?12)))
                    AND (key_id IS NULL OR key_id NOT IN (SELECT value FROM json_each(?13)))
                    AND (?14 IS NULL OR order_id IN (SELECT value FROM json_each(?14)))
                    AND (order_id IS NULL OR order_id NOT IN (SELECT value FROM json_each(?15)))
                    AND (?16 IS NULL OR EXISTS
                        (SELECT 1 FROM json_each(?16) WHERE instr(lower(client), value) > 0))
                    AND NOT EXISTS (SELECT 1 FROM json_each(?17) WHERE instr(lower(client), value) > 0)
                    AND (?18 IS NULL OR door IN (SELECT value FROM json_each(?18)))
                    AND (?19 IS NULL OR coalesce(error, 'ok') IN (SELECT value FROM json_each(?19)))
                    AND (?20 IS NULL OR CASE cache_hit WHEN 1 THEN 'yes' WHEN 0 THEN 'no' ELSE '' END
                        IN (SELECT value FROM json_each(?20)))
                    AND CASE ?21 WHEN 'yes' THEN change_id IS NOT NULL WHEN 'no' THEN change_id IS NULL
                        ELSE ?21 IS NULL OR change_id IS ?21 END
                    AND (?22 IS NULL OR NOT EXISTS
                        (SELECT 1 FROM json_each(?22) AS each_of WHERE NOT EXISTS
                            (SELECT 1 FROM json_each(each_of.value) AS either WHERE NOT EXISTS
                                (SELECT 1 FROM json_each(either.value) AS wanted WHERE NOT EXISTS
                                    (SELECT 1 FROM trace_words
                                     WHERE tenant_id = ?1 AND word = wanted.value AND trace_id = traces.id)))))
                    AND (?23 IS NULL OR NOT EXISTS
                        (SELECT 1 FROM json_each(?23) AS either WHERE NOT EXISTS
                            (SELECT 1 FROM json_each(either.value) AS wanted WHERE NOT EXISTS
                                (SELECT 1 FROM trace_words
                                 WHERE tenant_id = ?1 AND word = wanted.value AND trace_id = traces.id)))) "
                + $lookup
                + $tail,
            $search.tenant_id,
            $search.from_id,
            $search.before_id,
            $search.from,
            $search.until,
            $search.least_us,
            $search.most_us,
            $lists.only_tools,
            $lists.never_tools,
            $lists.only_stores,
            $lists.never_stores,
            $lists.only_keys,
            $lists.never_keys,
            $lists.only_orders,
            $lists.never_orders,
            $lists.only_clients,
            $lists.never_clients,
            $lists.only_doors,
            $lists.only_outcomes,
            $lists.only_cached,
            $search.change,
            $search.only_words,
            $search.never_words,
            $value
            $(, $more)*
        )
    };
}
pub(super) use select_where;
