use super::markup::{Markup, el, link_button};

/// Links to the pages before and after, by what their address is; nothing where one page holds all.
pub(crate) fn pager(page: u32, pages: u32, address: &dyn Fn(u32) -> String) -> Option<Markup> {
    if pages <= 1 {
        return None;
    }
    let to = |page: u32, text: &'static str| link_button(address(page), text);
    let before = (page > 1).then(|| to(page - 1, "Previous page"));
    let after = (page < pages).then(|| to(page + 1, "Next page"));
    let here = ["Page ", &page.to_string(), " of ", &pages.to_string()].concat();
    let pager = el("nav")
        .class("pager")
        .with("aria-label", "Pages")
        .child(el("span").text(here))
        .maybe(before)
        .maybe(after);
    Some(pager)
}
