//! All stores.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::{LazyRoute, NavigateOptions, lazy_route};
use orderdesk_mcp_contract::views::dashboard::StoreState;
use orderdesk_mcp_contract::views::store::StoresPage as StoresPageView;
use orderdesk_mcp_contract::{ApiError, UtcMillis};

use super::add::sandbox_offer;
use super::api::{ListStores, StoresOverview};
use super::deleted::deleted_card;
use super::health::store_health;
use crate::parts::format::{ago, count, plural};
use crate::parts::{
    CopyButton, Empty, Icon, Loaded, Markup, PageHead, Tone, Whole, badge, el, empty, head, icon,
    link, pager,
};
use crate::routes;
use crate::transport::{answer, load, read};

/// The page at `/stores`.
pub(crate) struct StoresPage;

#[lazy_route]
impl LazyRoute for StoresPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let asked = Memo::new(move |_| {
            query.with(|query| {
                let part = |name| query.get(name).unwrap_or_default();
                [part("page"), part("q")].join(" ")
            })
        });
        let stores = load(asked.into(), |asked| {
            let (page, q) = asked.split_once(' ').unwrap_or_default();
            let (page, q) = (page.to_owned(), q.to_owned());
            answer!(
                ListStores,
                super::api::list_stores(q.clone(), page.clone()),
                &[("q", &q), ("page", &page)]
            )
        });
        view! {
            <PageHead title="Stores"/>
            {search_form()}
            <Loaded data=stores show/>
        }
        .into_any()
    }
}

/// How long nobody types before the list follows.
const TYPED_FOR: Duration = Duration::from_millis(200);

/// The search, which lives in the address: it works without script, can be linked to, and outlasts a reload. It stands
/// outside of what is loaded, so that the list follows without taking the focus.
fn search_form() -> AnyView {
    let query = use_query_map();
    let typed = query.with_untracked(|query| query.get("q").unwrap_or_default());
    let navigate = use_navigate();
    let search = move |text: String| {
        let options = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&routes::page(routes::STORES, &text, 1), options);
    };
    let mut search = debounce(TYPED_FOR, search);
    view! {
        <form method="get" action=routes::STORES role="search" class="search" on:submit=|event| event.prevent_default()>
            <label class="visually-hidden" for="q">"Search stores"</label>
            <Icon name="search"/>
            <input
                class="input" type="search" id="q" name="q" placeholder="Search name, label or id" autocomplete="off"
                value=typed on:input:target=move |event| search(event.target().value())
            />
        </form>
    }
    .whole()
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    let StoresOverview {
        mut list,
        is_sandbox_offered,
        no_change,
    } = read(text)?;
    let deleted = std::mem::take(&mut list.deleted);
    let can_change = no_change.is_none();
    let stores = match no_change {
        Some(why) if list.all == 0 => no_stores_and_no_way(why).whole(),
        None if list.all == 0 => view! { <NoStores is_sandbox_offered/> }.whole(),
        no_change => store_list(list, is_sandbox_offered, no_change),
    };
    Ok(vec![stores, deleted_card(deleted, can_change)].whole())
}

#[component]
fn NoStores(is_sandbox_offered: bool) -> impl IntoView {
    view! {
        <Empty icon="store" title="No stores yet">
            <p>"Add an Order Desk store with its store id and API key, and assistants can work on its orders."</p>
            <div class="actions">
                {add_button()}
                {is_sandbox_offered.then(sandbox_offer)}
            </div>
            {is_sandbox_offered
                .then(|| {
                    view! {
                        <p class="hint">
                            "The sandbox is a made-up shop inside this server: 500 orders, 120 products, nothing real to break."
                        </p>
                    }
                })}
        </Empty>
    }
    .whole()
}

/// For whoever cannot add one: why, and nothing to press.
fn no_stores_and_no_way(why: String) -> Markup {
    empty("store", "No stores yet", why, [])
}

fn add_button() -> Markup {
    el("a")
        .class("button button-primary")
        .with("href", routes::NEW_STORE)
        .child(icon("plus"))
        .text("Add store")
}

fn store_list(
    list: StoresPageView,
    is_sandbox_offered: bool,
    no_change: Option<String>,
) -> AnyView {
    let StoresPageView {
        as_of,
        stores,
        found,
        all,
        page,
        pages,
        ..
    } = list;
    let tally = if found == all {
        plural(all, "store", "stores")
    } else {
        [&count(found), " of ", &plural(all, "store", "stores")].concat()
    };
    let head = el("div").class("toolbar").around(vec![
        el("p")
            .class("tally")
            .with("role", "status")
            .text(tally)
            .whole(),
        is_sandbox_offered.then(sandbox_offer).whole(),
        match no_change {
            Some(why) => el("p").class("hint").text(why),
            None => add_button(),
        }
        .whole(),
    ]);
    if found == 0 {
        let nothing = el("p")
            .class("nothing")
            .text("No store matches. Clear the search to see all of them.");
        return vec![head, nothing.whole()].whole();
    }
    let search = use_query_map().with_untracked(|query| query.get("q").unwrap_or_default());
    vec![
        head,
        view! { <StoreTable as_of found=stores/> }.whole(),
        pager(page, pages, &|page| {
            routes::page(routes::STORES, &search, page)
        })
        .whole(),
    ]
    .whole()
}

#[component]
fn StoreTable(as_of: UtcMillis, found: Vec<StoreState>) -> impl IntoView {
    view! {
        <table class="table table-cards">
            {el("caption").class("visually-hidden").text("Stores")}
            {head(&[
                ("Name", ""),
                ("State", ""),
                ("Order Desk id", ""),
                ("Label", ""),
                ("Calls, 24 h", "number"),
                ("Last call", ""),
            ])}
            <tbody>{found.into_iter().map(|state| view! { <StoreTableRow as_of state/> }).collect_view()}</tbody>
        </table>
    }
    .whole()
}

#[component]
fn StoreTableRow(as_of: UtcMillis, state: StoreState) -> impl IntoView {
    let StoreState {
        store,
        bucket,
        calls,
        errors,
        last_call_at,
    } = state;
    let id = store.store_id.to_string();
    let failed = (errors > 0).then(|| {
        let text = format!(" ({} failed)", count(errors));
        el("span").class("tone-error").text(text)
    });
    let name = el("th")
        .with("scope", "row")
        .with("data-label", "Name")
        .child(link(routes::store(store.id), store.store_name).class("row-link"))
        .maybe(
            store
                .sandbox
                .then(|| badge(Tone::Info, "flask-conical", "Sandbox")),
        );
    let cell = |label: &'static str| el("td").with("data-label", label);
    let state = cell("State").maybe(store_health(bucket, false));
    let label = cell("Label").text(store.label.unwrap_or_else(|| "–".to_owned()));
    let calls = cell("Calls, 24 h")
        .class("number")
        .child(el("span").text(count(calls)).maybe(failed));
    let last_call = last_call_at.map_or_else(|| "never".to_owned(), |at| ago(as_of, at));
    view! {
        <tr>
            {name}
            {state}
            <td data-label="Order Desk id">
                <span class="with-copy">
                    {el("code").class("mono").text(id.clone())}
                    <CopyButton text=id what="the Order Desk id"/>
                </span>
            </td>
            {label}
            {calls}
            {cell("Last call").text(last_call)}
        </tr>
    }
    .whole()
}
