//! The tool catalog in the protocol's form, built once.

use std::sync::{Arc, LazyLock};

use orderdesk_mcp_contract::tool::ToolSpec;
use orderdesk_mcp_contract::tools::catalog;
use rmcp::model::{Tool, ToolAnnotations};

/// Every offered tool, in the catalog's order.
static OFFERED: LazyLock<Vec<(&'static ToolSpec, Tool)>> = LazyLock::new(|| {
    catalog::offered()
        .iter()
        .map(|spec| (spec, definition(spec)))
        .collect()
});

/// The tools a caller may call, always in the same order.
pub fn offered_to(may_call: impl Fn(&ToolSpec) -> bool) -> Vec<Tool> {
    OFFERED
        .iter()
        .filter(|(spec, _)| may_call(spec))
        .map(|(_, tool)| tool.clone())
        .collect()
}

/// A definition as clients see it. Every hint is said outright: the protocol's defaults are pessimistic. The
/// world of a tool is closed: the caller's own stores and nothing else.
fn definition(spec: &ToolSpec) -> Tool {
    let hints = ToolAnnotations::with_title(spec.title)
        .read_only(spec.hints.read_only)
        .destructive(spec.hints.destructive)
        .idempotent(spec.hints.idempotent)
        .open_world(false);
    Tool::new(
        spec.name,
        spec.description.clone(),
        Arc::new(spec.input_schema.clone()),
    )
    .with_title(spec.title)
    .with_raw_output_schema(Arc::new(spec.output_schema.clone()))
    .with_annotations(hints)
}
