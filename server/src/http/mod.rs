//! HTTP: listeners, layers, routes.

pub(crate) mod answer;
mod csp_report;
pub(crate) mod layers;
mod listener;
mod mcp;
pub(crate) mod metrics;
mod not_found;
mod ops;
mod pages;
mod process;
mod router;
pub mod routes;
mod session_store;
mod shutdown;
mod site;
mod trace_export;

pub(crate) use layers::headers::Policy;
pub(crate) use listener::{Listener, Patience};
pub(crate) use ops::{OpsState, router as ops_router};
pub(crate) use router::{Mount, router};
pub(crate) use session_store::SessionStore;
pub(crate) use shutdown::Shutdown;
pub(crate) use site::Site;
