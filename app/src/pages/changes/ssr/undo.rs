//! Taking a change back, through the same tool that assistants use.

use orderdesk_mcp_contract::tools::changes::{ChangesUndo, UndoChange};
use orderdesk_mcp_contract::tools::receipt::{ChangeReceipt, WriteStatus};
use orderdesk_mcp_contract::{ApiError, ChangeId, ErrorCode};
use orderdesk_mcp_domain::{Caller, Services};

use super::super::super::view::{UndoPreview, Undone};
use super::super::UNDO_FORM;
use super::{describe, id_in_form, words};
use crate::backend::{enter, leave, reply};
use crate::flash::Flash;
use crate::routes;

/// What taking the change back would do; where somebody else has changed some of it, what taking back the rest would do.
pub(super) async fn preview(
    services: &Services,
    caller: &Caller,
    id: ChangeId,
) -> Result<UndoPreview, ApiError> {
    let ask = async |partial| {
        services
            .call::<ChangesUndo>(caller, input(id, partial, true))
            .await
    };
    match ask(false).await {
        Ok(receipt) => Ok(shown(&receipt, None)),
        Err(conflict) if conflict.code == ErrorCode::Conflict => {
            let receipt = ask(true).await.map_err(|_| conflict.clone())?;
            Ok(shown(&receipt, Some(conflict.message)))
        }
        Err(error) => Err(error),
    }
}

fn input(change_id: ChangeId, partial: bool, dry_run: bool) -> UndoChange {
    UndoChange {
        change_id,
        partial,
        reason: None,
        if_version: None,
        idempotency_key: None,
        dry_run,
    }
}

fn shown(receipt: &ChangeReceipt, conflict: Option<String>) -> UndoPreview {
    let done = receipt.message.trim_end_matches(" Nothing was written.");
    let mut diff = describe::fields(&receipt.diff);
    let more = describe::cut(&mut diff);
    UndoPreview {
        conflict,
        diff,
        more,
        warnings: receipt.warnings.clone(),
        message: words::summary(done),
    }
}

pub(in super::super) async fn undo(id: &str, partial: bool) -> Result<Undone, ApiError> {
    let (services, caller) = enter()?;
    let id = id_in_form(id)?;
    let undone = services
        .call::<ChangesUndo>(&caller, input(id, partial, false))
        .await;
    let result = reply(undone.map(done));
    match &result {
        Ok(done) => {
            let next = done
                .change
                .as_ref()
                .map_or_else(|| routes::change(id), routes::change);
            leave(&next, Some(Flash::notice(done.message.clone())));
        }
        Err(error) => leave(
            &format!("{}?undo", routes::change(id)),
            Some(Flash::refused(UNDO_FORM, error)),
        ),
    }
    result
}

fn done(receipt: ChangeReceipt) -> Undone {
    let message = match receipt.status {
        WriteStatus::Success => "Undone, and read back from Order Desk.",
        WriteStatus::Pending => "Undoing it waits for somebody's approval.",
        WriteStatus::Running => "Undoing is on its way to Order Desk.",
        WriteStatus::Unchanged | WriteStatus::Preview => {
            "There is nothing to undo: Order Desk has it so already."
        }
        WriteStatus::Unknown => "Undoing was sent. Whether Order Desk took it is being found out.",
    };
    Undone {
        change: receipt.change_id.map(|id| id.to_string()),
        message: message.to_owned(),
    }
}
