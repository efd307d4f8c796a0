//! What a form sent by the browser itself has to say on the page after it.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use orderdesk_mcp_contract::ApiError;
#[cfg(feature = "ssr")]
use orderdesk_mcp_contract::views::connection::ConnectionReport;
use serde::{Deserialize, Serialize};

use crate::transport::Json;

/// A message for the next page. It holds no secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flash {
    /// The form it belongs to; blank for a notice of the whole page.
    pub form: String,
    /// Why the form was refused.
    pub error: Option<ApiError>,
    /// What was done.
    pub notice: Option<String>,
    /// What was typed, so that nothing has to be typed again; never a secret.
    pub values: Vec<(String, String)>,
    /// How a connection test went, as JSON: only the pages that show it read it.
    pub report: Option<String>,
}

#[cfg(feature = "ssr")]
impl Flash {
    /// Says that something was done.
    pub fn notice(text: impl Into<String>) -> Self {
        Self {
            notice: Some(text.into()),
            ..Self::default()
        }
    }

    /// Says why a form was refused.
    pub fn refused(form: &str, error: &ApiError) -> Self {
        Self {
            form: form.into(),
            error: Some(error.clone()),
            ..Self::default()
        }
    }

    /// Shows how a connection test went.
    pub fn report(form: &str, report: &ConnectionReport) -> Self {
        Self {
            form: form.into(),
            report: serde_json::to_string(report).ok(),
            ..Self::default()
        }
    }

    /// Adds what was typed.
    #[must_use]
    pub fn with_values<const N: usize>(mut self, values: [(&str, &str); N]) -> Self {
        self.values = values
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        self
    }
}

/// The message the server rendered into this page.
#[derive(Clone, Copy)]
pub(crate) struct FlashStore(RwSignal<Option<Flash>>);

/// Reads the message on the server, finds it again in the browser, and drops it at the first navigation.
/// Must be called once, in the root, inside the router.
pub(crate) fn provide_flash() {
    #[cfg(feature = "ssr")]
    let flash = SharedValue::<_, Json>::new_with_encoding(crate::backend::take_flash);
    #[cfg(not(feature = "ssr"))]
    let flash = SharedValue::<Option<Flash>, Json>::new_with_encoding(|| None);
    let store = RwSignal::new(flash.into_inner());
    provide_context(FlashStore(store));
    let pathname = use_location().pathname;
    Effect::watch(
        move || pathname.get(),
        move |_, _, _: Option<()>| store.set(None),
        false,
    );
}

/// The message for a form, or with `""` for the whole page.
pub(crate) fn flash_for(form: &'static str) -> Signal<Option<Flash>> {
    match use_context::<FlashStore>() {
        Some(FlashStore(store)) => {
            Signal::derive(move || store.get().filter(|flash| flash.form == form))
        }
        None => Signal::derive(|| None),
    }
}
