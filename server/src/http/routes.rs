//! Every address that has a route, in one table, so that tests can ask for all of it.
//!
//! Routers are filled through `Route::on` and `Route::served_by` and in no other way, which a test sees to: an
//! address that is not listed here cannot be served.

use std::borrow::Cow;
use std::convert::Infallible;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, any, on};
use http::Method;
use orderdesk_mcp_contract::trace::export::EXPORT_PATH;
use tower::Service;

use super::pages;

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Guard {
    /// A bearer key.
    Bearer,
    /// A browser session; without one a page leads to the sign-in, and a server function refuses.
    Session,
    /// Nobody needs to be known: files, reports, addresses that answer 404.
    Open,
    /// Whoever reaches the operator's port.
    Operator,
}

/// One address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The template, as the router knows it.
    pub path: Cow<'static, str>,
    /// The method; absent for all.
    pub method: Option<Method>,
    /// Who may ask.
    pub guard: Guard,
}

/// Names each route and lists them all.
macro_rules! table {
    ($list:ident: $($name:ident = $path:expr, $method:expr, $guard:ident;)*) => {
        $(pub(super) const $name: Route = Route {
            path: Cow::Borrowed($path),
            method: $method,
            guard: Guard::$guard,
        };)*
        const $list: &[Route] = &[$($name),*];
    };
}

table! { MAIN:
    MCP = orderdesk_mcp_mcp::PATH, Some(Method::POST), Bearer;
    TRACE_EXPORT = EXPORT_PATH, Some(Method::GET), Session;
    CSP_REPORT = "/csp-report", Some(Method::POST), Open;
    PACKAGES = "/pkg/{*file}", Some(Method::GET), Open;
    API_OTHERWISE = "/api/{*rest}", None, Open;
    OAUTH_OTHERWISE = "/oauth/{*rest}", None, Open;
    WELL_KNOWN_OTHERWISE = "/.well-known/{*rest}", None, Open;
}

table! { OPERATOR:
    HEALTH = "/health", Some(Method::GET), Operator;
    HEALTH_LIVE = "/health/live", Some(Method::GET), Operator;
    HEALTH_READY = "/health/ready", Some(Method::GET), Operator;
    HEALTH_DETAILED = "/health/detailed", Some(Method::GET), Operator;
    METRICS = "/metrics", Some(Method::GET), Operator;
}

impl Route {
    /// Has a handler answer here.
    pub(super) fn on<H, T, S>(&self, router: Router<S>, handler: H) -> Router<S>
    where
        H: Handler<T, S>,
        T: 'static,
        S: Clone + Send + Sync + 'static,
    {
        // A server function of a method that axum does not know is not reachable, and the matrix of the tests then
        // fails on it.
        let filter = |method: &Method| MethodFilter::try_from(method.clone());
        let methods = match &self.method {
            Some(method) => on(filter(method).unwrap_or(MethodFilter::POST), handler),
            None => any(handler),
        };
        router.route(&self.path, methods)
    }

    /// Has a service answer here, which looks after the method itself.
    pub(super) fn served_by<T, S>(&self, router: Router<S>, service: T) -> Router<S>
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Future: Send + 'static,
        S: Clone + Send + Sync + 'static,
    {
        router.route_service(&self.path, service)
    }
}

/// Every address of the main listener. The web app's own come from the app: a page or a server function that
/// is added there is here without another word.
pub fn main() -> Vec<Route> {
    let mut routes = MAIN.to_vec();
    routes.extend(pages());
    routes.extend(server_fns());
    routes
}

/// Every address of the operator's listener.
pub fn operator() -> Vec<Route> {
    OPERATOR.to_vec()
}

/// The web app's pages.
pub fn pages() -> Vec<Route> {
    let server_fns = server_fns();
    pages::page_list()
        .iter()
        .map(|listing| Route {
            path: listing.path().to_owned().into(),
            method: Some(Method::GET),
            guard: Guard::Session,
        })
        .filter(|page| server_fns.iter().all(|other| other.path != page.path))
        .collect()
}

/// The web app's server functions.
pub fn server_fns() -> Vec<Route> {
    server_fn::axum::server_fn_paths()
        .map(|(path, method)| Route {
            path: path.into(),
            method: Some(method),
            guard: Guard::Session,
        })
        .collect()
}
