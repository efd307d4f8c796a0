//! All routes of the main listener, and the layers that every request passes.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use orderdesk_mcp_domain::Services;
use tokio::sync::Semaphore;

use super::layers::body::{self, BodyLimit};
use super::layers::every::{self, Every};
use super::layers::headers;
use super::layers::hosts::Hosts;
use super::layers::session::SessionLayer;
use super::mcp::Mcp;
use super::pages::Pages;
use super::session_store::SessionStore;
use super::shutdown::Shutdown;
use super::site::Site;
use super::{csp_report, not_found, routes};
use crate::config::{Config, WebOrigin};

/// A report has about one KiB.
const CSP_REPORT_MAX_BYTES: usize = 16 * 1024;

/// What the main listener serves.
pub(crate) struct Mount<'a> {
    /// The settings.
    pub(crate) config: &'a Config,
    /// The use cases.
    pub(crate) services: Services,
    /// Where browser sessions are kept.
    pub(crate) sessions: SessionStore,
    /// The address people use.
    pub(crate) public: WebOrigin,
    /// The web app's files; absent while it is switched off.
    pub(crate) site: Option<Site>,
    /// The end.
    pub(crate) shutdown: Shutdown,
}

/// Builds the router.
///
/// # Errors
/// The public address is not an origin, which the settings rule out.
pub(crate) fn router(mount: Mount<'_>) -> anyhow::Result<Router> {
    let Mount {
        config,
        services,
        sessions,
        public,
        site,
        shutdown,
    } = mount;
    let http = &config.http;
    let hosts = Hosts::new(http, &public);
    let policy = headers::Policy {
        is_https: public.is_https(),
        reload_port: site.as_ref().and_then(Site::reload_port),
    };
    let mut origins = http.allowed_origins.clone();
    origins.push(public.clone());
    let mcp = Mcp {
        services: services.clone(),
        hosts: &hosts,
        origins,
        body_deadline: http.body_timeout,
        stop: shutdown.stop.child_token(),
    };
    let report_limit = BodyLimit {
        max_bytes: CSP_REPORT_MAX_BYTES,
        deadline: http.body_timeout,
        words: body::Words::OfHttp,
    };
    let reports = routes::CSP_REPORT
        .on(Router::new(), csp_report::receive)
        .layer(from_fn_with_state(report_limit, body::read))
        .with_state(services.clone());
    let routes = Router::new()
        .merge(mcp.router())
        .merge(reports)
        .merge(not_found::for_programs());
    let routes = match site {
        Some(site) => {
            let is_secure = config
                .session
                .is_cookie_secure
                .unwrap_or_else(|| public.is_https());
            let sessions = Arc::new(SessionLayer::new(
                sessions,
                &config.session.cookie_name,
                is_secure,
            ));
            let pages = Pages {
                services,
                sessions,
                public,
                body_deadline: http.body_timeout,
                site,
            };
            routes.merge(pages.router()?)
        }
        None => routes.fallback(not_found::anything),
    };
    let every = Every {
        policy,
        proxies: http.trusted_proxies.clone(),
        room: Semaphore::new(http.max_requests_in_flight),
        hosts,
    };
    Ok(routes
        // Bodies are bounded by the layers above, which say so in words.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::new(every), every::pass)))
}
