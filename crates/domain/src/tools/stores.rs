//! The tools that manage stores.

use async_trait::async_trait;
use orderdesk_mcp_contract::tools::stores::{
    DeleteStore, ListStores, RegisterStore, ResolveStore, StoreChosen, StoreDeleted, StoreList,
    StoreRegistered, StoreResolved, StoresDelete, StoresList, StoresRegister, StoresResolve,
    StoresUseStore, UseStore,
};
use orderdesk_mcp_contract::{ApiError, ErrorCode};

use super::{Failed, Run, Running};
use crate::caller::Actor;
use crate::services::Services;
use crate::stores::view;

#[async_trait]
impl Run<StoresRegister> for Services {
    async fn run(
        &self,
        Running(call): Running<'_>,
        input: RegisterStore,
    ) -> Result<StoreRegistered, Failed> {
        Ok(self.register_store(call, input).await?)
    }
}

#[async_trait]
impl Run<StoresDelete> for Services {
    async fn run(
        &self,
        Running(call): Running<'_>,
        input: DeleteStore,
    ) -> Result<StoreDeleted, Failed> {
        Ok(self.delete_store(call, input).await?)
    }
}

#[async_trait]
impl Run<StoresList> for Services {
    async fn run(&self, Running(call): Running<'_>, _: ListStores) -> Result<StoreList, Failed> {
        let rows = self.storage().list_stores(call.tenant()).await?;
        let active = self.active_store(call).await?;
        let active_store = rows
            .iter()
            .find(|row| Some(row.id) == active)
            .map(|row| row.name.clone());
        let stores = rows.iter().map(view).collect::<Result<Vec<_>, _>>()?;
        Ok(StoreList {
            count: stores.len() as u64,
            stores,
            active_store,
        })
    }
}

#[async_trait]
impl Run<StoresResolve> for Services {
    async fn run(
        &self,
        Running(call): Running<'_>,
        input: ResolveStore,
    ) -> Result<StoreResolved, Failed> {
        let (row, resolved_by) = self.find_store(call.tenant(), &input.identifier).await?;
        call.about_store(row.id);
        Ok(StoreResolved {
            store: view(&row)?,
            resolved_by,
        })
    }
}

#[async_trait]
impl Run<StoresUseStore> for Services {
    async fn run(
        &self,
        Running(call): Running<'_>,
        input: UseStore,
    ) -> Result<StoreChosen, Failed> {
        let (row, _) = self.find_store(call.tenant(), &input.identifier).await?;
        call.about_store(row.id);
        let (tenant, store) = (call.tenant(), Some(row.id));
        let is_set = match call.caller().actor() {
            Actor::Key(id) => self.storage().set_active_store(tenant, id, store).await?,
            Actor::Member(id) => self.storage().set_member_store(tenant, id, store).await?,
        };
        if !is_set {
            return Err(ApiError::new(
                ErrorCode::Conflict,
                "The store or the key was removed meanwhile.",
            )
            .into());
        }
        self.accounts().forget_row(call.caller().actor_id()).await;
        Ok(StoreChosen {
            status: "success".into(),
            store: view(&row)?,
            message: format!("`{}` is now the active store of this key.", row.name),
        })
    }
}
