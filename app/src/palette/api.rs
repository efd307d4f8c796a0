//! Searching the workspace.

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;
use serde::{Deserialize, Serialize};

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The heading it stands under.
    pub group: String,
    /// Its name.
    pub title: String,
    /// What tells it from others of that name.
    pub detail: String,
    /// Its page.
    pub href: String,
}

/// What a text finds in the workspace, by kind, the best of each first; nothing for a blank text. Errors: `Unavailable`.
#[server(endpoint = "search")]
pub async fn search(#[server(default)] text: String) -> Result<Vec<Hit>, ApiError> {
    let (services, caller) = crate::backend::enter()?;
    crate::backend::reply(services.search(&caller, &text).await)
        .map(|found| ssr::hits(found, text.trim()))
}

#[cfg(feature = "ssr")]
mod ssr {
    use orderdesk_mcp_domain::Found;

    use super::Hit;
    use crate::parts::local;
    use crate::routes;

    /// Order Desk's ids have at most ten digits today.
    const LONGEST_ID: usize = 20;

    pub(super) fn hits(found: Found, text: &str) -> Vec<Hit> {
        let stores = found.stores.into_iter().map(|store| Hit {
            group: "Stores".to_owned(),
            href: routes::store(store.id),
            detail: if store.sandbox {
                "Sandbox".to_owned()
            } else {
                format!("Order Desk id {}", store.store_id)
            },
            title: store.store_name,
        });
        let tools = found.tools.into_iter().map(|tool| Hit {
            group: "Tools".to_owned(),
            title: tool.title.to_owned(),
            detail: tool.name.to_owned(),
            href: routes::console(tool.name),
        });
        // Anything of digits may be an order that nobody has changed here yet; only Order Desk knows.
        let is_number = text.len() <= LONGEST_ID && text.bytes().all(|b| b.is_ascii_digit());
        let read = is_number.then(|| Hit {
            group: "Orders".to_owned(),
            title: format!("Read order {text}"),
            detail: "In the console".to_owned(),
            href: routes::console_reading(text),
        });
        let listed = (is_number && !found.changes.is_empty()).then(|| Hit {
            group: "Orders".to_owned(),
            title: format!("All changes of {text}"),
            detail: "Order or product".to_owned(),
            href: format!("{}?order={text}", routes::CHANGES),
        });
        let changes = found.changes.into_iter().map(|change| Hit {
            group: "Changes".to_owned(),
            title: change.summary,
            detail: format!("{}, {}", change.store_name, local(change.created_at)),
            href: routes::change(change.id),
        });
        let orders = read.into_iter().chain(listed);
        stores.chain(tools).chain(orders).chain(changes).collect()
    }
}
