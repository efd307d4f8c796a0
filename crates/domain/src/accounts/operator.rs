//! What the operator does at the command line: people, passwords, the right over the server, stopped workspaces.

use orderdesk_mcp_contract::{ApiError, ErrorCode, Role, SecretText, UserId, validate};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_storage::record::{TenantRecord, UserRecord};
use orderdesk_mcp_vault::Secret;
use serde_json::json;

use super::name_key;
use super::persons::person_name;
use crate::audit::Act;
use crate::error::Failure;
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

impl Services {
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
        let tenant = self.tenant_named(&new.tenant).await?;
        let mut user = self.new_user(&new.email, &new.name, &new.password).await?;
        user.is_instance_admin = new.is_instance_admin;
        let member = self.new_member(tenant.id, &user, new.role)?;
        let facts = json!({ "member_id": member.id, "role": new.role, "looks_after_the_server": new.is_instance_admin });
        let add = async {
            match self.storage().add_person(&user, &member).await {
                Err(StorageError::Taken { what: "user_email" }) => Err(ApiError::new(
                    ErrorCode::Conflict,
                    "Somebody has this e-mail address already. Invite them in the web app instead, or set their password with `orderdesk-mcp user password`.",
                )
                .into()),
                other => Ok(other?),
            }
        };
        let act = Act::of_operator(tenant.id, "create_user", facts);
        self.enter_and_do(act, add).await
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
        let user = self.user_of(email).await?;
        let hash = self.hash_secret(&Secret::from(new.expose())).await?;
        self.enter_where_they_are(user.id, "reset_password").await?;
        self.storage().set_user_password(user.id, &hash).await?;
        self.end_sessions_of(user.id, None).await
    }

    /// Lets a person look after the whole server, or no longer. For the operator at the command line; no door leads here.
    ///
    /// # Errors
    /// `NotFound` without such a person.
    pub async fn set_instance_admin(&self, email: &str, is_one: bool) -> Result<(), ApiError> {
        let set = async {
            let user = self.user_of(email).await?;
            let act = if is_one {
                "grant_instance_admin"
            } else {
                "revoke_instance_admin"
            };
            self.enter_where_they_are(user.id, act).await?;
            self.storage().set_instance_admin(user.id, is_one).await?;
            self.forget_person(&user).await
        };
        set.await.map_err(Failure::answer)
    }

    /// Enters what is done to a person into the log of every workspace they are in. Somebody who is in none has no log that it
    /// could stand in: the process's own log says it.
    async fn enter_where_they_are(&self, user: UserId, act: &'static str) -> Result<(), Failure> {
        let places = self.storage().memberships(user).await?;
        if places.is_empty() {
            tracing::info!(%user, act, "done to a person who is in no workspace");
        }
        for place in places {
            let facts = json!({ "member_id": place.member.id });
            self.enter(&Act::of_operator(place.tenant.id, act, facts))
                .await?;
        }
        Ok(())
    }

    async fn user_of(&self, email: &str) -> Result<UserRecord, Failure> {
        let user = self.storage().user_by_email_key(&name_key(email)).await?;
        user.ok_or_else(|| {
            let text = format!("Nobody has the e-mail address `{}`.", email.trim());
            ApiError::new(ErrorCode::NotFound, text).into()
        })
    }

    /// Stops the use of a workspace and ends its sessions, or lets it go on. For the operator at the command line; no door
    /// leads here. Gives its name as it is written.
    ///
    /// # Errors
    /// `NotFound` without such a workspace.
    pub async fn set_tenant_suspended(
        &self,
        name: &str,
        is_suspended: bool,
    ) -> Result<String, ApiError> {
        let set = async {
            let tenant = self.tenant_named(name).await?;
            let facts = json!({ "suspended": is_suspended });
            self.enter(&Act::of_operator(tenant.id, "set_suspended", facts))
                .await?;
            if !is_suspended {
                self.renew_alerts(tenant.id).await?;
            }
            let at = is_suspended.then(|| self.now());
            self.storage().set_tenant_suspended(tenant.id, at).await?;
            self.accounts().forget_rows();
            if is_suspended {
                self.storage().remove_tenant_sessions(tenant.id).await?;
            }
            Ok::<_, Failure>(tenant.name)
        };
        set.await.map_err(Failure::answer)
    }

    pub(crate) async fn tenant_named(&self, name: &str) -> Result<TenantRecord, Failure> {
        let tenant = self.storage().tenant_by_name_key(&name_key(name)).await?;
        tenant.ok_or_else(|| {
            let text = format!("There is no workspace named `{}`.", name.trim());
            ApiError::new(ErrorCode::NotFound, text).into()
        })
    }
}
