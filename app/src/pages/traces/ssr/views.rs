//! Queries under names: those that everybody has, and the person's own.

use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::saved::{READY_MADE, SavedView, VIEW_NAME_MAX};
use orderdesk_mcp_domain::{Caller, Services, no_such_view};
use server_fn::ServerFn as _;

use super::super::{RemoveTraceView, RenameTraceView, SaveTraceView, VIEWS_FORM};
use super::forms::form;
use crate::backend::{enter, leave, page_before, reply};
use crate::flash::Flash;
use crate::parts::{Drawn, Markup, el, hidden, link, tabs};
use crate::routes;

/// Drawn for a list that asks for `query`.
pub(super) async fn row(
    services: &Services,
    caller: &Caller,
    query: &str,
) -> Result<Drawn, ApiError> {
    let own = reply(services.trace_views(caller).await)?;
    Ok(drawn(&own, query).steps())
}

/// A row of links, of which the one for what is asked for is marked, and the forms below it.
fn drawn(own: &[SavedView], query: &str) -> Markup {
    let all = READY_MADE
        .into_iter()
        .chain(own.iter().map(|view| (&*view.name, &*view.query)));
    let asked = TraceQuery::parse(query).ok();
    let tab = |(name, asks): (&str, &str)| {
        let href = routes::traces(&[("q", asks)]);
        // However it is written.
        let is_asked = asks == query || asked.is_some() && asked == TraceQuery::parse(asks).ok();
        (href, name.to_owned().into(), is_asked)
    };
    let forms = el("details")
        .class("more")
        .child(el("summary").text("Save or change views"))
        .child(save(query))
        .maybe((!query.is_empty()).then(|| {
            let href = routes::with_parameters(routes::ALERTS, &[("b", query)]);
            el("p").child(link(href, "Alert me of this").class("button button-small"))
        }))
        .child(el("ul").children(own.iter().map(change)));
    el("div")
        .class("views")
        .child(tabs("Views", all.map(tab).collect()))
        .child(link(routes::ALERTS, "Alerts").class("button button-small"))
        .child(link(routes::EXPORTS, "Exports").class("button button-small"))
        .child(forms)
}

fn save(query: &str) -> Markup {
    if query.is_empty() {
        return el("p").class("hint").text(
            "A view keeps a query under a name, for you alone. Ask for some of the calls, and you can save that here.",
        );
    }
    form(SaveTraceView::url())
        .child(hidden("query", query.to_owned()))
        .child(name("Name of the view".to_owned(), String::new()))
        .child(button("Save view"))
}

fn change(view: &SavedView) -> Markup {
    let remove = button("Remove")
        .flag("formnovalidate", true)
        .with("formaction", RemoveTraceView::url());
    let label = format!("New name of {}", view.name);
    let form = form(RenameTraceView::url())
        .child(hidden("id", view.id.to_string()))
        .child(name(label, view.name.clone()))
        .child(button("Rename"))
        .child(remove);
    el("li").child(form)
}

fn name(label: String, value: String) -> Markup {
    el("input")
        .with_all(&[
            ("class", "input"),
            ("name", "name"),
            ("autocomplete", "off"),
        ])
        .flag("required", true)
        .with("aria-label", label)
        .with("maxlength", VIEW_NAME_MAX.to_string())
        .with("value", value)
}

fn button(label: &'static str) -> Markup {
    el("button").class("button button-small").text(label)
}

pub(in super::super) async fn save_view(name: &str, query: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let saved = services.save_trace_view(&caller, name, query).await;
    back(saved.map(|view| format!("The view “{}” is saved.", view.name)))
}

pub(in super::super) async fn rename(id: &str, name: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let renamed = match id.parse() {
        Ok(id) => services.rename_trace_view(&caller, id, name).await,
        Err(_) => Err(no_such_view()),
    };
    back(renamed.map(|()| "The view has its new name.".to_owned()))
}

pub(in super::super) async fn remove(id: &str) -> Result<String, ApiError> {
    let (services, caller) = enter()?;
    let removed = match id.parse() {
        Ok(id) => services.remove_trace_view(&caller, id).await,
        Err(_) => Err(no_such_view()),
    };
    back(removed.map(|()| "The view is removed.".to_owned()))
}

/// Back to the list as it was asked for, which says what was done or why not.
fn back(said: Result<String, ApiError>) -> Result<String, ApiError> {
    let said = reply(said);
    let flash = match &said {
        Ok(said) => Flash::notice(said.clone()),
        Err(error) => Flash::refused(VIEWS_FORM, error),
    };
    leave(routes::safe_path(&page_before()), Some(flash));
    said
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::TraceViewId;

    use super::*;

    #[test]
    fn the_browser_builds_what_is_drawn() {
        let own = [SavedView {
            id: TraceViewId::from_parts(1, 2),
            name: "Mine & yours".into(),
            query: "tool:orders_list".into(),
        }];
        for query in ["", "tool:orders_list", "  tool:\"orders_list\" "] {
            let steps = drawn(&own, query).steps();
            let built = crate::parts::drawn(steps.clone()).steps();
            assert_eq!(built[1..built.len() - 1], steps);
            let marked = steps.iter().filter(|step| *step == "@aria-current=true");
            assert_eq!(marked.count(), 1, "{query}");
        }
    }
}
