//! A person's own account: signing in with a password, the name, the password.

use orderdesk_mcp_contract::{ApiError, ErrorCode, Right, Role, SecretText, TenantId, validate};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{MemberRecord, Membership, UserRecord};
use orderdesk_mcp_vault::Secret;

use super::authenticate::suspended;
use super::name_key;
use crate::caller::{Actor, Caller, Identity, Origin};
use crate::error::Failure;
use crate::metrics;
use crate::services::Services;

/// A person to be made by the operator at the command line.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The workspace's name.
    pub tenant: String,
    /// Their e-mail address.
    pub email: String,
    /// What they are called, 1 to 80 characters.
    pub name: String,
    /// What they are there.
    pub role: Role,
    /// Whether they look after the whole server.
    pub is_instance_admin: bool,
    /// Their password, 12 to 128 characters.
    pub password: SecretText,
}

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
        self.enter(Actor::Member(place.member.id), origin).await
    }

    /// A session for a member who has proved who they are.
    pub(super) async fn enter(
        &self,
        actor: Actor,
        origin: Origin,
    ) -> Result<(Caller, Identity), Failure> {
        // What is remembered may be from before they joined or were let in again.
        self.accounts().forget_row(actor.id()).await;
        let who = self.live_or_refused(self.who(actor).await?)?;
        self.accounts().note_use(actor, self.now());
        let caller = Caller::new(who, origin);
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
        let outcome = self.write_own_name(caller, name).await;
        self.finish(call, outcome).await
    }

    async fn write_own_name(&self, caller: &Caller, name: &str) -> Result<(), Failure> {
        let user = own_account(caller)?;
        person_name(name)?;
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
        let outcome = self.write_own_password(caller, present, new, session).await;
        self.finish(call, outcome).await
    }

    async fn write_own_password(
        &self,
        caller: &Caller,
        present: &SecretText,
        new: &SecretText,
        session: Option<[u8; 16]>,
    ) -> Result<(), Failure> {
        let user = own_account(caller)?;
        validate::new_password("new_password", new)?;
        let origin = caller.origin();
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
        self.storage().set_user_password(user.id, &hash).await?;
        self.end_sessions_of(user.id, session).await?;
        self.forget_person(user).await
    }

    /// Forgets what is remembered of a person, in every workspace.
    async fn forget_person(&self, user: &UserRecord) -> Result<(), Failure> {
        for place in self.storage().memberships(user.id).await? {
            self.accounts().forget_row(place.member.id).await;
        }
        Ok(())
    }

    /// Makes a person with a place in a workspace. For the operator at the command line; no door leads here.
    ///
    /// # Errors
    /// `NotFound` without such a workspace, `Invalid` for an unusable address, name or password, `Conflict` when somebody
    /// has the address.
    pub async fn create_user(&self, new: &NewUser) -> Result<(), ApiError> {
        self.add_user(new).await.map_err(Failure::answer)
    }

    async fn add_user(&self, new: &NewUser) -> Result<(), Failure> {
        validate::email("email", &new.email)?;
        person_name(&new.name)?;
        validate::new_password("password", &new.password)?;
        let Some(tenant) = self
            .storage()
            .tenant_by_name_key(&name_key(&new.tenant))
            .await?
        else {
            let text = format!("There is no workspace named `{}`.", new.tenant);
            return Err(ApiError::new(ErrorCode::NotFound, text).into());
        };
        let mut user = self.new_user(&new.email, &new.name, &new.password).await?;
        user.is_instance_admin = new.is_instance_admin;
        let member = self.new_member(tenant.id, &user, new.role)?;
        match self.storage().add_person(&user, &member).await {
            Err(StorageError::Taken { what: "user_email" }) => Err(ApiError::new(
                ErrorCode::Conflict,
                "Somebody has this e-mail address already. Invite them in the web app instead, or set their password with `orderdesk-mcp user password`.",
            )
            .into()),
            other => Ok(other?),
        }
    }

    /// Sets a person's password and ends their sessions. For the operator at the command line; no door leads here.
    ///
    /// # Errors
    /// `NotFound` without such a person, `Invalid` for an unusable password.
    pub async fn reset_password(&self, email: &str, new: &SecretText) -> Result<(), ApiError> {
        self.write_password(email, new)
            .await
            .map_err(Failure::answer)
    }

    async fn write_password(&self, email: &str, new: &SecretText) -> Result<(), Failure> {
        validate::new_password("password", new)?;
        let Some(user) = self.storage().user_by_email_key(&name_key(email)).await? else {
            let text = format!("Nobody has the e-mail address `{}`.", email.trim());
            return Err(ApiError::new(ErrorCode::NotFound, text).into());
        };
        let hash = self.hash_secret(&Secret::from(new.expose())).await?;
        self.storage().set_user_password(user.id, &hash).await?;
        self.end_sessions_of(user.id, None).await
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
