//! What the forms of alerts and of scheduled exports have in common.

use orderdesk_mcp_contract::{ApiError, ErrorCode};
use serde::{Deserialize, Serialize};

use super::hint;
use crate::backend::{enter, keep, leave, reply};
use crate::flash::Flash;
use crate::parts::{Markup, el, hidden};

/// What is said of the field of a query.
pub(super) const ABOUT_QUERY: &str =
    "As above the list of calls, such as status:error. Blank: every call.";
/// Longest query that its field takes.
pub(super) const QUERY_MAX: usize = 1000;

/// What was typed and refused.
#[derive(Serialize, Deserialize)]
pub(super) struct Refused<T> {
    /// The id of what was to be changed; blank for something new.
    pub(super) id: String,
    /// Never a secret.
    pub(super) typed: T,
    pub(super) error: ApiError,
}

/// A field of one line.
pub(super) struct Input<'a> {
    pub(super) id: String,
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    /// The input's type.
    pub(super) kind: &'static str,
    /// Most characters taken.
    pub(super) max: usize,
    pub(super) is_needed: bool,
    pub(super) value: String,
    /// Blank for none.
    pub(super) about: &'static str,
    /// Why the form was refused, which may be about another field.
    pub(super) error: Option<&'a ApiError>,
}

impl Input<'_> {
    pub(super) fn field(self) -> Markup {
        let about = (!self.about.is_empty()).then(|| hint(self.about));
        // A password that is kept is not this one.
        let autocomplete = if self.kind == "password" {
            "new-password"
        } else {
            "off"
        };
        el("div")
            .class("field")
            .child(el("label").with("for", self.id.clone()).text(self.label))
            .child(
                el("input")
                    .class("input")
                    .with("id", self.id)
                    .with("type", self.kind)
                    .with("name", self.name)
                    .with("maxlength", self.max.to_string())
                    .with("autocomplete", autocomplete)
                    .flag("required", self.is_needed)
                    .with("value", self.value),
            )
            .maybe(about)
            .maybe(at(self.error, self.name))
    }
}

/// A form that the browser itself sends.
pub(super) fn form(url: &'static str) -> Markup {
    el("form").with_all(&[("method", "post"), ("action", url)])
}

/// A form of one button that does something with what has this id and name.
pub(super) fn act(url: &'static str, text: &'static str, id: &str, name: &str) -> Markup {
    form(url).child(hidden("id", id.to_owned())).child(
        el("button")
            .class("button button-small")
            .with("aria-label", format!("{text}: {name}"))
            .text(text),
    )
}

/// Why a form was refused, if it is about this field.
pub(super) fn at(error: Option<&ApiError>, name: &str) -> Option<Markup> {
    error
        .filter(|error| error.field.as_deref() == Some(name))
        .map(said)
}

/// The same if it is about none of these fields.
pub(super) fn in_general(error: Option<&ApiError>, shown: &[&str]) -> Option<Markup> {
    error
        .filter(|error| !error.field.as_deref().is_some_and(|at| shown.contains(&at)))
        .map(said)
}

fn said(error: &ApiError) -> Markup {
    el("p")
        .class("field-error")
        .with("role", "alert")
        .text(error.message.clone())
}

/// Back to a page, which says what was done or why not.
pub(super) fn done(path: &str, said: Result<&'static str, ApiError>) -> Result<String, ApiError> {
    let said = reply(said.map(str::to_owned));
    let text = match &said {
        Ok(said) => said.clone(),
        Err(error) => error.message.clone(),
    };
    leave(path, Some(Flash::notice(text)));
    said
}

/// The same with what was typed, where that was refused: the session keeps it under the name `kept`.
pub(super) async fn back<T: Serialize + Send + Sync>(
    path: &str,
    kept: &str,
    (id, typed): (&str, T),
    said: Result<&'static str, ApiError>,
) -> Result<String, ApiError> {
    let said = reply(said.map(str::to_owned));
    match &said {
        Ok(said) => leave(path, Some(Flash::notice(said.clone()))),
        // What is gone has no form that could say so.
        Err(error) if error.code == ErrorCode::NotFound => {
            leave(path, Some(Flash::notice(error.message.clone())));
        }
        Err(error) => {
            let (_, caller) = enter()?;
            let refused = Refused {
                id: id.to_owned(),
                typed,
                error: error.clone(),
            };
            keep(kept, &caller, &refused).await?;
            leave(path, None);
        }
    }
    said
}
