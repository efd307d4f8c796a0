//! What every request passes, whatever its route.
//!
//! Functions around functions, and one layer in all: for every request, axum clones and boxes each layer together with
//! everything below it, so a dozen of them cost more than what they do.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::Semaphore;

use super::headers::Policy;
use super::hosts::Hosts;
use super::{access, facts, headers, hosts, panic, shed};
use crate::config::TrustedProxies;

/// What the checks stand on.
#[derive(Debug)]
pub(in crate::http) struct Every {
    /// What the security headers depend on.
    pub(in crate::http) policy: Policy,
    /// Whose word about the client's address is believed.
    pub(in crate::http) proxies: TrustedProxies,
    /// A place for each request under way.
    pub(in crate::http) room: Semaphore,
    /// The names this server answers to.
    pub(in crate::http) hosts: Hosts,
}

/// Outermost first: headers, facts, access log, panic, shedding, host.
pub(in crate::http) async fn pass(
    State(every): State<Arc<Every>>,
    request: Request,
    next: Next,
) -> Response {
    let every = &*every;
    headers::set(every.policy, request, move |request| {
        facts::gather(&every.proxies, request, move |request| {
            access::record(request, move |request| {
                panic::catch(request, move |request| {
                    shed::limit(&every.room, request, move |request| {
                        hosts::check(&every.hosts, request, move |request| next.run(request))
                    })
                })
            })
        })
    })
    .await
}
