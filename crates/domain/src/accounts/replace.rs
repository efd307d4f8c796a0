//! A key that takes over from another.

use orderdesk_mcp_contract::views::account::KeyView;
use orderdesk_mcp_contract::{ApiError, ErrorCode, KeyId};
use orderdesk_mcp_vault::Secret;
use serde_json::json;

use super::keys::{NewKeyRequest, view_of_new};
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Call;

/// For how many hours both keys can work: not at all, a day, a week.
pub const OVERLAP_HOURS: [u32; 3] = [0, 24, 168];
const HOUR_MS: i64 = 3_600_000;

impl Services {
    /// Makes a key that takes over from one: with its name, kind, access, policy and stop, and for as long as that one was made
    /// for. The old one ends after `overlap_hours`, one of [`OVERLAP_HOURS`], at once for 0. The secret is given out here
    /// once and kept nowhere.
    ///
    /// # Errors
    /// `Forbidden` unless the caller manages keys, and for a master key unless they are an owner, `NotFound` without such a key there, `Invalid` for another
    /// overlap, and for none when it is the caller's own key, `Conflict` for a key that has ended or was replaced already.
    pub async fn rotate_key(
        &self,
        caller: &Caller,
        id: KeyId,
        overlap_hours: u32,
    ) -> Result<(KeyView, Secret), ApiError> {
        let call = self
            .begin(caller, "rotate_key")
            .noting(json!({ "key_id": id, "overlap_hours": overlap_hours }));
        let outcome = self.replace(&call, id, overlap_hours).await;
        self.finish(call, outcome).await
    }

    async fn replace(
        &self,
        call: &Call,
        id: KeyId,
        overlap_hours: u32,
    ) -> Result<(KeyView, Secret), Failure> {
        let old = self.key_to_manage(call.caller(), id).await?;
        if !OVERLAP_HOURS.contains(&overlap_hours) {
            return Err(ApiError::invalid(
                "overlap_hours",
                "The old key can go on for 0, 24 or 168 hours.",
            )
            .into());
        }
        if overlap_hours == 0 && id == call.caller().actor_id() {
            return Err(ApiError::invalid(
                "overlap_hours",
                "You use this key yourself: let it go on for a day, sign in with the new one, then revoke it.",
            )
            .into());
        }
        if old.replaced_by.is_some() || self.has_ended(&old) {
            return Err(cannot_be_replaced());
        }
        let now = self.now();
        let request = NewKeyRequest {
            name: old.name,
            kind: old.kind,
            access: old.access,
            expires_at: old
                .expires_at
                .map(|end| now.plus_millis(end.since(old.created_at))),
        };
        let (row, secret) = self
            .issue_key(call.tenant(), &request, call.caller().maker())
            .await?;
        call.note(json!({
            "key_id": id,
            "overlap_hours": overlap_hours,
            "new_key_id": row.id,
        }));
        call.enter().await?;
        let ends_at = row
            .created_at
            .plus_millis(i64::from(overlap_hours) * HOUR_MS);
        if !self.storage().replace_key(id, &row, ends_at).await? {
            return Err(cannot_be_replaced());
        }
        self.accounts().forget(id).await;
        Ok((view_of_new(&row, call.caller()), secret))
    }
}

fn cannot_be_replaced() -> Failure {
    ApiError::new(
        ErrorCode::Conflict,
        "This key has ended or was replaced already. Rotate the key that took over from it, or make a new one.",
    )
    .into()
}
