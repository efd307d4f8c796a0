//! Who is calling.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use orderdesk_mcp_contract::access::{Access, KeyKind};
use orderdesk_mcp_contract::tool::ToolSpec;
use orderdesk_mcp_contract::{
    ApiError, ErrorCode, KeyId, KeyPolicy, Right, Standing, StoreUid, TenantId, UtcMillis,
};
use orderdesk_mcp_storage::record::{Door, KeyRecord, PersonRecord, TenantRecord};
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
    pub request_id: Option<Arc<str>>,
    /// The client's own name and version.
    pub client: Option<Arc<str>>,
    /// The client's W3C trace context: the `traceparent` alone. `tracestate` is other vendors' and is dropped.
    pub traceparent: Option<Arc<str>>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The workspace.
    pub tenant_id: TenantId,
    /// Who signed in.
    #[serde(flatten)]
    pub actor: Actor,
    /// When they signed in. It goes along into whatever workspace the session is in.
    pub began_at: UtcMillis,
}

/// Whoever acts in a workspace. Ids of keys and of members are of one kind and never the same, so that changes, stops and
/// traces name either by the id alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Actor {
    /// A key.
    #[serde(rename = "key_id")]
    Key(KeyId),
    /// A person, by their place in the workspace.
    #[serde(rename = "member_id")]
    Member(KeyId),
}

impl Actor {
    /// The id alone.
    pub fn id(self) -> KeyId {
        match self {
            Self::Key(id) | Self::Member(id) => id,
        }
    }
}

/// Somebody whose credential was verified. There is no other way to get one, and no use case without
/// one; the workspace every query is scoped by comes from here and from nowhere else.
#[derive(Debug, Clone)]
pub struct Caller {
    who: Arc<Who>,
    origin: Arc<Origin>,
    /// When the credential was proved; for a session, when it began.
    began_at: UtcMillis,
    /// How long it took to prove the credential for this request.
    proved_in: Duration,
    watch: Option<Arc<Watch>>,
}

/// A verified key or person, the workspace, and what the owner has narrowed the key to.
#[derive(Debug)]
pub(crate) struct Who {
    pub(crate) credential: Credential,
    pub(crate) tenant: TenantRecord,
    pub(crate) policy: KeyPolicy,
}

/// What was verified.
#[derive(Debug)]
pub(crate) enum Credential {
    Key(KeyRecord),
    Person(PersonRecord),
}

impl Who {
    pub(crate) fn actor(&self) -> Actor {
        match &self.credential {
            Credential::Key(key) => Actor::Key(key.id),
            Credential::Person(person) => Actor::Member(person.member.id),
        }
    }

    pub(crate) fn standing(&self) -> Standing {
        match &self.credential {
            Credential::Key(key) => Standing::Key(key.kind, key.access),
            Credential::Person(person) => Standing::Role(person.member.role),
        }
    }

    pub(crate) fn active_store(&self) -> Option<StoreUid> {
        match &self.credential {
            Credential::Key(key) => key.active_store,
            Credential::Person(person) => person.member.active_store,
        }
    }

    /// Whether it is a master key.
    pub(crate) fn is_master_key(&self) -> bool {
        matches!(self.standing(), Standing::Key(KeyKind::Master, _))
    }

    /// Neither revoked, expired nor shut out.
    pub(crate) fn has_not_ended(&self, now: UtcMillis) -> bool {
        match &self.credential {
            Credential::Key(key) => {
                key.revoked_at.is_none() && key.expires_at.is_none_or(|end| now < end)
            }
            Credential::Person(person) => person.member.disabled_at.is_none(),
        }
    }

    /// Whether a session that began at this moment was not ended since by whoever manages people.
    pub(crate) fn keeps_session(&self, began_at: UtcMillis) -> bool {
        match &self.credential {
            Credential::Key(_) => true,
            Credential::Person(person) => person.member.keeps_session(began_at),
        }
    }
}

impl Caller {
    pub(crate) fn new(who: Arc<Who>, origin: Origin, began_at: UtcMillis) -> Self {
        Self {
            who,
            origin: Arc::new(origin),
            began_at,
            proved_in: Duration::ZERO,
            watch: None,
        }
    }

    /// The same caller, for whose request it took this long to prove the credential.
    pub(crate) fn having_proved_in(self, took: Duration) -> Self {
        Self {
            proved_in: took,
            ..self
        }
    }

