//! Connecting an assistant: a key, a configuration, a first question.

mod api;

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::views::account::KeyView;

use server_fn::ServerFn as _;

use self::api::{Connections, GetConnections, Recipe};
use crate::live::{every_while_visible, not_updated, refresh, shown};
use crate::parts::{
    Loaded, Markup, PageHead, Text, Tone, Whole, badge, code, code_of, el, head, icon, link,
    link_button, pager, time,
};
use crate::routes;
use crate::transport::{Data, answer, load, read};

const QUESTION: &str =
    "List my Order Desk stores, then show me the five newest orders of the first one.";

/// How often the page looks whether the key's first call has come.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// The page at `/connect`, for the workspace or, with `?key=`, for one key.
pub(crate) struct ConnectPage;

#[lazy_route]
impl LazyRoute for ConnectPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let part = move |name: &str| query.with(|query| query.get(name).unwrap_or_default());
        let key = Memo::new(move |_| part("key"));
        let asked = Memo::new(move |_| [key.get(), part("page")].join(" "));
        let connections = load(asked.into(), |asked| {
            let (key, page) = asked.split_once(' ').unwrap_or_default();
            let (key, page) = (key.to_owned(), page.to_owned());
            answer!(
                GetConnections,
                api::get_connections(key.clone(), page.clone()),
                &[("key", &key), ("page", &page)]
            )
        });
        let missed = RwSignal::new(None);
        every_while_visible(LOOK_EVERY, move || {
            if is_waiting(connections) {
                leptos::task::spawn_local(async move {
                    let key = key.get_untracked();
                    refresh(connections, missed, GetConnections::url(), &[("key", &key)]).await;
                });
            }
        });
        view! {
            <PageHead title="Connect an assistant"/>
            {not_updated(missed)}
            <Loaded data=connections lines=8 show/>
        }
        .into_any()
    }
}

/// Whether the page is about a key that was never used.
fn is_waiting(data: Data) -> bool {
    let connections = shown(data).and_then(|text| read::<Connections>(&text.ok()?).ok());
    let chosen = connections.and_then(|connections| connections.chosen);
    chosen.is_some_and(|key| key.last_used_at.is_none())
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    read::<Connections>(text).map(|connections| view! { <Steps connections/> }.whole())
}

#[component]
fn Steps(connections: Connections) -> impl IntoView {
    let Connections {
        mcp_url,
        key_command,
        keys,
        page,
        pages,
        recipes,
        chosen,
    } = connections;
    let id = chosen.as_ref().map(|key| key.id.to_string());
    let step = |title: &'static str, parts: Vec<AnyView>| {
        let mut all = vec![el("h2").text(title).whole()];
        all.extend(parts);
        el("li").class("card").around(all)
    };
    let first = match &chosen {
        Some(key) => step("The key", vec![chosen_key(key).whole()]),
        None => {
            let pager = pager(page, pages, &|page| routes::page(routes::CONNECT, "", page));
            step(
                "Choose or make an API key",
                choose_key(keys, pager, key_command),
            )
        }
    };
    let begins = chosen.as_ref().map(|key| {
        el("span")
            .text(" It begins with ")
            .child(el("code").text(key.hint.clone()))
            .text(".")
    });
    let endpoint = el("p")
        .text("Put the key where ")
        .child(el("code").text("YOUR_KEY"))
        .text(" stands, with the letters before it.")
        .maybe(begins)
        .text(" The endpoint is ")
        .child(el("code").class("mono").text(mcp_url))
        .text(".");
    let tell = vec![
        endpoint.whole(),
        view! { <Recipes recipes key=id.unwrap_or_default()/> }.whole(),
    ];
    let noticed = match chosen {
        Some(key) => live_check(key),
        None => el("p")
            .class("hint")
            .text("The first call appears on the dashboard within seconds."),
    };
    let ask = vec![
        el("p").text("For instance:").whole(),
        code(QUESTION.to_owned(), "the first question"),
        el("div")
            .with("role", "status")
            .around(vec![noticed.whole()]),
    ];
    let note = el("p")
        .class("page-note")
        .text("Three steps, about two minutes. Any client that speaks MCP over HTTP works.");
    let steps = el("ol").class("connect").around(vec![
        first,
        step("Tell the client", tell),
        step("Ask something", ask),
    ]);
    vec![note.whole(), steps]
}

