//! What can be picked for an argument: what the workspace and its stores have, as the caller may list it.

use orderdesk::Json;
use orderdesk_mcp_contract::ApiError;
use orderdesk_mcp_contract::form::Picker;
use orderdesk_mcp_contract::tools::orders::{ListOrders, OrdersList};
use orderdesk_mcp_contract::tools::products::{ListProducts, ProductsList};
use orderdesk_mcp_contract::views::change::ChangeQuery;
use orderdesk_mcp_contract::views::console::ConsoleChoice;
use orderdesk_mcp_contract::views::store::FolderView;

use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;

/// Most of a kind that is offered.
const CHOICES: u32 = 50;

impl Services {
    /// What can be picked for an argument, the newest or first of it. `store` is the store's id or name; blank means the
    /// one that is meant when none is named, and where that is none there is nothing of a store to pick.
    ///
    /// # Errors
    /// As the tools that list the same.
    pub async fn console_choices(
        &self,
        caller: &Caller,
        picker: Picker,
        store: &str,
    ) -> Result<Vec<ConsoleChoice>, ApiError> {
        let store_identifier = (!store.trim().is_empty()).then(|| store.trim().to_owned());
        let limit = Some(CHOICES);
        let is_of_a_store = !matches!(picker, Picker::Store | Picker::Change);
        if is_of_a_store && store_identifier.is_none() {
            let stores = self.console_stores(caller).await?;
            if !stores.iter().any(|store| store.is_active) {
                return Ok(Vec::new());
            }
        }
        match picker {
            Picker::Store => {
                let stores = self.list_stores(caller).await?.into_iter();
                Ok(stores
                    .map(|store| choice(&store.store_name, &[store.store_id.as_ref()]))
                    .collect())
            }
            Picker::FolderName | Picker::FolderId => {
                let folders = self.folders_to_pick(caller, store_identifier).await?;
                let folder = |folder: FolderView| match picker {
                    Picker::FolderId => choice(&folder.id, &[&folder.name]),
                    _ => choice(&folder.name, &[&folder.id]),
                };
                Ok(folders.into_iter().map(folder).collect())
            }
            Picker::Order => {
                let input = ListOrders {
                    store_identifier,
                    limit,
                    ..ListOrders::default()
                };
                let page = self.call::<OrdersList>(caller, input).await?;
                let order = |order: &Json| {
                    choice(
                        text(order, "id"),
                        &[text(order, "source_id"), text(order, "customer_name")],
                    )
                };
                Ok(page.orders.iter().map(order).collect())
            }
            Picker::Product | Picker::Sku => {
                let input = ListProducts {
                    store_identifier,
                    limit,
                    ..ListProducts::default()
                };
                let page = self.call::<ProductsList>(caller, input).await?;
                let product = |product: &Json| {
                    let [id, code, name] = ["id", "code", "name"].map(|name| text(product, name));
                    match picker {
                        Picker::Sku => choice(code, &[name]),
                        _ => choice(id, &[code, name]),
                    }
                };
                Ok(page.products.iter().map(product).collect())
            }
            Picker::Change => {
                let query = ChangeQuery {
                    limit: CHOICES,
                    ..ChangeQuery::default()
                };
                let page = self.list_changes(caller, &query).await?;
                let changes = page.changes.iter();
                Ok(changes
                    .map(|change| choice(&change.id.to_string(), &[&change.summary]))
                    .collect())
            }
        }
    }

    async fn folders_to_pick(
        &self,
        caller: &Caller,
        identifier: Option<String>,
    ) -> Result<Vec<FolderView>, ApiError> {
        let call = self.begin(caller, "console_choices");
        let read = async {
            let row = self.store_of_call(&call, identifier.as_deref()).await?;
            if !self.knows_store_settings(&row) {
                self.charge_request(caller)?;
            }
            let info = self.store_settings(&call, &row).await?;
            let folders = info.folders().into_iter().map(|folder| FolderView {
                id: folder.id.to_string(),
                name: folder.name,
            });
            Ok::<_, Failure>(folders.collect())
        };
        let outcome = read.await;
        self.finish(call, outcome).await
    }
}

fn text<'a>(record: &'a Json, member: &str) -> &'a str {
    let members = record.as_object();
    let found = members.and_then(|members| members.get(member)?.as_str());
    found.unwrap_or_default()
}

fn choice(value: &str, about: &[&str]) -> ConsoleChoice {
    let about: Vec<&str> = about
        .iter()
        .copied()
        .filter(|text| !text.is_empty())
        .collect();
    ConsoleChoice {
        value: value.to_owned(),
        label: about.join(" · "),
    }
}
