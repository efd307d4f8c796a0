//! All changes, newest first.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::{LazyRoute, NavigateOptions, lazy_route};
use orderdesk_mcp_contract::{ApiError, UtcMillis};
use server_fn::ServerFn as _;
use wasm_bindgen::JsCast as _;

use super::api::{ChangeChoices, ListChanges};
use super::filter::Filter;
use super::look::state_badge;
use super::view::{ChangeRow, ChangesView, Choices};
use crate::live::{every_while_visible, not_updated, refresh};
use crate::parts::format::{ago, count};
use crate::parts::{
    Icon, Loaded, Markup, PageHead, Text, Whole, el, empty, head, link, link_button, tabs, utc,
};
use crate::routes;
use crate::transport::{answer, load, read};

const REFRESH_EVERY: Duration = Duration::from_secs(5);
/// Name in the address and title of each tab.
const TABS: [(&str, &str); 5] = [
    ("", "All"),
    ("waiting", "Waiting"),
    ("done", "Done"),
    ("trouble", "Trouble"),
    ("undone", "Undone"),
];

/// The page at `/changes`. The address holds the filter; the list is read anew every 5 s while it is looked at, but never
/// under the pointer.
pub(crate) struct ChangesPage;

#[lazy_route]
impl LazyRoute for ChangesPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let filter = Signal::derive(move || query.with(|query| Filter::of_params(query).query()));
        let changes = load(filter, |filter| {
            answer!(
                ListChanges,
                super::api::list_changes(filter.clone()),
                &[("filter", &filter)]
            )
        });
        let choices = load(Signal::stored(String::new()), |_| {
            answer!(ChangeChoices, super::api::change_choices(), &[])
        });
        let missed = RwSignal::new(None);
        every_while_visible(REFRESH_EVERY, move || {
            if !is_in_hand() {
                let filter = filter.get_untracked();
                leptos::task::spawn_local(async move {
                    refresh(changes, missed, ListChanges::url(), &[("filter", &filter)]).await;
                });
            }
        });
        view! {
            <PageHead title="Changes"/>
            {not_updated(missed)}
            <Loaded data=choices lines=1 is_quiet=true show=show_filters/>
            <Loaded data=changes lines=8 show/>
        }
        .into_any()
    }
}

/// Whether the pointer or the focus is on the list: then nothing moves.
fn is_in_hand() -> bool {
    let found = document().query_selector(".changes:hover, .changes:focus-within");
    matches!(found, Ok(Some(_)))
}

/// The filter in the address, when the list of it is shown.
fn current() -> Filter {
    use_query_map().with_untracked(Filter::of_params)
}

fn show_filters(text: &str) -> Result<AnyView, ApiError> {
    read::<Choices>(text).map(|choices| view! { <Filters choices/> }.whole())
}

/// A form that the browser itself can send.
#[component]
fn Filters(choices: Choices) -> impl IntoView {
    let navigate = use_navigate();
    let apply = move |event: web_sys::Event| {
        event.prevent_default();
        if let Some(fields) = fields_around(&event) {
            let options = NavigateOptions {
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&Filter::of(|name| fields.get(name)).href(), options);
        }
    };
    let apply_change = apply.clone();
    // The address leads: a tab or the way back changes it past the form.
    let query = use_query_map();
    let now = move |pick: fn(Filter) -> String| {
        Signal::derive(move || pick(query.with(Filter::of_params)))
    };
    let state = now(|filter| filter.state);
    let order = now(|filter| filter.order);
    view! {
        <form method="get" action=routes::CHANGES role="search" class="toolbar filters" on:submit=move |event| apply(event.into()) on:change=apply_change>
            <input type="hidden" name="state" value=state prop:value=state/>
            <Choice name="store" label="Store" all="All stores" chosen=now(|filter| filter.store) items=choices.stores/>
            <Choice name="key" label="Key" all="All keys" chosen=now(|filter| filter.key) items=choices.keys/>
            <div class="search filter">
                <Icon name="search"/>
                <input
                    class="input" type="search" name="order" aria-label="Order or product id" placeholder="Order or product id"
                    autocomplete="off" value=order prop:value=order
                />
            </div>
            <button type="submit" class="button without-script">"Filter"</button>
        </form>
    }
    .whole()
}

#[component]
fn Choice(
    name: &'static str,
    label: &'static str,
    all: &'static str,
    chosen: Signal<String>,
    items: Vec<(String, String)>,
) -> impl IntoView {
    let first = chosen.get_untracked();
    let option = |(id, title): (String, String)| {
        let is_chosen = id == first;
        view! { <option value=id selected=is_chosen>{title}</option> }
    };
    view! {
        <select class="input filter" name=name aria-label=label prop:value=chosen>
            <option value="">{all}</option>
            {items.into_iter().map(option).collect_view()}
        </select>
    }
    .whole()
}

