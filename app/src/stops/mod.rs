//! The switch that stops writes: on the approvals page for the workspace, on a store's and a key's page for each, and in the
//! frame of every page.

mod api;
mod card;
mod panel;

#[cfg(feature = "ssr")]
pub(crate) use api::FORM as FRAME_FORM;
pub(crate) use card::{provide_switch, stop_card};
pub(crate) use panel::{stop_panel, stop_refused};
