//! New identifiers from the clock and the entropy in use.

use std::sync::{Mutex, PoisonError};

use orderdesk_mcp_contract::{
    AlertEventId, AlertId, ApiError, ChangeId, ConsoleCallId, InviteId, KeyId, ScheduleId,
    SessionId, StoreUid, TenantId, TraceId, TraceViewId, UserId,
};
use orderdesk_mcp_vault::{Entropy, NoEntropy};

use crate::error::Failure;
use crate::services::Services;

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
    new_change_id -> ChangeId,
    new_user_id -> UserId,
    new_invite_id -> InviteId,
    new_console_call_id -> ConsoleCallId,
    new_trace_view_id -> TraceViewId,
    new_alert_id -> AlertId,
    new_alert_event_id -> AlertEventId,
    new_schedule_id -> ScheduleId,
}

/// Random bytes of ids.
#[derive(Default)]
pub(crate) struct TraceIds(Mutex<Vec<u8>>);

/// Random bytes of one id, and for how many of them they are drawn at once.
const ID_BYTES: usize = 10;
const DRAWN_FOR: usize = 32;

impl TraceIds {
    /// What is random in the next id.
    fn random(&self, entropy: &dyn Entropy) -> Result<u128, NoEntropy> {
        let mut drawn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.is_empty() {
            let mut bytes = vec![0; ID_BYTES * DRAWN_FOR];
            entropy.fill(&mut bytes)?;
            *drawn = bytes;
        }
        let mut random = [0; size_of::<u128>()];
        let own = drawn.len().saturating_sub(ID_BYTES);
        for (to, from) in random.iter_mut().zip(drawn.drain(own..)) {
            *to = from;
        }
        Ok(u128::from_le_bytes(random))
    }
}

impl Services {
    /// A new id of a recorded call. Their random bytes are drawn for many at once: asking the operating system costs as much as
    /// sealing what a call carried, and they are no secret.
    pub(crate) fn new_trace_id(&self) -> Result<TraceId, Failure> {
        let random = self.trace_ids().random(self.entropy())?;
        let millis = u64::try_from(self.now().0).unwrap_or_default();
        Ok(TraceId::from_parts(millis, random))
    }

    /// A new public id for a browser session.
    ///
    /// # Errors
    /// `Internal` when the operating system gives no random bytes.
    pub fn new_session_id(&self) -> Result<SessionId, ApiError> {
        let (millis, random) = self.id_parts().map_err(Failure::answer)?;
        Ok(SessionId::from_parts(millis, random))
    }

    fn id_parts(&self) -> Result<(u64, u128), Failure> {
        let mut random = [0; size_of::<u128>()];
        self.entropy().fill(&mut random)?;
        let millis = u64::try_from(self.now().0).unwrap_or_default();
        Ok((millis, u128::from_le_bytes(random)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use orderdesk_mcp_vault::OsEntropy;

    use super::*;

    /// Random bytes that cannot be had the first time.
    struct Late(AtomicUsize);

    impl Entropy for Late {
        fn fill(&self, dest: &mut [u8]) -> Result<(), NoEntropy> {
            if self.0.fetch_add(1, Ordering::Relaxed) == 0 {
                return Err(NoEntropy);
            }
            OsEntropy.fill(dest)
        }
    }

    #[test]
    fn every_id_has_bytes_of_its_own_and_many_are_drawn_at_once() {
        let (ids, late) = (TraceIds::default(), Late(AtomicUsize::new(0)));
        assert_eq!(ids.random(&late), Err(NoEntropy));
        let random = (0..1_000).map(|_| ids.random(&late).unwrap());
        let random: BTreeSet<_> = random.collect();
        assert_eq!(random.len(), 1_000);
        // 80 bits of each are used, and no fewer.
        assert!(random.iter().all(|random| random >> 80 == 0));
        assert!(random.iter().any(|random| random >> 72 != 0));
        assert_eq!(
            late.0.load(Ordering::Relaxed),
            1 + 1_000_usize.div_ceil(DRAWN_FOR)
        );
    }
}
