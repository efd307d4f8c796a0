//! Invitations: made by whoever manages people, accepted by whoever has the code.

use orderdesk_mcp_contract::views::people::{Invitation, InviteView, JoinRequest};
use orderdesk_mcp_contract::{
    ApiError, ErrorCode, InviteId, KeyId, Right, Role, SecretText, TenantId, validate,
};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{Acceptance, InviteRecord, UserRecord};
use orderdesk_mcp_vault::{KeyKind, PresentedKey, Secret, token};
use serde_json::json;

use super::authenticate::suspended;
use super::name_key;
use super::people::{above, manager};
use super::persons::person_name;
use crate::audit::Act;
use crate::caller::{Actor, Caller, Identity, Origin};
use crate::error::Failure;
use crate::services::Services;
use crate::stores::DAY_MS;
use crate::traces::Call;

/// How long an invitation can be accepted.
const OPEN_MS: i64 = 7 * DAY_MS;
/// How long one that has ended is kept, for whoever looks into who came in by which.
const KEPT_MS: i64 = 30 * DAY_MS;
const INVITED_ALREADY: &str =
    "This person is invited already. Take the invitation back first if its code was lost.";

impl Services {
    /// Removes invitations that ended long ago.
    pub(crate) async fn purge_ended_invites(&self) {
        let before = self.now().plus_millis(-KEPT_MS);
        if let Err(error) = self.storage().remove_ended_invites(before, 1000).await {
            tracing::warn!(%error, "failed to remove ended invitations; will try again in a minute");
        }
    }

    /// Invites somebody to the caller's workspace. The code is given out here once and kept nowhere; whoever invites brings
    /// it to them.
    ///
    /// # Errors
    /// `Forbidden` unless the caller manages people, and for a role above the caller's; `Invalid` for an unusable address;
    /// `Conflict` for somebody who is in the workspace or invited already.
    pub async fn invite(
        &self,
        caller: &Caller,
        email: &str,
        role: Role,
    ) -> Result<Invitation, ApiError> {
        let call = self.begin(caller, "invite").noting(json!({ "role": role }));
        let outcome = self.add_invitation(&call, email, role).await;
        self.finish(call, outcome).await
    }

    async fn add_invitation(
        &self,
        call: &Call,
        email: &str,
        role: Role,
    ) -> Result<Invitation, Failure> {
        let caller = call.caller();
        let own = manager(caller)?;
        validate::email("email", email)?;
        if !own.reaches(role) {
            return Err(above(role));
        }
        let (tenant, now, email_key) = (caller.tenant_id(), self.now(), name_key(email));
        let people = self.storage().list_members(tenant).await?;
        if people.iter().any(|row| row.user.email_key == email_key) {
            return Err(taken(
                "This person is in the workspace already. Change their role in the list, or enable them there.",
            ));
        }
        let id = self.new_invite_id()?;
        call.note(json!({ "invite_id": id, "role": role }));
        let open = self.storage().open_invites(tenant, now).await?;
        if let Some(open) = open.iter().find(|invite| invite.email_key == email_key) {
            if self.may_still_invite(open).await? {
                return Err(taken(INVITED_ALREADY));
            }
            call.enter().await?;
            // Its code is worth nothing any more; nobody has to take it back first.
            self.storage().revoke_invite(tenant, open.id, now).await?;
        }
        let code = token::issue(KeyKind::Invite, &id.to_string(), self.entropy())
            .map_err(|error| Failure::bug("a code could not be issued", error))?;
        let row = InviteRecord {
            id,
            tenant_id: tenant,
            email: email.trim().to_owned(),
            email_key,
            role,
            code_hash: self.hash_secret(&code).await?,
            created_by: caller.actor_id(),
            created_at: now,
            expires_at: now.plus_millis(OPEN_MS),
            accepted_at: None,
            revoked_at: None,
        };
        call.enter().await?;
        match self.storage().add_invite(&row).await {
            Err(StorageError::Taken {
                what: "invite_email",
            }) => return Err(taken(INVITED_ALREADY)),
            added => added?,
        }
        Ok(Invitation {
            invite: view(row, caller.actor_name().to_owned(), false),
            code: SecretText::new(code.expose()),
            join_url: format!("{}/join", self.settings().public_url),
        })
    }