/// The fields of the form that an event came from.
fn fields_around(event: &web_sys::Event) -> Option<web_sys::UrlSearchParams> {
    let from: web_sys::Element = event.target()?.dyn_into().ok()?;
    let form: web_sys::HtmlFormElement = from.closest("form").ok()??.dyn_into().ok()?;
    let fields = web_sys::FormData::new_with_form(&form).ok()?;
    web_sys::UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    read::<ChangesView>(text).map(|changes| list(changes, &current()).whole())
}

fn list(changes: ChangesView, filter: &Filter) -> Markup {
    let ChangesView {
        as_of,
        rows,
        older,
        waiting,
    } = changes;
    let tab = |(name, title): (&str, &'static str)| {
        let title = if name == "waiting" && waiting > 0 {
            Text::from([title, " (", &count(waiting), ")"].concat())
        } else {
            Text::from(title)
        };
        (filter.with_state(name).href(), title, filter.state == name)
    };
    let tabs = tabs("State", TABS.map(tab).into());
    let list = if !rows.is_empty() {
        table(as_of, rows)
    } else if filter.is_all() {
        no_changes()
    } else {
        el("p")
            .class("nothing")
            .text("No change matches. ")
            .child(link(routes::CHANGES, "Show all changes"))
    };
    let newest = (!filter.before.is_empty()).then(|| filter.with_state(&filter.state).href());
    let older = older.map(|before| {
        let filter = filter.clone();
        Filter { before, ..filter }.href()
    });
    el("div")
        .class("changes")
        .child(tabs)
        .child(list)
        .maybe(pager(newest, older))
}

fn no_changes() -> Markup {
    empty(
        "history",
        "No changes yet",
        "When an assistant changes an order or a product, it stands here with its difference and a way back. It needs a key that may propose or write.",
        [
            link_button(routes::CONNECT, "Connect an assistant").class("button button-primary"),
            link_button(routes::KEYS, "See the keys"),
        ],
    )
}

fn table(as_of: UtcMillis, rows: Vec<ChangeRow>) -> Markup {
    el("table")
        .class("table table-cards table-alone changes-table")
        .child(
            el("caption")
                .class("visually-hidden")
                .text("Changes, newest first"),
        )
        .child(head(&[
            ("Change", ""),
            ("State", ""),
            ("Record", ""),
            ("Asked by", ""),
            ("Money", "number"),
            ("When", ""),
        ]))
        .child(el("tbody").children(rows.into_iter().map(|row| table_row(as_of, row))))
}

fn table_row(as_of: UtcMillis, row: ChangeRow) -> Markup {
    let cell = |label: &'static str| el("td").with("data-label", label);
    let quiet = |text: String| el("span").class("quiet").text(" · ").text(text);
    let record = record_link(row.kind, row.record);
    let asker = el("span")
        .child(link(routes::changes_of(row.key_id), row.key))
        .maybe(row.client.map(quiet));
    let when = el("time")
        .with("datetime", row.at.to_string())
        .with("title", utc(row.at))
        .text(ago(as_of, row.at));
    el("tr")
        .child(
            el("th")
                .with("scope", "row")
                .with("data-label", "Change")
                .child(link(routes::change(row.id), row.what)),
        )
        .child(cell("State").child(state_badge(row.state)))
        .child(cell("Record").child(el("span").child(record).child(quiet(row.store))))
        .child(cell("Asked by").child(asker))
        .child(
            cell("Money")
                .class("number")
                .text(row.money.unwrap_or_else(|| "–".to_owned())),
        )
        .child(cell("When").child(when))
}

/// What a change is about, leading to all changes of it.
pub(super) fn record_link(kind: String, id: Option<String>) -> Markup {
    match id {
        Some(id) => {
            let text = [&kind, " ", &id].concat();
            let of_record = Filter {
                order: id,
                ..Filter::default()
            };
            link(of_record.href(), text).with("title", "All changes of it")
        }
        None => el("span").text("New ").text(kind.to_ascii_lowercase()),
    }
}

/// The links to the other pages, where there are any.
fn pager(newest: Option<String>, older: Option<String>) -> Option<Markup> {
    let has_any = newest.is_some() || older.is_some();
    has_any.then(|| {
        el("nav")
            .class("pager")
            .with("aria-label", "Pages")
            .maybe(newest.map(|href| link_button(href, "Newest")))
            .maybe(older.map(|href| link_button(href, "Older")))
    })
}
