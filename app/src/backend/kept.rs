//! What a page leaves in the browser's session for the next one: sealed there, which a cookie would not be, and good only for
//! whoever left it, in the workspace where they did, for ten minutes at most.

use orderdesk_mcp_contract::{ApiError, KeyId, TenantId, UtcMillis};
use orderdesk_mcp_domain::Caller;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::identity::unavailable;
use super::{services, session};

/// How long something is kept.
const KEPT_MS: i64 = 10 * 60_000;

#[derive(Serialize, Deserialize)]
struct Kept<T> {
    tenant: TenantId,
    actor: KeyId,
    until: UtcMillis,
    value: T,
}

impl<T> Kept<T> {
    fn new(tenant: TenantId, actor: KeyId, now: UtcMillis, value: T) -> Self {
        Self {
            tenant,
            actor,
            until: now.plus_millis(KEPT_MS),
            value,
        }
    }

    /// Whether it is still good, and for this caller.
    fn is_for(&self, tenant: TenantId, actor: KeyId, now: UtcMillis) -> bool {
        (self.tenant, self.actor) == (tenant, actor) && now < self.until
    }
}

/// Keeps something for the caller. What was kept under the name before is given up.
///
/// # Errors
/// `Unavailable` when the session cannot be saved.
pub(crate) async fn keep<T: Serialize + Sync>(
    name: &str,
    caller: &Caller,
    value: &T,
) -> Result<(), ApiError> {
    let now = services()?.now();
    let kept = Kept::new(caller.tenant_id(), caller.actor_id(), now, value);
    let kept = session()?.insert(name, kept).await;
    kept.map_err(unavailable)
}

/// What the caller kept, until it is dropped. What somebody else kept, and what is too old, is dropped here.
///
/// # Errors
/// `Unavailable` when the session cannot be read.
pub(crate) async fn kept<T: DeserializeOwned>(
    name: &str,
    caller: &Caller,
) -> Result<Option<T>, ApiError> {
    let found = session()?.get::<Kept<T>>(name).await;
    let Some(kept) = found.map_err(unavailable)? else {
        return Ok(None);
    };
    let now = services()?.now();
    if kept.is_for(caller.tenant_id(), caller.actor_id(), now) {
        return Ok(Some(kept.value));
    }
    drop_kept(name).await?;
    Ok(None)
}

/// What the caller kept, once.
///
/// # Errors
/// `Unavailable` when the session cannot be read.
pub(crate) async fn take<T: DeserializeOwned>(
    name: &str,
    caller: &Caller,
) -> Result<Option<T>, ApiError> {
    let value = kept(name, caller).await?;
    // Removing saves the session, so only what is there is removed.
    if value.is_some() {
        drop_kept(name).await?;
    }
    Ok(value)
}

/// Drops what was kept under a name.
///
/// # Errors
/// `Unavailable` when the session cannot be read.
pub(crate) async fn drop_kept(name: &str) -> Result<(), ApiError> {
    let removed = session()?.remove_value(name).await;
    removed.map(drop).map_err(unavailable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_good_for_ten_minutes_and_for_whoever_left_it() {
        let tenant = |number| TenantId::from_parts(1, number);
        let actor = |number| KeyId::from_parts(1, number);
        let kept = Kept::new(tenant(1), actor(1), UtcMillis(5), ());
        for (who, at, is_good) in [
            ((1, 1), 5, true),
            ((1, 1), 600_004, true),
            ((1, 1), 600_005, false),
            ((1, 2), 5, false),
            ((2, 1), 5, false),
        ] {
            let found = kept.is_for(tenant(who.0), actor(who.1), UtcMillis(at));
            assert_eq!(found, is_good, "{who:?} at {at}");
        }
    }
}