    /// The invitations to the caller's workspace that wait.
    pub(super) async fn invites_of(&self, caller: &Caller) -> Result<Vec<InviteView>, Failure> {
        let tenant = caller.tenant_id();
        let rows = self.storage().open_invites(tenant, self.now()).await?;
        let names = self.actor_names(tenant).await?;
        let by = |id: KeyId| names.get(&id).cloned();
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            let is_void = !self.may_still_invite(&row).await?;
            let by = by(row.created_by).unwrap_or_else(|| "somebody who is gone".to_owned());
            views.push(view(row, by, is_void));
        }
        Ok(views)
    }

    /// Takes an invitation to the caller's workspace back; its code is worth nothing from then on. Gives whom it was for.
    ///
    /// # Errors
    /// `Forbidden` unless the caller manages people, and for a role above the caller's; `NotFound` without such an
    /// invitation that waits.
    pub async fn revoke_invite(&self, caller: &Caller, id: InviteId) -> Result<String, ApiError> {
        let call = self
            .begin(caller, "revoke_invite")
            .noting(json!({ "invite_id": id }));
        let outcome = self.end_invitation(&call, id).await;
        self.finish(call, outcome).await
    }

    async fn end_invitation(&self, call: &Call, id: InviteId) -> Result<String, Failure> {
        let caller = call.caller();
        let own = manager(caller)?;
        let tenant = caller.tenant_id();
        let row = self.storage().invite(id).await?;
        let row = row
            .filter(|row| row.tenant_id == tenant)
            .ok_or_else(no_such_invite)?;
        if !own.reaches(row.role) {
            return Err(above(row.role));
        }
        call.enter().await?;
        if !self.storage().revoke_invite(tenant, id, self.now()).await? {
            return Err(no_such_invite());
        }
        Ok(row.email)
    }

    /// Accepts an invitation and signs the person in. Somebody new gives a name and chooses a password; somebody who has an
    /// account under the invited address proves it with its password.
    ///
    /// # Errors
    /// `RateLimited` beyond the attempts allowed; `Invalid` for a code that is not valid, a wrong password of an account
    /// that is there, and an unusable name or password; `Conflict` for an invitation that has ended or a person who is in
    /// the workspace already; `Forbidden` for a suspended workspace.
    pub async fn join(
        &self,
        request: &JoinRequest,
        origin: Origin,
    ) -> Result<(Caller, Identity), ApiError> {
        self.accept(request, origin).await.map_err(Failure::answer)
    }

    async fn accept(
        &self,
        request: &JoinRequest,
        origin: Origin,
    ) -> Result<(Caller, Identity), Failure> {
        let invite = self.prove_code(&request.code, &origin).await?;
        let tenant = self.storage().tenant(invite.tenant_id).await?;
        let tenant = tenant.ok_or_else(|| bad_code("ended"))?;
        if tenant.suspended_at.is_some() {
            return Err(suspended());
        }
        if !invite.is_open(self.now()) {
            return Err(ended());
        }
        if !self.may_still_invite(&invite).await? {
            return Err(void());
        }
        let known = self.storage().user_by_email_key(&invite.email_key).await?;
        let new = match &known {
            Some(user) => {
                self.prove_account(user, request, &origin).await?;
                None
            }
            None => {
                person_name(&request.name)?;
                validate::new_password("password", &request.password)?;
                Some(
                    self.new_user(&invite.email, &request.name, &request.password)
                        .await?,
                )
            }
        };
        let Some(user) = known.or_else(|| new.clone()) else {
            return Err(bad_code("nobody"));
        };
        let member = self.new_member(invite.tenant_id, &user, invite.role)?;
        let id = member.id;
        let acceptance = Acceptance {
            invite: invite.id,
            at: self.now(),
            user: new,
            member,
        };
        let facts = json!({ "invite_id": invite.id, "role": invite.role });
        let act = Act {
            tenant: invite.tenant_id,
            name: "join",
            actor: Some(id),
            door: origin.door,
            request_id: origin.request_id.as_deref(),
            facts: facts.clone(),
            not_done: None,
        };
        let accept = async {
            match self.storage().accept_invite(&acceptance).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(ended()),
                Err(StorageError::Taken {
                    what: "member_of_user",
                }) => Err(in_already()),
                Err(StorageError::Taken { what: "user_email" }) => Err(came_meanwhile()),
                Err(error) => Err(error.into()),
            }
        };
        self.enter_and_do(act, accept).await?;
        let now = self.now();
        self.storage().note_sign_in(user.id, now).await?;
        let (caller, identity) = self.let_in(Actor::Member(id), origin, now).await?;
        let call = self.begin(&caller, "join").noting(facts);
        self.finish(call, Ok(())).await?;
        Ok((caller, identity))
    }

    /// The invitation that a code is of. One that has ended is given too: whoever has its code may know.
    async fn prove_code(
        &self,
        code: &SecretText,
        origin: &Origin,
    ) -> Result<InviteRecord, Failure> {
        // A typing mistake costs one hash and tells nothing, so it does not count as a guess.
        let presented =
            PresentedKey::parse(code.expose().trim()).map_err(|_| bad_code("format"))?;
        if presented.kind() != KeyKind::Invite {
            return Err(bad_code("kind"));
        }
        let account = self.keyring().cache_tag(&Secret::from(presented.id()));
        self.limits().sign_in(origin.ip, account)?;
        let id: InviteId = presented.id().parse().map_err(|_| bad_code("format"))?;
        let row = self.storage().invite(id).await?;
        // As for keys: ids are random, so the shorter time for an unknown one helps nobody guess.
        let Some(row) = row else {
            self.limits().bad_key(origin.ip);
            return Err(bad_code("unknown"));
        };
        let whole = SecretText::new(presented.secret().expose());
        if !self.guess(origin, &whole, Some(&row.code_hash)).await? {
            return Err(bad_code("secret"));
        }
        Ok(row)
    }

    async fn prove_account(
        &self,
        user: &UserRecord,
        request: &JoinRequest,
        origin: &Origin,
    ) -> Result<(), Failure> {
        let tag = self.person_tag(&user.email_key);
        self.limits().sign_in(origin.ip, tag)?;
        let hash = Some(user.password_hash.as_str());
        if self.guess(origin, &request.password, hash).await? {
            return Ok(());
        }
        Err(ApiError::invalid(
            "password",
            "You have an account here under the invited address, and this is not its password. Join with the password that you sign in with.",
        )
        .into())
    }

    /// Whether the one who invited may still give this role: a right that was taken must not live on in a code.
    async fn may_still_invite(&self, invite: &InviteRecord) -> Result<bool, Failure> {
        let id = invite.created_by;
        let inviter = match self.who(Actor::Member(id)).await? {
            Some(who) => Some(who),
            None => self.who(Actor::Key(id)).await?,
        };
        let is_of = |tenant: TenantId| tenant == invite.tenant_id;
        Ok(inviter.is_some_and(|who| {
            is_of(who.tenant.id)
                && self.is_live(&who)
                && who.standing().may(Right::People)
                && who
                    .standing()
                    .role()
                    .is_some_and(|own| own.reaches(invite.role))
        }))
    }
}

