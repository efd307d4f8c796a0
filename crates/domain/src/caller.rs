//! Who is calling.

use std::net::IpAddr;
use std::sync::Arc;

use orderdesk_mcp_contract::access::{Access, KeyKind};
use orderdesk_mcp_contract::tool::ToolSpec;
use orderdesk_mcp_contract::views::account::SignedIn;
use orderdesk_mcp_contract::{ApiError, ErrorCode, KeyId, KeyPolicy, Right, Standing, TenantId};
use orderdesk_mcp_storage::record::{Door, KeyRecord, TenantRecord};
use serde::{Deserialize, Serialize};

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
        }
    }

    /// The workspace.
    pub fn tenant_id(&self) -> TenantId {
        self.who.tenant.id
    }

    /// The workspace's name.
    pub fn tenant_name(&self) -> &str {
        &self.who.tenant.name
    }

    /// Who acts: the key that called, or that signed in. Changes, stops and traces name whoever did something by this id.
    pub fn actor_id(&self) -> KeyId {
        self.who.key.id
    }

    /// What whoever acts is called.
    pub fn actor_name(&self) -> &str {
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
        }
    }

    /// What the owner has narrowed the key to, as it was when the caller was recognised. It says which tools are offered;
    /// the limits of a change are read anew for each.
    pub fn policy(&self) -> &KeyPolicy {
        &self.who.policy
    }

    /// Whether the caller may call a tool: its standing is enough, and the tool is not kept from its key.
    pub fn may_call(&self, spec: &ToolSpec) -> bool {
        self.may(spec.need.right()) && self.policy().allows_tool(self.key_kind(), spec.name)
    }

    /// What the caller's rights come from.
    pub fn standing(&self) -> Standing {
        Standing::Key(self.who.key.kind, self.who.key.access)
    }

    /// Whether the caller has the right.
    pub fn may(&self, right: Right) -> bool {
        self.standing().may(right)
    }

    /// Refuses a caller who has not the right: the first line of every use case that needs one.
    ///
    /// # Errors
    /// `Forbidden`, with who has it.
    pub fn require(&self, right: Right) -> Result<(), ApiError> {
        if self.may(right) {
            return Ok(());
        }
        Err(ApiError::new(ErrorCode::Forbidden, self.refusal(right)))
    }

    fn refusal(&self, right: Right) -> String {
        match self.standing() {
            Standing::Key(..) => "This needs a master key with write access: stores and keys are managed by the owner of the workspace.".to_owned(),
            Standing::Role(role) => format!(
                "{} Your role in this workspace is {role}; an owner can change it.",
                right.whose()
            ),
        }
    }

    /// How pages show who is signed in.
    pub fn signed_in(&self) -> SignedIn {
        SignedIn {
            tenant_id: self.tenant_id(),
            tenant_name: self.tenant_name().to_owned(),
            key_id: self.actor_id(),
            key_name: self.actor_name().to_owned(),
            access: self.access(),
        }
    }

    /// What a browser session keeps of this caller.
    pub fn identity(&self) -> Identity {
        Identity {
            tenant_id: self.tenant_id(),
            key_id: self.actor_id(),
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