    /// How long it took to prove the credential for this request; nothing where it was proved before.
    pub(crate) fn proved_in(&self) -> Duration {
        self.proved_in
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
            began_at: self.began_at,
            proved_in: self.proved_in,
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

    /// Who acts: the key that called, or that signed in. Changes, stops and traces name whoever did something by this id.
    pub fn actor_id(&self) -> KeyId {
        self.actor().id()
    }

    /// Who acts, and of which kind.
    pub fn actor(&self) -> Actor {
        self.who.actor()
    }

    /// What whoever acts is called.
    pub fn actor_name(&self) -> &str {
        match &self.who.credential {
            Credential::Key(key) => &key.name,
            Credential::Person(person) => &person.user.name,
        }
    }

    /// The person who acts; none when a key does.
    pub(crate) fn person(&self) -> Option<&PersonRecord> {
        match &self.who.credential {
            Credential::Key(_) => None,
            Credential::Person(person) => Some(person),
        }
    }

    /// Whether the person who acts looks after the whole server.
    pub fn is_instance_admin(&self) -> bool {
        self.person()
            .is_some_and(|person| person.user.is_instance_admin)
    }

    /// How far the caller may go with orders and products.
    pub fn access(&self) -> Access {
        self.standing().access()
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
        let client = client.chars().filter(|c| !c.is_control());
        let client: String = client.take(120).collect();
        let origin = Origin {
            client: Some(client.into()),
            ..(*self.origin).clone()
        };
        Self {
            origin: Arc::new(origin),
            ..self.clone()
        }
    }

    /// The same caller with the trace context the protocol carried; one that is malformed changes nothing.
    #[must_use]
    pub fn with_traceparent(&self, text: &str) -> Self {
        let Some(traceparent) = traceparent(text) else {
            return self.clone();
        };
        let origin = Origin {
            traceparent: Some(traceparent.into()),
            ..(*self.origin).clone()
        };
        Self {
            origin: Arc::new(origin),
            ..self.clone()
        }
    }

    /// What the owner has narrowed the key to, as it was when the caller was recognised. It says which tools are offered;
    /// the limits of a change are read anew for each.
    pub fn policy(&self) -> &KeyPolicy {
        &self.who.policy
    }

    /// Whether the caller may call a tool: its standing is enough, and the tool is not kept from its key.
    pub fn may_call(&self, spec: &ToolSpec) -> bool {
        let is_kept = match self.standing() {
            Standing::Key(kind, _) => !self.policy().allows_tool(kind, spec.name),
            Standing::Role(_) => false,
        };
        self.may(spec.need.right()) && !is_kept
    }

    /// What the caller's rights come from.
    pub fn standing(&self) -> Standing {
        self.who.standing()
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
        match self.why_not(right) {
            None => Ok(()),
            Some(why) => Err(ApiError::new(ErrorCode::Forbidden, why)),
        }
    }

    /// Why the caller has not the right, in words; none when they have it. For pages, to say it where a button would stand.
    pub fn why_not(&self, right: Right) -> Option<String> {
        (!self.may(right)).then(|| match self.standing() {
            Standing::Key(..) => "This needs a master key with write access: stores and keys are managed by the owner of the workspace.".to_owned(),
            Standing::Role(role) => format!(
                "{} Your role in this workspace is {role}; an owner can change it.",
                right.whose()
            ),
        })
    }

    /// When the credential was proved; for a session, when it began.
    pub(crate) fn began_at(&self) -> UtcMillis {
        self.began_at
    }

    /// Whom to name as the maker of something; none for the operator at the command line, who acts with the standing of a
    /// key and is nobody.
    pub(crate) fn maker(&self) -> Option<KeyId> {
        (self.door() != Door::Cli).then(|| self.actor_id())
    }

    /// What a browser session keeps of this caller.
    pub fn identity(&self) -> Identity {
        Identity {
            tenant_id: self.tenant_id(),
            actor: self.actor(),
            began_at: self.began_at,
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
    // Ids of zeros alone are none (W3C Trace Context, 3.2.2).
    let is_nothing = |part: &&str| part.bytes().all(|b| b == b'0');
    (is_one && parts[0] == "00" && !parts[1..3].iter().any(is_nothing)).then_some(text)
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
            &one.replacen("00", "ff", 1),
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            &one.replace('7', "\n"),
        ] {
            assert_eq!(traceparent(other), None, "{other:?}");
        }
    }
}
