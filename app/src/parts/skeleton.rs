use super::markup::{Markup, el};

/// Holds a page's place while its data is on the way; appears only when that takes a moment.
pub(crate) fn skeleton(lines: u32) -> Markup {
    let line = |_| {
        el("span")
            .class("skeleton-line")
            .with("aria-hidden", "true")
    };
    el("div")
        .class("skeleton")
        .with("role", "status")
        .child(el("span").class("visually-hidden").text("Loading"))
        .children((0..lines).map(line))
}
