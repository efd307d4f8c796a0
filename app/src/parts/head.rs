//! A page's title, heading, and what a screen reader hears of a navigation.

use leptos::html;
use leptos::prelude::*;

use super::Whole;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// The name behind the page's own in the window's title.
const PRODUCT: &str = "Order Desk MCP";

/// Which page had the focus last, and what was announced.
#[derive(Clone, Copy)]
struct PageFocus {
    path: StoredValue<String>,
    announced: RwSignal<String>,
}

/// Renders the live region; once, in the root, inside the router.
pub(crate) fn provide_page_focus() -> impl IntoView {
    let path = StoredValue::new(use_location().pathname.get_untracked());
    let announced = RwSignal::new(String::new());
    provide_context(PageFocus { path, announced });
    view! { <p class="visually-hidden" role="status" id="announcer">{announced}</p> }
}

/// The window's title.
///
/// `leptos_meta` writes a title into the server's HTML as it is, so that a store called `</title><script>` would
/// run: the text is escaped there. In the browser it goes through `document.title`, which takes it literally.
#[component]
pub(crate) fn PageTitle(#[prop(into)] text: String) -> impl IntoView {
    let text = if text == PRODUCT {
        text
    } else {
        format!("{text} · {PRODUCT}")
    };
    let text = if cfg!(feature = "ssr") {
        escape(&text)
    } else {
        text
    };
    view! { <Title text/> }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A page's heading. After a navigation in the browser it takes the focus and its text is announced, as a page
/// load would do.
#[component]
pub(crate) fn PageHead(
    #[prop(into)] title: String,
    /// The address and name of the page above this one.
    #[prop(optional)]
    up: Option<(&'static str, &'static str)>,
    /// What stands beside the heading: a state, buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::preload::preload_page();
    let heading = NodeRef::<html::H1>::new();
    let pathname = use_location().pathname;
    let spoken = title.clone();
    Effect::new(move |_| {
        let (Some(heading), Some(focus)) = (heading.get(), use_context::<PageFocus>()) else {
            return;
        };
        let path = pathname.get_untracked();
        if focus.path.get_value() != path {
            focus.path.set_value(path);
            focus.announced.set(spoken.clone());
            // Fails only for an element that is not in the page.
            let _ = heading.focus();
        }
    });
    view! {
        <PageTitle text=title.clone()/>
        {up.map(|(href, name)| view! { <Breadcrumb href name here=title.clone()/> })}
        <header class="page-head">
            <h1 node_ref=heading tabindex="-1">{title}</h1>
            {children.map(|children| view! { <div class="page-head-side">{children()}</div> })}
        </header>
    }
    .whole()
}

#[component]
fn Breadcrumb(href: &'static str, name: &'static str, here: String) -> impl IntoView {
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <ol>
                <li><a href=href>{name}</a></li>
                <li aria-current="page">{here}</li>
            </ol>
        </nav>
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn a_title_cannot_break_out() {
        assert_eq!(
            escape("</title><script>1</script>&"),
            "&lt;/title&gt;&lt;script&gt;1&lt;/script&gt;&amp;"
        );
    }
}
