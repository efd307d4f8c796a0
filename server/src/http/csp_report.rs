//! Where browsers report what the Content-Security-Policy stopped.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use orderdesk_mcp_domain::Services;
use serde_json::Value;

use super::answer::{Taste, refuse};
use super::layers::facts::Facts;
use super::metrics::CSP_REPORTS_TOTAL;

/// Directives that get a label of their own; a report is a stranger's text.
const DIRECTIVES: [&str; 12] = [
    "base-uri",
    "connect-src",
    "font-src",
    "form-action",
    "frame-ancestors",
    "img-src",
    "manifest-src",
    "require-trusted-types-for",
    "script-src",
    "script-src-elem",
    "style-src",
    "style-src-attr",
];

/// Counts the reports of both formats (`report-uri` and the Reporting API), and logs one line however many came
/// together. Addresses in them are not logged: they may hold anything. Nobody has to be known for this, so each
/// address has only so many a minute.
pub(super) async fn receive(
    State(services): State<Services>,
    facts: Option<Extension<Facts>>,
    body: Bytes,
) -> Response {
    if let Err(error) = services.charge_report(facts.and_then(|facts| facts.ip)) {
        return refuse(Taste::Json, &error);
    }
    let Ok(report) = serde_json::from_slice::<Value>(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let directives = directives(&report);
    for directive in &directives {
        metrics::counter!(CSP_REPORTS_TOTAL, "directive" => *directive).increment(1);
    }
    if !directives.is_empty() {
        tracing::warn!(
            directives = directives.join(" "),
            "a browser reported violations of the Content-Security-Policy"
        );
    }
    StatusCode::NO_CONTENT.into_response()
}

fn directives(report: &Value) -> Vec<&'static str> {
    let named = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(known);
    match report {
        Value::Array(reports) => reports
            .iter()
            .take(16)
            .filter_map(|report| named(report.get("body")?, "effectiveDirective"))
            .collect(),
        _ => report
            .get("csp-report")
            .and_then(|report| {
                named(report, "effective-directive").or_else(|| named(report, "violated-directive"))
            })
            .into_iter()
            .collect(),
    }
}

fn known(directive: &str) -> &'static str {
    let name = directive.split(' ').next().unwrap_or_default();
    DIRECTIVES
        .into_iter()
        .find(|known| *known == name)
        .unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_both_formats_and_bounds_the_label() {
        let old = json!({ "csp-report": { "violated-directive": "script-src 'self'", "blocked-uri": "x" } });
        let new = json!([
            { "type": "csp-violation", "body": { "effectiveDirective": "img-src" } },
            { "type": "csp-violation", "body": { "effectiveDirective": "made-up-42" } },
            { "type": "deprecation" },
        ]);
        assert_eq!(directives(&old), ["script-src"]);
        assert_eq!(directives(&new), ["img-src", "other"]);
        assert!(directives(&json!(7)).is_empty());
    }
}
