//! Short notices of what was done elsewhere. Errors never come as toasts: they stay beside their cause.

use std::time::Duration;

use leptos::prelude::*;

use super::markup::el;
use super::{Whole, icon};
use crate::flash::flash_for;

const SHOWN_FOR: Duration = Duration::from_secs(6);
/// How long it waits before it looks again, while somebody has the pointer on it.
const HELD_FOR: Duration = Duration::from_secs(1);
const MOST: usize = 3;

#[derive(Clone, Copy)]
struct Toasts {
    list: RwSignal<Vec<(u32, String)>>,
    next: StoredValue<u32>,
}

/// Once, in the root.
pub(crate) fn provide_toasts() {
    provide_context(Toasts {
        list: RwSignal::new(Vec::new()),
        next: StoredValue::new(0),
    });
}

/// Shows a notice for a few seconds, and for as long as the pointer rests on the notices.
pub(crate) fn toast(text: impl Into<String>) {
    let Some(toasts) = use_context::<Toasts>() else {
        return;
    };
    let id = toasts.next.get_value();
    toasts.next.set_value(id.wrapping_add(1));
    toasts.list.update(|list| {
        list.push((id, text.into()));
        let surplus = list.len().saturating_sub(MOST);
        list.drain(..surplus);
    });
    remove_later(toasts.list, id, SHOWN_FOR);
}

fn remove_later(list: RwSignal<Vec<(u32, String)>>, id: u32, after: Duration) {
    let remove = move || {
        if matches!(document().query_selector(".toasts:hover"), Ok(Some(_))) {
            remove_later(list, id, HELD_FOR);
        } else {
            list.update(|list| list.retain(|(other, _)| *other != id));
        }
    };
    set_timeout(remove, after);
}

/// The live region, there from the first HTML on, and the notice that a form without script left behind.
#[component]
pub(crate) fn Toaster() -> impl IntoView {
    let left_behind = flash_for("");
    let list = move || {
        use_context::<Toasts>()
            .map(|toasts| toasts.list.get())
            .unwrap_or_default()
    };
    let view_of = |text: String| {
        el("p")
            .class("toast")
            .child(icon("circle-check"))
            .child(el("span").text(text))
    };
    view! {
        <div class="toasts" role="status" aria-label="Notices">
            {move || left_behind.get().and_then(|flash| flash.notice).map(view_of)}
            <For each=list key=|(id, _)| *id children=move |(_, text)| view_of(text)/>
        </div>
    }
    .whole()
}
