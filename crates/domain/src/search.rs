//! What a few typed letters find in a workspace: stores, tools, changes and the orders they were about.

use orderdesk_mcp_contract::tool::ToolSpec;
use orderdesk_mcp_contract::tools::catalog;
use orderdesk_mcp_contract::views::change::{ChangeQuery, ChangeSummary};
use orderdesk_mcp_contract::views::store::StoreView;
use orderdesk_mcp_contract::{ApiError, ChangeId, ErrorCode};
use orderdesk_mcp_storage::record::StoreRecord;

use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::stores::view;
use crate::tools::permit;

/// Most of a kind.
const MOST: u32 = 6;
/// Longest text looked for, in bytes.
const TEXT_MAX: usize = 100;

/// What was found, each list with the best first.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Stores whose name, label or Order Desk id holds the text.
    pub stores: Vec<StoreView>,
    /// Tools whose name or title holds every word, among those that the caller may use.
    pub tools: Vec<&'static ToolSpec>,
    /// The change of that id, or the changes of the order or product of that id, newest first.
    pub changes: Vec<ChangeSummary>,
}

impl Services {
    /// Looks for a text in the caller's workspace. Nothing is found for a blank text and for one of over 100 bytes.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn search(&self, caller: &Caller, text: &str) -> Result<Found, ApiError> {
        self.find(caller, text.trim())
            .await
            .map_err(Failure::answer)
    }

    async fn find(&self, caller: &Caller, text: &str) -> Result<Found, Failure> {
        if text.is_empty() || text.len() > TEXT_MAX {
            return Ok(Found::default());
        }
        let rows = self.storage().list_stores(caller.tenant_id()).await?;
        Ok(Found {
            stores: stores(&rows, text)?,
            tools: tools(caller, text),
            changes: self.changes_named(caller, text).await?,
        })
    }

    async fn changes_named(
        &self,
        caller: &Caller,
        text: &str,
    ) -> Result<Vec<ChangeSummary>, Failure> {
        if let Ok(id) = text.to_ascii_lowercase().parse::<ChangeId>() {
            return match self.change_detail(caller, id).await {
                Ok(detail) => Ok(vec![detail.summary]),
                Err(error) if error.code == ErrorCode::NotFound => Ok(Vec::new()),
                Err(error) => Err(error.into()),
            };
        }
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Vec::new());
        }
        let query = ChangeQuery {
            record_id: Some(text.to_owned()),
            limit: MOST,
            ..ChangeQuery::default()
        };
        Ok(self.page_of(caller.tenant_id(), &query).await?.changes)
    }
}

/// Names that begin with the text before those that hold it, each in the order of the rows.
fn stores(rows: &[StoreRecord], text: &str) -> Result<Vec<StoreView>, Failure> {
    let text = text.to_lowercase();
    let mut found: Vec<(bool, &StoreRecord)> = rows
        .iter()
        .filter_map(|row| {
            let name = row.name.to_lowercase();
            let holds = |other: &str| other.to_lowercase().contains(&text);
            let is_found = name.contains(&text)
                || row.label.as_deref().is_some_and(holds)
                || holds(&row.store_id);
            is_found.then(|| (!name.starts_with(&text), row))
        })
        .collect();
    found.sort_by_key(|(is_within, _)| *is_within);
    let best = found.into_iter().take(MOST as usize);
    best.map(|(_, row)| view(row)).collect()
}

/// Those that the caller may use.
fn tools(caller: &Caller, text: &str) -> Vec<&'static ToolSpec> {
    let text = text.to_lowercase();
    let holds_all = |spec: &&ToolSpec| {
        let title = spec.title.to_lowercase();
        text.split_whitespace()
            .all(|word| spec.name.contains(word) || title.contains(word))
    };
    let may = |spec: &&ToolSpec| permit(caller, spec).is_ok();
    let found = catalog::offered().iter().filter(holds_all).filter(may);
    found.take(MOST as usize).collect()
}
