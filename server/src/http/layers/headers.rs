//! Security headers on every answer, whatever made it.

use std::sync::LazyLock;

use app::backend::CspNonce;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use orderdesk_mcp_mcp::endpoint::PATH as MCP_PATH;
use orderdesk_mcp_vault::{Entropy, OsEntropy};

/// The same on every answer. Sources: OWASP Secure Headers, MDN Observatory, ASVS 5.0 chapter 3.4.
pub(super) const ALWAYS: [(&str, &str); 9] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    // Not `no-referrer`: browsers then send `Origin: null` with our own forms, which over plain HTTP, where there is no
    // `Sec-Fetch-Site`, is all that tells them from another site's. No other site learns anything either way.
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), \
         midi=(), payment=(), usb=(), publickey-credentials-get=(self), clipboard-write=(self)",
    ),
    ("x-permitted-cross-domain-policies", "none"),
    ("reporting-endpoints", "csp=\"/csp-report\""),
];
/// The same, looked through once instead of for every answer.
static ALWAYS_READ: LazyLock<[(HeaderName, HeaderValue); 9]> = LazyLock::new(|| {
    ALWAYS.map(|(name, value)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    })
});
const STRICT_TRANSPORT: &str = "max-age=63072000; includeSubDomains";
/// For everything that is not a page: it must not run or frame anything, should a browser show it.
const CSP_OTHER: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// What depends on the settings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Policy {
    /// Whether people reach us over https; over plain HTTP browsers ignore the header that demands it, and
    /// upgrading requests would break a server that has no https.
    pub(crate) is_https: bool,
    /// The port of cargo-leptos's reload socket, while somebody develops.
    pub(crate) reload_port: Option<u32>,
}

impl Policy {
    /// The operator's listener: plain HTTP, no pages.
    pub(crate) const OPERATOR: Self = Self {
        is_https: false,
        reload_port: None,
    };
}

/// Makes this answer's nonce, and sets the headers on what comes back.
pub(in crate::http) async fn set<F: Future<Output = Response>>(
    policy: Policy,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    // Assistants are sent no pages, and the operating system's random bytes cost more than all the headers.
    let is_page_door = request.uri().path() != MCP_PATH;
    let nonce = is_page_door.then(random_text).flatten();
    if let Some(nonce) = &nonce {
        request.extensions_mut().insert(CspNonce(nonce.clone()));
    }
    let mut response = next(request).await;
    apply(response.headers_mut(), policy, nonce.as_deref());
    response
}

/// The same for the operator's listener, which has no pages.
pub(in crate::http) async fn set_for_operator(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    apply(response.headers_mut(), Policy::OPERATOR, None);
    response
}

/// The headers of an answer that no router gives, as lines of HTTP/1.1.
pub(in crate::http) fn as_lines(policy: Policy) -> String {
    let mut headers = HeaderMap::new();
    apply(&mut headers, policy, None);
    headers
        .iter()
        .filter_map(|(name, value)| Some(format!("{name}: {}\r\n", value.to_str().ok()?)))
        .collect()
}

fn apply(headers: &mut HeaderMap, policy: Policy, nonce: Option<&str>) {
    // At once, or the map grows and is sorted anew three times.
    headers.reserve(ALWAYS.len() + 4);
    let is_html = headers.get(header::CONTENT_TYPE).is_some_and(|kind| {
        let start = kind.as_bytes().get(..9).unwrap_or_default();
        start.eq_ignore_ascii_case(b"text/html")
    });
    let csp = if is_html {
        HeaderValue::try_from(page_policy(nonce, policy)).ok()
    } else {
        Some(HeaderValue::from_static(CSP_OTHER))
    };
    if let Some(csp) = csp {
        headers.insert(header::CONTENT_SECURITY_POLICY, csp);
    }
    for (name, value) in &*ALWAYS_READ {
        headers.insert(name, value.clone());
    }
    if policy.is_https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(STRICT_TRANSPORT),
        );
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers.remove(header::SERVER);
    headers.remove("x-powered-by");
}

/// Proved in Chromium 156 with Leptos's hydration: `'self'` is for modulepreload, `'wasm-unsafe-eval'` for the
/// WASM; `'strict-dynamic'` is left out, because it gains nothing with one origin. Without a nonce no inline
/// script runs at all.
fn page_policy(nonce: Option<&str>, policy: Policy) -> String {
    let nonce = nonce
        .map(|nonce| format!(" 'nonce-{nonce}'"))
        .unwrap_or_default();
    let upgrade = if policy.is_https {
        " upgrade-insecure-requests;"
    } else {
        ""
    };
    let reload = policy
        .reload_port
        .map(|port| format!(" ws://127.0.0.1:{port}"))
        .unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'{nonce} 'wasm-unsafe-eval'; style-src 'self'{nonce}; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'{reload}; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default;{upgrade} \
         report-uri /csp-report; report-to csp"
    )
}

/// 128 random bits as text, or nothing when the system has none to give.
pub(in crate::http) fn random_text() -> Option<String> {
    let mut bytes = [0; 16];
    OsEntropy.fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}
