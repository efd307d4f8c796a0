#![doc = include_str!("../README.md")]

mod admin;
mod bucket;
mod clock;
mod date;
mod decimal;
mod fault;
mod http;
mod log;
mod operation;
mod php;
mod reply;
pub mod seed;
mod server;
mod sim;
mod store;
pub mod switches;
mod urls;
mod webhook;
mod zone;

pub use bucket::{BUCKET_SIZE, REFILL_PER_SEC};
pub use clock::Clock;
pub use date::{format as format_date, parse as parse_date};
pub use fault::{Action, Fault, ForeignEdit};
pub use http::API_PATH;
pub use log::LogEntry;
pub use seed::Seed;
pub use server::SimServer;
pub use sim::{Sim, SimBuilder};
pub use store::{COMPUTED, Event};
pub use switches::Switches;
pub use webhook::{
    Delivery, DeliveryState, HashVariant, RETRY_MINUTES, WebhookRule, hash as webhook_hash,
};
pub use zone::{Summer, Zone};
