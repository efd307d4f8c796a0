//! The web app: shell, routes, pages and their server functions.
//!
//! Rendered on the server (feature `ssr`), then taken over in the browser (feature `hydrate`). Every page works
//! from its HTML alone: forms are native forms, links are links. The server's half is [`backend`], which also
//! says how to mount the app.

// The types of nested views are deep; the compiler lays them out one in the other.
#![recursion_limit = "256"]

mod app;
mod attention;
#[cfg(feature = "ssr")]
pub mod backend;
#[cfg(feature = "ssr")]
mod document;
mod flash;
mod live;
mod pages;
mod palette;
mod parts;
#[cfg(feature = "ssr")]
mod preload;
mod routes;
mod session;
mod shell;
mod stops;
mod theme;
mod transport;

pub use app::App;
#[cfg(feature = "ssr")]
pub use document::shell;
