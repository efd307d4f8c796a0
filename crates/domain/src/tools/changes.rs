//! The tools that follow changes and take them back.

use async_trait::async_trait;
use orderdesk_mcp_contract::tools::changes::{
    ChangesGet, ChangesList, ChangesListed, ChangesUndo, GetChange, ListChanges, UndoChange,
};
use orderdesk_mcp_contract::tools::receipt::ChangeReceipt;
use orderdesk_mcp_contract::tools::write::WriteInput as _;
use orderdesk_mcp_contract::views::change::{ChangeDetail, ChangeQuery, RecordKind};

use super::orders::DEFAULT_LIMIT;
use super::{Failed, Run, Running};
use crate::services::Services;

#[async_trait]
impl Run<ChangesList> for Services {
    async fn run(
        &self,
        Running(call): Running<'_>,
        input: ListChanges,
    ) -> Result<ChangesListed, Failed> {
        if let Some(order) = &input.order_id {
            call.about_order(order.as_str());
        }
        let store = match input.store_identifier.as_deref() {
            Some(named) => Some(self.store_of_call(call, Some(named)).await?.id),
            None => None,
        };
        let wanted = match (&input.order_id, &input.product_id) {
            (Some(order), _) => Some((RecordKind::Order, order.to_string())),
            (None, Some(product)) => Some((RecordKind::Product, product.to_string())),
            (None, None) => None,
        };
        let query = ChangeQuery {
            states: input.state.into_iter().collect(),
            store,
            record_id: wanted.as_ref().map(|(_, id)| id.clone()),
            before: input.before()?,
            limit: input.limit.unwrap_or(DEFAULT_LIMIT),
            ..ChangeQuery::default()
        };
        let mut page = self.find_changes(call, &query).await?;
        let last = page.changes.last().map(|change| change.id.to_string());
        // An order and a product may have the same id.
        if let Some((kind, _)) = wanted {
            page.changes.retain(|change| change.record_kind == kind);
        }
        Ok(ChangesListed {
            count: page.changes.len() as u64,
            changes: page.changes,
            waiting: page.waiting,
            next_cursor: last.filter(|_| page.has_more),
        })
    }
}

#[async_trait]
impl Run<ChangesGet> for Services {
    async fn run(
        &self,
        Running(call): Running<'_>,
        input: GetChange,
    ) -> Result<ChangeDetail, Failed> {
        Ok(self.find_change(call, input.change_id).await?)
    }
}

#[async_trait]
impl Run<ChangesUndo> for Services {
    async fn run(
        &self,
        Running(call): Running<'_>,
        input: UndoChange,
    ) -> Result<ChangeReceipt, Failed> {
        let undone = self.ask_undo(call, input.change_id, input.partial, input.options());
        Ok(undone.await?)
    }
}
