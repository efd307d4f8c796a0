//! The web app's files, as `make build` leaves them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use leptos::config::{Env, LeptosOptions};
use serde::Deserialize;
use tower_http::services::ServeDir;

use super::answer::{Taste, nothing_here};
use super::layers::access::RouteName;
use super::routes;

/// Files below it are named by their content, so that they never change.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Icons and the like: asked for again, and answered 304 while they are the same.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");
/// What cargo-leptos sets while it watches; the browser then listens there for rebuilds.
const RELOAD_PORT_VARIABLE: &str = "LEPTOS_RELOAD_PORT";
const WATCH_VARIABLE: &str = "LEPTOS_WATCH";

/// A folder that was found to hold a site.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    root: PathBuf,
    options: LeptosOptions,
}

/// What the build wrote down, in `site.json`. `cargo leptos watch` writes none and says it in variables.
#[derive(Debug, Deserialize)]
struct Description {
    output_name: String,
    pkg_dir: String,
}

impl Site {
    /// Finds the site: where the operator says, else next to the program, else in the working folder.
    ///
    /// # Errors
    /// There is none, in words that say what to do.
    pub(crate) fn find(configured: Option<&Path>) -> anyhow::Result<Self> {
        let candidates = configured.map_or_else(usual_places, |root| vec![root.to_owned()]);
        let Some(root) = candidates.iter().find(|root| root.join("pkg").is_dir()) else {
            let looked: Vec<String> = candidates
                .iter()
                .map(|root| root.display().to_string())
                .collect();
            bail!(
                "the web app's files are missing: looked for a folder with `pkg` in it in {}. Build them with `make build`, \
                 name the folder with LEPTOS_SITE_ROOT, or switch the web app off with ENABLE_WEBUI=false",
                looked.join(", ")
            );
        };
        Ok(Self {
            root: root.clone(),
            options: options(root)?,
        })
    }

    /// What Leptos must know of it.
    pub(crate) fn options(&self) -> LeptosOptions {
        self.options.clone()
    }

    /// The folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The port on which cargo-leptos tells of rebuilds, while it watches.
    pub(crate) fn reload_port(&self) -> Option<u32> {
        env::var_os(WATCH_VARIABLE).map(|_| self.options.reload_port)
    }

    /// The files of all builds, sent compressed as they lie there, to be kept for ever. Those of `cargo leptos watch` have
    /// the same names after each build, so they are asked for again.
    pub(super) fn packages(&self) -> Router {
        let caching = if self.options.env == Env::DEV {
            REVALIDATE
        } else {
            IMMUTABLE
        };
        routes::PACKAGES
            .served_by(Router::new(), self.files())
            .layer(from_fn_with_state(caching, set_caching))
    }

    /// Files at the root; what is none of them goes to `otherwise`.
    pub(super) fn root_files(&self, otherwise: Router) -> Router {
        // A file's answer is known by the lack of what the other routes leave in theirs.
        let otherwise = otherwise.layer(from_fn(mark_page));
        let files = self
            .files()
            .call_fallback_on_method_not_allowed(true)
            .fallback(otherwise);
        Router::new()
            .fallback_service(files)
            .layer(from_fn(name_file))
    }

    fn files(&self) -> ServeDir {
        ServeDir::new(&self.root)
            .precompressed_br()
            .precompressed_gzip()
            .append_index_html_on_directories(false)
    }
}

fn usual_places() -> Vec<PathBuf> {
    let beside = env::current_exe()
        .ok()
        .and_then(|program| Some(program.parent()?.parent()?.join("site")));
    beside
        .into_iter()
        .chain([PathBuf::from("target/site"), PathBuf::from("site")])
        .collect()
}

fn options(root: &Path) -> anyhow::Result<LeptosOptions> {
    let is_watched = env::var_os(WATCH_VARIABLE).is_some();
    let file = root.join("site.json");
    let description = match fs::read(&file) {
        // One that is there while somebody watches is of an earlier `make build`.
        Ok(bytes) if !is_watched => serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is damaged; run `make build`", file.display()))?,
        _ => Description {
            output_name: env::var("LEPTOS_OUTPUT_NAME").unwrap_or_else(|_| "app".into()),
            pkg_dir: env::var("LEPTOS_SITE_PKG_DIR").unwrap_or_else(|_| "pkg".into()),
        },
    };
    let reload_port = env::var(RELOAD_PORT_VARIABLE)
        .ok()
        .and_then(|port| port.parse().ok())
        .unwrap_or(3001);
    Ok(LeptosOptions::builder()
        .output_name(description.output_name)
        .site_root(root.to_string_lossy().into_owned())
        .site_pkg_dir(description.pkg_dir)
        .env(if is_watched { Env::DEV } else { Env::PROD })
        .reload_port(reload_port)
        .build())
}

async fn set_caching(State(caching): State<HeaderValue>, request: Request, next: Next) -> Response {
    let taste = Taste::of(request.headers());
    let mut response = next.run(request).await;
    match response.status() {
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED => {
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, caching);
            response
        }
        StatusCode::NOT_FOUND => nothing_here(taste),
        _ => response,
    }
}

#[derive(Debug, Clone, Copy)]
struct IsPage;

async fn mark_page(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.extensions_mut().insert(IsPage);
    response
}

async fn name_file(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.extensions().get::<IsPage>().is_none() {
        response.extensions_mut().insert(RouteName("static"));
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, REVALIDATE);
    }
    response
}
