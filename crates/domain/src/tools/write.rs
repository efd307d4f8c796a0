//! From the arguments of a tool that writes to a change.

use orderdesk_mcp_contract::tool::Tool;
use orderdesk_mcp_contract::tools::receipt::ChangeReceipt;
use orderdesk_mcp_contract::tools::write::WriteInput;

use crate::changes::{Asked, ChangeRequest};
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Call;

impl Services {
    /// Has the engine do what a tool asks. From there on it goes its way in a task of its own: a caller that goes away, or
    /// a call that is cut off, stops nothing half-way.
    pub(super) async fn write<T: Tool<Input: WriteInput>>(
        &self,
        call: &Call,
        input: &T::Input,
        asked: Asked,
    ) -> Result<ChangeReceipt, Failure> {
        let store = self.store_of_call(call, input.store_identifier()).await?;
        let request = ChangeRequest {
            tool: T::NAME,
            store,
            asked,
            options: input.options(),
        };
        self.ask_change(call, request).await
    }
}
