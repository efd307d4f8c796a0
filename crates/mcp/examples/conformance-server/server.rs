//! The handler that ties the fixtures together.

use std::sync::Arc;

#[expect(
    deprecated,
    reason = "the conformance suite requires what the SDK deprecates"
)]
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CancelTaskParams, ClientCapabilities,
    CompleteRequestParams, CompleteResult, CompletionInfo, ErrorCode, GetPromptRequestParams,
    GetPromptResponse, GetTaskParams, GetTaskResult, Implementation, JsonObject, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse, RequestStateCodec,
    ServerCapabilities, ServerConfig, SetLevelRequestParams, SubscribeRequestParams,
    SubscriptionFilter, Tool, UnsubscribeRequestParams, UpdateTaskParams,
};
use rmcp::service::{RequestContext, SubscriptionContext};
use rmcp::task_manager::TaskManager;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::Value;
use tokio::sync::broadcast;

use crate::{asks, catalog, contents, legacy, tasks};

/// What subscribers can be told.
#[derive(Clone, Copy)]
enum Change {
    Tools,
    Prompts,
}

struct Shared {
    tools: Vec<Tool>,
    codec: RequestStateCodec,
    tasks: TaskManager,
    changes: broadcast::Sender<Change>,
}

/// The fixtures; clones share their tasks and subscribers.
#[derive(Clone)]
pub struct Fixtures(Arc<Shared>);

impl Fixtures {
    /// Fixtures without tasks or subscribers.
    pub fn new() -> Self {
        let key = b"a fixed key: nothing here is secret".to_vec();
        Self(Arc::new(Shared {
            tools: catalog::tools().expect("the fixtures are well formed"),
            codec: RequestStateCodec::try_new(key).expect("the key has more than 32 bytes"),
            tasks: TaskManager::new(),
            changes: broadcast::channel(16).0,
        }))
    }

    async fn plain(
        &self,
        request: &CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let nothing = JsonObject::new();
        let arguments = request.arguments.as_ref().unwrap_or(&nothing);
        let argument = |name: &str| {
            arguments
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let result = match request.name.as_ref() {
            "test_simple_text" => contents::text("This is a simple text response for testing."),
            "test_reconnection" => contents::text("The stream stayed open."),
            "test_header_parameter" | "json_schema_2020_12_tool" => {
                contents::text("The arguments arrived.")
            }
            "test_tool_with_logging" => legacy::with_logging(context).await,
            "test_tool_with_progress" => legacy::with_progress(context).await,
            "test_logging_tool" => legacy::logging_if_asked(context).await,
            "test_sampling" => legacy::sampling(context, arguments).await,
            "test_elicitation" => {
                legacy::elicitation(context, argument("message"), legacy::contact_form()).await
            }
            "test_elicitation_sep1034_defaults" => {
                legacy::elicitation(context, "Please review", legacy::form_with_defaults()).await
            }
            "test_elicitation_sep1330_enums" => {
                legacy::elicitation(context, "Please choose", legacy::form_with_choices()).await
            }
            "test_trigger_tool_change" => self.announce(Change::Tools),
            "test_trigger_prompt_change" => self.announce(Change::Prompts),
            name => contents::of_tool(name).unwrap_or_else(|| {
                Err(ErrorData::invalid_params(
                    format!("there is no tool `{name}`"),
                    None,
                ))
            }),
        };
        result.map(Into::into)
    }

    fn announce(&self, change: Change) -> Result<rmcp::model::CallToolResult, ErrorData> {
        // Without subscribers there is nobody to tell.
        let told = self.0.changes.send(change).unwrap_or(0);
        contents::text(&format!("{told} subscribers told."))
    }
}

fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    context
        .protocol_version()
        .is_some_and(|version| version >= ProtocolVersion::V_2026_07_28)
}

// Logging is deprecated since 2026-07-28, resource subscriptions by their own method are gone; the suite still
// tests both for older revisions.
#[expect(
    deprecated,
    reason = "the conformance suite requires what the SDK deprecates"
)]
impl ServerHandler for Fixtures {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_prompts()
            .enable_prompts_list_changed()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_completions()
            .enable_logging()
            .enable_tasks()
            .build();
        ServerConfig::new(capabilities).with_server_info(Implementation::new(
            "orderdesk-mcp-conformance",
            env!("CARGO_PKG_VERSION"),
        ))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.0.tools.iter().find(|tool| tool.name == name).cloned()
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.0.tools.clone()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let client = context.client_capabilities().unwrap_or_default();
        if request.name == "test_missing_capability" && client.sampling.is_none() {
            let needed = ClientCapabilities::builder().enable_sampling().build();
            return Err(ErrorData::missing_required_client_capability(needed));
        }
        if let Some(answer) = asks::call(&self.0.codec, &request, &client) {
            return answer;
        }
        if let Some(answer) = tasks::call(&self.0.tasks, &request, &client).await {
            return answer;
        }
        self.plain(&request, &context).await
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(catalog::prompts()?))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        if request.name == "test_input_required_result_prompt" {
            let answers = request.input_responses.as_ref();
            return match asks::accepted(answers, "user_context") {
                Some(_) => {
                    contents::prompt("test_simple_prompt", &JsonObject::new()).map(Into::into)
                }
                None => {
                    let question =
                        asks::form("What context should the prompt use?", "context", "string");
                    asks::ask([("user_context", question)], None).map(Into::into)
                }
            };
        }
        contents::prompt(&request.name, &request.arguments.unwrap_or_default()).map(Into::into)
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(catalog::resources()?))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(
            catalog::templates()?,
        ))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        contents::resource(&request.uri).map(Into::into)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let known = ["paris", "park", "party", "test"];
        let values = known
            .iter()
            .filter(|word| word.starts_with(&request.argument.value))
            .map(ToString::to_string);
        let values = CompletionInfo::with_all_values(values.collect());
        Ok(CompleteResult::new(
            values.map_err(|error| ErrorData::internal_error(error, None))?,
        ))
    }

    async fn set_level(
        &self,
        _: SetLevelRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if is_modern(&context) {
            return Err(ErrorData::new(
                ErrorCode::METHOD_NOT_FOUND,
                "logging/setLevel",
                None,
            ));
        }
        Ok(())
    }

    async fn subscribe(
        &self,
        _: SubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn unsubscribe(
        &self,
        _: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Ok(())
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(requested.clone())
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let mut changes = self.0.changes.subscribe();
        loop {
            let change = tokio::select! {
                () = context.cancelled() => return Ok(()),
                change = changes.recv() => change,
            };
            // What a subscriber did not ask for is refused by its sink, and not sent.
            let _ = match change {
                Ok(Change::Tools) => context.sink().notify_tool_list_changed().await,
                Ok(Change::Prompts) => context.sink().notify_prompt_list_changed().await,
                Err(broadcast::error::RecvError::Lagged(_)) => continue,
                Err(broadcast::error::RecvError::Closed) => return Ok(()),
            };
        }
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        Ok(GetTaskResult::new(self.0.tasks.get_task(&request.task_id)?))
    }

    async fn update_task(
        &self,
        request: UpdateTaskParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.0
            .tasks
            .update_task(&request.task_id, request.input_responses)
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.0.tasks.cancel_task(&request.task_id)
    }
}
