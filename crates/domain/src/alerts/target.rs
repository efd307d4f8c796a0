//! Where an alert is sent, sealed together with the secret that signs.

use orderdesk_mcp_contract::{AlertId, ApiError, TenantId};
use orderdesk_mcp_notify::{SECRET_BYTES, secret_text};
use orderdesk_mcp_storage::record::{AlertRecord, SealedBlob};
use orderdesk_mcp_vault::{Place, Purpose, Sealed, Secret};

use crate::error::Failure;
use crate::services::{Services, blob};

/// A webhook.
pub(super) struct Target {
    pub(super) secret: [u8; SECRET_BYTES],
    pub(super) address: Secret,
}

/// Where it is kept; bound into the seal, so that it opens in no other row.
fn sealed_at<R>(tenant: TenantId, row: AlertId, with: impl FnOnce(&Place<'_>) -> R) -> R {
    with(&Place {
        tenant: &tenant.to_string(),
        table: "alerts",
        column: "sealed_target",
        row: &row.to_string(),
    })
}

impl Services {
    /// Seals an address with a new secret, and gives that as whoever receives the webhooks gets it.
    ///
    /// # Errors
    /// `Invalid` at `webhook` for an address that nothing is sent to.
    pub(super) fn seal_target(
        &self,
        tenant: TenantId,
        row: AlertId,
        address: &str,
    ) -> Result<(SealedBlob, Secret), Failure> {
        let checked = self.alert_state().webhooks.check(address);
        checked.map_err(|fault| ApiError::invalid("webhook", fault.to_string()))?;
        let mut secret = [0; SECRET_BYTES];
        self.entropy().fill(&mut secret)?;
        let target = [secret.as_slice(), address.as_bytes()].concat();
        let sealed = sealed_at(tenant, row, |place| {
            let (purpose, entropy) = (Purpose::AlertTarget, self.entropy());
            self.keyring().seal(purpose, place, &target, entropy)
        })?;
        Ok((blob(sealed), Secret::new(secret_text(&secret))))
    }

    /// Where an alert is sent; none when it is only shown.
    pub(super) fn open_target(&self, alert: &AlertRecord) -> Result<Option<Target>, Failure> {
        let Some(sealed) = &alert.sealed_target else {
            return Ok(None);
        };
        let sealed = Sealed::from_bytes(sealed.bytes.clone())?;
        let opened = sealed_at(alert.tenant_id, alert.id, |place| {
            self.keyring().open(Purpose::AlertTarget, place, &sealed)
        })?;
        let split = opened.expose().split_first_chunk::<SECRET_BYTES>();
        let text = split.and_then(|(secret, address)| {
            let address = std::str::from_utf8(address).ok()?;
            Some((*secret, Secret::new(address)))
        });
        let (secret, address) =
            text.ok_or_else(|| Failure::bug("a saved target is not one", "too short or no text"))?;
        Ok(Some(Target { secret, address }))
    }
}
