//! The tool of the workspace itself.

use async_trait::async_trait;
use orderdesk_mcp_contract::tools::tenant::{MasterKeyUsed, TenantUseMasterKey, UseMasterKey};

use super::{Failed, Run, Running};
use crate::services::Services;

#[async_trait]
impl Run<TenantUseMasterKey> for Services {
    async fn run(
        &self,
        Running(call): Running<'_>,
        input: UseMasterKey,
    ) -> Result<MasterKeyUsed, Failed> {
        self.check_master_key(call.caller(), &input.master_key)
            .await?;
        let stores_count = self.storage().count_stores(call.tenant()).await?;
        let name = call.caller().tenant_name();
        Ok(MasterKeyUsed {
            status: "success".into(),
            tenant_id: call.tenant(),
            tenant_name: name.to_owned(),
            stores_count,
            message: format!("The master key is valid and belongs to this workspace, `{name}`."),
        })
    }
}
