//! A person's own account: signing in with a password, the name, the password.

use orderdesk_mcp_contract::{
    ApiError, ErrorCode, Right, Role, SecretText, TenantId, UtcMillis, validate,
};
use orderdesk_mcp_storage::record::{MemberRecord, Membership, UserRecord};
use orderdesk_mcp_vault::Secret;
use serde_json::json;

use super::authenticate::suspended;
use super::name_key;
use crate::caller::{Actor, Caller, Identity, Origin};
use crate::error::Failure;
use crate::metrics;
use crate::services::Services;
use crate::traces::Call;

/// The only answer to an address and a password that do not fit, whatever the reason.
fn refused() -> Failure {
    ::metrics::counter!(metrics::AUTH_FAILURES_TOTAL, "reason" => "password").increment(1);
    ApiError {
        field: Some("password".into()),
        ..ApiError::new(
            ErrorCode::Unauthenticated,
            "The e-mail address and the password do not fit each other. Check both; an owner of your workspace can tell you the address you were invited with.",
        )
    }
    .into()
}

impl Services {
    /// Verifies a person's password for a browser session, which begins in the workspace they were last seen in.
    ///
    /// # Errors
    /// `RateLimited` beyond the sign-ins allowed for the address or the person; `Unauthenticated` when address and password
    /// do not fit, in the same words and after the same time whether there is such a person or not; `Forbidden` when they
    /// fit, but every workspace has shut the person out or is suspended.
    pub async fn sign_in_person(
        &self,
        email: &str,
        password: &SecretText,
        origin: Origin,
    ) -> Result<(Caller, Identity), ApiError> {
        let signed_in = self.verify_password(email, password, origin).await;
        signed_in.map_err(Failure::answer)
    }

    async fn verify_password(
        &self,
        email: &str,
        password: &SecretText,
        origin: Origin,
    ) -> Result<(Caller, Identity), Failure> {
        let email_key = name_key(email);
        self.limits()
            .sign_in(origin.ip, self.person_tag(&email_key))?;
        let user = self.storage().user_by_email_key(&email_key).await?;
        let hash = user.as_ref().map(|user| user.password_hash.as_str());
        let is_right = self.guess(&origin, password, hash).await?;
        match user.filter(|_| is_right) {
            Some(user) => self.enter_somewhere(&user, origin).await,
            None => Err(refused()),
        }
    }

    /// A session for a person who has proved who they are.
    pub(super) async fn enter_somewhere(
        &self,
        user: &UserRecord,
        origin: Origin,
    ) -> Result<(Caller, Identity), Failure> {
        let places = self.storage().memberships(user.id).await?;
        let enabled: Vec<Membership> = places
            .into_iter()
            .filter(|place| place.member.disabled_at.is_none())
            .collect();
        let open = enabled
            .iter()
            .filter(|place| place.tenant.suspended_at.is_none());
        let Some(place) = open.max_by_key(|place| place.member.last_seen_at) else {
            return Err(if enabled.is_empty() {
                shut_out()
            } else {
                suspended()
            });
        };
        let now = self.now();
        self.storage().note_sign_in(user.id, now).await?;
        let member = Actor::Member(place.member.id);
        let (caller, identity) = self.let_in(member, origin, now).await?;
        self.note_sign_in(&caller, "sign_in", json!({ "with": "password" }))
            .await?;
        Ok((caller, identity))
    }

    /// A session for a member who has proved who they are, at `began_at`.
    pub(super) async fn let_in(
        &self,
        actor: Actor,
        origin: Origin,
        began_at: UtcMillis,
    ) -> Result<(Caller, Identity), Failure> {
        // What is remembered may be from before they joined or were let in again.
        self.accounts().forget_row(actor.id()).await;
        let who = self.who(actor).await?;
        let who = who.filter(|who| who.has_not_ended(self.now()));
        let who = self.live_or_refused(Some(who.ok_or_else(shut_out)?))?;
        self.accounts().note_use(actor, self.now());
        let caller = Caller::new(who, origin, began_at);
        let identity = caller.identity();
        Ok((caller, identity))
    }

    /// What sign-ins of a person are counted under.
    pub(super) fn person_tag(&self, email_key: &str) -> [u8; 32] {
        self.keyring()
            .cache_tag(&Secret::new(format!("person\n{email_key}")))
    }

    /// Notes that the caller was seen just now, for a request that somebody made and no page by itself.
    pub fn note_seen(&self, caller: &Caller) {
        self.accounts().note_use(caller.actor(), self.now());
    }

