use leptos::prelude::*;

/// Links that look like tabs: which one is open stands in the address, so it can be sent to somebody.
#[component]
pub(crate) fn Tabs(
    /// What is chosen here.
    label: &'static str,
    /// Address, title and whether it is the open one.
    items: Vec<(String, String, bool)>,
) -> impl IntoView {
    let item = |(href, title, is_open): (String, String, bool)| {
        view! {
            <li>
                <a href=href class=if is_open { "tab tab-open" } else { "tab" } aria-current=is_open.then_some("true") data-noscroll="true">
                    {title}
                </a>
            </li>
        }
    };
    view! {
        <nav class="tabs" aria-label=label>
            <ul>{items.into_iter().map(item).collect_view()}</ul>
        </nav>
    }
}
