//! The only place that calls Order Desk.

mod writes;

pub(crate) use writes::Shop;

use orderdesk::client::{CallContext, Circuit, Client, Credentials, Priority};
use orderdesk::{Order, OrderFilter, OrderId, Page, Product, ProductFilter, ProductId, StoreInfo};
use orderdesk_mcp_contract::views::store::BucketView;
use orderdesk_mcp_storage::record::StoreRecord;
use std::sync::Arc;

use crate::error::Failure;
use crate::services::Services;
use crate::traces::Call;

fn read_for(call: &Call) -> CallContext {
    CallContext::new(Priority::InteractiveRead).observed_by(call.observer())
}

pub(crate) async fn get_order(
    call: &Call,
    client: &Client,
    credentials: &Credentials,
    id: &OrderId,
) -> Result<Order, Failure> {
    Ok(client
        .on(credentials, &read_for(call))
        .get_order(id)
        .await?)
}

pub(crate) async fn list_orders(
    call: &Call,
    client: &Client,
    credentials: &Credentials,
    filter: &OrderFilter,
) -> Result<Page<Order>, Failure> {
    Ok(client
        .on(credentials, &read_for(call))
        .list_orders(filter)
        .await?)
}

pub(crate) async fn get_product(
    call: &Call,
    client: &Client,
    credentials: &Credentials,
    id: &ProductId,
) -> Result<Product, Failure> {
    Ok(client
        .on(credentials, &read_for(call))
        .get_product(id)
        .await?)
}

pub(crate) async fn list_products(
    call: &Call,
    client: &Client,
    credentials: &Credentials,
    filter: &ProductFilter,
) -> Result<Page<Product>, Failure> {
    Ok(client
        .on(credentials, &read_for(call))
        .list_products(filter)
        .await?)
}

/// The store's settings without its secrets.
pub(crate) async fn store_info(
    call: &Call,
    client: &Client,
    credentials: &Credentials,
) -> Result<StoreInfo, Failure> {
    // Redacted before anything can keep it: Order Desk answers with the API key and the mail password.
    Ok(client
        .on(credentials, &read_for(call))
        .get_store()
        .await?
        .redacted())
}

/// Order Desk's clock in seconds since 1970, where it tells it.
pub(crate) async fn server_clock(
    call: &Call,
    client: &Client,
    credentials: &Credentials,
) -> Result<Option<i64>, Failure> {
    let clock = client
        .on(credentials, &read_for(call))
        .test_connection()
        .await?;
    Ok(clock
        .current_date_time
        .as_deref()
        .and_then(seconds_since_1970))
}

/// What the client knows of a store's bucket; a store that was not called lately has a full one.
pub(crate) fn bucket(client: &Client, credentials: &Credentials) -> BucketView {
    let pace = client.config().pace;
    let full = BucketView {
        tokens: pace.burst,
        capacity: pace.burst,
        in_flight: 0,
        circuit_open: false,
    };
    client
        .bucket_snapshot(&client.pace_key(credentials))
        .map_or(full, |seen| BucketView {
            tokens: seen.tokens,
            capacity: seen.capacity,
            in_flight: seen.in_flight,
            circuit_open: matches!(seen.circuit, Circuit::Open { .. }),
        })
}

/// The one request the cache of store settings knows.
const STORE_SETTINGS: &str = "store";

impl Services {
    /// A store's settings, from the cache or from Order Desk, for a call about something else.
    pub(crate) async fn store_settings(
        &self,
        call: &Call,
        store: &StoreRecord,
    ) -> Result<Arc<StoreInfo>, Failure> {
        let fetch = async {
            let (client, credentials) = self.open_store(store)?;
            store_info(call, &client, &credentials).await
        };
        self.caches()
            .store_settings
            .get_aside(call, store, STORE_SETTINGS.into(), fetch)
            .await
    }

    /// Whether a store's settings can be had without asking Order Desk.
    pub(crate) fn knows_store_settings(&self, store: &StoreRecord) -> bool {
        self.caches().store_settings.knows(store, STORE_SETTINGS)
    }
}

/// Reads `YYYY-MM-DD HH:MM:SS`, which Order Desk gives in UTC.
fn seconds_since_1970(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    Some(days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Days from 1970-01-01 to a date (Howard Hinnant's public-domain algorithm `days_from_civil`).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::seconds_since_1970;

    #[test]
    fn reads_order_desks_clock() {
        for (text, seconds) in [
            ("1970-01-01 00:00:00", Some(0)),
            ("2000-02-29 00:00:00", Some(951_782_400)),
            ("2026-11-22 09:30:05", Some(1_795_339_805)),
            ("", None),
            ("now", None),
        ] {
            assert_eq!(seconds_since_1970(text), seconds, "{text}");
        }
    }
}
