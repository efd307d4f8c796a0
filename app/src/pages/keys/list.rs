//! All keys.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::views::account::KeyView;
use orderdesk_mcp_contract::{ApiError, KeyKind, UtcMillis};

use super::api::ListKeys;
use super::made::made_key;
use super::view::KeysView;
use crate::parts::format::ago;
use crate::parts::{
    Loaded, Markup, PageHead, Tone, Whole, badge, el, head, link, link_button, pager, time,
};
use crate::routes;
use crate::shell::access_in_words;
use crate::transport::{answer, load, read};

/// The pages at `/keys` and `/keys/:id/made`: one part of the browser's share, because they are small, and
/// every part has its price for all others that share code with it.
pub(crate) struct KeysPage;

#[lazy_route]
impl LazyRoute for KeysPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let path = use_location().pathname.get_untracked();
        if path == routes::KEYS {
            list()
        } else {
            made_key()
        }
    }
}

fn list() -> AnyView {
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|query| query.get("page").unwrap_or_default()));
    let keys = load(asked.into(), |page| {
        let page = page.to_owned();
        answer!(
            ListKeys,
            super::api::list_keys(page.clone()),
            &[("page", &page)]
        )
    });
    view! {
        <PageHead title="Keys">
            {link_button(routes::NEW_KEY, "Make a key").class("button button-primary")}
        </PageHead>
        <Loaded data=keys show/>
    }
    .into_any()
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    let KeysView {
        as_of,
        keys,
        page,
        pages,
    } = read(text)?;
    let (ended, usable): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| has_ended(as_of, key));
    let has_usable = !usable.is_empty();
    let usable = has_usable.then(|| table("Keys that can be used", as_of, usable));
    let ended = (!ended.is_empty()).then(|| {
        let ended = table("Keys that were revoked or have ended", as_of, ended);
        if !has_usable {
            return ended;
        }
        el("details")
            .class("more")
            .child(el("summary").text("Show keys that were revoked or have ended"))
            .child(ended)
    });
    let list = el("div")
        .maybe(usable)
        .maybe(ended)
        .maybe(pager(page, pages, &|page| {
            routes::page(routes::KEYS, "", page)
        }));
    Ok(list.whole())
}

/// Whether nobody can use the key any more.
pub(super) fn has_ended(as_of: UtcMillis, key: &KeyView) -> bool {
    key.revoked_at.is_some() || key.expires_at.is_some_and(|end| end <= as_of)
}

/// How long before its end a key is said to end soon.
const SOON_MS: i64 = 7 * 86_400_000;

/// Whether the key can be used, in a word.
pub(super) fn key_state(as_of: UtcMillis, key: &KeyView) -> Markup {
    if key.revoked_at.is_some() {
        badge(Tone::Neutral, "circle-x", "Revoked")
    } else if has_ended(as_of, key) {
        badge(Tone::Neutral, "clock", "Ended")
    } else if key.replaced_by.is_some() {
        badge(Tone::Warn, "clock", "Replaced")
    } else if key
        .expires_at
        .is_some_and(|end| end.since(as_of) <= SOON_MS)
    {
        badge(Tone::Warn, "clock", "Ends soon")
    } else if key.last_used_at.is_none() {
        badge(Tone::Info, "circle-dashed", "Unused")
    } else {
        badge(Tone::Ok, "circle-check", "In use")
    }
}

/// Whose secret it is.
pub(super) fn kind_in_words(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Master => "Master key",
        KeyKind::Api => "API key",
    }
}

/// A moment, or that there is none.
pub(super) fn time_or_never(at: Option<UtcMillis>) -> Markup {
    at.map_or_else(|| el("span").text("never"), time)
}

fn table(caption: &'static str, as_of: UtcMillis, keys: Vec<KeyView>) -> Markup {
    let cell = |label: &'static str| el("td").with("data-label", label);
    let row = |key: KeyView| {
        let state = key_state(as_of, &key);
        let used = key
            .last_used_at
            .map_or_else(|| "never".to_owned(), |at| ago(as_of, at));
        let maker = key
            .made_by
            .map(|name| el("p").class("hint").text(["by ", &name].concat()));
        el("tr")
            .child(
                el("th")
                    .with("scope", "row")
                    .with("data-label", "Name")
                    .child(link(routes::key(key.id), key.name))
                    .maybe(maker),
            )
            .child(cell("State").child(state))
            .child(cell("Kind").text(kind_in_words(key.kind)))
            .child(cell("Access").text(access_in_words(key.access)))
            .child(cell("Begins with").child(el("code").class("mono").text(key.hint)))
            .child(cell("Last used").text(used))
            .child(cell("Ends").child(time_or_never(key.expires_at)))
    };
    el("table")
        .class("table table-cards table-alone")
        .child(el("caption").class("visually-hidden").text(caption))
        .child(head(&[
            ("Name", ""),
            ("State", ""),
            ("Kind", ""),
            ("Access", ""),
            ("Begins with", ""),
            ("Last used", ""),
            ("Ends", ""),
        ]))
        .child(el("tbody").children(keys.into_iter().map(row)))
}
