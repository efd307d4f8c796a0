//! The conditions of a search, the same in every statement.

/// A statement over the traces that pass a search: its head, the condition on `$24` that it begins at, and what follows the
/// conditions, with parameters from `$25` on.
macro_rules! select_where {
    ($row:ty, $head:tt, $lookup:tt, $tail:tt, $search:expr, $value:expr $(, $more:expr)*) => {
        sqlx::query_as!(
            $row,
            $head
                + " FROM traces WHERE tenant_id = $1 AND id >= $2 AND id < $3
                    AND started_at >= $4 AND started_at < $5 AND duration_us BETWEEN $6 AND $7
                    AND ($8::text[] IS NULL OR tool = ANY($8)) AND tool <> ALL($9)
                    AND ($10::text[] IS NULL OR store_id = ANY($10))
                    AND (store_id IS NULL OR store_id <> ALL($11))
                    AND ($12::text[] IS NULL OR key_id = ANY($12))
                    AND (key_id IS NULL OR key_id <> ALL($13))
                    AND ($14::text[] IS NULL OR order_id = ANY($14))
                    AND (order_id IS NULL OR order_id <> ALL($15))
                    AND ($16::text[] IS NULL OR EXISTS
                        (SELECT 1 FROM unnest($16) part WHERE strpos(lower(client COLLATE \"C\"), part) > 0))
                    AND NOT EXISTS
                        (SELECT 1 FROM unnest($17::text[]) part WHERE strpos(lower(client COLLATE \"C\"), part) > 0)
                    AND ($18::text[] IS NULL OR door = ANY($18))
                    AND ($19::text[] IS NULL OR coalesce(error, 'ok') = ANY($19))
                    AND ($20::text[] IS NULL
                        OR CASE WHEN cache_hit THEN 'yes' WHEN NOT cache_hit THEN 'no' ELSE '' END = ANY($20))
                    AND CASE $21::text WHEN 'yes' THEN change_id IS NOT NULL WHEN 'no' THEN change_id IS NULL
                        ELSE $21 IS NULL OR change_id = $21 END
                    AND ($22::text IS NULL OR NOT EXISTS
                        (SELECT 1 FROM jsonb_array_elements($22::jsonb) AS each_of WHERE NOT EXISTS
                            (SELECT 1 FROM jsonb_array_elements(each_of) AS either WHERE NOT EXISTS
                                (SELECT 1 FROM jsonb_array_elements_text(either) AS wanted WHERE NOT EXISTS
                                    (SELECT 1 FROM trace_words
                                     WHERE tenant_id = $1 AND word = wanted AND trace_id = traces.id)))))
                    AND ($23::text IS NULL OR NOT EXISTS
                        (SELECT 1 FROM jsonb_array_elements($23::jsonb) AS either WHERE NOT EXISTS
                            (SELECT 1 FROM jsonb_array_elements_text(either) AS wanted WHERE NOT EXISTS
                                (SELECT 1 FROM trace_words
                                 WHERE tenant_id = $1 AND word = wanted AND trace_id = traces.id)))) "
                + $lookup
                + $tail,
            $search.tenant_id,
            $search.from_id,
            $search.before_id,
            $search.from,
            $search.until,
            $search.least_us,
            $search.most_us,
            $search.only_tools.as_deref() as Option<&[String]>,
            &$search.never_tools,
            $search.only_stores.as_deref() as Option<&[String]>,
            &$search.never_stores,
            $search.only_keys.as_deref() as Option<&[String]>,
            &$search.never_keys,
            $search.only_orders.as_deref() as Option<&[String]>,
            &$search.never_orders,
            $search.only_clients.as_deref() as Option<&[String]>,
            &$search.never_clients,
            $search.only_doors.as_deref() as Option<&[&str]>,
            $search.only_outcomes.as_deref() as Option<&[&str]>,
            $search.only_cached.as_deref() as Option<&[&str]>,
            $search.change.as_deref() as Option<&str>,
            $search.only_words.as_deref() as Option<&str>,
            $search.never_words.as_deref() as Option<&str>,
            $value as Option<&str>
            $(, $more)*
        )
    };
}
pub(super) use select_where;
