//! From a presented key to a caller.

use std::sync::Arc;

use orderdesk_mcp_contract::{ApiError, ErrorCode, KeyId, KeyKind};
use orderdesk_mcp_vault::{self as vault, PresentedKey, password};

use super::address::is_allowed;
use crate::caller::{Caller, Identity, Origin, Who};
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
        let who = self
            .verify_bearer(bearer, &origin)
            .await
            .map_err(Failure::answer)?;
        let who = self.admit(who, &origin).await.map_err(Failure::answer)?;
        self.accounts().note_use(who.key.id, self.now());
        Ok(Caller::new(who, origin))
    }

    /// The caller behind something that lasts, a browser session or an open connection, or none when its key or
    /// workspace is gone, or the key may not be used from there.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn session_caller(
        &self,
        identity: &Identity,
        origin: Origin,
    ) -> Result<Option<Caller>, ApiError> {
        let who = self.who(identity.key_id).await.map_err(Failure::answer)?;
        Ok(who
            .filter(|who| who.tenant.id == identity.tenant_id && self.is_live(who))
            .filter(|who| is_allowed(who, &origin))
            .map(|who| Caller::new(who, origin)))
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
            return self.live_or_refused(self.who(id).await?);
        }
        self.limits().may_present_key(origin.ip)?;
        let id: KeyId = presented.id().parse().map_err(|_| refused("format"))?;
        // An id is 80 random bits, so the shorter time for an unknown one helps nobody guess; doing
        // Argon2 for it would let junk keys take the processor.
        let Some(who) = self.who(id).await? else {
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
        let kind_matches = who.key.kind == kind_of(&presented);
        if !kind_matches || !self.is_proved(&presented, tag, &who).await? {
            self.limits().bad_key(origin.ip);
            return Err(refused("secret"));
        }
        self.live_or_refused(Some(who))
    }

    fn live_or_refused(&self, who: Option<Arc<Who>>) -> Result<Arc<Who>, Failure> {
        who.filter(|who| self.is_live(who))
            .ok_or_else(|| refused("ended"))
    }

    /// Neither revoked, expired nor of a suspended workspace.
    fn is_live(&self, who: &Who) -> bool {
        let now = self.now();
        who.key.revoked_at.is_none()
            && who.key.expires_at.is_none_or(|end| now < end)
            && who.tenant.suspended_at.is_none()
    }

    /// A key with its workspace and policy, at most two seconds old.
    pub(crate) async fn who(&self, id: KeyId) -> Result<Option<Arc<Who>>, Failure> {
        if let Some(who) = self.accounts().rows.get(&id).await {
            return Ok(Some(who));
        }
        let Some(key) = self.storage().key(id).await? else {
            return Ok(None);
        };
        let Some(tenant) = self.storage().tenant(key.tenant_id).await? else {
            return Ok(None);
        };
        let policy = self.storage().key_policy(tenant.id, key.id).await?;
        let who = Arc::new(Who {
            key,
            tenant,
            policy: policy.unwrap_or_default(),
        });
        self.accounts().rows.insert(id, Arc::clone(&who)).await;
        Ok(Some(who))
    }

    /// Whether the secret is the key's. Of many calls with a key that has to be proved again, one asks
    /// Argon2 and the others, who waited for their turn, find it verified.
    async fn is_proved(
        &self,
        presented: &PresentedKey,
        tag: [u8; 32],
        who: &Who,
    ) -> Result<bool, Failure> {
        let hashing = self.accounts().hashing().await?;
        if self.accounts().verified.contains_key(&tag) {
            return Ok(true);
        }
        let (secret, hash) = (presented.secret().clone(), who.key.hash.clone());
        let (verdict, _hashing) = hashing
            .run(move || password::verify(&secret, &hash))
            .await?;
        let is_proved =
            verdict.map_err(|damaged| Failure::bug("a key's hash cannot be used", damaged))?;
        if is_proved {
            self.accounts().verified.insert(tag, who.key.id).await;
            self.accounts().secrets.insert(who.key.id, tag).await;
        }
        Ok(is_proved)
    }
}

fn kind_of(presented: &PresentedKey) -> KeyKind {
    match presented.kind() {
        vault::KeyKind::Master => KeyKind::Master,
        vault::KeyKind::Api => KeyKind::Api,
    }
}
