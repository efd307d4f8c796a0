//! Light, dark, as the system has it, or with more contrast.

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;
use serde::{Deserialize, Serialize};

/// The person's choice, kept in the cookie `theme`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
    /// As the system has it, with more contrast.
    Contrast,
}

impl Theme {
    pub(crate) const ALL: [Self; 4] = [Self::Auto, Self::Light, Self::Dark, Self::Contrast];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }

    /// The value of `<html data-theme>`; absent, the style sheet follows the system.
    pub(crate) fn attribute(self) -> Option<&'static str> {
        (self != Self::Auto).then(|| self.as_str())
    }

    fn parse(text: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|theme| theme.as_str() == text)
            .unwrap_or_default()
    }

    /// The choice this request brought.
    #[cfg(feature = "ssr")]
    pub(crate) fn of_request() -> Self {
        crate::backend::cookie(COOKIE)
            .map(|text| Self::parse(&text))
            .unwrap_or_default()
    }

    /// The choice the page was rendered with.
    #[cfg(not(feature = "ssr"))]
    fn of_request() -> Self {
        let root = document().document_element();
        root.and_then(|root| root.get_attribute("data-theme"))
            .map(|text| Self::parse(&text))
            .unwrap_or_default()
    }

    fn apply(self) {
        if let Some(root) = document().document_element() {
            // Neither call can fail: the name is a valid attribute name.
            let _ = match self.attribute() {
                Some(value) => root.set_attribute("data-theme", value),
                None => root.remove_attribute("data-theme"),
            };
        }
    }
}

const COOKIE: &str = "theme";
const MAX_AGE_SECS: u32 = 365 * 24 * 60 * 60;

/// The theme on the screen.
#[derive(Clone, Copy)]
pub(crate) struct CurrentTheme(RwSignal<Theme>);

pub(crate) fn provide_theme() {
    provide_context(CurrentTheme(RwSignal::new(Theme::of_request())));
}

pub(crate) fn use_theme() -> RwSignal<Theme> {
    use_context::<CurrentTheme>()
        .map_or_else(|| RwSignal::new(Theme::Auto), |CurrentTheme(signal)| signal)
}

/// Puts a choice on the screen and into the cookie, without the server.
pub(crate) fn show_theme(current: RwSignal<Theme>, theme: Theme) {
    current.set(theme);
    theme.apply();
    remember(COOKIE, theme.as_str());
}

/// Remembers something about this browser in a cookie; neither name nor value may hold blanks, commas or semicolons.
pub(crate) fn remember(name: &str, value: &str) {
    use wasm_bindgen::JsCast as _;
    if let Some(document) = document().dyn_ref::<web_sys::HtmlDocument>() {
        let line = format!("{name}={value}; Path=/; SameSite=Lax; Max-Age={MAX_AGE_SECS}");
        // Where cookies are refused, the choice lasts as long as the page.
        let _ = document.set_cookie(&line);
    }
}

/// What is remembered, as `name=value` after `name=value`; blank where cookies are refused.
pub(crate) fn remembered() -> String {
    use wasm_bindgen::JsCast as _;
    let document = document();
    let document = document.dyn_ref::<web_sys::HtmlDocument>();
    document
        .and_then(|document| document.cookie().ok())
        .unwrap_or_default()
}

/// Remembers the choice in a cookie. Needs no session: it is about this browser.
#[server(endpoint = "set_theme")]
pub async fn set_theme(theme: Theme, #[server(default)] back: String) -> Result<(), ApiError> {
    crate::backend::set_cookie(COOKIE, theme.as_str(), MAX_AGE_SECS);
    crate::backend::leave(crate::routes::safe_path_or_login(&back), None);
    Ok(())
}
