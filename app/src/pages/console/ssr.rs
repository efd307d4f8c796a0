//! The server's side of the console.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use orderdesk_mcp_contract::form::{
    ARGUMENTS_MAX, FieldKind, FormSpec, Json, JsonFault, Object, Picker, faults,
};
use orderdesk_mcp_contract::views::console::{ConsoleChoice, ConsoleRun};
use orderdesk_mcp_contract::{ApiError, ConsoleCallId, ErrorCode};
use orderdesk_mcp_domain::{Caller, ConsoleRequest, Services, known_tool, no_such_call};

use super::super::pointer::{at, below};
use super::super::print::pretty_object;
use super::super::value::{put, without_secrets};
use super::super::view::{CallsView, ConsoleView, ToolView};
use super::{CALLS_FORM, RUN_FORM};
use crate::backend::{enter, leave, page_before, reply};
use crate::flash::Flash;
use crate::routes;

pub(super) async fn console() -> Result<ConsoleView, ApiError> {
    let (services, caller) = enter()?;
    Ok(ConsoleView {
        tools: services.console_tools(&caller),
    })
}

pub(super) async fn tool(name: &str, args: &str, call: &str) -> Result<Option<ToolView>, ApiError> {
    let (services, caller) = enter()?;
    if name.is_empty() && call.is_empty() {
        return Ok(None);
    }
    reply(show(&services, &caller, name, args, call).await).map(Some)
}

async fn show(
    services: &Services,
    caller: &Caller,
    name: &str,
    args: &str,
    call: &str,
) -> Result<ToolView, ApiError> {
    let mut name = name.to_owned();
    let (mut arguments, mut run, mut problem) = (Object::new(), None, None);
    if !call.is_empty() {
        let id = call.parse().map_err(|_| no_such_call())?;
        let found = services.console_call(caller, id).await?;
        name = found.call.tool;
        run = found.run;
        arguments = object(&found.arguments).unwrap_or_default();
    }
    let spec = known_tool(&name)?;
    let form = FormSpec::of(spec);
    if !args.is_empty() {
        match read_link(args) {
            Some(given) => arguments = without_secrets(&given, &form),
            None => problem = Some(unreadable_link()),
        }
    }
    let tools = services.console_tools(caller);
    let tool = tools
        .into_iter()
        .find(|tool| tool.name == spec.name)
        .ok_or_else(ApiError::internal)?;
    Ok(ToolView {
        owner: format!("{}/{}", caller.tenant_id(), caller.actor_id()),
        tool,
        description: spec.description.clone(),
        form,
        stores: services.console_stores(caller).await?,
        mcp_url: format!("{}/mcp", services.settings().public_url),
        arguments: pretty_object(&arguments),
        is_given: !args.is_empty() || !call.is_empty(),
        run,
        problem,
    })
}

pub(super) fn check(tool: &str, arguments: &str) -> Result<Vec<JsonFault>, ApiError> {
    enter()?;
    let spec = reply(known_tool(tool))?;
    Ok(faults(spec, arguments))
}

pub(super) async fn run(
    tool: String,
    arguments: String,
    fields: BTreeMap<String, String>,
    dry_run: bool,
    confirm: String,
) -> Result<ConsoleRun, ApiError> {
    let (services, caller) = enter()?;
    let arguments = if fields.is_empty() {
        arguments
    } else {
        let spec = reply(known_tool(&tool))?;
        pretty_object(&arguments_of(&FormSpec::of(spec), &fields))
    };
    let request = ConsoleRequest {
        tool,
        arguments,
        dry_run,
        confirm,
    };
    let result = reply(services.run_in_console(&caller, request.clone()).await);
    follow(&services, &caller, &request, &result).await;
    result
}

/// Leads a form that the browser sent to the page with the answer, or with what was typed.
async fn follow(
    services: &Services,
    caller: &Caller,
    request: &ConsoleRequest,
    result: &Result<ConsoleRun, ApiError>,
) {
    if !crate::backend::is_native_form() {
        return;
    }
    let tool = &request.tool;
    let (kept, error) = match result {
        Ok(run) => match services.keep_console_answer(caller, run).await {
            Ok(id) => (Some(id), None),
            Err(error) => (run.id, Some(error)),
        },
        Err(error) => {
            let kept = services.keep_refused_call(caller, tool, &request.arguments, error);
            (kept.await, Some(error.clone()))
        }
    };
    let page = match kept {
        Some(id) => routes::console_call(tool, id),
        None => routes::safe_path(&page_before()).to_owned(),
    };
    leave(&page, error.map(|error| Flash::refused(RUN_FORM, &error)));
}

