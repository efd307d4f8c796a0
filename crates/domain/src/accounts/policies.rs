//! What a key may change, as its page shows and sets it.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future;
use orderdesk_mcp_contract::tools::catalog;
use orderdesk_mcp_contract::tools::receipt::BudgetLeft;
use orderdesk_mcp_contract::views::change::{FolderChoice, KeyChoices, KeyDetail};
use orderdesk_mcp_contract::{
    Access, ApiError, Budget, KeyId, KeyKind, KeyPolicy, Money, Right, Standing, StopScope,
    TenantId, validate,
};
use orderdesk_mcp_storage::record::{KeyRecord, StoreRecord};
use serde_json::json;

use super::keys::no_such_key;
use crate::caller::Caller;
use crate::changes;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Call;

/// Longest folder id, in characters; Order Desk's are numbers.
const FOLDER_ID_MAX: usize = 40;
/// Most folders in one policy.
const FOLDERS_MAX: usize = 500;
/// Most addresses and networks in one policy: each call is held against all of them.
const ADDRESSES_MAX: usize = 100;
/// Stores whose folders are looked up for one page, and how long that may take all together: the page must open when
/// Order Desk does not answer.
const FOLDER_STORES: usize = 20;
const FOLDERS_WITHIN: Duration = Duration::from_secs(3);

impl Services {
    /// Everything that a key's page shows. Folders that cannot be had just now are left out.
    ///
    /// # Errors
    /// `Forbidden` unless the caller manages keys, `NotFound` without such a key there.
    pub async fn key_detail(&self, caller: &Caller, id: KeyId) -> Result<KeyDetail, ApiError> {
        let call = self.begin(caller, "key_detail");
        let outcome = self.read_key(&call, id).await;
        self.finish(call, outcome).await
    }

    async fn read_key(&self, call: &Call, id: KeyId) -> Result<KeyDetail, Failure> {
        call.caller().require(Right::Keys)?;
        let tenant = call.tenant();
        let row = self.key_of(tenant, id).await?;
        let policy = self
            .storage()
            .key_policy(tenant, id)
            .await?
            .unwrap_or_default();
        let budget_left = self.rest_of_budget(&row, &policy.budget).await?;
        let names = self.actor_names(tenant).await?;
        let own = id.to_string();
        let mut stops = self.read_stops(call.caller()).await?;
        stops.retain(|stop| match stop.scope {
            StopScope::Tenant => true,
            StopScope::Store => false,
            StopScope::Key => stop.target == own,
        });
        Ok(KeyDetail {
            key: self.made_key_view(&row, &names),
            policy,
            budget_left,
            stops,
            tools: tools_of(row.kind, row.access),
            folders: self.folder_choices(call).await?,
            replaces: self.replaced_by(tenant, id).await?,
        })
    }

    /// The key that this one took over from.
    async fn replaced_by(&self, tenant: TenantId, id: KeyId) -> Result<Option<KeyId>, Failure> {
        let keys = self.storage().list_keys(tenant).await?;
        let before = keys.into_iter().find(|key| key.replaced_by == Some(id));
        Ok(before.map(|key| key.id))
    }

    /// What the policy of a new key can name. Folders that cannot be had just now are left out.
    ///
    /// # Errors
    /// `Forbidden` unless the caller manages the workspace.
    pub async fn key_choices(&self, caller: &Caller) -> Result<KeyChoices, ApiError> {
        let call = self.begin(caller, "key_choices");
        let read = async {
            caller.require(Right::Keys)?;
            Ok(KeyChoices {
                tools: tools_of(KeyKind::Api, Access::Write),
                folders: self.folder_choices(&call).await?,
            })
        };
        let outcome = read.await;
        self.finish(call, outcome).await
    }

    async fn rest_of_budget(
        &self,
        key: &KeyRecord,
        budget: &Budget,
    ) -> Result<Option<BudgetLeft>, Failure> {
        if !budget.is_limited() {
            return Ok(None);
        }
        let window_ms = i64::from(budget.window_minutes) * 60_000;
        let from = self.now().plus_millis(-window_ms);
        let used = self
            .storage()
            .budget_use(key.tenant_id, key.id, from)
            .await?;
        Ok(Some(changes::left(budget, &used)))
    }

    /// The folders of the workspace's stores, of as many stores as answer in time.
    async fn folder_choices(&self, call: &Call) -> Result<Vec<FolderChoice>, Failure> {
        let rows = self.storage().list_stores(call.tenant()).await?;
        let asked = rows.iter().take(FOLDER_STORES);
        let found = future::join_all(asked.map(|row| self.folders_of(call, row))).await;
        Ok(found.into_iter().flatten().collect())
    }

