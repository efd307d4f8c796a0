//! The app's addresses, in one place, as typed functions.

use std::fmt::Display;

use orderdesk_mcp_contract::StoreUid;

pub(crate) const DASHBOARD: &str = "/";
pub(crate) const LOGIN: &str = "/login";
pub(crate) const STORES: &str = "/stores";
pub(crate) const NEW_STORE: &str = "/stores/new";
pub(crate) const CHANGES: &str = "/changes";
pub(crate) const TRACES: &str = "/traces";
#[cfg(feature = "ssr")]
pub(crate) const COMPARISON: &str = "/traces/compare";
/// What fired, and what alerts there are.
#[cfg(feature = "ssr")]
pub(crate) const ALERTS: &str = "/traces/alerts";
/// Exports on a schedule; the download is at [`orderdesk_mcp_contract::trace::export::EXPORT_PATH`].
#[cfg(feature = "ssr")]
pub(crate) const EXPORTS: &str = "/traces/exports";
/// What happened to an order, or in a run; the same way.
#[cfg(feature = "ssr")]
pub(crate) const STORY: &str = "/traces/story";
pub(crate) const APPROVALS: &str = "/approvals";
pub(crate) const STOPS: &str = "/approvals#stops";
pub(crate) const KEYS: &str = "/keys";
pub(crate) const CONSOLE: &str = "/console";
pub(crate) const NEW_KEY: &str = "/keys/new";
pub(crate) const CONNECT: &str = "/connect";
pub(crate) const PEOPLE: &str = "/people";
pub(crate) const SETTINGS: &str = "/settings";
pub(crate) const AUDIT: &str = "/settings#audit-title";
pub(crate) const INSTANCE: &str = "/instance";
pub(crate) const JOIN: &str = "/join";

/// A store's page.
pub(crate) fn store(id: StoreUid) -> String {
    format!("{STORES}/{id}")
}

/// A change's page.
pub(crate) fn change(id: impl Display) -> String {
    format!("{CHANGES}/{id}")
}

/// The changes that a key or person asked for.
pub(crate) fn changes_of(actor: impl Display) -> String {
    format!("{CHANGES}?key={actor}")
}

/// A recorded call's page.
pub(crate) fn trace(id: impl Display) -> String {
    format!("{TRACES}/{id}")
}

/// The list of recorded calls with these parameters, of which blank ones are left out.
pub(crate) fn traces(parameters: &[(&str, &str)]) -> String {
    with_parameters(TRACES, parameters)
}

/// An address with these parameters, of which blank ones are left out.
pub(crate) fn with_parameters(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        address.push(if address.len() == path.len() {
            '?'
        } else {
            '&'
        });
        address.push_str(name);
        address.push('=');
        address.push_str(&percent_encode(value));
    }
    address
}

/// A page of a list, from 1 on, of what a search finds; the first page of all has the list's own address.
pub(crate) fn page(list: &str, search: &str, page: u32) -> String {
    let page = if page > 1 {
        page.to_string()
    } else {
        String::new()
    };
    with_parameters(list, &[("q", search), ("page", &page)])
}

/// The console with one tool.
pub(crate) fn console(tool: &str) -> String {
    format!("{CONSOLE}?tool={tool}")
}

/// The console, about to read an order.
#[cfg(feature = "ssr")]
pub(crate) fn console_reading(order_id: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let arguments = serde_json::json!({ "order_id": order_id });
    format!(
        "{CONSOLE}?tool=orders_get&args={}",
        URL_SAFE_NO_PAD.encode(arguments.to_string())
    )
}

/// The console with one tool and arguments as a JSON object. They stand in the fragment, which is sent to no server.
#[cfg(feature = "ssr")]
pub(crate) fn console_again(tool: &str, arguments: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    format!(
        "{CONSOLE}?tool={tool}#args={}",
        URL_SAFE_NO_PAD.encode(arguments)
    )
}

/// Two recorded calls side by side.
#[cfg(feature = "ssr")]
pub(crate) fn comparison(a: impl Display, b: impl Display) -> String {
    format!("{COMPARISON}?a={a}&b={b}")
}

/// The console with a call that was made or saved.
pub(crate) fn console_call(tool: &str, id: impl Display) -> String {
    format!("{CONSOLE}?tool={tool}&call={id}")
}

/// A key's page.
pub(crate) fn key(id: impl Display) -> String {
    format!("{KEYS}/{id}")
}

/// Where a key that was just made is shown.
pub(crate) fn made_key(id: impl Display) -> String {
    format!("{KEYS}/{id}/made")
}

/// The page that helps to connect with a key.
pub(crate) fn connect_key(id: impl Display) -> String {
    format!("{CONNECT}?key={id}")
}

/// The sign-in page that leads on to a path afterwards.
pub(crate) fn login_then(path: &str) -> String {
    let path = safe_path(path);
    if path == DASHBOARD {
        LOGIN.to_owned()
    } else {
        format!("{LOGIN}?next={}", percent_encode(path))
    }
}

/// The path if it is one of this app's pages, else the dashboard: what a link brought must not lead anybody to
/// another site, to an endpoint, or round and round through the sign-in page.
pub(crate) fn safe_path(path: &str) -> &str {
    let is_local = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 500
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let page = path.split(['?', '#']).next().unwrap_or_default();
    let is_page = page != LOGIN && !page.starts_with("/api/") && !page.contains("/..");
    if is_local && is_page { path } else { DASHBOARD }
}

/// As [`safe_path`], where the sign-in page is a page to come back to as well.
#[cfg(feature = "ssr")]
pub(crate) fn safe_path_or_login(path: &str) -> &str {
    let is_login = path
        .strip_prefix(LOGIN)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('?'));
    let is_plain = path.len() <= 500 && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if is_login && is_plain {
        path
    } else {
        safe_path(path)
    }
}

/// Percent-encodes all but letters, digits and `-._~/` (RFC 3986 unreserved, and the slash, which a query may
/// hold), so that it can stand as a query value.
pub(crate) fn percent_encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_our_own_pages() {
        for path in [
            "/",
            "/stores",
            "/stores/new?x=1&y=%20",
            "/stores/01kb9ct5q80000000000000000#danger",
        ] {
            assert_eq!(safe_path(path), path);
        }
    }

    #[test]
    fn leads_nowhere_else() {
        for path in [
            "",
            "stores",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/login",
            "/login?next=/login",
            "/api/sign_out",
            "/a\nb",
            "/a b",
            "/stores/../api/sign_out",
            "/\u{e9}",
        ] {
            assert_eq!(safe_path(path), DASHBOARD, "{path:?}");
        }
        assert_eq!(safe_path(&format!("/{}", "a".repeat(500))), DASHBOARD);
    }

    #[test]
    fn keeps_the_way_back() {
        assert_eq!(login_then("/"), "/login");
        assert_eq!(
            login_then("/stores?q=a&b=%2F"),
            "/login?next=/stores%3Fq%3Da%26b%3D%252F"
        );
        assert_eq!(login_then("//evil.example"), "/login");
    }
}
