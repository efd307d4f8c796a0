use super::markup::{Markup, Text, el, link};

/// Links that look like tabs: which one is open stands in the address, so it can be sent to somebody. `label` says what is
/// chosen here; each item is address, title and whether it is the open one.
pub(crate) fn tabs(label: &'static str, items: Vec<(String, Text, bool)>) -> Markup {
    let item = |(href, title, is_open): (String, Text, bool)| {
        let link = link(href, title).with("data-noscroll", "true");
        let link = if is_open {
            link.class("tab tab-open").with("aria-current", "true")
        } else {
            link.class("tab")
        };
        el("li").child(link)
    };
    el("nav")
        .class("tabs")
        .with("aria-label", label)
        .child(el("ul").children(items.into_iter().map(item)))
}
