//! What a page shows instead of itself when it cannot be had.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use orderdesk_mcp_contract::{ApiError, ErrorCode};

use super::{Icon, PageHead, Whole};
use crate::routes;
use crate::transport::{Json, refused_request};

/// The id under which the server logged the request that made this page.
#[derive(Clone)]
pub(crate) struct RequestId(pub Option<String>);

/// Once, in the root.
pub(crate) fn provide_request_id() {
    #[cfg(feature = "ssr")]
    let id = SharedValue::<_, Json>::new_with_encoding(crate::backend::request_id);
    #[cfg(not(feature = "ssr"))]
    let id = SharedValue::<Option<String>, Json>::new_with_encoding(|| None);
    provide_context(RequestId(id.into_inner()));
}

fn headline(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Unauthenticated => "Signed out",
        ErrorCode::Forbidden => "Not allowed",
        ErrorCode::NotFound => "Not found",
        ErrorCode::RateLimited => "Too many requests",
        ErrorCode::Transport => "No connection",
        ErrorCode::UpstreamRefused | ErrorCode::UpstreamRejected => "Order Desk refused",
        ErrorCode::UpstreamUnavailable | ErrorCode::UpstreamTimeout => "Order Desk does not answer",
        ErrorCode::Unavailable => "Not available just now",
        ErrorCode::Invalid | ErrorCode::Conflict => "That did not work",
        ErrorCode::Internal | ErrorCode::Cancelled => "Something went wrong",
    }
}

/// What could not be had, and why. Somebody whose session has ended is led to the sign-in page and back.
#[component]
pub(crate) fn Problem(
    error: ApiError,
    /// Whether it is the whole page, and so brings the page's heading and title.
    is_page: bool,
) -> impl IntoView {
    let location = use_location();
    let navigate = use_navigate();
    let is_signed_out = error.code == ErrorCode::Unauthenticated;
    Effect::new(move |_| {
        if is_signed_out {
            let path = format!(
                "{}{}",
                location.pathname.get_untracked(),
                location.search.with_untracked(|search| {
                    if search.is_empty() {
                        String::new()
                    } else {
                        format!("?{search}")
                    }
                })
            );
            navigate(
                &routes::login_then(&path),
                NavigateOptions {
                    replace: true,
                    ..NavigateOptions::default()
                },
            );
        }
    });
    let id = refused_request()
        .or_else(|| use_context::<RequestId>().and_then(|RequestId(id)| id))
        .filter(|_| error.code == ErrorCode::Internal);
    let title = headline(error.code);
    view! {
        <section class="problem">
            {if is_page {
                view! { <PageHead title/> }.whole()
            } else {
                view! { <h2>{title}</h2> }.whole()
            }}
            <p>{error.message}</p>
            {error.retry_after_secs.map(|seconds| view! { <p>"Try again in "{seconds}" s."</p> })}
            {id.map(|id| view! { <p>"Request id: "<code class="mono">{id}</code></p> })}
            <p class="actions">
                <a class="button" href=routes::DASHBOARD><Icon name="arrow-left"/>"Back to the dashboard"</a>
            </p>
        </section>
    }
    .whole()
}
