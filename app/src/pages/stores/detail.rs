//! One store.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::views::connection::ConnectionReport;
use orderdesk_mcp_contract::views::store::{BucketView, FolderView, StoreDetail};
use orderdesk_mcp_contract::{ApiError, StopScope};

use server_fn::ServerFn as _;

use super::add::{ask, new_store};
use super::api::{GetStore, StorePageView, TEST_FORM, TestStore};
use super::danger::danger_zone;
use super::edit::{edit_card, provide_editing};
use super::left_report;
use crate::flash::flash_for;
use crate::parts::format::{count, percent};
use crate::parts::{
    CopyButton, Loaded, Look, Markup, PageHead, Tone, Whole, badge, card, connection_steps, el,
    hidden, icon, meter, notice, post_form, refusal, submit_button, time, told,
};
use crate::routes;
use crate::stops::{provide_switch, stop_card};
use crate::transport::{Submission, answer, load, read};

/// Stands where an id does for the page on which a store is added.
const NEW: &str = "new";
const HELD_BACK: &str = "Order Desk kept failing for this store, so requests are held back for a while. Test the connection to see why.";

/// The pages at `/stores/:id` and, under the id `new`, where one is added: every route has its price for the part of the
/// browser's share that every visit loads.
pub(crate) struct StorePage;

/// The test of the connection belongs to the page, not to what is shown of the store: that is read anew after it.
#[derive(Clone, Copy)]
struct ConnectionTest(Submission);

#[lazy_route]
impl LazyRoute for StorePage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let params = use_params_map();
        let id = move || params.with(|params| params.get("id").unwrap_or_default());
        let store = load(Signal::derive(id), |id| {
            if id == NEW {
                return ask();
            }
            answer!(GetStore, super::api::get_store(id.clone()), &[("id", &id)])
        });
        let test_store = Submission::new();
        provide_context(ConnectionTest(test_store));
        provide_switch(store);
        provide_editing(store);
        Effect::new(move |_| {
            if test_store.is_answered() {
                store.refetch();
            }
        });
        Effect::watch(id, move |_, _, _: Option<()>| test_store.clear(), false);
        view! {
            <Loaded data=store lines=8 brings_head=true show/>
        }
        .into_any()
    }
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    if let Ok(is_sandbox_offered) = read::<bool>(text) {
        return Ok(new_store(is_sandbox_offered));
    }
    read::<StorePageView>(text).map(|page| view! { <Detail page/> }.whole())
}

#[component]
fn Detail(page: StorePageView) -> impl IntoView {
    let StorePageView {
        detail,
        stops,
        no_change,
        no_stop,
    } = page;
    let StoreDetail {
        store,
        folders,
        bucket,
        ..
    } = detail.clone();
    let (detail_ties, updated_at) = (detail.ties, detail.updated_at);
    let has_key = bucket.is_ok();
    let is_held_back = bucket.as_ref().is_ok_and(|bucket| bucket.circuit_open);
    let sandbox = store
        .sandbox
        .then(|| badge(Tone::Info, "flask-conical", "Sandbox"));
    let held_back = is_held_back.then(|| badge(Tone::Error, "circle-pause", "Held back"));
    let id = store.id.to_string();
    // One notice for one cause: without its key the store's folders cannot be read either.
    let folders = has_key.then(|| folders_card(folders));
    let (mut main, mut danger) = (Vec::new(), ().whole());
    if let Some(why) = no_change {
        main.push(notice(Tone::Info, why).whole());
    } else {
        main.push(connection_card(id.clone()));
        main.push(edit_card(&store, updated_at));
        danger = danger_zone(store.clone(), detail_ties);
    }
    main.push(folders.whole());
    let side = vec![
        usage(&detail).whole(),
        facts(detail),
        stop_card(StopScope::Store, id, stops, no_stop),
    ];
    let stack = |parts| el("div").class("stack").around(parts);
    let parts = vec![
        bucket
            .err()
            .map(|error| notice(Tone::Error, error.message))
            .whole(),
        is_held_back.then(|| notice(Tone::Warn, HELD_BACK)).whole(),
        el("div")
            .class("columns")
            .around(vec![stack(main), stack(side)]),
        danger,
    ];
    view! {
        <PageHead title=store.store_name up=(routes::STORES, "Stores")>
            {sandbox}
            {held_back}
        </PageHead>
        {parts}
    }
    .whole()
}

