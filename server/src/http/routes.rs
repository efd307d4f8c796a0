//! The list of everything that can be asked for, so that tests can ask for all of it.

use http::Method;

use super::{mcp, not_found, pages, router, site};

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Guard {
    /// A bearer key.
    Bearer,
    /// A browser session; without one a page leads to the sign-in, and a server function refuses.
    Session,
    /// Nobody needs to be known: files, reports, addresses that answer 404.
    Open,
}

/// One address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The template, as the router knows it.
    pub path: String,
    /// The method; absent for all.
    pub method: Option<Method>,
    /// Who may ask.
    pub guard: Guard,
}

/// Every address of the main listener. The web app's own come from the app: a page or a server function that
/// is added there is here without another word.
pub fn all() -> Vec<Route> {
    let open = |path: &str, method: Option<Method>| Route {
        path: path.into(),
        method,
        guard: Guard::Open,
    };
    let mut routes = vec![
        Route {
            path: mcp::PATH.into(),
            method: Some(Method::POST),
            guard: Guard::Bearer,
        },
        open(router::CSP_REPORT_PATH, Some(Method::POST)),
        open(site::PKG_ROUTE, Some(Method::GET)),
    ];
    routes.extend(not_found::FOR_PROGRAMS.map(|path| open(path, None)));
    routes.extend(pages());
    routes.extend(server_fns());
    routes
}

/// The web app's pages.
pub fn pages() -> Vec<Route> {
    let listings = pages::page_list();
    let paths: Vec<String> = listings
        .iter()
        .map(|listing| listing.path().to_owned())
        .collect();
    let server_fns: Vec<&str> = pages::server_fn_list()
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    paths
        .into_iter()
        .filter(|path| !server_fns.contains(&path.as_str()))
        .map(|path| Route {
            path,
            method: Some(Method::GET),
            guard: Guard::Session,
        })
        .collect()
}

/// The web app's server functions.
pub fn server_fns() -> Vec<Route> {
    let list = pages::server_fn_list().into_iter();
    list.map(|(path, method)| Route {
        path: path.into(),
        method: Some(method),
        guard: Guard::Session,
    })
    .collect()
}
