//! Stops of writes: the switch that ends all writing to a workspace, a store or a key at once.

use std::collections::HashMap;

use orderdesk_mcp_contract::tools::receipt::REASON_MAX;
use orderdesk_mcp_contract::views::change::StopView;
use orderdesk_mcp_contract::{
    ApiError, ErrorCode, KeyId, Right, Standing, StopScope, StoreUid, validate,
};
use orderdesk_mcp_storage::record::WriteStop;
use serde_json::json;

use crate::accounts::no_such_key;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::stores::no_such_store;
use crate::traces::Call;

impl Services {
    /// Stops writes from this moment on; gives the stop in force, which may be an earlier one. The target is the id of the
    /// store or key; for the whole workspace it may be blank.
    ///
    /// # Errors
    /// `Forbidden` unless the caller may stop writes, `NotFound` for a store or key that is not there, `Invalid` for a
    /// reason that is too long.
    pub async fn stop_writes(
        &self,
        caller: &Caller,
        scope: StopScope,
        target: &str,
        reason: Option<&str>,
    ) -> Result<StopView, ApiError> {
        let call = self.begin(caller, "stop_writes");
        let outcome = self.add_stop(&call, scope, target, reason).await;
        self.finish(call, outcome).await
    }

    async fn add_stop(
        &self,
        call: &Call,
        scope: StopScope,
        target: &str,
        reason: Option<&str>,
    ) -> Result<StopView, Failure> {
        call.caller().require(Right::Stop)?;
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        if let Some(reason) = reason {
            validate::short_text("reason", reason, REASON_MAX)?;
        }
        let stop = WriteStop {
            tenant_id: call.tenant(),
            scope,
            target: self.target_of(call, scope, target).await?,
            since: self.now(),
            by: call.caller().actor_id(),
            reason: reason.map(str::to_owned),
        };
        call.note(json!({ "scope": scope, "target": stop.target }));
        call.enter().await?;
        self.storage().add_write_stop(&stop).await?;
        self.forget_target(scope, &stop.target).await;
        let names = self.names_of(call.caller()).await?;
        let in_force = self.storage().write_stops(call.tenant()).await?;
        let found = in_force
            .into_iter()
            .find(|other| other.scope == scope && other.target == stop.target);
        Ok(names.view(found.unwrap_or(stop)))
    }

    /// Ends a stop; gives it as it was.
    ///
    /// # Errors
    /// `Forbidden` unless the caller may stop writes, `NotFound` when nothing is stopped there.
    pub async fn resume_writes(
        &self,
        caller: &Caller,
        scope: StopScope,
        target: &str,
    ) -> Result<StopView, ApiError> {
        let call = self.begin(caller, "resume_writes");
        let outcome = self.end_stop(&call, scope, target).await;
        self.finish(call, outcome).await
    }

    async fn end_stop(
        &self,
        call: &Call,
        scope: StopScope,
        target: &str,
    ) -> Result<StopView, Failure> {
        call.caller().require(Right::Stop)?;
        let tenant = call.tenant();
        let own = tenant.to_string();
        let target = match scope {
            StopScope::Tenant if target.is_empty() => own.as_str(),
            // A stop outlives its store and its key, and must be lifted all the same: only the stop itself is looked for.
            _ => target,
        };
        let in_force = self.storage().write_stops(tenant).await?;
        let stop = in_force
            .into_iter()
            .find(|stop| stop.scope == scope && stop.target == target)
            .ok_or_else(nothing_stopped)?;
        call.note(json!({ "scope": scope, "target": target }));
        call.enter().await?;
        if !self
            .storage()
            .remove_write_stop(tenant, scope, target)
            .await?
        {
            return Err(nothing_stopped());
        }
        self.forget_target(scope, target).await;
        Ok(self.names_of(call.caller()).await?.view(stop))
    }

