//! The tools, prompts and resources that the suite asks for.

use rmcp::ErrorData;
use rmcp::model::{Prompt, Resource, ResourceTemplate, Tool};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Tools without arguments. The first is called by scenarios that take whatever tool comes first.
const PLAIN: [(&str, &str); 24] = [
    ("test_simple_text", "Returns one text."),
    ("test_image_content", "Returns an image."),
    ("test_audio_content", "Returns a sound."),
    ("test_embedded_resource", "Returns an embedded resource."),
    (
        "test_multiple_content_types",
        "Returns a text, an image and a resource.",
    ),
    ("test_error_handling", "Always fails."),
    ("test_tool_with_logging", "Logs three times while it runs."),
    (
        "test_tool_with_progress",
        "Reports progress three times while it runs.",
    ),
    (
        "test_elicitation_sep1034_defaults",
        "Asks with a default for every primitive type.",
    ),
    (
        "test_elicitation_sep1330_enums",
        "Asks with every kind of choice.",
    ),
    (
        "test_reconnection",
        "Returns a text on a stream that could be resumed.",
    ),
    ("test_missing_capability", "Needs a client that samples."),
    (
        "test_streaming_elicitation",
        "Asks for a name without a request of its own.",
    ),
    (
        "test_logging_tool",
        "Logs only when the request names a log level.",
    ),
    (
        "test_trigger_tool_change",
        "Tells subscribers that the tools changed.",
    ),
    (
        "test_trigger_prompt_change",
        "Tells subscribers that the prompts changed.",
    ),
    ("test_input_required_result_elicitation", "Asks for a name."),
    (
        "test_input_required_result_sampling",
        "Asks the client's model.",
    ),
    (
        "test_input_required_result_list_roots",
        "Asks for the client's roots.",
    ),
    (
        "test_input_required_result_request_state",
        "Asks, and checks its own state.",
    ),
    (
        "test_input_required_result_multiple_inputs",
        "Asks for three things at once.",
    ),
    (
        "test_input_required_result_multi_round",
        "Asks twice, one after the other.",
    ),
    (
        "test_input_required_result_tampered_state",
        "Asks, and refuses altered state.",
    ),
    (
        "test_input_required_result_capabilities",
        "Asks only for what the client can do.",
    ),
];

/// Tools that run as tasks and take no arguments.
const TASKS: [(&str, &str); 4] = [
    ("failing_job", "A task whose tool fails."),
    (
        "protocol_error_job",
        "A task that ends in a protocol error.",
    ),
    ("multi_input", "A task that asks for two things at once."),
    (
        "test_tool_with_task",
        "Asks for a name, then goes on as a task.",
    ),
];

/// Reads a value of the protocol from its JSON form.
pub fn of<T: DeserializeOwned>(value: Value) -> Result<T, ErrorData> {
    serde_json::from_value(value)
        .map_err(|error| ErrorData::internal_error(error.to_string(), None))
}

/// Every tool.
pub fn tools() -> Result<Vec<Tool>, ErrorData> {
    let empty = || json!({ "type": "object", "properties": {} });
    let text = |name: &str| json!({ "type": "object", "properties": { name: { "type": "string" } }, "required": [name] });
    let plain = PLAIN
        .iter()
        .chain(&TASKS)
        .map(|(name, description)| (*name, *description, empty()));
    let with_arguments = [
        (
            "test_sampling",
            "Has the client's model answer a prompt.",
            text("prompt"),
        ),
        (
            "test_elicitation",
            "Asks the person for a name and an address.",
            text("message"),
        ),
        ("greet", "Greets, at once.", text("name")),
        (
            "confirm_delete",
            "A task that asks before it goes on.",
            text("filename"),
        ),
        (
            "slow_compute",
            "A task that takes its time.",
            json!({
                "type": "object",
                "properties": { "seconds": { "type": "integer" }, "label": { "type": "string" } }
            }),
        ),
        (
            "test_header_parameter",
            "Takes an argument that is mirrored in a header.",
            json!({
                "type": "object",
                "properties": { "region": { "type": "string", "x-mcp-header": "Region" } },
                "required": ["region"]
            }),
        ),
        (
            "json_schema_2020_12_tool",
            "Tool with JSON Schema 2020-12 features",
            wide_schema(),
        ),
    ];
    plain
        .chain(with_arguments)
        .map(|(name, description, schema)| {
            of(json!({ "name": name, "description": description, "inputSchema": schema }))
        })
        .collect()
}

/// A schema with the keywords that the suite wants to see arrive unharmed.
fn wide_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": { "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": { "street": { "type": "string" }, "city": { "type": "string" } }
        } },
        "properties": {
            "name": { "type": "string" },
            "address": { "$ref": "#/$defs/address" },
            "contactMethod": { "type": "string", "enum": ["phone", "email"] },
            "phone": { "type": "string" },
            "email": { "type": "string" }
        },
        "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
        "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
        "then": { "required": ["phone"] },
        "else": { "required": ["email"] },
        "additionalProperties": false
    })
}

/// Every prompt.
pub fn prompts() -> Result<Vec<Prompt>, ErrorData> {
    let required =
        |name: &str| json!({ "name": name, "description": "An argument.", "required": true });
    of(json!([
        { "name": "test_simple_prompt", "description": "One message." },
        { "name": "test_prompt_with_arguments", "description": "One message made of two arguments.",
          "arguments": [required("arg1"), required("arg2")] },
        { "name": "test_prompt_with_embedded_resource", "description": "A resource and a question about it.",
          "arguments": [required("resourceUri")] },
        { "name": "test_prompt_with_image", "description": "An image and a question about it." },
        { "name": "test_input_required_result_prompt", "description": "Asks before it gives a prompt." }
    ]))
}

/// Every resource that has an address of its own.
pub fn resources() -> Result<Vec<Resource>, ErrorData> {
    of(json!([
        { "uri": "test://static-text", "name": "static-text", "description": "A text.", "mimeType": "text/plain" },
        { "uri": "test://static-binary", "name": "static-binary", "description": "An image.", "mimeType": "image/png" },
        { "uri": "test://watched-resource", "name": "watched", "description": "Can be watched.", "mimeType": "text/plain" }
    ]))
}

/// Every family of resources.
pub fn templates() -> Result<Vec<ResourceTemplate>, ErrorData> {
    of(json!([{
        "uriTemplate": "test://template/{id}/data", "name": "template",
        "description": "Data made from its id.", "mimeType": "application/json"
    }]))
}
