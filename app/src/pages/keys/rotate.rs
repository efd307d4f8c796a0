//! Having a new key take over.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use orderdesk_mcp_contract::KeyId;
use server_fn::ServerFn as _;

use super::api::{ROTATE_FORM, RotateKey};
use crate::parts::{Look, Whole, el, hidden, post_form, refusal, submit_button, told};
use crate::routes;
use crate::transport::Submission;

/// How long the old key goes on, in hours.
const OVERLAPS: [(&str, &str); 3] = [
    ("24", "after 24 hours"),
    ("168", "after 7 days"),
    ("0", "at once"),
];

/// A new key with the same name and limits, and how long both work.
pub(super) fn rotate_card(id: KeyId, is_own: bool) -> AnyView {
    let rotate = Submission::new();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(id)) = rotate.answer::<String>() {
            navigate(&routes::made_key(id), NavigateOptions::default());
        }
    });
    // The one who has signed in with a key could not take the new one any more if the old one ended at once.
    let overlaps = OVERLAPS
        .into_iter()
        .filter(|(hours, _)| !is_own || *hours != "0");
    let option = |(hours, label): (&'static str, &'static str)| {
        el("option").with("value", hours).text(label)
    };
    let overlap = el("label")
        .class("field")
        .child(el("span").class("field-label").text("The old key ends"))
        .child(
            el("select")
                .class("input")
                .with("name", "overlap_hours")
                .children(overlaps.map(option)),
        );
    let form = vec![
        told(refusal(rotate, ROTATE_FORM)),
        hidden("id", id.to_string()).whole(),
        overlap.whole(),
        submit_button(Look::Plain, rotate.pending(), "refresh-cw", "Rotate key"),
    ];
    el("section")
        .class("card rotate")
        .with("aria-labelledby", "rotate-title")
        .around(vec![
            el("h2").with("id", "rotate-title").text("Rotate").whole(),
            el("p")
                .class("hint")
                .text("Makes a new key with the same name, access and limits. Both work until the old one ends, so nothing stands still while you change it over.")
                .whole(),
            post_form(rotate, RotateKey::url(), form),
        ])
}
