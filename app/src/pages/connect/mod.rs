//! Connecting an assistant: a key, a configuration, a first question.

mod api;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::access::KeyKind;
use orderdesk_mcp_contract::views::account::KeyView;

use self::api::{Connections, GetConnections, Recipe};
use crate::parts::{
    Loaded, Markup, Notice, PageHead, Text, Tone, Whole, badge, code, code_of, el, head, link, time,
};
use crate::routes;
use crate::transport::{answer, load, read};

const QUESTION: &str =
    "List my Order Desk stores, then show me the five newest orders of the first one.";

/// The page at `/connect`.
pub(crate) struct ConnectPage;

#[lazy_route]
impl LazyRoute for ConnectPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let connections = load(Signal::stored(String::new()), |_| {
            answer!(GetConnections, api::get_connections(), &[])
        });
        view! {
            <PageHead title="Connect an assistant"/>
            <Loaded data=connections lines=8 show/>
        }
        .into_any()
    }
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
        recipes,
    } = connections;
    view! {
        <p class="page-note">"Three steps, about two minutes. Any client that speaks MCP over HTTP works."</p>
        <ol class="connect">
            <li class="card">
                <h2>"Make an API key"</h2>
                <p>
                    "Run this on the machine of the server, with the server's settings and in its folder. It prints the key and nothing else. "
                    "Where "<code>"orderdesk-mcp"</code>" is not found, write the whole path of the program."
                </p>
                {code(key_command, "the command that makes a key")}
                <Notice tone=Tone::Info>
                    <p>
                        "A key is shown once, by this command, and cannot be shown again: only a fingerprint of it is stored. "
                        <code>"--access read"</code>" may look, "<code>"propose"</code>" may also propose changes for you to approve, "
                        <code>"write"</code>" may also change orders."
                    </p>
                </Notice>
                {keys_table(keys)}
            </li>
            <li class="card">
                <h2>"Tell the client"</h2>
                <p>"Put your key where "<code>"odm_ak_YOUR_KEY"</code>" stands. The endpoint is "<code class="mono">{mcp_url}</code>"."</p>
                <Recipes recipes/>
            </li>
            <li class="card">
                <h2>"Ask something"</h2>
                <p>"For instance:"</p>
                {code(QUESTION.to_owned(), "the first question")}
                <p class="hint">"The first call appears on the dashboard within seconds."</p>
            </li>
        </ol>
    }
    .whole()
}

fn keys_table(keys: Vec<KeyView>) -> Markup {
    let keys: Vec<_> = keys
        .into_iter()
        .filter(|key| key.kind == KeyKind::Api)
        .collect();
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
                    .child(link(routes::key(key.id), key.name)),
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

#[component]
fn Recipes(recipes: Vec<Recipe>) -> impl IntoView {
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
                format!("{}?client={}", routes::CONNECT, recipe.id),
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
