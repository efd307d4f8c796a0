use std::time::Duration;

use orderdesk_mcp_vault::Secret;

use super::reader::{Reader, Setting};

const ALERT_INTERVAL: Setting = Setting::new(
    "ALERT_INTERVAL",
    "30",
    "Seconds between two looks at the alerts on recorded calls, 1 to 60. What fired is sent as often. Only `serve` looks and sends.",
);
const ALERT_LOCAL_WEBHOOKS: Setting = Setting::new(
    "ALERT_LOCAL_WEBHOOKS",
    "false",
    "Whether webhooks of alerts may also go to this machine and its networks, on any port and without TLS. For development: \
     whoever changes settings of a workspace could reach what only this machine should.",
);

const SMTP_URL: Setting = Setting::secret(
    "SMTP_URL",
    "Mail server that alerts are sent through by e-mail, to people of the workspace only: `smtps://user:password@mail.example.com`, \
     or `smtp://` with `?tls=required` for STARTTLS. Special characters of name and password are percent-encoded. Without it \
     alerts go to webhooks only.",
);
const MAIL_FROM: Setting = Setting::optional(
    "MAIL_FROM",
    "Whom mails are from, such as `orders@example.com`. Needed with `SMTP_URL`.",
);

pub(super) const SETTINGS: &[Setting] =
    &[ALERT_INTERVAL, ALERT_LOCAL_WEBHOOKS, SMTP_URL, MAIL_FROM];

/// Alerts on recorded calls.
#[derive(Debug, Clone)]
pub struct Alerts {
    /// How often each is looked at.
    pub every: Duration,
    /// Whether webhooks may go to this machine and its networks.
    pub may_be_local: bool,
    /// The mail server, and whom mails are from.
    pub mail: Option<(Secret, String)>,
}

impl Alerts {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let mail = match (reader.secret(&SMTP_URL), reader.text(&MAIL_FROM)) {
            (Some(server), Some(from)) => Some((server, from)),
            (Some(_), None) => {
                reader.problem(MAIL_FROM.name, "is needed with SMTP_URL");
                None
            }
            (None, _) => None,
        };
        Self {
            every: reader.seconds(&ALERT_INTERVAL, 1.0..=60.0),
            may_be_local: reader.flag(&ALERT_LOCAL_WEBHOOKS),
            mail,
        }
    }
}