pub(super) async fn choices(picker: &str, store: &str) -> Result<Vec<ConsoleChoice>, ApiError> {
    let (services, caller) = enter()?;
    let picker = Picker::ALL
        .into_iter()
        .find(|known| known.as_str() == picker)
        .ok_or_else(|| ApiError::invalid("picker", "There is nothing to pick of that kind."));
    reply(
        services
            .console_choices(&caller, reply(picker)?, store)
            .await,
    )
}

pub(super) async fn calls() -> Result<CallsView, ApiError> {
    let (services, caller) = enter()?;
    Ok(CallsView {
        as_of: services.now(),
        calls: reply(services.console_calls(&caller).await)?,
    })
}

pub(super) async fn save(
    tool: &str,
    name: &str,
    arguments: &str,
) -> Result<ConsoleCallId, ApiError> {
    let (services, caller) = enter()?;
    let saved = services.save_console_call(&caller, tool, name, arguments);
    reply(saved.await)
}

pub(super) async fn rename(id: &str, name: &str) -> Result<(), ApiError> {
    let (services, caller) = enter()?;
    let renamed = match id.parse() {
        Ok(id) => services.rename_console_call(&caller, id, name).await,
        Err(_) => Err(no_such_call()),
    };
    back(reply(renamed))
}

pub(super) async fn remove(id: &str) -> Result<(), ApiError> {
    let (services, caller) = enter()?;
    let removed = match id.parse() {
        Ok(id) => services.remove_console_call(&caller, id).await,
        Err(_) => Err(no_such_call()),
    };
    back(reply(removed))
}

fn back(result: Result<(), ApiError>) -> Result<(), ApiError> {
    let refused = result.as_ref().err();
    leave(
        routes::safe_path(&page_before()),
        refused.map(|error| Flash::refused(CALLS_FORM, error)),
    );
    result
}

/// The arguments that a form's fields say.
fn arguments_of(spec: &FormSpec, fields: &BTreeMap<String, String>) -> Object {
    let mut arguments = Object::new();
    // In the order of the definition, and lists in the order of their numbers.
    for field in &spec.fields {
        let own = below("", &field.name);
        let mut named: Vec<_> = fields
            .iter()
            .filter(|(pointer, _)| {
                let rest = pointer.strip_prefix(own.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
            .collect();
        named.sort_by_key(|(pointer, _)| (pointer.len(), *pointer));
        for (pointer, typed) in named {
            put(&mut arguments, spec, pointer, typed, typed == "on");
        }
        // A list's blank rows are not meant.
        if field.kind == FieldKind::List
            && let Some(Json::Array(elements)) = at(&arguments, &own)
        {
            let filled: Vec<Json> = elements
                .iter()
                .filter(|one| !one.is_blank())
                .cloned()
                .collect();
            arguments.insert(field.name.as_str(), Json::Array(filled));
        }
    }
    arguments
}

/// What a link brought: base64url of JSON.
fn read_link(args: &str) -> Option<Object> {
    let bytes = URL_SAFE_NO_PAD.decode(args).ok()?;
    object(std::str::from_utf8(&bytes).ok()?).filter(|_| bytes.len() <= ARGUMENTS_MAX)
}

fn object(text: &str) -> Option<Object> {
    Json::parse(text).ok()?.as_object().cloned()
}

fn unreadable_link() -> ApiError {
    ApiError::new(
        ErrorCode::Invalid,
        "The arguments in this link cannot be read; it may have been cut. The form starts empty.",
    )
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::tools::catalog;

    use super::*;

    fn sent(tool: &str, fields: &[(&str, &str)]) -> String {
        let spec = FormSpec::of(catalog::find(tool).unwrap());
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Json::Object(arguments_of(&spec, &fields)).to_string()
    }

    #[test]
    fn a_form_without_script_says_the_same() {
        let fields = [
            ("/limit", "5"),
            ("/store_identifier", ""),
            ("/fields/items", "on"),
            ("/fields/history", "on"),
            ("/email", "a@example.com"),
        ];
        assert_eq!(
            sent("orders_list", &fields),
            r#"{"email":"a@example.com","fields":["items","history"],"limit":5}"#
        );
        let fields = [
            ("/order_id", "1"),
            ("/items/1", ""),
            ("/items/0", "{\"name\":\"A\"}"),
        ];
        assert_eq!(
            sent("orders_add_items", &fields),
            r#"{"order_id":"1","items":[{"name":"A"}]}"#
        );
    }

    #[test]
    fn a_link_is_read_or_told() {
        let link = URL_SAFE_NO_PAD.encode("{\"order_id\":\"ü\"}");
        assert!(read_link(&link).is_some());
        for bad in ["%%%", "e30", "W10", "eyJh"] {
            assert_eq!(read_link(bad).is_some(), bad == "e30", "{bad}");
        }
    }
}
