//! What a page does by itself while somebody looks at it.

use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use leptos::prelude::*;
use orderdesk_mcp_contract::{ApiError, ErrorCode};

use crate::parts::{Tone, Whole, notice};
use crate::transport::{Data, poll};

/// Does something now and then, in the browser, while the page is in sight. Ends with the page.
pub(crate) fn every_while_visible(period: Duration, work: impl Fn() + Clone + 'static) {
    Effect::new(move |started: Option<bool>| {
        if started.is_none() {
            let work = work.clone();
            let tick = move || {
                if document().visibility_state() == web_sys::VisibilityState::Visible {
                    work();
                }
            };
            if let Ok(timer) = set_interval_with_handle(tick, period) {
                on_cleanup(move || timer.clear());
            }
        }
        true
    });
}

/// Asks for a page's data once more and shows what is new. When there is none the old stays, unless the session has ended;
/// `missed` says so then. The page, or what it asked for, may be gone by the time of the answer.
pub(crate) async fn refresh(
    data: Data,
    missed: RwSignal<Option<ApiError>>,
    url: &'static str,
    fields: &[(&str, &str)],
) {
    let Some(before) = shown(data) else {
        return;
    };
    match poll(url, fields).await {
        Err(error) if error.code != ErrorCode::Unauthenticated => {
            missed.try_set(Some(error));
        }
        answer => {
            missed.try_set(None);
            // What was loaded meanwhile, or is on its way, is newer or about something else.
            if before != answer && shown(data) == Some(before) {
                data.try_set(Some(answer));
            }
        }
    }
}

/// What a page shows now, without following it; nothing while it is on its way, first or anew, and when the page is gone.
pub(crate) fn shown(data: Data) -> Option<Result<String, ApiError>> {
    // Through the value below the resource, whose own way in warns outside of a `Suspense`. A guard for writing must not be
    // taken here: it throws away what is on its way.
    let value: &AsyncDerived<_> = &data;
    let is_there = !value.is_disposed()
        && pin!(value.ready())
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_ready();
    is_there.then(|| value.get_untracked()).flatten()
}

/// Says that what is shown is not kept up to date, while it is not.
pub(crate) fn not_updated(missed: RwSignal<Option<ApiError>>) -> AnyView {
    let tell = move || {
        let error = missed.get()?;
        let text = [
            "What stands below is not updated at the moment. ",
            &error.message,
        ]
        .concat();
        Some(notice(Tone::Warn, text))
    };
    view! { <div role="status">{tell}</div> }.whole()
}
