//! A write that waits for a person: a client that can open an address is asked to show it to them, and is recognised when
//! it comes back. The decision itself is never made here, and never by the key that proposed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use orderdesk_mcp_contract::tool::ToolSpec;
use orderdesk_mcp_contract::tools::receipt::{ChangeReceipt, PendingApproval};
use orderdesk_mcp_contract::{ApiError, ChangeId};
use orderdesk_mcp_domain::{Caller, Services, ToolAnswer};
use rmcp::RoleServer;
use rmcp::model::{
    ElicitRequest, ElicitRequestParams, InputRequest, InputRequiredResult, ProtocolVersion,
    RequestStateCodec, SealOptions,
};
use rmcp::service::RequestContext;
use serde_json::{Map, Value};

/// How long a client may take to come back. The change itself waits longer.
const STATE_TTL: Duration = Duration::from_secs(600);
/// What the request to the person is called in the answer.
const REQUEST: &str = "approval";

/// Seals and recognises what clients are sent away with.
#[derive(Clone)]
pub(crate) struct Approvals {
    codec: Arc<RequestStateCodec>,
}

/// One call, as a state is bound to it: the state of another workspace, key, tool or argument does not open.
pub(crate) struct Bound(Vec<u8>);

impl Bound {
    pub(crate) fn to(caller: &Caller, spec: &ToolSpec, arguments: &Map<String, Value>) -> Self {
        let mut arguments = Value::Object(arguments.clone());
        // A client may keep its members in another order than it sent them.
        arguments.sort_all_objects();
        let (tenant, key, tool) = (caller.tenant_id(), caller.actor_id(), spec.name);
        Self(format!("{tenant}\n{key}\n{tool}\n{arguments}").into_bytes())
    }
}

impl Approvals {
    pub(crate) fn new(services: &Services) -> Self {
        let (current, keys) = services.request_state_keys();
        let keys = keys
            .into_iter()
            .map(|(version, key)| (version.to_string(), key.expose().to_vec()));
        let codec = RequestStateCodec::new_with_keyring(current.to_string(), keys)
            .expect("versions are unique, the current one is among them, and 32 bytes are enough");
        Self {
            codec: Arc::new(codec),
        }
    }

    /// What a client that can open an address is answered instead of a receipt that waits; none for all other answers.
    pub(crate) fn ask(
        &self,
        spec: &ToolSpec,
        bound: &Bound,
        answer: &ToolAnswer,
    ) -> Option<InputRequiredResult> {
        let receipt: ChangeReceipt = serde_json::from_str(answer.text()).ok()?;
        let (id, approval) = (receipt.change_id?, receipt.approval.as_ref()?);
        let options = SealOptions::new().associated_data(&bound.0).ttl(STATE_TTL);
        let state = self.codec.seal_with(id.to_string().as_bytes(), &options);
        let request = ElicitRequest::new(ElicitRequestParams::UrlElicitationParams {
            meta: None,
            message: in_words(spec, &receipt, approval),
            url: approval.page_url.clone(),
            elicitation_id: id.to_string(),
        });
        let requests = BTreeMap::from([(REQUEST.to_owned(), InputRequest::Elicitation(request))]);
        Some(InputRequiredResult::new(Some(requests), Some(state)))
    }

    /// The change that a client comes back for.
    pub(crate) fn change_of(&self, state: &str, bound: &Bound) -> Result<ChangeId, ApiError> {
        let opened = self.codec.open_with(state, &bound.0).ok();
        let id = opened.and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok());
        id.ok_or_else(|| {
            ApiError::invalid(
                "requestState",
                "This `requestState` is older than 10 minutes, or of another call. Nothing was changed by sending it: look at the change with `changes_list`.",
            )
        })
    }
}

/// Whether the client of this request can show a person an address. A form is not enough: filling it in would be the
/// deed of the key that proposed.
pub(crate) fn opens_addresses(context: &RequestContext<RoleServer>) -> bool {
    let is_modern = context
        .protocol_version()
        .is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
    let can = context
        .client_capabilities()
        .and_then(|capabilities| capabilities.elicitation)
        .is_some_and(|elicitation| elicitation.url.is_some());
    is_modern && can
}

/// What waits and why, without a value of the record and without the words of whoever asked.
fn in_words(spec: &ToolSpec, receipt: &ChangeReceipt, approval: &PendingApproval) -> String {
    let record = match (&receipt.order_id, &receipt.product_id) {
        (Some(id), _) => format!("order {id}"),
        (None, Some(id)) => format!("product {id}"),
        (None, None) => "a new order".to_owned(),
    };
    format!(
        "{}: {record} of the store {}. This waits for a person. {} Open the page to see the difference, and approve or deny it there.",
        spec.title,
        receipt.store.store_name,
        approval.reasons.join(" ")
    )
}
