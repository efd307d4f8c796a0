//! Signing in to the web app with a master key.

use orderdesk_mcp_contract::{ApiError, ErrorCode, SecretText};
use orderdesk_mcp_vault::{PresentedKey, Secret};
use serde_json::{Value, json};

use crate::caller::{Caller, Identity, Origin};
use crate::error::Failure;
use crate::services::Services;

impl Services {
    /// Verifies a master key for a browser session.
    ///
    /// # Errors
    /// `RateLimited` beyond the sign-ins allowed for the address or the key, `Unauthenticated` for a key
    /// that is not valid, `Forbidden` for an API key, which does not open the web app, and for one that may not be used from there.
    pub async fn sign_in(
        &self,
        master_key: &SecretText,
        origin: Origin,
    ) -> Result<(Caller, Identity), ApiError> {
        let presented = Secret::from(master_key.expose().trim());
        self.limits()
            .sign_in(origin.ip, self.account_tag(&presented))?;
        let who = self
            .verify_bearer(presented.expose(), &origin)
            .await
            .map_err(|failure| {
                let mut answer = failure.answer();
                if answer.code == ErrorCode::Unauthenticated {
                    answer.field = Some("master_key".into());
                    answer.message =
                        "This master key is not valid: it is mistyped, revoked or expired.".into();
                }
                answer
            })?;
        if !who.is_master_key() {
            return Err(ApiError {
                field: Some("master_key".into()),
                ..ApiError::new(
                    ErrorCode::Forbidden,
                    "This is an API key. API keys are for assistants and scripts; sign in with the workspace's master key, which starts with odm_mk_.",
                )
            });
        }
        let who = self.admit(who, &origin).await.map_err(Failure::answer)?;
        self.accounts().note_use(who.actor(), self.now());
        let caller = Caller::new(who, origin, self.now());
        self.note_sign_in(&caller, "sign_in", json!({ "with": "master_key" }))
            .await?;
        let identity = caller.identity();
        Ok((caller, identity))
    }
}

impl Services {
    /// Records that somebody came in, for whoever reads later who was there: in the audit log, before they are let in.
    pub(super) async fn note_sign_in(
        &self,
        caller: &Caller,
        how: &'static str,
        facts: Value,
    ) -> Result<(), ApiError> {
        let call = self.begin(caller, how).noting(facts);
        let entered = call.enter().await;
        self.finish(call, entered).await
    }

    /// What guesses are counted under: the key they are guesses at, else the text itself.
    fn account_tag(&self, presented: &Secret) -> [u8; 32] {
        let account = match PresentedKey::parse(presented.expose()) {
            Ok(key) => &Secret::from(key.id()),
            Err(_) => presented,
        };
        self.keyring().cache_tag(account)
    }

    /// Checks that a master key is valid and of the caller's own workspace. Counted as a sign-in, since
    /// it could be used to try keys; a valid key of another workspace gets the same answer as a wrong one.
    pub(crate) async fn check_master_key(
        &self,
        caller: &Caller,
        key: &SecretText,
    ) -> Result<(), Failure> {
        let presented = Secret::from(key.expose().trim());
        let origin = caller.origin();
        self.limits()
            .sign_in(origin.ip, self.account_tag(&presented))?;
        let verified = self.verify_bearer(presented.expose(), origin).await;
        let is_own = match &verified {
            Ok(who) => who.is_master_key() && who.tenant.id == caller.tenant_id(),
            Err(Failure::Answer(error)) if error.code == ErrorCode::Unauthenticated => false,
            Err(_) => return verified.map(|_| ()),
        };
        if is_own {
            return Ok(());
        }
        Err(ApiError::invalid(
            "master_key",
            "This is not a valid master key of this workspace. You are signed in by the key of the connection already and can go on without it.",
        )
        .into())
    }
}
