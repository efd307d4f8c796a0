//! The people of a workspace, as whoever manages them sees and changes them.

use std::collections::HashMap;

use orderdesk_mcp_contract::views::people::{PeopleView, PersonView};
use orderdesk_mcp_contract::{ApiError, ErrorCode, KeyId, Right, Role, Standing, TenantId};
use orderdesk_mcp_storage::record::{MemberChanged, PersonRecord};
use serde_json::json;

use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Call;

impl Services {
    /// The people of the caller's workspace and the invitations that wait.
    ///
    /// # Errors
    /// `Forbidden` unless the caller manages people.
    pub async fn people(&self, caller: &Caller) -> Result<PeopleView, ApiError> {
        self.read_people(caller).await.map_err(Failure::answer)
    }

    async fn read_people(&self, caller: &Caller) -> Result<PeopleView, Failure> {
        let own = manager(caller)?;
        let tenant = caller.tenant_id();
        let rows = self.storage().list_members(tenant).await?;
        let sessions = self.live_session_counts(tenant).await?;
        let keys = self.live_keys_by_maker(tenant).await?;
        let owners = rows.iter().filter(|row| is_owner(row)).count();
        let mut people = Vec::with_capacity(rows.len());
        for row in &rows {
            let kept = kept(caller, row).or_else(|| {
                let is_last = owners == 1 && is_owner(row);
                is_last.then(|| LAST_OWNER.to_owned())
            });
            let id = row.member.id;
            people.push(PersonView {
                id,
                name: row.user.name.clone(),
                email: row.user.email.clone(),
                role: row.member.role,
                joined_at: row.member.created_at,
                last_seen_at: row.member.last_seen_at,
                disabled_at: row.member.disabled_at,
                sessions: sessions.get(&id).copied().unwrap_or_default(),
                live_keys: keys.get(&id).copied().unwrap_or_default(),
                is_self: id == caller.actor_id(),
                kept,
            });
        }
        Ok(PeopleView {
            as_of: self.now(),
            people,
            invites: self.invites_of(caller).await?,
            roles: Role::ALL
                .into_iter()
                .filter(|role| own.reaches(*role))
                .collect(),
        })
    }

    /// Sets what a person is in the caller's workspace; it holds from their next request. Gives their name.
    ///
    /// # Errors
    /// `Forbidden` unless the caller manages people, for whoever is above the caller, for a role above the caller's, and for
    /// the caller's own; `NotFound` without such a person there; `Conflict` for the last owner.
    pub async fn set_role(
        &self,
        caller: &Caller,
        id: KeyId,
        role: Role,
    ) -> Result<String, ApiError> {
        let call = self
            .begin(caller, "set_role")
            .noting(json!({ "member_id": id, "role": role }));
        let outcome = self.write_role(&call, id, role).await;
        self.finish(call, outcome).await
    }

    async fn write_role(&self, call: &Call, id: KeyId, role: Role) -> Result<String, Failure> {
        let caller = call.caller();
        let own = manager(caller)?;
        let person = self.person_to_manage(caller, id).await?;
        if !own.reaches(role) {
            return Err(above(role));
        }
        call.enter().await?;
        let changed = self
            .storage()
            .set_member_role(caller.tenant_id(), id, person.member.role, role)
            .await?;
        done(changed)?;
        self.accounts().forget_row(id).await;
        Ok(person.user.name)
    }

    /// Shuts a person out of the caller's workspace and ends their sessions there, or lets them in again. Gives their name.
    ///
    /// # Errors
    /// As [`Services::set_role`].
    pub async fn set_disabled(
        &self,
        caller: &Caller,
        id: KeyId,
        is_disabled: bool,
    ) -> Result<String, ApiError> {
        let call = self
            .begin(caller, "set_disabled")
            .noting(json!({ "member_id": id, "disabled": is_disabled }));
        let outcome = self.write_disabled(&call, id, is_disabled).await;
        self.finish(call, outcome).await
    }

    async fn write_disabled(
        &self,
        call: &Call,
        id: KeyId,
        is_disabled: bool,
    ) -> Result<String, Failure> {
        let caller = call.caller();
        manager(caller)?;
        let person = self.person_to_manage(caller, id).await?;
        let tenant = caller.tenant_id();
        let at = is_disabled.then(|| self.now());
        let seen = person.member.role;
        call.enter().await?;
        let changed = self
            .storage()
            .set_member_disabled(tenant, id, seen, at)
            .await?;
        done(changed)?;
        self.accounts().forget_row(id).await;
        if is_disabled {
            self.storage()
                .remove_actor_sessions(tenant, id, None)
                .await?;
        }
        Ok(person.user.name)
    }

