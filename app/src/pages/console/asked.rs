//! What the page's address asks for: a tool, and the arguments of a link that somebody was sent.
//!
//! Links carry arguments in the fragment, which browsers send to no server: orders and addresses do not belong into logs.

use std::rc::Rc;

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::form::{Json, Object};

use super::call::{Call, Run, object};
use super::print::{one_line, pretty_object};
use super::read;
use super::state::Tool;
use super::value::without_secrets;
use crate::routes;

/// What stands before a link's arguments in the fragment.
const ARGS: &str = "args=";

/// What the page is asked to show.
pub(super) struct Asked {
    /// Who asks, and in which workspace.
    pub(super) owner: String,
    pub(super) tool: Tool,
    pub(super) call: Call,
    /// Whether just this call is asked for.
    pub(super) is_given: bool,
    /// The arguments that the server drew.
    pub(super) drawn: String,
}

/// Reads what the server sent of a tool; none when none is chosen.
pub(super) fn asked(text: &str) -> Result<Option<Asked>, ApiError> {
    let view = read::parse(text)?;
    let Some(about) = read::part(&view, "tool") else {
        return Ok(None);
    };
    let tool = Tool {
        name: read::text(about, "name").to_owned(),
        family: read::text(about, "family").to_owned(),
        hints: read::hints(about),
        refused: read::part(about, "refused")
            .and_then(Json::as_str)
            .map(str::to_owned),
        description: read::text(&view, "description").to_owned(),
        spec: read::spec(read::part(&view, "form").unwrap_or(&Json::Null)),
        stores: read::list(&view, "stores")
            .iter()
            .map(read::store)
            .collect(),
        mcp_url: read::text(&view, "mcp_url").to_owned(),
    };
    let mut call = Call::new(&tool.name, read::text(&view, "arguments"));
    call.run = read::part(&view, "run").map(|run| Rc::new(Run::of(run.clone())));
    call.refused =
        read::part(&view, "problem").map(|problem| read::text(problem, "message").to_owned());
    Ok(Some(Asked {
        owner: read::text(&view, "owner").to_owned(),
        is_given: read::flag(&view, "is_given"),
        drawn: call.text.clone(),
        tool,
        call,
    }))
}

impl Asked {
    /// Takes the arguments of a fragment, if it has any.
    pub(super) fn with_fragment(mut self, fragment: &str) -> Self {
        let Some(encoded) = fragment.trim_start_matches('#').strip_prefix(ARGS) else {
            return self;
        };
        match decode(encoded) {
            Some(arguments) => {
                let arguments = without_secrets(&arguments, &self.tool.spec);
                self.call = Call::new(&self.tool.name, &pretty_object(&arguments));
                self.is_given = true;
            }
            None => {
                self.call.refused = Some("The arguments in this link cannot be read; it may have been cut. The form starts empty.".to_owned());
            }
        }
        self
    }
}

/// This page's address with the arguments.
pub(super) fn link(tool: &str, arguments: &Object) -> String {
    // The browser's own encoder takes one letter a byte.
    let arguments = one_line(&Json::Object(arguments.clone()));
    let bytes: String = arguments.bytes().map(char::from).collect();
    let encoded = window().btoa(&bytes).unwrap_or_default();
    let encoded = encoded.replace('+', "-").replace('/', "_");
    let origin = window().location().origin().unwrap_or_default();
    [
        &origin,
        &routes::console(tool),
        "#",
        ARGS,
        encoded.trim_end_matches('='),
    ]
    .concat()
}

fn decode(encoded: &str) -> Option<Object> {
    let encoded = encoded.replace('-', "+").replace('_', "/");
    let letters = window().atob(&encoded).ok()?;
    let bytes: Option<Vec<u8>> = letters
        .chars()
        .map(|letter| u8::try_from(letter).ok())
        .collect();
    object(&String::from_utf8(bytes?).ok()?)
}
