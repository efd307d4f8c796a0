//! The console: call any tool by hand, by the path that assistants' calls take, and see what happened.

mod api;
mod editor;
mod form;
mod list;
mod panel;
mod result;
mod shown;
mod snippets;
mod tabs;
mod tree;
mod value;
mod view;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::ApiError;

use self::api::{GetConsole, GetConsoleTool, ListConsoleCalls};
use self::list::{calls_card, show_tools};
use self::panel::{Around, tool_panel};
use self::tabs::Tabs;
use self::view::ToolView;
use crate::parts::{Loaded, PageHead, Whole, el, empty, link, link_button};
use crate::routes;
use crate::transport::{answer, load, read};

/// The page at `/console`. The address holds the tool, and the arguments of a link that somebody was sent.
pub(crate) struct ConsolePage;

#[lazy_route]
impl LazyRoute for ConsolePage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let query = use_query_map();
        let asked = Signal::derive(move || {
            let part = |name: &str| query.with(|query| query.get(name).unwrap_or_default());
            [part("tool"), part("args"), part("call")].join("\n")
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
        provide_context(Around {
            tabs: Tabs::new(),
            calls,
        });
        let has_tool = move || asked.with(|asked| asked.len() > 2);
        view! {
            <PageHead title="Console"/>
            <div class="console" class:console-chosen=has_tool>
                <div class="console-side">
                    <Loaded data=tools lines=8 show=show_tools/>
                </div>
                <div class="console-main">
                    {all_tools()}
                    <Loaded data=tool lines=8 show/>
                    {calls_card(calls)}
                </div>
            </div>
        }
        .into_any()
    }
}

/// The way back on screens that show either the tools or one of them.
fn all_tools() -> crate::parts::Markup {
    el("p")
        .class("console-back")
        .child(link(routes::CONSOLE, "All tools"))
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    Ok(match read::<Option<ToolView>>(text)? {
        Some(view)
            if view.stores.is_empty()
                && view.tool.family != "stores"
                && view.tool.family != "tenant" =>
        {
            el("div")
                .class("stack")
                .around(vec![no_store().whole(), tool_panel(view)])
        }
        Some(view) => tool_panel(view),
        None => empty(
            "terminal",
            "Choose a tool",
            "A tool runs here exactly as an assistant runs it, and is recorded the same way.",
            [],
        )
        .whole(),
    })
}

fn no_store() -> crate::parts::Markup {
    empty(
        "store",
        "No stores yet",
        "Tools of orders and products need a store.",
        [link_button(routes::NEW_STORE, "Add store")],
    )
}
