//! The HTTP client (feature `client`).
//!
//! One [`Client`] per process: it pools connections, paces each store below Order Desk's bucket,
//! repeats reads that failed for a passing reason, and stops calling a store that is down. Writes
//! are sent once; when their answer is lost the error is [`ClientError::OutcomeUnknown`], and only
//! reading the record tells what happened.

mod answer;
mod api;
mod attempt;
mod breaker;
mod bucket;
mod budget;
mod call;
mod config;
mod connection;
mod context;
mod credentials;
mod error;
mod exchange;
mod gate;
mod operation;
mod request;
mod retry;
mod stores;

pub use api::{Destination, ServerClock};
pub use attempt::{Attempt, Observer, Outcome, Recorder};
pub use call::Call;
pub use config::{BreakerConfig, ClientConfig, ConfigError, PaceConfig};
pub use connection::{Client, provide_tls};
pub use context::{CallContext, Priority};
pub use credentials::{Credentials, CredentialsError};
pub use error::{ClientError, UpstreamText};
pub use operation::{OPERATIONS, Operation};
use request::Request;
pub use stores::{BucketSnapshot, Circuit, PaceKey};
