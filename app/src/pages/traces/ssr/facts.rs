//! What is known of a call, as names and values.

use orderdesk_mcp_contract::trace::view::{ActorKind, TraceLine, TraceView};

use super::story::story_of_order;
use super::{moment, of_order, took};
use crate::parts::format::count;
use crate::parts::{Markup, el, link};
use crate::routes;

/// Bytes of JSON that make about one token.
const BYTES_A_TOKEN: u64 = 4;

/// One fact.
pub(super) struct FactLine {
    /// What it is.
    pub(super) name: String,
    /// What it says.
    pub(super) value: String,
    /// Where it leads; blank when nowhere.
    href: String,
    /// Whether it is an id or the like, to be set in the typeface for code.
    is_code: bool,
    /// What that is good for, where its name does not say it.
    explains: String,
}

impl FactLine {
    /// What it says, as a link where it leads somewhere.
    pub(super) fn shown(&self) -> Markup {
        let value = self.value.clone();
        match (self.href.is_empty(), self.is_code) {
            (false, _) => link(self.href.clone(), value),
            (true, true) => el("code").class("mono").text(value),
            (true, false) => el("span").text(value),
        }
    }
}

/// Facts as a list.
pub(super) fn list(lines: Vec<FactLine>) -> Markup {
    let fact = |line: FactLine| {
        let value = line.shown();
        let name = el("dt").text(line.name);
        let name = if line.explains.is_empty() {
            name
        } else {
            // For those who do not point, too.
            let said = format!(": {}", line.explains);
            name.with("title", line.explains)
                .child(el("span").class("visually-hidden").text(said))
        };
        [name, el("dd").child(value)]
    };
    el("dl")
        .class("facts")
        .children(lines.into_iter().flat_map(fact))
}

/// What is known of a call.
pub(super) fn facts(view: &TraceView) -> Vec<FactLine> {
    let line = &view.line;
    let plain = |name: &str, value: String| FactLine {
        name: name.to_owned(),
        value,
        href: String::new(),
        is_code: false,
        explains: String::new(),
    };
    let leading = |name: &str, value: String, href: String| FactLine {
        href,
        ..plain(name, value)
    };
    let code = |name: &str, value: String| FactLine {
        is_code: true,
        ..plain(name, value)
    };
    let tokens = |bytes: u64| {
        format!(
            "{} bytes, about {} tokens",
            count(bytes),
            count(bytes.div_ceil(BYTES_A_TOKEN))
        )
    };
    let mut facts = vec![
        plain("Began", moment(line.started_at)),
        plain("Took", took(line.duration_us)),
        plain("Came through", line.door.label().to_owned()),
    ];
    facts.extend(caller(line));
    if let Some(client) = &line.client {
        facts.push(plain("Client", client.clone()));
    }
    if let Some(store) = &line.store {
        facts.push(if store.is_gone {
            plain("Store", store.name.clone())
        } else {
            leading("Store", store.name.clone(), routes::store(store.id))
        });
    }
    if let Some(order) = &line.order_id {
        facts.push(leading("Order", order.clone(), of_order(order)));
        let href = story_of_order(order, line.store.as_ref());
        facts.push(leading("Story", "What happened to it".to_owned(), href));
    }
    if let Some(change) = line.change_id {
        facts.push(leading(
            "Change",
            "What it changed".to_owned(),
            routes::change(change),
        ));
    }
    if let Some(hit) = line.cache_hit {
        let said = if hit {
            "answered"
        } else {
            "asked, had nothing"
        };
        facts.push(plain("Cache", said.to_owned()));
    }
    facts.push(plain("Arguments", tokens(view.input_bytes)));
    facts.push(plain("Answer", tokens(view.output_bytes)));
    facts.push(code("Call", line.id.to_string()));
    if let Some(request) = &view.request_id {
        facts.push(FactLine {
            explains: "The server's log has it by this id".to_owned(),
            ..code("Request", request.clone())
        });
    }
    if let Some(parent) = &view.traceparent {
        facts.push(FactLine {
            explains:
                "The traceparent that the caller sent: it leads to the call in their own traces"
                    .to_owned(),
            ..code("Caller’s own trace", parent.clone())
        });
    }
    facts
}

fn caller(line: &TraceLine) -> Option<FactLine> {
    let actor = line.actor.as_ref()?;
    let (name, href) = match actor.kind {
        ActorKind::Key => ("Key", routes::key(actor.id)),
        ActorKind::Person => ("Person", String::new()),
        ActorKind::Gone => ("Who", String::new()),
    };
    Some(FactLine {
        name: name.to_owned(),
        value: actor.name.clone(),
        href,
        is_code: false,
        explains: String::new(),
    })
}
