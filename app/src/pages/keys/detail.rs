//! One key.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use leptos_router::{LazyRoute, lazy_route};
use orderdesk_mcp_contract::views::account::KeyView;
use orderdesk_mcp_contract::{ApiError, KeyId, KeyKind, StopScope};

use super::api::GetKey;
use super::list::{has_ended, key_state, kind_in_words, time_or_never};
use super::new::{ask, new_key};
use super::policy::{policy_card, provide_policy_form};
use super::revoke::revoke_card;
use super::rotate::rotate_card;
use super::view::{KeyPageView, PolicyView};
use crate::parts::{
    Loaded, Markup, PageHead, Tone, Whole, card, el, link, notice, notice_of, time,
};
use crate::routes;
use crate::shell::access_in_words;
use crate::stops::{provide_switch, stop_card};
use crate::transport::{answer, load, read};

/// The pages at `/keys/:id` and, under the id `new`, where one is made: every route has its price for the part of the browser's
/// share that every visit loads.
pub(crate) struct KeyPage;

/// Stands where an id does for the page on which a key is made.
const NEW: &str = "new";

#[lazy_route]
impl LazyRoute for KeyPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let params = use_params_map();
        let id = move || params.with(|params| params.get("id").unwrap_or_default());
        let key = load(Signal::derive(id), |id| {
            if id == NEW {
                return ask();
            }
            answer!(GetKey, super::api::get_key(id.clone()), &[("id", &id)])
        });
        provide_switch(key);
        provide_policy_form(key);
        view! { <Loaded data=key lines=10 brings_head=true show/> }.into_any()
    }
}

fn show(text: &str) -> Result<AnyView, ApiError> {
    match read::<PolicyView>(text) {
        Ok(policy) => Ok(new_key(policy)),
        Err(_) => read::<KeyPageView>(text).map(|page| view! { <Detail page/> }.whole()),
    }
}

#[component]
fn Detail(page: KeyPageView) -> impl IntoView {
    let KeyPageView {
        as_of,
        key,
        is_own,
        policy,
        left,
        stops,
        replaces,
    } = page;
    let is_usable = !has_ended(as_of, &key);
    let is_master = key.kind == KeyKind::Master;
    let ended = (!is_usable).then(|| {
        notice(
            Tone::Info,
            "This key cannot be used any more. What it did stays recorded.",
        )
    });
    let takes_over = takes_over(&key, replaces, is_usable);
    let is_replaced = key.replaced_by.is_some();
    let state = key_state(as_of, &key);
    let facts = facts(&key);
    let budget = (!left.is_empty()).then(|| budget_left(left));
    let (id, name) = (key.id, key.name);
    let mut side = vec![facts.whole(), budget.whole()];
    let (mut main, mut end) = (Vec::new(), None);
    if is_usable {
        main.push(policy_card(id, policy, is_master));
        if !is_replaced {
            side.push(rotate_card(id, is_own));
        }
        side.push(stop_card(StopScope::Key, id.to_string(), stops, None));
        end = Some(revoke_card(id, name.clone(), is_own));
    }
    let stack = |parts| el("div").class("stack").around(parts);
    let columns = el("div")
        .class("columns")
        .around(vec![stack(main), stack(side)]);
    view! {
        <PageHead title=name up=(routes::KEYS, "Keys")>{state}</PageHead>
        {vec![ended.whole(), takes_over, columns]}
        {end}
    }
    .whole()
}

/// Which key took over from which.
fn takes_over(key: &KeyView, replaces: Option<KeyId>, is_usable: bool) -> AnyView {
    let after = key.replaced_by.map(|new| {
        let until = key.expires_at.filter(|_| is_usable).map(|end| {
            el("span")
                .text(" This one still works until ")
                .child(time(end))
                .text(".")
        });
        el("p")
            .text("A new key has taken over from this one.")
            .maybe(until)
            .text(" ")
            .child(link(routes::key(new), "Show the new key"))
    });
    let before = replaces.map(|old| {
        el("p")
            .text("It took over from another key. ")
            .child(link(routes::key(old), "Show the old key"))
    });
    let said = [after, before].into_iter().flatten();
    said.map(|text| notice_of(Tone::Info, text))
        .collect::<Vec<_>>()
        .whole()
}

fn facts(key: &KeyView) -> Markup {
    let text = |text: &'static str| el("span").text(text);
    let maker = key.made_by.clone();
    let maker = maker.unwrap_or_else(|| "the command line".to_owned());
    let asked = routes::changes_of(key.id);
    let facts = [
        ("Kind", text(kind_in_words(key.kind))),
        ("Access", text(access_in_words(key.access))),
        (
            "Begins with",
            el("code").class("mono").text(key.hint.clone()),
        ),
        ("Made", time(key.created_at)),
        ("Made by", el("span").text(maker)),
        ("Last used", time_or_never(key.last_used_at)),
        ("Ends", time_or_never(key.expires_at)),
        ("Changes", link(asked, "What it asked for")),
        (
            "Connect",
            link(routes::connect_key(key.id), "Configurations and live check"),
        ),
    ];
    let fact = |(name, value): (&'static str, Markup)| [el("dt").text(name), el("dd").child(value)];
    card("facts-title", "Details").child(
        el("dl")
            .class("facts")
            .children(facts.into_iter().flat_map(fact)),
    )
}

fn budget_left(left: Vec<(String, String, String)>) -> Markup {
    let row = |(what, left, of): (String, String, String)| {
        let left = [&left, " of ", &of, " left"].concat();
        [el("dt").text(what), el("dd").text(left)]
    };
    card("budget-title", "Budget").child(
        el("dl")
            .class("facts")
            .children(left.into_iter().flat_map(row)),
    )
}
