//! The whole server, for whoever looks after it.

mod api;

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::views::people::{SettingView, TenantView};
use orderdesk_mcp_contract::{ApiError, UtcMillis};
use server_fn::ServerFn as _;

use self::api::{DeleteTenant, ExportTenant, FORM, InstanceView, ListTenants, SetSuspended};
use crate::parts::format::{ago, count};
use crate::parts::{
    Loaded, Look, Markup, PageHead, Tone, Whole, badge, card, el, head, hidden, post_form, refusal,
    submit_button, time, toast, told, typed_name,
};
use crate::transport::{Submission, answer, load, read};

/// The page at `/instance`.
pub(crate) struct InstancePage;

/// The forms belong to the page, not to what is shown: that is read anew after each.
#[derive(Clone, Copy)]
struct Forms {
    suspend: Submission,
    delete: Submission,
}

#[lazy_route]
impl LazyRoute for InstancePage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let tenants = load(Signal::stored(String::new()), |_| {
            answer!(ListTenants, api::list_tenants(), &[])
        });
        let forms = Forms {
            suspend: Submission::new(),
            delete: Submission::new(),
        };
        provide_context(forms);
        for form in [forms.suspend, forms.delete] {
            Effect::new(move |_| {
                if let Some(Ok(said)) = form.answer::<String>() {
                    toast(said);
                    tenants.refetch();
                }
            });
        }
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
    let forms: Forms = expect_context();
    let rows = tenants.into_iter().map(|tenant| row(forms, as_of, tenant));
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
        told(refused(forms)),
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

/// Why one of the forms was refused.
fn refused(forms: Forms) -> Signal<Option<ApiError>> {
    let left = refusal(forms.suspend, FORM);
    Signal::derive(move || forms.delete.refusal().or_else(|| left.get()))
}

/// What can be done with a workspace: a suspended one can be resumed, kept as a file, and deleted.
fn use_forms(forms: Forms, tenant: &TenantView) -> AnyView {
    let id = || hidden("id", tenant.id.to_string());
    let asked = |label: &'static str, class: &'static str, form: AnyView| {
        el("details")
            .class("confirm")
            .around(vec![el("summary").class(class).text(label).whole(), form])
    };
    let set = |flag: &'static str, look, label, more: Option<Markup>| {
        let form = vec![
            more.whole(),
            id().whole(),
            hidden("suspended", flag).whole(),
            submit_button(look, forms.suspend.pending(), "", label),
        ];
        post_form(forms.suspend, SetSuspended::url(), form)
    };
    if tenant.suspended_at.is_none() {
        let what = el("p").text(
            "Its keys and people are refused and signed out until it is resumed. Nothing of it is lost.",
        );
        let form = set("true", Look::Danger, "Suspend it", Some(what));
        return asked("Suspend", "button button-danger-quiet", form);
    }
    // The browser's own form: the answer is a file.
    let export = el("form")
        .with("method", "post")
        .with("action", ExportTenant::url())
        .child(id())
        .child(el("button").class("button").text("Export"));
    let delete = vec![
        el("p")
            .text("For good: stores, keys, people, changes and records of calls. Export it first.")
            .whole(),
        typed_name(tenant.name.clone()).whole(),
        id().whole(),
        el("input")
            .class("input")
            .with("name", "typed_name")
            .with("aria-label", "Name of the workspace")
            .with("autocomplete", "off")
            .whole(),
        submit_button(Look::Danger, forms.delete.pending(), "", "Delete it"),
    ];
    let delete = post_form(forms.delete, DeleteTenant::url(), delete);
    el("div").class("tenant-use").around(vec![
        set("false", Look::Plain, "Resume", None),
        export.whole(),
        asked("Delete", "button button-danger-quiet", delete),
    ])
}

fn row(forms: Forms, as_of: UtcMillis, tenant: TenantView) -> AnyView {
    let id = ["workspace-", &tenant.id.to_string()].concat();
    let cell = |label: &'static str| el("td").with("data-label", label);
    let number = |label: &'static str, value: u64| cell(label).class("number").text(count(value));
    let state = match tenant.suspended_at {
        None => badge(Tone::Ok, "circle-check", "In use"),
        Some(_) => badge(Tone::Warn, "circle-pause", "Suspended"),
    };
    let active = tenant
        .last_active_at
        .map_or_else(|| "never".to_owned(), |at| ago(as_of, at));
    let used = if tenant.is_own {
        el("span").class("hint").text("You are in it").whole()
    } else {
        use_forms(forms, &tenant)
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
    // What was opened and typed for a workspace must not pass to the one that comes to stand in its place.
    el("tr").with("id", id).around(cells)
}
