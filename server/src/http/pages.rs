//! The web app: its pages and its server functions.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::MethodRouter;
use http::StatusCode;
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list_with_exclusions};
use orderdesk_mcp_domain::Services;
use tower_http::compression::CompressionLayer;

use super::layers::body::{self, BodyLimit};
use super::layers::session::{self, SessionLayer};
use super::layers::{csrf, web_caller};
use super::site::Site;
use super::{routes, trace_export};
use crate::config::WebOrigin;

/// Forms are small.
const BODY_MAX_BYTES: usize = 256 * 1024;

/// What the web app stands on.
pub(super) struct Pages {
    /// The use cases.
    pub(super) services: Services,
    /// Browser sessions.
    pub(super) sessions: Arc<SessionLayer>,
    /// The address browsers know.
    pub(super) public: WebOrigin,
    /// How long a body may take.
    pub(super) body_deadline: Duration,
    /// The files.
    pub(super) site: Site,
}

impl Pages {
    /// Pages, server functions and files; whatever is none of these gets the app's own "not found" page.
    ///
    /// # Errors
    /// The public address is not an origin, which the settings rule out.
    pub(super) fn router(&self) -> anyhow::Result<Router> {
        let options = self.site.options();
        let shell = {
            let options = options.clone();
            move || app::shell(options.clone())
        };
        let pages = Router::new()
            .leptos_routes_with_context(&options, page_list(), self.context(), shell)
            .with_state(options)
            .merge(self.server_fns())
            .merge(
                routes::TRACE_EXPORT
                    .on(Router::new(), trace_export::send)
                    .with_state(self.services.clone()),
            );
        // Safe beside what a request puts into a page: no page holds a secret that is the same in two answers, as the
        // nonce is not and keys are never shown.
        let pages = self.guarded(pages)?.layer(CompressionLayer::new());
        let not_found = self.guarded(Router::new().fallback(self.not_found_page()))?;
        Ok(pages
            .merge(self.site.packages())
            .merge(self.site.root_files(not_found)))
    }

    /// Each server function at its own address, so that the log and the metrics know it by its template.
    fn server_fns(&self) -> Router {
        routes::server_fns()
            .into_iter()
            .fold(Router::new(), |router, route| {
                let services = self.services.clone();
                let handler = move |request: Request| {
                    app::backend::answer_server_fn(services.clone(), request)
                };
                route.on(router, handler)
            })
    }

    /// The app renders it; the status is 404 also where the app did not say so.
    fn not_found_page(&self) -> MethodRouter {
        let options = self.site.options();
        let render = leptos_axum::render_app_async_with_context(self.context(), move || {
            app::shell(options.clone())
        });
        axum::routing::any(move |request: http::Request<Body>| {
            let render = render.clone();
            async move {
                let mut response = render(request).await.into_response();
                if response.status() == StatusCode::OK {
                    *response.status_mut() = StatusCode::NOT_FOUND;
                }
                response
            }
        })
    }

    /// Body, CSRF, session, caller: in this order, so that nothing is looked up for a request that is refused.
    fn guarded(&self, router: Router) -> anyhow::Result<Router> {
        let limit = BodyLimit {
            max_bytes: BODY_MAX_BYTES,
            deadline: self.body_deadline,
            words: body::Words::OfHttp,
        };
        Ok(router
            .layer(from_fn_with_state(
                self.services.clone(),
                web_caller::recognise,
            ))
            .layer(from_fn_with_state(
                Arc::clone(&self.sessions),
                session::carry,
            ))
            .layer(csrf::layer(&self.public)?)
            .layer(from_fn_with_state(limit, body::read)))
    }

    fn context(&self) -> impl Fn() + Clone + Send + Sync + 'static {
        let services = self.services.clone();
        move || app::backend::provide(services.clone())
    }
}

/// The app's pages. Server functions are left out: they have routes of their own here.
pub(super) fn page_list() -> Vec<AxumRouteListing> {
    let server_fns = routes::server_fns()
        .into_iter()
        .map(|route| route.path.into_owned())
        .collect();
    generate_route_list_with_exclusions(app::App, Some(server_fns))
}
