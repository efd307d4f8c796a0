//! One call, in the browser.

use std::rc::Rc;

use orderdesk_mcp_contract::form::{FormSpec, Json, Object};
use web_sys::AbortController;

use super::print::pretty_object;
use super::read;
use super::value::without_secrets;

/// What a call is called with, and what came of it.
#[derive(Clone, Default)]
pub(super) struct Call {
    /// Tells it from the others, whose places change.
    pub(super) id: u32,
    pub(super) tool: String,
    /// The arguments as far as they can be read.
    pub(super) arguments: Object,
    /// The arguments as JSON: what is sent.
    pub(super) text: String,
    /// The same without secrets, to be kept.
    pub(super) kept: String,
    /// Whether the JSON cannot be read: then the arguments are older than it.
    pub(super) is_broken: bool,
    /// What came of it.
    pub(super) run: Option<Rc<Run>>,
    /// Why nothing was called.
    pub(super) refused: Option<String>,
    /// Ends its request while it is under way.
    pub(super) stop: Option<AbortController>,
}

/// What came of a call.
pub(super) struct Run {
    /// As the server told it.
    pub(super) told: Json,
    /// The tool's answer as data; absent when it failed.
    pub(super) answer: Option<Json>,
}

impl Run {
    pub(super) fn of(told: Json) -> Self {
        let has_failed = read::part(&told, "error").is_some();
        let answer = (!has_failed).then(|| Json::parse_in_browser(read::text(&told, "text")).ok());
        Self {
            answer: answer.flatten(),
            told,
        }
    }
}

impl Call {
    pub(super) fn new(tool: &str, text: &str) -> Self {
        let arguments = object(text);
        Self {
            tool: tool.to_owned(),
            is_broken: arguments.is_none(),
            arguments: arguments.unwrap_or_default(),
            text: text.to_owned(),
            kept: text.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.run.is_none() && self.stop.is_none() && matches!(self.text.trim(), "" | "{}")
    }

    /// The value was changed in the form: the JSON says it too.
    pub(super) fn form_edited(&mut self, spec: &FormSpec) {
        self.is_broken = false;
        self.text = pretty_object(&self.arguments);
        self.kept = pretty_object(&without_secrets(&self.arguments, spec));
    }

    /// The JSON was edited: the value is what it says, as far as it can be read.
    pub(super) fn json_edited(&mut self, text: String, spec: &FormSpec) {
        self.kept.clear();
        let arguments = object(&text);
        self.is_broken = arguments.is_none();
        if let Some(arguments) = arguments {
            self.kept = pretty_object(&without_secrets(&arguments, spec));
            self.arguments = arguments;
        } else if spec.secrets().next().is_none() {
            // What cannot be read might hold a secret elsewhere.
            self.kept.clone_from(&text);
        }
        self.text = text;
    }

    /// Gives the request under way up.
    pub(super) fn give_up(&self) {
        if let Some(stop) = &self.stop {
            stop.abort();
        }
    }
}

/// The object in a text; a blank text is one without members.
pub(super) fn object(text: &str) -> Option<Object> {
    if text.trim().is_empty() {
        return Some(Object::new());
    }
    Json::parse_in_browser(text).ok()?.as_object().cloned()
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::tools::catalog;

    use super::*;

    #[test]
    fn json_that_cannot_be_read_is_known_as_such() {
        let spec = FormSpec::of(catalog::find("orders_get").unwrap());
        let mut call = Call::new("orders_get", "{\"order_id\":\"1\"}");
        call.json_edited("{\"order_id\": ".into(), &spec);
        assert!(call.is_broken && call.kept == "{\"order_id\": ");
        assert!(Call::new("orders_get", &call.kept).is_broken);
        call.json_edited("{\"order_id\": \"2\"}".into(), &spec);
        assert!(!call.is_broken);
        for text in ["[]", "1", "{} {}"] {
            assert!(Call::new("orders_get", text).is_broken, "{text}");
        }
        assert!(!Call::new("orders_get", " ").is_broken);
    }
}
