//! A key that was just made: its text is shown here and nowhere else, until it was said to be saved.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};
use orderdesk_mcp_contract::{ApiError, KeyKind};
use server_fn::ServerFn as _;
use wasm_bindgen::{JsCast as _, JsValue};

use super::api::{KeyIsSaved, MadeKey};
use super::gate::gate;
use super::view::MadeKeyView;
use crate::parts::{
    Loaded, Look, PageHead, Tone, Whole, code, el, hidden, icon, link_button, notice, post_form,
    refusal, submit_button, told,
};
use crate::routes;
use crate::transport::{Submission, answer, load, read};

const SHOWN_ALREADY: &str = "This key is not shown any more: only a fingerprint of it is kept. Whoever has lost it rotates it, and gets a new one.";

/// The page at `/keys/:id/made`.
pub(super) fn made_key() -> AnyView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let made = load(Signal::derive(id), |id| {
        answer!(MadeKey, super::api::made_key(id.clone()), &[("id", &id)])
    });
    view! { <Loaded data=made lines=6 brings_head=true show/> }.into_any()
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    let made = read::<MadeKeyView>(text)?;
    let title = made.key.name.clone();
    let below = if made.secret.is_some() {
        once(made)
    } else {
        shown_already(made)
    };
    Ok(view! {
        <PageHead title up=(routes::KEYS, "Keys")/>
        {below}
    }
    .whole())
}

fn shown_already(made: MadeKeyView) -> AnyView {
    let id = made.key.id;
    let connect = (made.key.kind == KeyKind::Api)
        .then(|| link_button(routes::connect_key(id), "Connect an assistant"));
    el("div").class("stack").around(vec![
        notice(Tone::Info, SHOWN_ALREADY).whole(),
        el("div")
            .class("actions")
            .child(link_button(routes::key(id), "Show the key’s page"))
            .maybe(connect)
            .whole(),
    ])
}

fn once(made: MadeKeyView) -> AnyView {
    let MadeKeyView {
        key,
        secret,
        mcp_url,
    } = made;
    let secret = secret.map_or_else(String::new, |secret| secret.expose().to_owned());
    let saved = Submission::new();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(next)) = saved.answer::<String>() {
            navigate(&next, NavigateOptions::default());
        }
    });
    let file = format!("{}\n\nKey: {secret}\nMCP endpoint: {mcp_url}\n", key.name);
    let file_name = format!("orderdesk-mcp-{}.txt", key.hint);
    let download = view! {
        <button
            type="button" class="button needs-script" on:click=move |_| {
                // Fails only in a browser without files, where the key can still be copied.
                let _ = save_file(&file_name, &file);
            }
        >
            {icon("download")}
            "Download as a file"
        </button>
    }
    .whole();
    let form = vec![
        told(refusal(saved, "")),
        hidden("id", key.id.to_string()).whole(),
        submit_button(Look::Primary, saved.pending(), "check", "I saved it"),
    ];
    gate(
        "Save this key now",
        vec![
            el("p")
                .text("It is shown only until you go on, for ten minutes at most. Put it where passwords are kept; whoever has it can do what it may do.")
                .whole(),
            code(secret, "the key"),
            el("div")
                .class("actions gate-actions")
                .around(vec![download, post_form(saved, KeyIsSaved::url(), form)]),
        ],
    )
}

/// Has the browser save a text as a file. It is made here, so that the text stands in no address.
fn save_file(name: &str, text: &str) -> Result<(), JsValue> {
    let parts = [JsValue::from_str(text)]
        .into_iter()
        .collect::<js_sys::Array>();
    let url =
        web_sys::Url::create_object_url_with_blob(&web_sys::Blob::new_with_str_sequence(&parts)?)?;
    let link: web_sys::HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    web_sys::Url::revoke_object_url(&url)
}
