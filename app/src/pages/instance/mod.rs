//! The whole server, for whoever looks after it.

mod api;

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::views::people::{SettingView, TenantView};
use orderdesk_mcp_contract::{ApiError, UtcMillis};
use server_fn::ServerFn as _;

use self::api::{FORM, InstanceView, ListTenants, SetSuspended};
use crate::parts::format::{ago, count};
use crate::parts::{
    Loaded, Look, Markup, PageHead, Tone, Whole, badge, card, el, head, hidden, post_form, refusal,
    submit_button, time, toast, told,
};
use crate::transport::{Submission, answer, load, read};

/// The page at `/instance`.
pub(crate) struct InstancePage;

/// The form belongs to the page, not to what is shown: that is read anew after each.
#[derive(Clone, Copy)]
struct Suspend(Submission);

#[lazy_route]
impl LazyRoute for InstancePage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let tenants = load(Signal::stored(String::new()), |_| {
            answer!(ListTenants, api::list_tenants(), &[])
        });
        let suspend = Submission::new();
        provide_context(Suspend(suspend));
        Effect::new(move |_| {
            if let Some(Ok(said)) = suspend.answer::<String>() {
                toast(said);
                tenants.refetch();
            }
        });
        view! {
            <PageHead title="Workspaces of this server"/>
            <Loaded data=tenants lines=8 show/>
        }
        .into_any()
    }
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    let InstanceView {
        as_of,
        tenants,
        settings,
    } = read(text)?;
    let Suspend(suspend) = expect_context();
    let rows = tenants
        .into_iter()
        .map(|tenant| row(suspend, as_of, tenant));
    let table = vec![
        el("caption")
            .class("visually-hidden")
            .text("Workspaces of this server")
            .whole(),
        head(&[
            ("Name", ""),
            ("State", ""),
            ("Stores", "number"),
            ("Keys", "number"),
            ("People", "number"),
            ("Calls in 24 h", "number"),
            ("Last active", ""),
            ("Made", ""),
            ("Use", ""),
        ])
        .whole(),
        el("tbody").around(rows.collect()),
    ];
    let note = el("p").class("page-note").text(
        "Figures only: what is in a workspace is its own business. A suspended one refuses its keys and people until it is resumed; nothing of it is lost.",
    );
    let parts = vec![
        note.whole(),
        told(refusal(suspend, FORM)),
        el("table")
            .class("table table-cards table-alone")
            .around(table),
        settings_card(settings).whole(),
    ];
    Ok(parts.whole())
}

/// The values in force, given ones marked; `orderdesk-mcp config check` shows the same.
fn settings_card(settings: Vec<SettingView>) -> Markup {
    let row = |setting: SettingView| {
        let source = if setting.is_given { "Given" } else { "Default" };
        let name = el("code").class("mono").text(setting.name);
        el("tr")
            .child(
                el("th")
                    .with("scope", "row")
                    .with("data-label", "Setting")
                    .child(name),
            )
            .child(
                el("td")
                    .with("data-label", "Value")
                    .child(el("code").class("mono").text(setting.value)),
            )
            .child(el("td").with("data-label", "Source").text(source))
    };
    let table = el("table")
        .class("table table-cards")
        .child(head(&[("Setting", ""), ("Value", ""), ("Source", "")]))
        .child(el("tbody").children(settings.into_iter().map(row)));
    card("settings-title", "Settings of the server")
        .child(el("p").class("hint").text(
            "As the server was started with. They are changed in its environment or its file of settings, and hold from the next start. Secrets are never shown.",
        ))
        .child(table)
}

fn row(suspend: Submission, as_of: UtcMillis, tenant: TenantView) -> AnyView {
    let cell = |label: &'static str| el("td").with("data-label", label);
    let number = |label: &'static str, value: u64| cell(label).class("number").text(count(value));
    let state = match tenant.suspended_at {
        None => badge(Tone::Ok, "circle-check", "In use"),
        Some(_) => badge(Tone::Warn, "circle-pause", "Suspended"),
    };
    let active = tenant
        .last_active_at
        .map_or_else(|| "never".to_owned(), |at| ago(as_of, at));
    let (flag, look, label) = match tenant.suspended_at {
        None => ("true", Look::DangerQuiet, "Suspend"),
        Some(_) => ("false", Look::Plain, "Resume"),
    };
    let used = if tenant.is_own {
        el("span").class("hint").text("You are in it").whole()
    } else {
        let form = vec![
            hidden("id", tenant.id.to_string()).whole(),
            hidden("suspended", flag).whole(),
            submit_button(look, suspend.pending(), "", label),
        ];
        post_form(suspend, SetSuspended::url(), form)
    };
    let name = el("th")
        .with("scope", "row")
        .with("data-label", "Name")
        .text(tenant.name);
    let cells = vec![
        name.whole(),
        cell("State").child(state).whole(),
        number("Stores", tenant.stores).whole(),
        number("Keys", tenant.keys).whole(),
        number("People", tenant.people).whole(),
        number("Calls in 24 h", tenant.calls).whole(),
        cell("Last active").text(active).whole(),
        cell("Made").child(time(tenant.created_at)).whole(),
        cell("Use").around(vec![used]),
    ];
    el("tr").around(cells)
}
