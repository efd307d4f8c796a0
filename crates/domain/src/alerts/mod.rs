//! Alerts on recorded calls: what is looked for, looking for it, and telling of it.
//!
//! What leaves is counts, names that people gave, ids and a link: nothing of what calls carried.

mod deliver;
mod kinds;
mod manage;
mod target;
mod view;
mod watch;

pub use manage::no_such_alert;

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use orderdesk_mcp_contract::TenantId;
use orderdesk_mcp_notify::{Mails, Webhooks};

use crate::services::StartError;
use crate::settings::AlertSettings;

/// What alerts are sent with, and which workspaces are known to have the ready-made ones.
pub(crate) struct Alerts {
    webhooks: Webhooks,
    mails: Option<Mails>,
    prepared: Mutex<HashSet<TenantId>>,
}

impl Alerts {
    pub(crate) fn new(settings: &AlertSettings) -> Result<Self, StartError> {
        let agent = concat!("orderdesk-mcp/", env!("CARGO_PKG_VERSION"));
        let mails = settings.mail.as_ref();
        let mails = mails.map(|mail| Mails::new(mail.server.expose(), &mail.from));
        Ok(Self {
            webhooks: Webhooks::new(agent, settings.may_be_local)?,
            mails: mails.transpose()?,
            prepared: Mutex::default(),
        })
    }

    fn is_prepared(&self, tenant: TenantId) -> bool {
        let prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        prepared.contains(&tenant)
    }

    fn prepared(&self, tenant: TenantId) {
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        prepared.insert(tenant);
    }
}