    /// Sets what the person who calls is called, in every workspace.
    ///
    /// # Errors
    /// `Forbidden` for a key, `Invalid` for an unusable name.
    pub async fn set_own_name(&self, caller: &Caller, name: &str) -> Result<(), ApiError> {
        let call = self.begin(caller, "set_own_name");
        let outcome = self.write_own_name(&call, name).await;
        self.finish(call, outcome).await
    }

    async fn write_own_name(&self, call: &Call, name: &str) -> Result<(), Failure> {
        let user = own_account(call.caller())?;
        person_name(name)?;
        self.charge_request(call.caller())?;
        call.enter().await?;
        self.storage().set_user_name(user.id, name.trim()).await?;
        self.forget_person(user).await
    }

    /// Sets the password of the person who calls, and ends their other sessions in every workspace. `session` is the id of
    /// the session that goes on; its caller should give it another id.
    ///
    /// # Errors
    /// `Forbidden` for a key; `Invalid` for a wrong present password and an unusable new one; `RateLimited`, since it could
    /// be used to try passwords.
    pub async fn change_own_password(
        &self,
        caller: &Caller,
        present: &SecretText,
        new: &SecretText,
        session: Option<[u8; 16]>,
    ) -> Result<(), ApiError> {
        let call = self.begin(caller, "change_own_password");
        let outcome = self.write_own_password(&call, present, new, session).await;
        self.finish(call, outcome).await
    }

    async fn write_own_password(
        &self,
        call: &Call,
        present: &SecretText,
        new: &SecretText,
        session: Option<[u8; 16]>,
    ) -> Result<(), Failure> {
        let user = own_account(call.caller())?;
        validate::new_password("new_password", new)?;
        let origin = call.caller().origin();
        self.limits()
            .sign_in(origin.ip, self.person_tag(&user.email_key))?;
        if !self
            .guess(origin, present, Some(&user.password_hash))
            .await?
        {
            return Err(ApiError::invalid(
                "password",
                "This is not your present password. Nothing was changed.",
            )
            .into());
        }
        let hash = self.hash_secret(&Secret::from(new.expose())).await?;
        call.enter().await?;
        self.storage().set_user_password(user.id, &hash).await?;
        self.end_sessions_of(user.id, session).await?;
        self.forget_person(user).await
    }

    /// Forgets what is remembered of a person, in every workspace.
    pub(super) async fn forget_person(&self, user: &UserRecord) -> Result<(), Failure> {
        for place in self.storage().memberships(user.id).await? {
            self.accounts().forget_row(place.member.id).await;
        }
        Ok(())
    }

    /// A person who is new, with the password hashed.
    pub(super) async fn new_user(
        &self,
        email: &str,
        name: &str,
        password: &SecretText,
    ) -> Result<UserRecord, Failure> {
        Ok(UserRecord {
            id: self.new_user_id()?,
            email: email.trim().to_owned(),
            email_key: name_key(email),
            name: name.trim().to_owned(),
            password_hash: self.hash_secret(&Secret::from(password.expose())).await?,
            is_instance_admin: false,
            created_at: self.now(),
            last_sign_in_at: None,
        })
    }

    /// A new place in a workspace.
    pub(super) fn new_member(
        &self,
        tenant: TenantId,
        user: &UserRecord,
        role: Role,
    ) -> Result<MemberRecord, Failure> {
        Ok(MemberRecord {
            id: self.new_key_id()?,
            tenant_id: tenant,
            user_id: user.id,
            role,
            active_store: None,
            created_at: self.now(),
            disabled_at: None,
            last_seen_at: None,
            sessions_valid_from: None,
        })
    }
}

/// The account of the person who calls.
fn own_account(caller: &Caller) -> Result<&UserRecord, ApiError> {
    caller.require(Right::Look)?;
    caller.person().map(|person| &person.user).ok_or_else(|| {
        ApiError::new(
            ErrorCode::Forbidden,
            "You are signed in with a key, which has no profile. Sign in with your e-mail address and password.",
        )
    })
}

/// What a person is called.
pub(super) fn person_name(name: &str) -> Result<(), ApiError> {
    if name.trim().is_empty() {
        return Err(ApiError::invalid("name", "Say what you are called."));
    }
    validate::short_text("name", name, validate::NAME_MAX)
}

fn shut_out() -> Failure {
    ApiError::new(
        ErrorCode::Forbidden,
        "You can no longer sign in here: your account was disabled. Ask an owner of the workspace.",
    )
    .into()
}
