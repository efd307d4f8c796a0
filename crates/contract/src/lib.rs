#![doc = include_str!("../README.md")]

pub mod access;
pub mod change;
pub mod cursor;
pub mod document;
pub mod error;
pub mod form;
pub mod id;
pub mod money;
pub mod policy;
pub mod role;
pub mod schema;
pub mod secret;
#[cfg(feature = "server-fn")]
mod server_fn;
pub mod time;
pub mod tool;
pub mod tools;
pub mod trace;
pub mod validate;
pub mod views;

pub use access::{Access, KeyKind};
pub use change::ChangeState;
pub use document::Document;
pub use error::{ApiError, ErrorCode};
pub use id::{
    AlertEventId, AlertId, ChangeId, ConsoleCallId, InviteId, KeyId, ScheduleId, SessionId,
    StoreUid, TenantId, TraceId, TraceViewId, UserId,
};
pub use money::Money;
pub use policy::{ApprovalRules, Budget, KeyPolicy, StopScope, network_text, read_network};
pub use role::{Right, Role, Standing};
pub use secret::SecretText;
pub use time::UtcMillis;
