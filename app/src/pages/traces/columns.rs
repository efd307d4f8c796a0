//! Which columns the list has: chosen for this browser, and kept in a cookie, so that the server draws no others.

/// The cookie, with the names of the columns that are left out and dots between them.
const COOKIE: &str = "trace_columns";

/// Remembers what is chosen on the page.
pub(super) fn remember() {
    let left_out = super::dom::all_of("[data-column]:not(:checked)");
    let names = left_out
        .iter()
        .filter_map(|choice| choice.get_attribute("data-column"));
    let names: Vec<_> = names.collect();
    crate::theme::remember(COOKIE, &names.join("."));
}

/// The names of the columns that this request leaves out.
#[cfg(feature = "ssr")]
pub(super) fn left_out() -> Vec<String> {
    let names = crate::backend::cookie(COOKIE).unwrap_or_default();
    names.split('.').map(str::to_owned).collect()
}
