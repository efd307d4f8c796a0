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
        // Only what has changes has a page here: the list of them.
        let is_record = text.bytes().all(|b| b.is_ascii_digit()) && !found.changes.is_empty();
        let order = is_record.then(|| Hit {
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
        stores.chain(order).chain(changes).collect()
    }
}
