//! Who is calling.

use std::net::IpAddr;
use std::sync::Arc;

use orderdesk_mcp_contract::access::{Access, KeyKind};
use orderdesk_mcp_contract::tool::{Need, ToolSpec};
use orderdesk_mcp_contract::views::account::SignedIn;
use orderdesk_mcp_contract::{KeyId, KeyPolicy, TenantId};
use orderdesk_mcp_storage::record::{Door, KeyRecord, TenantRecord};
use serde::{Deserialize, Serialize};

use crate::traces::Watch;

/// What a door knows of a request before anyone is recognised.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The door.
    pub door: Door,
    /// The address the request came from; behind a proxy, the one a trusted proxy reported.
    pub ip: Option<IpAddr>,
    /// The id the request is logged under.
    pub request_id: Option<String>,
    /// The client's own name and version.
    pub client: Option<String>,
    /// The client's W3C trace context: the `traceparent` alone. `tracestate` is other vendors' and is dropped.
    pub traceparent: Option<String>,
}

impl Origin {
    /// An origin of which nothing but the door is known.
    pub fn of(door: Door) -> Self {
        Self {
            door,
            ip: None,
            request_id: None,
            client: None,
            traceparent: None,
        }
    }
}

/// What a browser session remembers of its person. It holds no secret and proves nothing by itself: it
/// is checked against the database on every request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The workspace.
    pub tenant_id: TenantId,
    /// The key that signed in.
    pub key_id: KeyId,
}

/// Somebody whose credential was verified. There is no other way to get one, and no use case without
/// one; the workspace every query is scoped by comes from here and from nowhere else.
#[derive(Debug, Clone)]
pub struct Caller {
    who: Arc<Who>,
    origin: Arc<Origin>,
    watch: Option<Arc<Watch>>,
}

/// A verified key, its workspace, and what the owner has narrowed the key to.
#[derive(Debug)]
pub(crate) struct Who {
    pub(crate) key: KeyRecord,
    pub(crate) tenant: TenantRecord,
    pub(crate) policy: KeyPolicy,
}

impl Caller {
    pub(crate) fn new(who: Arc<Who>, origin: Origin) -> Self {
        Self {
            who,
            origin: Arc::new(origin),
            watch: None,
        }
    }

    /// The same caller in the console, where what is recorded of the next call is shown too.
    pub(crate) fn in_console(&self) -> (Self, Arc<Watch>) {
        let origin = Origin {
            door: Door::Console,
            ..(*self.origin).clone()
        };
        let watch = Arc::new(Watch::default());
        let caller = Self {
            who: Arc::clone(&self.who),
            origin: Arc::new(origin),
            watch: Some(Arc::clone(&watch)),
        };
        (caller, watch)
    }

    /// Who else wants to see what is recorded of this caller's call.
    pub(crate) fn watch(&self) -> Option<&Watch> {
        self.watch.as_deref()
    }

    /// The workspace.
    pub fn tenant_id(&self) -> TenantId {
        self.who.tenant.id
    }

    /// The workspace's name.
    pub fn tenant_name(&self) -> &str {
        &self.who.tenant.name
    }

    /// The key that called, or that signed in.
    pub fn key_id(&self) -> KeyId {
        self.who.key.id
    }

    /// That key's name.
    pub fn key_name(&self) -> &str {
        &self.who.key.name
    }

    /// Master or API key.
    pub fn key_kind(&self) -> KeyKind {
        self.who.key.kind
    }

    /// What the key may do.
    pub fn access(&self) -> Access {
        self.who.key.access
    }

    /// The door the call came through.
    pub fn door(&self) -> Door {
        self.origin.door
    }

    /// All the door knows of the request.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The same caller with the client's name, once the protocol has told it; at most 120 characters
    /// are kept.
    #[must_use]
    pub fn with_client(&self, client: &str) -> Self {
        let client = client
            .chars()
            .filter(|c| !c.is_control())
            .take(120)
            .collect();
        let origin = Origin {
            client: Some(client),
            ..(*self.origin).clone()
        };
        Self {
            who: Arc::clone(&self.who),
            origin: Arc::new(origin),
            watch: self.watch.clone(),
        }
    }

    /// The same caller with the trace context the protocol carried; one that is malformed changes nothing.
    #[must_use]
    pub fn with_traceparent(&self, text: &str) -> Self {
        let Some(traceparent) = traceparent(text) else {
            return self.clone();
        };
        let origin = Origin {
            traceparent: Some(traceparent.to_owned()),
            ..(*self.origin).clone()
        };
        Self {
            who: Arc::clone(&self.who),
            origin: Arc::new(origin),
            watch: self.watch.clone(),
        }
    }

    /// What the owner has narrowed the key to, as it was when the caller was recognised. It says which tools are offered;
    /// the limits of a change are read anew for each.
    pub fn policy(&self) -> &KeyPolicy {
        &self.who.policy
    }

    /// Whether the caller may call a tool: its standing is enough, and the tool is not kept from its key.
    pub fn may_call(&self, spec: &ToolSpec) -> bool {
        self.may(spec.need) && self.policy().allows_tool(self.key_kind(), spec.name)
    }

    /// Whether the caller's standing is enough.
    pub fn may(&self, need: Need) -> bool {
        need.is_met_by(self.key_kind(), self.access())
    }

    /// How pages show who is signed in.
    pub fn signed_in(&self) -> SignedIn {
        SignedIn {
            tenant_id: self.tenant_id(),
            tenant_name: self.tenant_name().to_owned(),
            key_id: self.key_id(),
            key_name: self.key_name().to_owned(),
            access: self.access(),
        }
    }

    /// What a browser session keeps of this caller.
    pub fn identity(&self) -> Identity {
        Identity {
            tenant_id: self.tenant_id(),
            key_id: self.key_id(),
        }
    }
}

/// A W3C `traceparent` of the version in use, if the text is one: it goes into logs as it is.
pub fn traceparent(text: &str) -> Option<&str> {
    let is_hex = |part: &str| {
        part.bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'))
    };
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let is_one = lengths == [2, 32, 16, 2] && parts.iter().all(|part| is_hex(part));
    is_one.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_traceparent_for_one() {
        let one = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(traceparent(one), Some(one));
        for other in [
            "",
            "00",
            "00-0af7-b7ad-01",
            &one.to_uppercase(),
            &format!("{one}-x"),
            &one.replace('7', "\n"),
        ] {
            assert_eq!(traceparent(other), None, "{other:?}");
        }
    }
}
