//! What is needed to connect an assistant.

use leptos::prelude::*;
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::views::account::KeyView;
use serde::{Deserialize, Serialize};

/// The connect page's data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Connections {
    /// The MCP endpoint.
    pub mcp_url: String,
    /// The command that makes an API key for this workspace.
    pub key_command: String,
    /// The API keys that can be used now, newest first, as far as the page's table shows them: none where a key is chosen.
    pub keys: Vec<KeyView>,
    /// Which page of them it is, from 1 on.
    pub page: u32,
    /// How many there are.
    pub pages: u32,
    /// The key that the page is about, if it is about one.
    pub chosen: Option<KeyView>,
    /// A recipe for each client.
    pub recipes: Vec<Recipe>,
}

/// How to tell one client about this server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    /// Stands in the address.
    pub id: String,
    /// The client's name.
    pub title: String,
    /// Where the text goes.
    pub place: String,
    /// The text, with a placeholder where the key goes.
    pub text: String,
    /// What else there is to know.
    pub note: String,
}

/// The endpoint, a page of the keys, from 1 on, and a recipe for each client; with an id, for that key. Errors: `Forbidden`,
/// `NotFound` for a key that is not there or cannot be used any more.
#[server(endpoint = "connections")]
pub async fn get_connections(
    #[server(default)] key: String,
    #[server(default)] page: String,
) -> Result<Connections, ApiError> {
    let (services, caller) = crate::backend::enter()?;
    let info = crate::backend::reply(services.connect_info(&caller).await)?;
    let chosen = crate::backend::reply(recipes::choose(&info.keys, &key))?;
    let listed = crate::backend::paged(recipes::listed(info.keys, chosen.as_ref()), &page);
    Ok(Connections {
        key_command: recipes::key_command(caller.tenant_name()),
        recipes: recipes::all(&info.mcp_url, chosen.as_ref()),
        mcp_url: info.mcp_url,
        keys: listed.rows,
        page: listed.page,
        pages: listed.pages,
        chosen,
    })
}

#[cfg(feature = "ssr")]
#[path = "recipes.rs"]
mod recipes;