fn view(row: InviteRecord, by: String, is_void: bool) -> InviteView {
    InviteView {
        id: row.id,
        email: row.email,
        role: row.role,
        by,
        created_at: row.created_at,
        expires_at: row.expires_at,
        is_void,
    }
}

fn taken(message: &str) -> Failure {
    ApiError {
        field: Some("email".into()),
        ..ApiError::new(ErrorCode::Conflict, message)
    }
    .into()
}

/// The only answer to a code that is not valid, whatever the reason.
fn bad_code(reason: &'static str) -> Failure {
    ::metrics::counter!(crate::metrics::AUTH_FAILURES_TOTAL, "reason" => reason).increment(1);
    ApiError::invalid(
        "code",
        "This code is not valid. Copy it again whole, from odm_in_ to its end, or ask whoever invited you for a new one.",
    )
    .into()
}

fn ended() -> Failure {
    ApiError {
        field: Some("code".into()),
        ..ApiError::new(
            ErrorCode::Conflict,
            "This invitation was accepted, taken back, or has run out. Ask whoever invited you for a new one.",
        )
    }
    .into()
}

/// The answer to a code whose maker may no longer invite.
fn void() -> Failure {
    ApiError {
        field: Some("code".into()),
        ..ApiError::new(
            ErrorCode::Conflict,
            "Whoever invited you can no longer do so: ask an owner of the workspace for a new invitation.",
        )
    }
    .into()
}

fn in_already() -> Failure {
    ApiError::new(
        ErrorCode::Conflict,
        "You are in this workspace already. Sign in with your e-mail address and password; if you were disabled there, ask an owner of it.",
    )
    .into()
}

fn came_meanwhile() -> Failure {
    ApiError::new(
        ErrorCode::Conflict,
        "An account under the invited address was made just now. Join again with its password.",
    )
    .into()
}

fn no_such_invite() -> Failure {
    ApiError::new(
        ErrorCode::NotFound,
        "There is no such invitation; it may have been accepted or taken back meanwhile.",
    )
    .into()
}