fn choose_key(keys: Vec<KeyView>, pager: Option<Markup>, command: String) -> Vec<AnyView> {
    let about = el("p").text(
        "Each assistant gets its own, limited to what it should do. It is shown once; only a fingerprint of it is stored.",
    );
    let make =
        el("p").child(link_button(routes::NEW_KEY, "Make a key").class("button button-primary"));
    let by_command = el("details").class("more").around(vec![
        el("summary").text("Or make one on the server’s machine").whole(),
        el("p")
            .text("Run this with the server’s settings and in its folder. It prints the key and nothing else.")
            .whole(),
        code(command, "the command that makes a key"),
    ]);
    vec![
        about.whole(),
        make.whole(),
        keys_table(keys).whole(),
        pager.whole(),
        by_command,
    ]
}

fn chosen_key(key: &KeyView) -> Markup {
    el("p")
        .child(link(routes::key(key.id), key.name.clone()))
        .text(", ")
        .child(el("code").class("mono").text(key.hint.clone()))
        .text(" ")
        .child(badge(Tone::Neutral, "", key.access.as_str()))
        .text(" ")
        .child(link(routes::CONNECT, "Use another key"))
}

/// Whether the key was ever used. It turns by itself, since the page is read anew until it was.
fn live_check(key: KeyView) -> Markup {
    match key.last_used_at {
        Some(at) => el("p")
            .class("live-check live-check-done")
            .child(icon("circle-check"))
            .child(
                el("span")
                    .child(el("strong").text("Connected."))
                    .text(" The key was last used ")
                    .child(time(at))
                    .text("."),
            ),
        None => el("p")
            .class("live-check")
            .child(icon("circle-dashed"))
            .child(
                el("span")
                    .child(el("strong").text("Waiting for the first call of this key."))
                    .text(" This turns green by itself."),
            ),
    }
}

fn keys_table(keys: Vec<KeyView>) -> Markup {
    if keys.is_empty() {
        return el("p")
            .class("hint")
            .text("This workspace has no API key yet.");
    }
    let cell = |label: &'static str| el("td").with("data-label", label);
    let row = |key: KeyView| {
        let used = key
            .last_used_at
            .map_or_else(|| el("span").text("never"), time);
        el("tr")
            .child(
                el("th")
                    .with("scope", "row")
                    .with("data-label", "Name")
                    .child(link(routes::connect_key(key.id), key.name)),
            )
            .child(cell("Key").child(el("code").class("mono").text(key.hint)))
            .child(cell("Access").child(badge(Tone::Neutral, "", key.access.as_str())))
            .child(cell("Last used").child(used))
    };
    el("table")
        .class("table table-cards")
        .child(el("caption").text("API keys of this workspace"))
        .child(head(&[
            ("Name", ""),
            ("Key", ""),
            ("Access", ""),
            ("Last used", ""),
        ]))
        .child(el("tbody").children(keys.into_iter().map(row)))
}

/// The page with this client's recipe open, and with the first page of the keys.
fn tab_address(key: &str, client: &str) -> String {
    if key.is_empty() {
        format!("{}?client={client}", routes::CONNECT)
    } else {
        format!("{}&client={client}", routes::connect_key(key))
    }
}

#[component]
fn Recipes(recipes: Vec<Recipe>, key: String) -> impl IntoView {
    let query = use_query_map();
    let chosen = move || query.with(|query| query.get("client").unwrap_or_default());
    move || {
        let chosen = chosen();
        let open = recipes
            .iter()
            .find(|recipe| recipe.id == chosen)
            .or_else(|| recipes.first())
            .cloned();
        let tab = |recipe: &Recipe| {
            let is_open = open.as_ref().is_some_and(|open| open.id == recipe.id);
            (
                tab_address(&key, &recipe.id),
                Text::from(recipe.title.clone()),
                is_open,
            )
        };
        let tabs: Vec<_> = recipes.iter().map(tab).collect();
        view! {
            {crate::parts::tabs("Client", tabs)}
            {open.clone().map(|recipe| {
                let what = format!("the configuration for {}", recipe.title);
                view! {
                    <p class="recipe-place">{recipe.place}</p>
                    {code_of(recipe.text, what)}
                    <p class="hint">{recipe.note}</p>
                }
            })}
        }
    }
}
