//! All stores.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::views::dashboard::StoreState;
use orderdesk_mcp_contract::views::store::StoreView;
use orderdesk_mcp_contract::{ApiError, UtcMillis};

use super::add::SandboxOffer;
use super::api::{ListStores, StoresOverview};
use super::health::store_health;
use crate::parts::format::{ago, count, plural};
use crate::parts::{CopyButton, Empty, Icon, Loaded, PageHead, Tone, Whole, badge, el, head, link};
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
        let stores = load(Signal::stored(String::new()), |_| {
            answer!(ListStores, super::api::list_stores(), &[])
        });
        view! {
            <PageHead title="Stores">
                <a href=routes::NEW_STORE class="button button-primary"><Icon name="plus"/>"Add store"</a>
            </PageHead>
            <Loaded data=stores show/>
        }
        .into_any()
    }
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    let overview = read::<StoresOverview>(text)?;
    Ok(if overview.stores.is_empty() {
        view! { <NoStores is_sandbox_offered=overview.is_sandbox_offered/> }.whole()
    } else {
        view! { <StoreList overview/> }.whole()
    })
}

#[component]
fn NoStores(is_sandbox_offered: bool) -> impl IntoView {
    view! {
        <Empty icon="store" title="No stores yet">
            <p>"Add an Order Desk store with its store id and API key, and assistants can work on its orders."</p>
            <div class="actions">
                <a href=routes::NEW_STORE class="button button-primary"><Icon name="plus"/>"Add store"</a>
                {is_sandbox_offered.then(|| view! { <SandboxOffer/> })}
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

/// Whether a store answers to what was typed: part of its name, label or Order Desk id, in any case.
fn matches(store: &StoreView, typed: &str) -> bool {
    let typed = typed.trim().to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&typed);
    has(&store.store_name)
        || store.label.as_deref().is_some_and(has)
        || has(store.store_id.as_ref())
}

#[component]
fn StoreList(overview: StoresOverview) -> impl IntoView {
    let StoresOverview {
        as_of,
        stores,
        is_sandbox_offered,
    } = overview;
    let query = use_query_map();
    // The address fills the search, so that it works without script and can be linked to.
    let typed = RwSignal::new(query.with_untracked(|query| query.get("q").unwrap_or_default()));
    let all = stores.len() as u64;
    let stores = StoredValue::new(stores);
    let found = Memo::new(move |_| {
        let typed = typed.get();
        stores.with_value(|stores| {
            stores
                .iter()
                .filter(|state| matches(&state.store, &typed))
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let tally = move || match found.with(|found| found.len() as u64) {
        number if number == all => plural(all, "store", "stores"),
        number => format!("{} of {}", count(number), plural(all, "store", "stores")),
    };
    view! {
        <div class="toolbar">
            <form method="get" action=routes::STORES role="search" class="search" on:submit=|event| event.prevent_default()>
                <label class="visually-hidden" for="q">"Search stores"</label>
                <Icon name="search"/>
                <input
                    class="input" type="search" id="q" name="q" placeholder="Search name, label or id" autocomplete="off"
                    value=typed.get_untracked() prop:value=typed on:input:target=move |event| typed.set(event.target().value())
                />
            </form>
            <p class="tally" role="status">{tally}</p>
            {is_sandbox_offered.then(|| view! { <SandboxOffer/> })}
        </div>
        {move || {
            let found = found.get();
            if found.is_empty() {
                view! { <p class="nothing">"No store matches. Clear the search to see all of them."</p> }.whole()
            } else {
                view! { <StoreTable as_of found/> }.whole()
            }
        }}
    }
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
        .maybe(store.sandbox.then(|| badge(Tone::Info, "", "Sandbox")));
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
