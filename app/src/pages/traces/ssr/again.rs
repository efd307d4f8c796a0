//! How a call can be made again: in the console, or by curl.

use orderdesk_mcp_contract::form::{FormSpec, Json};
use orderdesk_mcp_contract::tools::catalog;
use orderdesk_mcp_contract::trace::view::{
    KeptResult, PayloadState, TraceLine, TracePayload, TraceView,
};
use orderdesk_mcp_domain::CallAgain;
use serde_json::json;

use super::super::super::view::Copied;
use super::hint;
use crate::pages::console::curl_from_environment;
use crate::parts::{Drawn, Markup, el, link_button};
use crate::routes;

/// Where things are, as others reach them.
pub(super) struct Addresses<'a> {
    /// The beginning of each address.
    pub(super) origin: &'a str,
    /// The call's own page, on which what it carried is shown.
    pub(super) carried: String,
}

/// What is said and led to, and what can be taken away.
pub(super) fn again(
    view: &TraceView,
    payload: Option<&TracePayload>,
    at: &Addresses<'_>,
) -> (Drawn, Vec<Copied>) {
    let line = &view.line;
    let page = format!("{}{}", at.origin, routes::trace(line.id));
    let note = "It leads here whoever is in this workspace.";
    let own = ("Link".to_owned(), page, note.to_owned());
    if catalog::find(&line.tool).is_none() {
        let text = "It was not the call of a tool, so the console cannot make it again.";
        return (said(text).steps(), vec![own]);
    }
    let told = match payload {
        Some(payload) => CallAgain::of(&line.tool, payload),
        None => None,
    };
    match told {
        Some(call) => (
            whole(line, &call).steps(),
            curl(line, &call, at.origin)
                .into_iter()
                .chain([own])
                .collect(),
        ),
        None => (without(view, &at.carried).steps(), vec![own]),
    }
}

/// With what it was asked for.
fn whole(line: &TraceLine, call: &CallAgain) -> Markup {
    let text = if call.is_write {
        "The console opens with a dry run of it, which changes nothing."
    } else {
        "The console opens with what it was asked for. Nothing is called before you run it."
    };
    let place = |place: &String| el("li").child(el("code").class("mono").text(place.clone()));
    let left_empty = (!call.left_empty.is_empty()).then(|| {
        el("div")
            .child(hint(
                "Of these not all was kept, because they are hidden or long. They are left empty:",
            ))
            .child(
                el("ul")
                    .class("notes")
                    .children(call.left_empty.iter().map(place)),
            )
    });
    let href = routes::console_again(&line.tool, &call.arguments);
    said(text)
        .maybe(left_empty)
        .child(button(href, "Run again in the console"))
}

/// Without it: only the order is filled in, which everybody may see.
fn without(view: &TraceView, carried: &str) -> Markup {
    if view.payload == PayloadState::Readable {
        let text = "To run it again or to copy it as curl, look at what it carried. That you read it is recorded.";
        return said(text).child(button(
            format!("{carried}#again-title"),
            "Show it to run it again",
        ));
    }
    let text = match &view.payload {
        PayloadState::Nothing => {
            "What it was asked for was not kept. The console opens with its order, if it was about one."
        }
        _ => {
            "What it was asked for is not shown to you. The console opens with its order, if it was about one."
        }
    };
    said(text).child(button(
        with_order(&view.line),
        "Open the tool in the console",
    ))
}

fn with_order(line: &TraceLine) -> String {
    let spec = catalog::find(&line.tool).map(FormSpec::of);
    let takes_order = spec.is_some_and(|spec| spec.field("order_id").is_some());
    let order = line.order_id.as_ref().filter(|_| takes_order);
    let arguments = order.map_or_else(|| json!({}), |order| json!({ "order_id": order }));
    let payload = TracePayload {
        arguments: Some(arguments.to_string()),
        arguments_were_cut: false,
        result: KeptResult::Nothing,
        error: None,
    };
    let call = CallAgain::of(&line.tool, &payload);
    let arguments = call.map_or_else(|| "{}".to_owned(), |call| call.arguments);
    routes::console_again(&line.tool, &arguments)
}

fn curl(line: &TraceLine, call: &CallAgain, origin: &str) -> Option<Copied> {
    let arguments = Json::parse(&call.arguments).ok()?;
    let url = format!("{origin}/mcp");
    let text = curl_from_environment(&url, &line.tool, arguments.as_object()?);
    let note = if call.is_write {
        "It asks for a dry run, with the key that is in ORDERDESK_MCP_KEY."
    } else {
        "It calls with the key that is in ORDERDESK_MCP_KEY."
    };
    Some(("curl".to_owned(), text, note.to_owned()))
}

fn said(text: &'static str) -> Markup {
    el("div").child(hint(text))
}

fn button(href: String, text: &'static str) -> Markup {
    el("p")
        .class("carried-button")
        .child(link_button(href, text))
}
