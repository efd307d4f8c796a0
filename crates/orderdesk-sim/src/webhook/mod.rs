//! The rule action "Post Order JSON": what is posted when, and how often it is tried.

mod post;
mod sign;

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::php;
use crate::sim::{Sim, lock};
use crate::store::Event;

pub use sign::{HashVariant, hash};

/// Minutes after the first attempt at which a failed delivery is tried again: five tries within two
/// hours. The count and the two hours are documented, the spacing is not.
pub const RETRY_MINUTES: [u64; 5] = [1, 6, 21, 60, 120];

/// Where a store posts its orders, and on which events.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WebhookRule {
    /// `http://host:port/path`; the simulator speaks no TLS.
    pub url: String,
    /// Events that post by themselves. [`Sim::post_webhook`] posts in any case.
    #[serde(default)]
    pub events: Vec<Event>,
    /// Which text is hashed.
    #[serde(default)]
    pub hash: HashVariant,
}

/// One order on its way to a rule's address.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    /// The store that posts.
    pub store_id: String,
    /// The order that is posted.
    pub order_id: u64,
    /// Where it goes.
    pub url: String,
    /// The value of the form field `order`: the same text at every try.
    pub order_json: String,
    /// The value of `X-ORDER-DESK-HASH`.
    pub hash: String,
    /// HTTP status of each try so far; `None` where no answer came.
    pub attempts: Vec<Option<u16>>,
    /// How it stands.
    pub state: DeliveryState,
    first_at: Duration,
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// A try is due now or later.
    Waiting,
    /// Answered with 200 or 201.
    Delivered,
    /// Six tries failed; Order Desk waits for a manual resend.
    GivenUp,
}

impl Delivery {
    /// Time since the epoch of the next try.
    fn due_at(&self) -> Duration {
        let tries = self.attempts.len();
        let minutes = tries
            .checked_sub(1)
            .and_then(|retry| RETRY_MINUTES.get(retry))
            .copied();
        self.first_at + Duration::from_secs(minutes.unwrap_or(0) * 60)
    }

    fn note(&mut self, status: Option<u16>) {
        self.attempts.push(status);
        self.state = match status {
            Some(200 | 201) => DeliveryState::Delivered,
            _ if self.attempts.len() > RETRY_MINUTES.len() => DeliveryState::GivenUp,
            _ => DeliveryState::Waiting,
        };
    }
}

/// Rules and deliveries of all stores.
#[derive(Default)]
pub(crate) struct Webhooks {
    rules: Mutex<HashMap<String, Vec<WebhookRule>>>,
    deliveries: Mutex<Vec<Delivery>>,
    /// Wakes the background task when something new waits.
    news: tokio::sync::Notify,
    /// One round of posting at a time, so that nothing is posted twice.
    round: tokio::sync::Mutex<()>,
}

impl Sim {
    /// Adds a rule to a store.
    pub fn add_webhook(&self, store_id: &str, rule: WebhookRule) {
        lock(&self.0.webhooks.rules)
            .entry(store_id.to_owned())
            .or_default()
            .push(rule);
    }

    /// Removes all rules and forgets all deliveries.
    pub fn clear_webhooks(&self) {
        lock(&self.0.webhooks.rules).clear();
        lock(&self.0.webhooks.deliveries).clear();
    }

    /// Posts an order to all rules of its store, whatever their events, and waits for the first answers.
    /// Gives the number of deliveries made; 0 without a rule or without that order.
    pub async fn post_webhook(&self, store_id: &str, order_id: u64) -> usize {
        let queued = self.enqueue(store_id, order_id, None);
        self.post_due_webhooks().await;
        queued
    }

    /// All deliveries, oldest first.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        lock(&self.0.webhooks.deliveries).clone()
    }

    /// Posts what is due by the simulator's clock, and waits for the answers. A test with a manual clock
    /// calls it after moving the clock; a served simulator also does it by itself each second.
    pub async fn post_due_webhooks(&self) {
        let _round = self.0.webhooks.round.lock().await;
        let now = self.0.clock.now();
        let is_due = |delivery: &Delivery| {
            delivery.state == DeliveryState::Waiting && delivery.due_at() <= now
        };
        let due: Vec<(usize, Delivery)> = {
            let deliveries = lock(&self.0.webhooks.deliveries);
            deliveries
                .iter()
                .cloned()
                .enumerate()
                .filter(|(_, one)| is_due(one))
                .collect()
        };
        for (at, delivery) in due {
            let status = post::send(&delivery).await;
            if let Some(delivery) = lock(&self.0.webhooks.deliveries).get_mut(at) {
                delivery.note(status);
            }
        }
    }

    pub(crate) fn webhook_event(&self, store_id: &str, event: Event, order_id: u64) {
        if self.enqueue(store_id, order_id, Some(event)) > 0 {
            self.0.webhooks.news.notify_one();
        }
    }

    fn enqueue(&self, store_id: &str, order_id: u64, event: Option<Event>) -> usize {
        let rules = lock(&self.0.webhooks.rules)
            .get(store_id)
            .cloned()
            .unwrap_or_default();
        let Some(store) = self.store(store_id).filter(|_| !rules.is_empty()) else {
            return 0;
        };
        let Some(order_json) = self.order(store_id, order_id) else {
            return 0;
        };
        let order_json = php::encode_map(&order_json, self.rules().empty_maps);
        let wanted = rules
            .iter()
            .filter(|rule| event.is_none_or(|event| rule.events.contains(&event)));
        let deliveries: Vec<Delivery> = wanted
            .map(|rule| Delivery {
                store_id: store_id.to_owned(),
                order_id,
                url: rule.url.clone(),
                hash: hash(&store.api_key, &order_json, rule.hash),
                order_json: order_json.clone(),
                attempts: Vec::new(),
                state: DeliveryState::Waiting,
                first_at: self.0.clock.now(),
            })
            .collect();
        let count = deliveries.len();
        lock(&self.0.webhooks.deliveries).extend(deliveries);
        count
    }

    pub(crate) async fn post_webhooks_for_ever(self) {
        let mut second = tokio::time::interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = second.tick() => {}
                () = self.0.webhooks.news.notified() => {}
            }
            self.post_due_webhooks().await;
        }
    }
}
