//! Where browsers report what the Content-Security-Policy stopped.

use axum::body::Bytes;
use http::StatusCode;
use serde_json::Value;

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

/// Counts the reports of both formats (`report-uri` and the Reporting API). Addresses in them are not
/// logged: they may hold anything.
pub(super) async fn receive(body: Bytes) -> StatusCode {
    let Ok(report) = serde_json::from_slice::<Value>(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    for directive in directives(&report) {
        metrics::counter!(CSP_REPORTS_TOTAL, "directive" => directive).increment(1);
        tracing::warn!(
            directive,
            "a browser reported a violation of the Content-Security-Policy"
        );
    }
    StatusCode::NO_CONTENT
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