    /// Ends a person's sessions in the caller's workspace, without shutting them out: those that are there, and for the
    /// workspace also those that are in another one just now. Gives their name.
    ///
    /// # Errors
    /// `Forbidden` unless the caller manages people, and for whoever is above the caller; `NotFound` without such a person
    /// there.
    pub async fn end_sessions(&self, caller: &Caller, id: KeyId) -> Result<String, ApiError> {
        let call = self
            .begin(caller, "end_sessions")
            .noting(json!({ "member_id": id }));
        let ended = async {
            manager(caller)?;
            let person = self.person_to_manage(caller, id).await?;
            call.enter().await?;
            let tenant = caller.tenant_id();
            let now = self.now();
            if !self.storage().end_member_sessions(tenant, id, now).await? {
                return Err(no_such_person());
            }
            self.accounts().forget_row(id).await;
            Ok(person.user.name)
        };
        let outcome = ended.await;
        self.finish(call, outcome).await
    }

    /// A person of the caller's workspace whom the caller may act on.
    async fn person_to_manage(&self, caller: &Caller, id: KeyId) -> Result<PersonRecord, Failure> {
        let row = self.storage().member(id).await?;
        let person = row
            .filter(|row| row.member.tenant_id == caller.tenant_id())
            .ok_or_else(no_such_person)?;
        match kept(caller, &person) {
            Some(why) => Err(ApiError::new(ErrorCode::Forbidden, why).into()),
            None => Ok(person),
        }
    }

    /// What keys and people of a workspace are called, by the id that changes, stops and traces name them by.
    pub(crate) async fn actor_names(
        &self,
        tenant: TenantId,
    ) -> Result<HashMap<KeyId, String>, Failure> {
        let keys = self.storage().list_keys(tenant).await?;
        let people = self.storage().list_members(tenant).await?;
        let people = people.into_iter().map(|row| (row.member.id, row.user.name));
        let keys = keys.into_iter().map(|key| (key.id, key.name));
        Ok(keys.chain(people).collect())
    }

    /// The keys and people of the caller's workspace, to choose from: names and ids, and nothing that opens anything.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn actors(&self, caller: &Caller) -> Result<Vec<(KeyId, String)>, ApiError> {
        caller.require(Right::Look)?;
        let names = self.actor_names(caller.tenant_id()).await;
        let mut actors: Vec<_> = names.map_err(Failure::answer)?.into_iter().collect();
        actors.sort_by(|(one, _), (other, _)| other.cmp(one));
        Ok(actors)
    }
}

/// The role by which the caller manages people.
pub(super) fn manager(caller: &Caller) -> Result<Role, ApiError> {
    caller.require(Right::People)?;
    // Whoever has the right has it by a role.
    Ok(caller.standing().role().unwrap_or(Role::Viewer))
}

fn is_owner(row: &PersonRecord) -> bool {
    row.member.role == Role::Owner && row.member.disabled_at.is_none()
}

/// Why the caller cannot act on somebody, if they cannot.
fn kept(caller: &Caller, person: &PersonRecord) -> Option<String> {
    if person.member.id == caller.actor_id() {
        return Some(
            "This is you: somebody else has to change your role or disable you.".to_owned(),
        );
    }
    let role = person.member.role;
    let reaches = caller
        .standing()
        .role()
        .is_some_and(|own| own.reaches(role));
    let Standing::Role(own) = caller.standing() else {
        return (!reaches).then(|| Right::People.whose().to_owned());
    };
    (!reaches).then(|| {
        format!(
            "{} is {}, and you are {}: only an owner acts on owners and auditors.",
            person.user.name,
            a(role),
            a(own)
        )
    })
}

/// A role with its article.
pub(super) fn a(role: Role) -> String {
    let article = match role {
        Role::Owner | Role::Admin | Role::Operator | Role::Auditor => "an",
        Role::Viewer => "a",
    };
    format!("{article} {role}")
}

const LAST_OWNER: &str =
    "This is the last owner who can sign in. Make somebody else an owner first.";

const MEANWHILE: &str = "Somebody changed this person's role just now, and nothing was done. Look again, then try again.";

fn done(changed: MemberChanged) -> Result<(), Failure> {
    match changed {
        MemberChanged::Done => Ok(()),
        MemberChanged::NotThere => Err(no_such_person()),
        MemberChanged::LastOwner => Err(ApiError::new(ErrorCode::Conflict, LAST_OWNER).into()),
        MemberChanged::Meanwhile => Err(ApiError::new(ErrorCode::Conflict, MEANWHILE).into()),
    }
}

/// The refusal to give a role above one's own.
pub(super) fn above(role: Role) -> Failure {
    ApiError {
        field: Some("role".into()),
        ..ApiError::new(
            ErrorCode::Forbidden,
            format!(
                "You cannot make anybody {0}, because {0} may do what you may not.",
                a(role)
            ),
        )
    }
    .into()
}

fn no_such_person() -> Failure {
    ApiError::new(
        ErrorCode::NotFound,
        "There is no such person in this workspace.",
    )
    .into()
}
