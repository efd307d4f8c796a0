//! New identifiers from the clock and the entropy in use.

use orderdesk_mcp_contract::{
    AlertEventId, AlertId, ApiError, ChangeId, ConsoleCallId, InviteId, KeyId, ScheduleId,
    SessionId, StoreUid, TenantId, TraceId, TraceViewId, UserId,
};

use crate::error::Failure;
use crate::services::Services;

/// Random bytes of an identifier.
pub(crate) const RANDOM_BYTES: usize = size_of::<u128>();

macro_rules! new_ids {
    ($($name:ident -> $id:ident),* $(,)?) => {
        impl Services {$(
            pub(crate) fn $name(&self) -> Result<$id, Failure> {
                let (millis, random) = self.id_parts()?;
                Ok($id::from_parts(millis, random))
            }
        )*}
    };
}

new_ids! {
    new_tenant_id -> TenantId,
    new_key_id -> KeyId,
    new_store_uid -> StoreUid,
    new_trace_id -> TraceId,
    new_change_id -> ChangeId,
    new_user_id -> UserId,
    new_invite_id -> InviteId,
    new_console_call_id -> ConsoleCallId,
    new_trace_view_id -> TraceViewId,
    new_alert_id -> AlertId,
    new_alert_event_id -> AlertEventId,
    new_schedule_id -> ScheduleId,
}

impl Services {
    /// A new public id for a browser session.
    ///
    /// # Errors
    /// `Internal` when the operating system gives no random bytes.
    pub fn new_session_id(&self) -> Result<SessionId, ApiError> {
        let (millis, random) = self.id_parts().map_err(Failure::answer)?;
        Ok(SessionId::from_parts(millis, random))
    }

    fn id_parts(&self) -> Result<(u64, u128), Failure> {
        let mut random = [0; RANDOM_BYTES];
        self.entropy().fill(&mut random)?;
        Ok(self.id_parts_of(random))
    }

    /// The parts of a new identifier of these random bytes, for whoever draws more at once.
    pub(crate) fn id_parts_of(&self, random: [u8; RANDOM_BYTES]) -> (u64, u128) {
        let millis = u64::try_from(self.now().0).unwrap_or_default();
        (millis, u128::from_le_bytes(random))
    }
}
