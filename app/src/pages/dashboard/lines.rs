//! Lines below each other: what is so, a word on how bad that is, and where it leads.

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::views::dashboard::{FailedCall, StoreImpact};

use super::figures::has_money;
use crate::parts::format::{ago, plural};
use crate::parts::{Markup, Tone, badge, card, el, icon, link};
use crate::routes;

/// A line.
pub(super) struct Line {
    pub(super) tone: Tone,
    pub(super) title: String,
    /// A word about it.
    pub(super) mark: Option<String>,
    /// More about it.
    pub(super) text: String,
    /// Where it leads.
    pub(super) href: Option<String>,
}

impl Line {
    fn draw(self) -> Markup {
        let title = match self.href {
            Some(href) => link(href, self.title),
            None => el("span").text(self.title),
        };
        el("li")
            .class("error-row")
            .child(title.class("error-row-tool"))
            .maybe(self.mark.map(|mark| badge(self.tone, "", mark)))
            .child(el("p").class("error-row-where").text(self.text))
    }
}

/// The lines, or what is said when there are none.
pub(super) fn lines_or(lines: Vec<Line>, none: &'static str) -> Markup {
    if lines.is_empty() {
        let check = icon("circle-check");
        el("p").class("all-quiet").child(check).text(none)
    } else {
        drawn(lines)
    }
}

fn drawn(lines: Vec<Line>) -> Markup {
    el("ul")
        .class("error-rows")
        .children(lines.into_iter().map(Line::draw))
}

/// What changes have done in each store, where they were made in several.
pub(super) fn impact_by_store(stores: &[StoreImpact]) -> Option<Markup> {
    (stores.len() > 1).then(|| {
        let lines = stores.iter().map(of_store).collect();
        card("impact-title", "Impact by store").child(drawn(lines))
    })
}

fn of_store(store: &StoreImpact) -> Line {
    let orders = plural(store.orders, "order", "orders");
    let changes = plural(store.changes, "change", "changes");
    let money = if has_money(store) {
        format!(" · {} moved, in its currency", store.money)
    } else {
        String::new()
    };
    Line {
        tone: Tone::Info,
        title: store.store_name.clone(),
        mark: store.sandbox.then(|| "Sandbox".to_owned()),
        text: format!("{orders} · {changes}{money}"),
        href: None,
    }
}

/// The latest calls that failed.
pub(super) fn latest_errors(as_of: UtcMillis, errors: &[FailedCall]) -> Markup {
    let line = |call: &FailedCall| {
        let when = ago(as_of, call.started_at);
        Line {
            tone: Tone::Error,
            title: call.tool.clone(),
            mark: Some(call.code.as_str().replace('_', " ")),
            text: match &call.store_name {
                Some(store) => format!("{store} · {when}"),
                None => when,
            },
            href: Some(routes::trace(call.trace_id)),
        }
    };
    let lines = errors.iter().map(line).collect();
    card("errors-title", "Latest errors").child(lines_or(lines, "All quiet: no call failed."))
}

#[cfg(test)]
mod tests {
    use super::super::figures::tests::store;
    use super::*;

    #[test]
    fn each_store_says_what_moved_in_it() {
        let line = of_store(&store("Toy", "2.50"));
        assert_eq!(
            line.text,
            "1 order · 2 changes · 2.50 moved, in its currency"
        );
        assert_eq!(line.mark.as_deref(), Some("Sandbox"));
        assert_eq!(of_store(&store("A", "0")).text, "1 order · 2 changes");
        assert!(impact_by_store(&[store("A", "1")]).is_none());
    }
}
