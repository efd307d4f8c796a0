//! What every request passes through, outermost first: headers, facts, access log, panic, shedding, host; then, by
//! route, CORS and bearer key, or body, CSRF, session and caller.
//!
//! The access log lies outside the catching of panics, so that a request that panicked is logged and counted
//! like any other.

pub(super) mod access;
pub(super) mod bearer;
pub(super) mod body;
pub(super) mod cors;
pub(super) mod csrf;
pub(super) mod every;
pub(super) mod facts;
pub(super) mod headers;
pub(super) mod hosts;
pub(super) mod panic;
pub(super) mod session;
pub(super) mod shed;
pub(super) mod web_caller;
