//! An address that leads nowhere.

use leptos::prelude::*;

use crate::parts::{Icon, PageHead, Whole};
use crate::routes;

/// Answers with status 404.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::backend::not_found();
    view! {
        <main id="main" class="alone">
            <p class="alone-code" aria-hidden="true">"404"</p>
            <PageHead title="There is no such page"/>
            <p>"The address may be mistyped, or what it led to was removed."</p>
            <p class="actions">
                <a class="button button-primary" href=routes::DASHBOARD><Icon name="arrow-left"/>"Go to the dashboard"</a>
            </p>
        </main>
    }
    .whole()
}
