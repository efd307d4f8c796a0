//! The browsers somebody is signed in with, and the workspaces they can be in.

use std::collections::HashMap;

use orderdesk_mcp_contract::time::whole_millis;
use orderdesk_mcp_contract::views::account::SignedIn;
use orderdesk_mcp_contract::views::people::{AccountView, SessionView};
use orderdesk_mcp_contract::{
    ApiError, ErrorCode, KeyId, Right, SessionId, TenantId, UserId, UtcMillis,
};
use orderdesk_mcp_storage::record::{Membership, SessionRecord};
use orderdesk_mcp_vault::mac;
use serde_json::json;

use crate::caller::{Actor, Caller, Identity, Origin};
use crate::error::Failure;
use crate::services::Services;

/// A place that sessions can be in: the workspace, who is signed in there, and the workspace's name.
type Place = (TenantId, KeyId, String);

impl Services {
    /// How pages show who is signed in.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn signed_in(&self, caller: &Caller) -> Result<SignedIn, ApiError> {
        caller.require(Right::Look)?;
        let others = self.other_places(caller).await.map_err(Failure::answer)?;
        let others = others
            .into_iter()
            .map(|place| (place.tenant.id, place.tenant.name));
        Ok(SignedIn {
            tenant_id: caller.tenant_id(),
            tenant_name: caller.tenant_name().to_owned(),
            actor_id: caller.actor_id(),
            name: caller.actor_name().to_owned(),
            role: caller.person().map(|person| person.member.role),
            access: caller.access(),
            may_stop: caller.may(Right::Stop),
            is_instance_admin: caller.is_instance_admin(),
            others: others.collect(),
        })
    }

    /// Lets a person go on in another workspace of theirs.
    ///
    /// # Errors
    /// `NotFound` for a workspace that is not theirs to be in, or where their sessions were ended since this one began, in
    /// the same words as for none at all.
    pub async fn switch_tenant(
        &self,
        caller: &Caller,
        tenant: TenantId,
        origin: Origin,
    ) -> Result<Identity, ApiError> {
        let switched = async {
            caller.require(Right::Look)?;
            let places = self.other_places(caller).await?;
            let place = places.into_iter().find(|place| place.tenant.id == tenant);
            let Some(place) = place else {
                return Err(no_such_place());
            };
            self.charge_request(caller)?;
            let member = Actor::Member(place.member.id);
            let (there, identity) = self.let_in(member, origin, caller.began_at()).await?;
            self.note_sign_in(&there, "switch_tenant", json!({ "to": "here" }))
                .await?;
            Ok(identity)
        };
        // Neither workspace is told of the other.
        let call = self
            .begin(caller, "switch_tenant")
            .noting(json!({ "to": "another" }));
        let outcome = switched.await;
        self.finish(call, outcome).await
    }

    /// The workspaces that the caller can switch to.
    async fn other_places(&self, caller: &Caller) -> Result<Vec<Membership>, Failure> {
        let Some(person) = caller.person() else {
            return Ok(Vec::new());
        };
        let mut places = self.storage().memberships(person.user.id).await?;
        places.retain(|place| {
            place.member.id != caller.actor_id()
                && place.member.disabled_at.is_none()
                && place.member.keeps_session(caller.began_at())
                && place.tenant.suspended_at.is_none()
        });
        Ok(places)
    }

    /// The caller's own account with the browsers they are signed in with. `session` is the id of the session that asks.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn own_account(
        &self,
        caller: &Caller,
        session: Option<[u8; 16]>,
    ) -> Result<AccountView, ApiError> {
        caller.require(Right::Look)?;
        let sessions = self.own_sessions(caller, session).await;
        let person = caller.person();
        Ok(AccountView {
            as_of: self.now(),
            name: caller.actor_name().to_owned(),
            email: person.map(|person| person.user.email.clone()),
            role: person.map(|person| person.member.role),
            sessions: sessions.map_err(Failure::answer)?,
        })
    }

    async fn own_sessions(
        &self,
        caller: &Caller,
        session: Option<[u8; 16]>,
    ) -> Result<Vec<SessionView>, Failure> {
        let this = session.map(|id| mac::session_hash(&id));
        let mut views = Vec::new();
        for (tenant, actor, workspace) in self.places_of(caller).await? {
            for row in self.live_sessions(tenant, actor).await? {
                views.push(view(row, &workspace, this));
            }
        }
        views.sort_by_key(|view| (!view.is_this, -view.last_seen_at.0));
        Ok(views)
    }

    /// The sessions of a key or member that a browser could still go on with.
    async fn live_sessions(
        &self,
        tenant: TenantId,
        actor: KeyId,
    ) -> Result<Vec<SessionRecord>, Failure> {
        let now = self.now();
        let mut rows = self.storage().actor_sessions(tenant, actor, now).await?;
        rows.retain(|row| row.last_seen_at >= self.idle_since(now));
        Ok(rows)
    }

    /// How many such sessions each of a workspace has.
    pub(super) async fn live_session_counts(
        &self,
        tenant: TenantId,
    ) -> Result<HashMap<KeyId, u32>, Failure> {
        let now = self.now();
        let since = self.idle_since(now);
        let counts = self.storage().session_counts(tenant, now, since).await?;
        Ok(counts.into_iter().collect())
    }

    /// A session that was not used since then has ended.
    fn idle_since(&self, now: UtcMillis) -> UtcMillis {
        let idle = whole_millis(self.settings().session_idle);
        UtcMillis(now.0.saturating_sub(idle))
    }

    /// Ends one of the caller's own sessions.
    ///
    /// # Errors
    /// `NotFound` without such a session of theirs.
    pub async fn end_own_session(&self, caller: &Caller, id: SessionId) -> Result<(), ApiError> {
        let call = self
            .begin(caller, "end_own_session")
            .noting(json!({ "session_id": id }));
        let ended = async {
            caller.require(Right::Look)?;
            self.charge_request(caller)?;
            call.enter().await?;
            for (tenant, actor, _) in self.places_of(caller).await? {
                if self
                    .storage()
                    .remove_actor_session(tenant, actor, id)
                    .await?
                {
                    return Ok(());
                }
            }
            Err(no_such_session())
        };
        let outcome = ended.await;
        self.finish(call, outcome).await
    }

    /// Ends all of the caller's own sessions but the one that asks, and says how many there were.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn end_other_sessions(
        &self,
        caller: &Caller,
        session: Option<[u8; 16]>,
    ) -> Result<u64, ApiError> {
        let call = self.begin(caller, "end_other_sessions");
        let ended = async {
            caller.require(Right::Look)?;
            let places = self.places_of(caller).await?;
            self.charge_request(caller)?;
            call.enter().await?;
            self.end_sessions_at(&places, session).await
        };
        let outcome = ended.await;
        self.finish(call, outcome).await
    }

    /// Ends a person's sessions in every workspace, but one.
    pub(super) async fn end_sessions_of(
        &self,
        user: UserId,
        but: Option<[u8; 16]>,
    ) -> Result<(), Failure> {
        let places = self.storage().memberships(user).await?;
        let places: Vec<Place> = places.into_iter().map(place_of).collect();
        self.end_sessions_at(&places, but).await.map(|_| ())
    }

    async fn end_sessions_at(
        &self,
        places: &[Place],
        but: Option<[u8; 16]>,
    ) -> Result<u64, Failure> {
        let but = but.map(|id| mac::session_hash(&id));
        let but = but.as_ref().map(<[u8; 32]>::as_slice);
        let mut ended = 0;
        for (tenant, actor, _) in places {
            let removed = self.storage().remove_actor_sessions(*tenant, *actor, but);
            ended += removed.await?;
        }
        Ok(ended)
    }

    /// Where the caller's sessions can be: a person's in every workspace of theirs, a key's in its own.
    async fn places_of(&self, caller: &Caller) -> Result<Vec<Place>, Failure> {
        let Some(person) = caller.person() else {
            let name = caller.tenant_name().to_owned();
            return Ok(vec![(caller.tenant_id(), caller.actor_id(), name)]);
        };
        let places = self.storage().memberships(person.user.id).await?;
        Ok(places.into_iter().map(place_of).collect())
    }
}

fn place_of(place: Membership) -> Place {
    (place.tenant.id, place.member.id, place.tenant.name)
}

fn view(row: SessionRecord, workspace: &str, this: Option<[u8; 32]>) -> SessionView {
    SessionView {
        id: row.public_id,
        is_this: this.is_some_and(|this| row.id_hash == this),
        workspace: workspace.to_owned(),
        user_agent: row.user_agent,
        ip: row.ip,
        began_at: row.created_at,
        last_seen_at: row.last_seen_at,
    }
}

fn no_such_session() -> Failure {
    ApiError::new(
        ErrorCode::NotFound,
        "There is no such session of yours; it may have ended meanwhile.",
    )
    .into()
}

fn no_such_place() -> Failure {
    ApiError::new(
        ErrorCode::NotFound,
        "There is no such workspace that you can be in; you may have been disabled there, or it was suspended.",
    )
    .into()
}
