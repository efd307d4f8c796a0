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

/// Keeps something for the caller. What was kept under the name before is given up.
///
/// # Errors
/// `Unavailable` when the session cannot be saved.
pub(crate) async fn keep<T: Serialize + Sync>(
    name: &str,
    caller: &Caller,
    value: &T,
) -> Result<(), ApiError> {
    let kept = Kept {
        tenant: caller.tenant_id(),
        actor: caller.actor_id(),
        until: services()?.now().plus_millis(KEPT_MS),
        value,
    };
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
    let is_theirs = (kept.tenant, kept.actor) == (caller.tenant_id(), caller.actor_id());
    if is_theirs && services()?.now() < kept.until {
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
