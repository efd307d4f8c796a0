use std::time::Duration;

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

pub(super) const SETTINGS: &[Setting] = &[ALERT_INTERVAL, ALERT_LOCAL_WEBHOOKS];

/// Alerts on recorded calls.
#[derive(Debug, Clone)]
pub struct Alerts {
    /// How often each is looked at.
    pub every: Duration,
    /// Whether webhooks may go to this machine and its networks.
    pub may_be_local: bool,
}

impl Alerts {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            every: reader.seconds(&ALERT_INTERVAL, 1.0..=60.0),
            may_be_local: reader.flag(&ALERT_LOCAL_WEBHOOKS),
        }
    }
}
