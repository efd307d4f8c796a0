//! Where an alert is sent: a webhook, sealed together with the secret that signs, or somebody of the workspace by e-mail.

use orderdesk_mcp_contract::{AlertId, ApiError, TenantId};
use orderdesk_mcp_notify::{SECRET_BYTES, secret_text};
use orderdesk_mcp_storage::record::{AlertRecord, PersonRecord, SealedBlob};
use orderdesk_mcp_vault::{Place, Purpose, Sealed, Secret};

use crate::accounts::name_key;
use crate::error::Failure;
use crate::services::{Services, blob};

/// What the address of an e-mail begins with as it is sealed.
const MAILTO: &str = "mailto:";

/// Where an alert is sent.
pub(super) enum Target {
    Webhook {
        secret: [u8; SECRET_BYTES],
        address: Secret,
    },
    Mail {
        to: String,
    },
}

/// The e-mail address that was typed, if it is one and no address of the web.
fn mail_of(typed: &str) -> Option<&str> {
    let typed = typed.strip_prefix(MAILTO).unwrap_or(typed);
    (typed.contains('@') && !typed.contains("://")).then_some(typed)
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
    /// Seals an address with a new secret, and gives that as whoever receives the webhooks gets it; none for an e-mail address.
    ///
    /// # Errors
    /// `Invalid` at `webhook` for an address that nothing is sent to.
    pub(super) async fn seal_target(
        &self,
        tenant: TenantId,
        row: AlertId,
        typed: &str,
    ) -> Result<(SealedBlob, Option<Secret>), Failure> {
        let mail = mail_of(typed);
        let address = match mail {
            Some(to) => format!("{MAILTO}{}", self.mail_can_go_to(tenant, to).await?),
            None => {
                let checked = self.alert_state().webhooks.check(typed);
                checked.map_err(|fault| ApiError::invalid("webhook", fault.to_string()))?;
                typed.to_owned()
            }
        };
        let mut secret = [0; SECRET_BYTES];
        self.entropy().fill(&mut secret)?;
        let target = [secret.as_slice(), address.as_bytes()].concat();
        let sealed = sealed_at(tenant, row, |place| {
            let (purpose, entropy) = (Purpose::AlertTarget, self.entropy());
            self.keyring().seal(purpose, place, &target, entropy)
        })?;
        let told = mail.is_none().then(|| Secret::new(secret_text(&secret)));
        Ok((blob(sealed), told))
    }

    /// The e-mail address of somebody as they wrote it, for whom an address was typed; refused where no alert is sent there.
    async fn mail_can_go_to(&self, tenant: TenantId, typed: &str) -> Result<String, Failure> {
        let text = if self.alert_state().mails.is_none() {
            "This server sends no e-mail: its operator has set no mail server. Give a webhook."
        } else if let Some(email) = self.member_email(tenant, typed).await? {
            return Ok(email);
        } else {
            "Nobody in this workspace has this e-mail address, and alerts are sent to nobody else. Invite them first."
        };
        Err(ApiError::invalid("webhook", text).into())
    }

    /// The e-mail address of somebody who may sign in to a workspace, as they wrote it; none where nobody has it. What happens
    /// in a workspace is told to nobody else.
    pub(super) async fn member_email(
        &self,
        tenant: TenantId,
        email: &str,
    ) -> Result<Option<String>, Failure> {
        let key = name_key(email);
        let people = self.storage().list_members(tenant).await?;
        let is_theirs =
            |row: &PersonRecord| row.user.email_key == key && row.member.disabled_at.is_none();
        let theirs = people.into_iter().find(is_theirs);
        Ok(theirs.map(|row| row.user.email))
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
        let mail = address.expose().strip_prefix(MAILTO).map(str::to_owned);
        Ok(Some(match mail {
            Some(to) => Target::Mail { to },
            None => Target::Webhook { secret, address },
        }))
    }
}
