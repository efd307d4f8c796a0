//! From a presented key to a caller.

use std::sync::Arc;

use orderdesk_mcp_contract::{ApiError, ErrorCode, KeyId, KeyKind, TenantId};
use orderdesk_mcp_storage::record::KeyRecord;
use orderdesk_mcp_vault::{self as vault, PresentedKey, password};
use tokio::time::Instant;

use super::address::is_allowed;
use crate::caller::{Actor, Caller, Credential, Identity, Origin, Who};
use crate::error::Failure;
use crate::metrics;
use crate::services::Services;

/// The only answer to a key that is not valid, whatever the reason: it must not tell one who guesses
/// what was right about the guess.
fn refused(reason: &'static str) -> Failure {
    ::metrics::counter!(metrics::AUTH_FAILURES_TOTAL, "reason" => reason).increment(1);
    Failure::Answer(ApiError::new(
        ErrorCode::Unauthenticated,
        "This key is not valid: it is mistyped, revoked or expired. Make a new one with `orderdesk-mcp key create`, or ask the owner of the workspace.",
    ))
}

impl Services {
    /// Verifies a bearer key.
    ///
    /// # Errors
    /// `Unauthenticated` for a key that is not valid, `RateLimited` for an address that presented many
    /// such keys, `Forbidden` for a key that may not be used from there, `Unavailable` when the database cannot be asked.
    pub async fn authenticate(&self, bearer: &str, origin: Origin) -> Result<Caller, ApiError> {
        let began = Instant::now();
        let who = self
            .verify_bearer(bearer, &origin)
            .await
            .map_err(Failure::answer)?;
        let who = self.admit(who, &origin).await.map_err(Failure::answer)?;
        self.accounts().note_use(who.actor(), self.now());
        Ok(Caller::new(who, origin, self.now()).having_proved_in(began.elapsed()))
    }