fn connection_card(id: String) -> AnyView {
    let ConnectionTest(test_store) = expect_context();
    let flash = flash_for(TEST_FORM);
    let report = move || match test_store.answer::<ConnectionReport>() {
        Some(answer) => answer.ok(),
        None => flash.get().and_then(|flash| left_report(&flash)),
    };
    let form = vec![
        hidden("id", id).whole(),
        submit_button(
            Look::Plain,
            test_store.pending(),
            "activity",
            "Test connection",
        ),
    ];
    let title = el("h2").with("id", "connection-title").text("Connection");
    let shown = move || report().map_or_else(untested, connection_steps);
    let parts = vec![
        el("div").class("card-head").around(vec![
            title.whole(),
            post_form(test_store, TestStore::url(), form),
        ]),
        told(refusal(test_store, TEST_FORM)),
        el("div")
            .with("aria-live", "polite")
            .around(vec![shown.whole()]),
    ];
    el("section")
        .class("card")
        .with("aria-labelledby", "connection-title")
        .around(parts)
}

fn untested() -> Markup {
    el("p").class("hint").text(
        "Asks Order Desk whether the saved key still works, step by step. It reads, and changes nothing.",
    )
}

fn folders_card(folders: Result<Vec<FolderView>, ApiError>) -> Markup {
    let row = |folder: FolderView| {
        el("li")
            .child(icon("folder"))
            .child(el("span").class("folder-name").text(folder.name))
            .child(
                el("code")
                    .class("mono")
                    .with("title", "Order Desk's folder id")
                    .text(folder.id),
            )
    };
    let list = match folders {
        Ok(folders) if folders.is_empty() => el("p")
            .class("hint")
            .text("This store has no folders of its own."),
        Ok(folders) => el("ul")
            .class("folders")
            .children(folders.into_iter().map(row)),
        Err(error) => notice(Tone::Warn, error.message),
    };
    card("folders-title", "Folders").child(list)
}

fn usage(detail: &StoreDetail) -> Markup {
    let errors = detail.errors_24h;
    let failed = if errors == 0 {
        el("dd").text("none")
    } else {
        let text = format!("{} ({})", count(errors), percent(errors, detail.calls_24h));
        el("dd").class("tone-error").text(text)
    };
    let last = match detail.last_call_at {
        Some(at) => el("dd").child(time(at)),
        None => el("dd").text("never"),
    };
    let (hits, lookups) = (detail.cache_hits_24h, detail.cache_lookups_24h);
    let cached = if lookups == 0 {
        "nothing was asked for".to_owned()
    } else {
        format!(
            "{} of {} ({})",
            count(hits),
            count(lookups),
            percent(hits, lookups)
        )
    };
    let left = match &detail.bucket {
        Ok(bucket) => bucket_left(bucket),
        Err(_) => el("dd").text("not known"),
    };
    card("usage-title", "The last 24 hours").child(
        el("dl")
            .class("facts")
            .child(el("dt").text("Calls"))
            .child(el("dd").text(count(detail.calls_24h)))
            .child(el("dt").text("Failed"))
            .child(failed)
            .child(el("dt").text("Last call"))
            .child(last)
            .child(el("dt").text("From the cache"))
            .child(el("dd").text(cached))
            .child(el("dt").text("Request bucket"))
            .child(left),
    )
}

fn bucket_left(bucket: &BucketView) -> Markup {
    let BucketView {
        tokens,
        capacity,
        in_flight,
        ..
    } = *bucket;
    let left = format!("{tokens} of {capacity} requests left");
    let under_way =
        (in_flight > 0).then(|| el("span").text(in_flight.to_string()).text(" under way"));
    el("dd")
        .class("bucket")
        .child(meter(left.clone(), tokens, capacity))
        .child(el("span").with("aria-hidden", "true").text(left))
        .maybe(under_way)
}

fn facts(detail: StoreDetail) -> AnyView {
    let StoreDetail {
        store,
        credentials_fingerprint,
        timezone,
        ..
    } = detail;
    let id = store.store_id.to_string();
    let copied = view! { <CopyButton text=id.clone() what="the Order Desk id"/> }.whole();
    let fact = |name: &'static str, value: Markup| [el("dt").text(name).whole(), value.whole()];
    let mut facts = vec![
        el("dt").text("Order Desk id").whole(),
        el("dd")
            .class("with-copy")
            .around(vec![el("code").class("mono").text(id).whole(), copied]),
    ];
    let label = store.label.unwrap_or_else(|| "–".to_owned());
    facts.extend(fact("Label", el("dd").text(label)));
    let timezone = timezone.unwrap_or_else(|| "not known".to_owned());
    facts.extend(fact("Time zone", el("dd").text(timezone)));
    let fingerprint = el("code").class("mono").text(credentials_fingerprint);
    facts.extend(fact("Key fingerprint", el("dd").child(fingerprint)));
    facts.extend(fact("Added", el("dd").child(time(store.created_at))));
    el("section")
        .class("card")
        .with("aria-labelledby", "facts-title")
        .around(vec![
            el("h2").with("id", "facts-title").text("Details").whole(),
            el("dl").class("facts").around(facts),
        ])
}
