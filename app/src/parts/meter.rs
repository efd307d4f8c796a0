use super::markup::{Markup, Text, el};

/// How full something is; `label` says what is measured.
pub(crate) fn meter(label: impl Into<Text>, value: u32, max: u32) -> Markup {
    let share = if max == 0 {
        0
    } else {
        u64::from(value.min(max)) * 100 / u64::from(max)
    };
    let class = if share < 20 {
        "meter-fill meter-low"
    } else {
        "meter-fill"
    };
    let bar = |class: &'static str, width: u64| {
        el("rect")
            .class(class)
            .with("width", width.to_string())
            .with("height", "6")
    };
    el("svg")
        .class("meter")
        .with("viewBox", "0 0 100 6")
        .with("preserveAspectRatio", "none")
        .with("role", "img")
        .with("aria-label", label)
        .child(bar("meter-track", 100))
        .child(bar(class, share))
}