    async fn folders_of(&self, call: &Call, row: &StoreRecord) -> Vec<FolderChoice> {
        if !self.knows_store_settings(row) && self.charge_request(call.caller()).is_err() {
            return Vec::new();
        }
        let settings = tokio::time::timeout(FOLDERS_WITHIN, self.store_settings(call, row)).await;
        let Ok(Ok(info)) = settings else {
            return Vec::new();
        };
        let folders = info.folders().into_iter();
        folders
            .map(|folder| FolderChoice {
                store_name: row.name.clone(),
                sandbox: row.sandbox,
                folder_id: folder.id.to_string(),
                folder_name: folder.name,
            })
            .collect()
    }

    /// Sets what a key may change; it holds from the key's next call.
    ///
    /// # Errors
    /// `Forbidden` unless the caller manages keys, and for a master key unless they are an owner; `NotFound` without such a
    /// key there, `Invalid` with the part of the policy at fault.
    pub async fn set_key_policy(
        &self,
        caller: &Caller,
        id: KeyId,
        policy: KeyPolicy,
    ) -> Result<(), ApiError> {
        let call = self
            .begin(caller, "set_key_policy")
            .noting(json!({ "key_id": id, "policy": policy }));
        let outcome = self.write_policy(&call, id, &policy).await;
        self.finish(call, outcome).await
    }

    async fn write_policy(
        &self,
        call: &Call,
        id: KeyId,
        policy: &KeyPolicy,
    ) -> Result<(), Failure> {
        // Before the policy is looked at: what is wrong with it is nobody's business who does not have the key.
        self.key_to_manage(call.caller(), id).await?;
        check(policy)?;
        keep_oneself_in(call.caller(), id, policy)?;
        call.enter().await?;
        let now = self.now();
        if !self
            .storage()
            .set_key_policy(call.tenant(), id, policy, now)
            .await?
        {
            return Err(no_such_key());
        }
        self.accounts().forget_row(id).await;
        Ok(())
    }
}

/// The tools that a key's access reaches, by name.
fn tools_of(kind: KeyKind, access: Access) -> Vec<String> {
    let reached = catalog::offered()
        .iter()
        .filter(|spec| spec.need.is_met_by(Standing::Key(kind, access)));
    reached.map(|spec| spec.name.to_owned()).collect()
}

/// Nobody shuts themselves out: whoever does that by mistake could not take it back.
fn keep_oneself_in(caller: &Caller, id: KeyId, policy: &KeyPolicy) -> Result<(), ApiError> {
    match caller.origin().ip {
        Some(ip) if id == caller.actor_id() && !policy.allows_address(ip) => {
            let text = format!(
                "You use this key yourself, from {}, which is not among these addresses. Add it, or you shut yourself out.",
                ip.to_canonical()
            );
            Err(ApiError::invalid("addresses", text))
        }
        _ => Ok(()),
    }
}

pub(super) fn check(policy: &KeyPolicy) -> Result<(), ApiError> {
    if let Some(tools) = &policy.tools {
        known_tools("tools", tools)?;
    }
    known_tools("approval.tools", &policy.approval.tools)?;
    if let Some(folders) = &policy.folders {
        if folders.len() > FOLDERS_MAX {
            return Err(ApiError::invalid(
                "folders",
                format!("A policy can name at most {FOLDERS_MAX} folders."),
            ));
        }
        for folder in folders {
            validate::short_text("folders", folder, FOLDER_ID_MAX)?;
        }
    }
    if policy.addresses.len() > ADDRESSES_MAX {
        return Err(ApiError::invalid(
            "addresses",
            format!("A key can have at most {ADDRESSES_MAX} addresses and networks."),
        ));
    }
    not_negative("approval.amount", policy.approval.amount)?;
    not_negative("budget.money", policy.budget.money)?;
    if !(1..=Budget::WINDOW_MAX).contains(&policy.budget.window_minutes) {
        return Err(ApiError::invalid(
            "budget.window_minutes",
            format!(
                "The window must be 1 to {} minutes (30 days).",
                Budget::WINDOW_MAX
            ),
        ));
    }
    Ok(())
}

fn known_tools(field: &str, tools: &BTreeSet<String>) -> Result<(), ApiError> {
    let is_known = |name: &str| catalog::offered().iter().any(|spec| spec.name == name);
    match tools.iter().find(|name| !is_known(name)) {
        None => Ok(()),
        Some(_) => Err(ApiError::invalid(field, "There is no tool of that name.")
            .with_allowed(catalog::offered().iter().map(|spec| spec.name))),
    }
}

fn not_negative(field: &str, amount: Option<Money>) -> Result<(), ApiError> {
    if amount.is_some_and(|amount| amount < Money::ZERO) {
        return Err(ApiError::invalid(field, "An amount cannot be below zero."));
    }
    Ok(())
}
