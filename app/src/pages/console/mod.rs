//! The console: call any tool by hand, by the path that assistants' calls take, and see what happened.

mod act;
mod api;
mod asked;
mod call;
mod dom;
mod draw;
mod editor;
mod form;
mod input;
mod kept;
mod list;
mod panel;
mod pointer;
mod print;
mod read;
mod result;
mod run;
mod snippets;
mod state;
mod tree;
mod typed;
mod value;
mod view;
mod views;

#[cfg(feature = "ssr")]
pub(crate) use self::snippets::curl_from_environment;

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use leptos_router::{LazyRoute, NavigateOptions, lazy_route};
use orderdesk_mcp_contract::ApiError;
use wasm_bindgen::JsCast as _;

use self::api::{GetConsole, GetConsoleTool, ListConsoleCalls, RUN_FORM};
use self::list::{mark_tool, show_calls, show_tools};
use self::state::Entered;
use crate::flash::flash_for;
use crate::parts::{Loaded, Markup, PageHead, Whole, el};
use crate::routes;
use crate::transport::{answer, load};

/// The page at `/console`. The address holds the tool, and the arguments of a link that somebody was sent.
///
/// All of it is [`Markup`], drawn by the server first; in the browser one listener for each kind of event changes the
/// value that is worked on, and draws by hand what depends on it. Signals for each part would cost three times the code.
pub(crate) struct ConsolePage;

#[lazy_route]
impl LazyRoute for ConsolePage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let fragment = use_location().hash;
        let asked = Signal::derive(move || {
            let part = |name: &str| query.with(|query| query.get(name).unwrap_or_default());
            // The fragment is not sent, but another one is another call.
            [part("tool"), part("args"), part("call"), fragment.get()].join("\n")
        });
        let tools = load(Signal::stored(String::new()), |_| {
            answer!(GetConsole, api::get_console(), &[])
        });
        let tool = load(asked, |asked| {
            let mut parts = asked.split('\n').map(str::to_owned);
            let [tool, args, call] = std::array::from_fn(|_| parts.next().unwrap_or_default());
            answer!(
                GetConsoleTool,
                api::get_console_tool(tool.clone(), args.clone(), call.clone()),
                &[("tool", &tool), ("args", &args), ("call", &call)]
            )
        });
        let calls = load(Signal::stored(String::new()), |_| {
            answer!(ListConsoleCalls, api::list_console_calls(), &[])
        });
        let navigate = use_navigate();
        let root = NodeRef::<html::Div>::new();
        Effect::new(move |_| {
            let Some(root) = root.get() else { return };
            let navigate = navigate.clone();
            let to = move |path: &str, is_instead: bool| {
                let options = NavigateOptions {
                    scroll: false,
                    replace: is_instead,
                    ..NavigateOptions::default()
                };
                navigate(path, options);
            };
            state::begin(calls, to);
            act::listen(root.unchecked_into());
        });
        view! {
            <PageHead title="Console"/>
            <div node_ref=root class="console">
                <div class="console-side">
                    <Loaded data=tools lines=8 show=show_tools/>
                </div>
                <div class="console-main">
                    {all_tools()}
                    <Loaded data=tool lines=8 show/>
                    <Loaded data=calls lines=3 show=show_calls/>
                </div>
            </div>
        }
        .into_any()
    }
}

/// The way back on screens that show either the tools or one of them.
fn all_tools() -> Markup {
    el("p")
        .class("console-back")
        .child(el("a").with("href", routes::CONSOLE).text("All tools"))
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    let Some(mut asked) = asked::asked(text)? else {
        return Ok(nothing_chosen());
    };
    let tool = &asked.tool;
    let needs_store = !matches!(tool.family.as_str(), "stores" | "tenant");
    let no_store = (needs_store && tool.stores.is_empty()).then(no_store);
    // What a form without script left to say is about the first call that is shown, on the server and when taken over.
    if asked.call.refused.is_none() && state::with(|_| ()).is_none() {
        let flash = flash_for(RUN_FORM).get_untracked();
        let error = flash.and_then(|flash| flash.error);
        asked.call.refused = error.map(|error| error.message);
    }
    let panel = panel::panel(tool, &asked.call);
    let fragment = use_location().hash.get_untracked();
    let mut entering = Some(asked);
    Effect::new(move |_| {
        let Some(asked) = entering.take() else {
            return;
        };
        let fragment = fragment.clone();
        // The panel is on the page when this turn of the browser's ends.
        set_timeout(
            move || enter(asked.with_fragment(&fragment)),
            Duration::ZERO,
        );
    });
    Ok(el("div")
        .class("stack")
        .maybe(no_store)
        .child(panel)
        .whole())
}

/// What was asked for is on the page.
fn enter(asked: asked::Asked) {
    mark_tool(&asked.tool.name);
    match state::enter(asked) {
        Entered::First(is_drawn) => {
            typed::take_typed();
            if is_drawn {
                draw::draw_strip();
            } else {
                draw::draw_all();
            }
        }
        Entered::Again => draw::draw_all(),
        Entered::Full(tool) => state::go(&routes::console(&tool), true),
    }
}

fn nothing_chosen() -> AnyView {
    let text = "Choose a tool. It runs here exactly as an assistant runs it, and is recorded the same way.";
    el("p").class("nothing console-none").text(text).whole()
}

fn no_store() -> Markup {
    let add = el("a").with_all(&[("class", "button"), ("href", routes::NEW_STORE)]);
    el("div")
        .class("empty")
        .child(el("p").text("Tools of orders and products need a store, and there is none yet."))
        .child(add.text("Add store"))
}