    /// The caller behind something that lasts, a browser session or an open connection, or none when its key, person or
    /// workspace is gone, the session was ended, or the key may not be used from there.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn session_caller(
        &self,
        identity: &Identity,
        origin: Origin,
    ) -> Result<Option<Caller>, ApiError> {
        let began = Instant::now();
        let who = self.who(identity.actor).await.map_err(Failure::answer)?;
        let took = began.elapsed();
        Ok(who
            .filter(|who| who.tenant.id == identity.tenant_id && self.is_live(who))
            .filter(|who| who.keeps_session(identity.began_at) && is_allowed(who, &origin))
            .map(|who| Caller::new(who, origin, identity.began_at).having_proved_in(took)))
    }

    pub(super) async fn verify_bearer(
        &self,
        bearer: &str,
        origin: &Origin,
    ) -> Result<Arc<Who>, Failure> {
        // A typing mistake costs one hash and tells nothing, so it does not count as a guess.
        let presented = PresentedKey::parse(bearer.trim()).map_err(|_| refused("format"))?;
        let tag = self.keyring().cache_tag(presented.secret());
        if let Some(id) = self.accounts().verified.get(&tag).await {
            return self.live_or_refused(self.who(Actor::Key(id)).await?);
        }
        self.limits().may_present_key(origin.ip)?;
        let id: KeyId = presented.id().parse().map_err(|_| refused("format"))?;
        // An id is 80 random bits, so the shorter time for an unknown one helps nobody guess; doing
        // Argon2 for it would let junk keys take the processor.
        let Some(who) = self.who(Actor::Key(id)).await? else {
            self.limits().bad_key(origin.ip);
            return Err(refused("unknown"));
        };
        // The costliest flood, one of guesses at a key in use, ends here.
        let known = self.accounts().secrets.get(&id).await;
        if known.is_some_and(|known| known != tag) {
            self.limits().bad_key(origin.ip);
            return Err(refused("secret"));
        }
        // Held until the outcome is counted, so that a burst of wrong secrets from one address is
        // refused after as many proofs as one after the other would be, and stands before nobody else.
        let _turn = self.limits().turn_to_prove(origin.ip).await;
        self.limits().may_present_key(origin.ip)?;
        let Credential::Key(key) = &who.credential else {
            return Err(refused("kind"));
        };
        if kind_of(&presented) != Some(key.kind) || !self.is_proved(&presented, tag, key).await? {
            self.limits().bad_key(origin.ip);
            return Err(refused("secret"));
        }
        self.live_or_refused(Some(who))
    }

    /// Whoever was proved, unless they have ended. That a workspace is suspended is said: whoever has proved a key of it may
    /// know.
    pub(super) fn live_or_refused(&self, who: Option<Arc<Who>>) -> Result<Arc<Who>, Failure> {
        let who = who
            .filter(|who| who.has_not_ended(self.now()))
            .ok_or_else(|| refused("ended"))?;
        if who.tenant.suspended_at.is_some() {
            ::metrics::counter!(metrics::AUTH_FAILURES_TOTAL, "reason" => "suspended").increment(1);
            return Err(suspended());
        }
        Ok(who)
    }

    /// Neither revoked, expired, shut out nor of a suspended workspace.
    pub(super) fn is_live(&self, who: &Who) -> bool {
        who.has_not_ended(self.now()) && who.tenant.suspended_at.is_none()
    }

    /// A key or member with the workspace and policy, at most two seconds old.
    pub(crate) async fn who(&self, actor: Actor) -> Result<Option<Arc<Who>>, Failure> {
        let known = self.accounts().rows.get(&actor.id()).await;
        if let Some(who) = known.filter(|who| who.actor() == actor) {
            return Ok(Some(who));
        }
        let Some((credential, tenant)) = self.credential(actor).await? else {
            return Ok(None);
        };
        let Some(tenant) = self.storage().tenant(tenant).await? else {
            return Ok(None);
        };
        let policy = match actor {
            Actor::Key(id) => self.storage().key_policy(tenant.id, id).await?,
            Actor::Member(_) => None,
        };
        let who = Arc::new(Who {
            credential,
            tenant,
            policy: policy.unwrap_or_default(),
        });
        let rows = &self.accounts().rows;
        rows.insert(actor.id(), Arc::clone(&who)).await;
        Ok(Some(who))
    }

    async fn credential(&self, actor: Actor) -> Result<Option<(Credential, TenantId)>, Failure> {
        Ok(match actor {
            Actor::Key(id) => {
                let key = self.storage().key(id).await?;
                key.map(|key| (key.tenant_id, key))
                    .map(|(tenant, key)| (Credential::Key(key), tenant))
            }
            Actor::Member(id) => {
                let person = self.storage().member(id).await?;
                person
                    .map(|person| (person.member.tenant_id, Box::new(person)))
                    .map(|(tenant, person)| (Credential::Person(*person), tenant))
            }
        })
    }

    /// Whether the secret is the key's. Of many calls with a key that has to be proved again, one asks
    /// Argon2 and the others, who waited for their turn, find it verified.
    async fn is_proved(
        &self,
        presented: &PresentedKey,
        tag: [u8; 32],
        key: &KeyRecord,
    ) -> Result<bool, Failure> {
        let hashing = self.accounts().hashing().await?;
        if self.accounts().verified.contains_key(&tag) {
            return Ok(true);
        }
        let (secret, hash) = (presented.secret().clone(), key.hash.clone());
        let (verdict, _hashing) = hashing
            .run(move || password::verify(&secret, &hash))
            .await?;
        let is_proved =
            verdict.map_err(|damaged| Failure::bug("a key's hash cannot be used", damaged))?;
        if is_proved {
            self.accounts().verified.insert(tag, key.id).await;
            self.accounts().secrets.insert(key.id, tag).await;
        }
        Ok(is_proved)
    }
}

fn kind_of(presented: &PresentedKey) -> Option<KeyKind> {
    match presented.kind() {
        vault::KeyKind::Master => Some(KeyKind::Master),
        vault::KeyKind::Api => Some(KeyKind::Api),
        // No row of a key has its id either.
        vault::KeyKind::Invite => None,
    }
}

/// The answer to a key or person of a workspace that the operator has suspended.
pub(super) fn suspended() -> Failure {
    ApiError::new(
        ErrorCode::Forbidden,
        "This workspace is suspended: nobody can use it until whoever runs the server resumes it. Ask them.",
    )
    .into()
}
