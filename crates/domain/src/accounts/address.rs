//! Where a key may be used from.

use std::sync::Arc;

use orderdesk_mcp_contract::{ApiError, ErrorCode};
use orderdesk_mcp_storage::record::Door;

use crate::caller::{Caller, Origin, Who};
use crate::error::Failure;
use crate::metrics;
use crate::services::Services;

/// Whether the key may be used from there. A process of this machine has no address and needs none: whoever runs it can
/// read the database too.
pub(super) fn is_allowed(who: &Who, origin: &Origin) -> bool {
    let policy = &who.policy;
    match origin.ip {
        _ if policy.addresses.is_empty() => true,
        Some(ip) => policy.allows_address(ip),
        None => matches!(origin.door, Door::Stdio | Door::Cli),
    }
}

impl Services {
    /// Passes on whoever may come from there. A refusal is told, because the secret was right; it is recorded for the
    /// owner, and counted for this key and address, so that a stolen key fills no records. Not as a wrong key: others behind
    /// the same address go on.
    pub(super) async fn admit(&self, who: Arc<Who>, origin: &Origin) -> Result<Arc<Who>, Failure> {
        if is_allowed(&who, origin) {
            return Ok(who);
        }
        self.limits().misplaced(who.actor().id(), origin.ip)?;
        ::metrics::counter!(metrics::AUTH_FAILURES_TOTAL, "reason" => "address").increment(1);
        let caller = Caller::new(who, origin.clone(), self.now());
        let call = self.begin(&caller, "authenticate");
        Ok(self.finish(call, Err(refused(origin))).await?)
    }
}

fn refused(origin: &Origin) -> Failure {
    let from = origin.ip.map_or_else(
        || "an address that is not known".to_owned(),
        |ip| format!("the address {}", ip.to_canonical()),
    );
    let text = format!(
        "This key may not be used from {from}. Use it from one of its allowed addresses, or ask the owner of the workspace to add this one on the key's page."
    );
    ApiError::new(ErrorCode::Forbidden, text).into()
}