    /// The stops in force in the caller's workspace, widest first.
    ///
    /// # Errors
    /// `Forbidden` for a key that is not the owner's.
    pub async fn write_stops(&self, caller: &Caller) -> Result<Vec<StopView>, ApiError> {
        // Every page says what is stopped, to people of every role.
        caller.require(match caller.standing() {
            Standing::Role(_) => Right::Look,
            Standing::Key(..) => Right::Stop,
        })?;
        self.read_stops(caller).await.map_err(Failure::answer)
    }

    pub(crate) async fn read_stops(&self, caller: &Caller) -> Result<Vec<StopView>, Failure> {
        let stops = self.storage().write_stops(caller.tenant_id()).await?;
        if stops.is_empty() {
            return Ok(Vec::new());
        }
        let names = self.names_of(caller).await?;
        Ok(stops.into_iter().map(|stop| names.view(stop)).collect())
    }

    /// The target as it is stored, if it is one of the caller's workspace.
    async fn target_of(
        &self,
        call: &Call,
        scope: StopScope,
        target: &str,
    ) -> Result<String, Failure> {
        let tenant = call.tenant();
        match scope {
            StopScope::Tenant => {
                let own = tenant.to_string();
                if target.is_empty() || target == own {
                    Ok(own)
                } else {
                    Err(no_such_workspace())
                }
            }
            StopScope::Store => {
                let id: StoreUid = target.parse().map_err(|_| no_such_store())?;
                let found = self.storage().store(tenant, id).await?;
                let row = found.ok_or_else(no_such_store)?;
                call.about_store(row.id);
                Ok(row.id.to_string())
            }
            StopScope::Key => {
                let id: KeyId = target.parse().map_err(|_| no_such_key())?;
                let row = self.key_of(tenant, id).await?;
                Ok(row.id.to_string())
            }
        }
    }

    /// What is remembered of a stopped key must not outlive the stop, or its end.
    async fn forget_target(&self, scope: StopScope, target: &str) {
        if scope == StopScope::Key
            && let Ok(id) = target.parse()
        {
            self.accounts().forget_row(id).await;
        }
    }

    async fn names_of(&self, caller: &Caller) -> Result<Names, Failure> {
        let tenant = caller.tenant_id();
        let stores = self.storage().list_stores(tenant).await?;
        let actors = self.actor_names(tenant).await?;
        Ok(Names {
            workspace: caller.tenant_name().to_owned(),
            stores: stores.into_iter().map(|row| (row.id, row.name)).collect(),
            actors,
        })
    }
}

/// What a key is called that has no row any more.
const REMOVED: &str = "a key that was removed";

/// What the ids in a stop are called.
struct Names {
    workspace: String,
    stores: HashMap<StoreUid, String>,
    actors: HashMap<KeyId, String>,
}

impl Names {
    fn view(&self, stop: WriteStop) -> StopView {
        StopView {
            target_name: self.target(stop.scope, &stop.target),
            by: self.actor(stop.by),
            scope: stop.scope,
            target: stop.target,
            since: stop.since,
            reason: stop.reason,
        }
    }

    fn target(&self, scope: StopScope, target: &str) -> String {
        match scope {
            StopScope::Tenant => self.workspace.clone(),
            StopScope::Store => target
                .parse()
                .ok()
                .and_then(|id| self.stores.get(&id).cloned())
                .unwrap_or_else(|| "a store that was removed".to_owned()),
            StopScope::Key => target
                .parse()
                .map_or_else(|_| REMOVED.to_owned(), |id| self.actor(id)),
        }
    }

    fn actor(&self, id: KeyId) -> String {
        self.actors
            .get(&id)
            .cloned()
            .unwrap_or_else(|| REMOVED.to_owned())
    }
}

fn no_such_workspace() -> Failure {
    ApiError::new(
        ErrorCode::NotFound,
        "There is no such workspace; leave the target out to stop this one.",
    )
    .into()
}

fn nothing_stopped() -> Failure {
    ApiError::new(
        ErrorCode::NotFound,
        "Nothing is stopped there; somebody may have resumed it meanwhile.",
    )
    .into()
}
