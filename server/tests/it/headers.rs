//! The same security headers on every kind of answer.

use std::collections::BTreeSet;

use reqwest::header::{ACCEPT, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, HOST};
use reqwest::{Method, Response};
use tokio::io::AsyncReadExt;

use crate::drain::half_a_request;
use crate::support::TestServer;

const EXPECTED: [(&str, &str); 9] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-permitted-cross-domain-policies", "none"),
    ("reporting-endpoints", "csp=\"/csp-report\""),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), \
         midi=(), payment=(), usb=(), publickey-credentials-get=(self), clipboard-write=(self)",
    ),
];

fn check(what: &str, answer: &Response, status: u16) {
    assert_eq!(answer.status(), status, "{what}");
    let headers = answer.headers();
    for (name, value) in EXPECTED {
        assert_eq!(
            headers.get(name).and_then(|v| v.to_str().ok()),
            Some(value),
            "{what}: {name}"
        );
    }
    for absent in ["server", "x-powered-by", "x-xss-protection"] {
        assert!(headers.get(absent).is_none(), "{what}: {absent}");
    }
    assert!(headers.get("x-request-id").is_some(), "{what}");
    assert!(headers.get(CACHE_CONTROL).is_some(), "{what}");
    let is_html = headers
        .get("content-type")
        .is_some_and(|kind| kind.to_str().unwrap().starts_with("text/html"));
    let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
    if is_html {
        for part in [
            "default-src 'none';",
            "'wasm-unsafe-eval';",
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';",
            "require-trusted-types-for 'script'; trusted-types default;",
            "report-uri /csp-report; report-to csp",
        ] {
            assert!(policy.contains(part), "{what}: {part} in {policy}");
        }
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("strict-dynamic"),
            "{what}: {policy}"
        );
    } else {
        assert_eq!(
            policy, "default-src 'none'; frame-ancestors 'none'; sandbox",
            "{what}"
        );
    }
}

/// The same for an answer as it came over the wire, which has no page.
pub fn check_raw(what: &str, answer: &str) {
    let (head, _) = answer.split_once("\r\n\r\n").unwrap();
    let others = [
        (
            "content-security-policy",
            "default-src 'none'; frame-ancestors 'none'; sandbox",
        ),
        ("cache-control", "no-store"),
    ];
    for (name, value) in EXPECTED.into_iter().chain(others) {
        assert!(
            head.contains(&format!("\r\n{name}: {value}")),
            "{what}: {name} in {head}"
        );
    }
}

#[tokio::test]
async fn every_kind_of_answer_has_them() {
    let server = TestServer::start().await;
    for (path, status) in [
        ("/login", 200),
        ("/nowhere", 404),
        ("/api/nowhere", 404),
        ("/.well-known/oauth-protected-resource", 404),
        ("/oauth/authorize", 404),
        ("/pkg/0123abcd/app.js", 200),
        ("/pkg/0123abcd/none.js", 404),
        ("/favicon.svg", 200),
        ("/mcp", 401),
    ] {
        let html = server
            .request(Method::GET, path)
            .header(ACCEPT, "text/html")
            .send()
            .await
            .unwrap();
        check(path, &html, status);
        let json = server
            .request(Method::GET, path)
            .header(ACCEPT, "application/json")
            .send()
            .await
            .unwrap();
        check(path, &json, status);
    }
}

#[tokio::test]
async fn files_that_are_rebuilt_under_their_name_are_asked_for_again() {
    let file = "/pkg/0123abcd/app.js";
    for (watched, caching) in [
        (&[][..], "public, max-age=31536000, immutable"),
        (&[("LEPTOS_WATCH", "true")], "no-cache"),
    ] {
        let server = TestServer::with(watched).await;
        let answer = server.request(Method::GET, file).send().await.unwrap();
        assert_eq!(answer.headers()[CACHE_CONTROL], caching, "{watched:?}");
        let page = server.request(Method::GET, "/login").send().await.unwrap();
        let page = page.text().await.unwrap();
        let style = if watched.is_empty() {
            "/pkg/0123abcd/app.css"
        } else {
            "/pkg/app.css"
        };
        assert!(page.contains(style), "{watched:?}: {page}");
    }
}

#[tokio::test]
async fn refusals_have_them_too() {
    let server = TestServer::with(&[("WEBUI_RATE_LIMIT_LOGIN", "1")]).await;
    check(
        "405",
        &server
            .request(Method::DELETE, "/login")
            .send()
            .await
            .unwrap(),
        405,
    );
    check(
        "421",
        &server
            .request(Method::GET, "/login")
            .header(HOST, "evil.example")
            .send()
            .await
            .unwrap(),
        421,
    );
    let large = "x".repeat(300 * 1024);
    check(
        "413",
        &server
            .request(Method::POST, "/api/sign_in")
            .body(large)
            .send()
            .await
            .unwrap(),
        413,
    );
    let cross = server
        .request(Method::POST, "/api/sign_in")
        .header("sec-fetch-site", "cross-site");
    check("403", &cross.send().await.unwrap(), 403);
    let sign_in = || {
        server
            .request(Method::POST, "/api/sign_in")
            .header("content-type", "application/x-www-form-urlencoded")
            .body("master_key=odm_mk_wrong")
            .send()
    };
    check("401", &sign_in().await.unwrap(), 401);
    let limited = sign_in().await.unwrap();
    assert!(limited.headers().get("retry-after").is_some());
    check("429", &limited, 429);
    check(
        "redirect",
        &server
            .request(Method::GET, "/stores")
            .header(ACCEPT, "text/html")
            .send()
            .await
            .unwrap(),
        303,
    );
}

/// 500 is tested where panics are caught.
#[tokio::test]
async fn answers_to_a_server_in_need_have_them_too() {
    let server = TestServer::with(&[("BODY_TIMEOUT", "1"), ("MAX_REQUESTS_IN_FLIGHT", "1")]).await;
    let mut slow = half_a_request(&server).await;
    check("503", &server.get("/login").await, 503);
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    check_raw("408", &answer);
    let large = server
        .mcp(Some(&server.master_key))
        .body("x".repeat((1 << 20) + 1));
    check("413", &large.send().await.unwrap(), 413);
}

#[tokio::test]
async fn each_page_has_a_nonce_of_its_own() {
    let server = TestServer::start().await;
    let mut nonces = BTreeSet::new();
    for _ in 0..3 {
        let answer = server.get("/login").await;
        let policy = answer.headers()[CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .to_owned();
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        let page = answer.text().await.unwrap();
        assert!(
            page.contains(&format!("nonce=\"{nonce}\"")),
            "the page's scripts carry the answer's nonce"
        );
        assert!(!page.contains("<script>"), "no script without a nonce");
        nonces.insert(nonce);
    }
    assert_eq!(nonces.len(), 3);
}

#[tokio::test]
async fn https_is_insisted_on_once_it_is_there() {
    let server = TestServer::with(&[("PUBLIC_URL", "https://orders.example.com")]).await;
    let answer = server
        .request(Method::GET, "/login")
        .header(HOST, "orders.example.com")
        .send()
        .await
        .unwrap();
    assert_eq!(
        answer.headers()["strict-transport-security"],
        "max-age=63072000; includeSubDomains"
    );
    assert!(
        answer.headers()[CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .contains("upgrade-insecure-requests;")
    );
    let plain = TestServer::start().await.get("/login").await;
    assert!(plain.headers().get("strict-transport-security").is_none());
}

#[tokio::test]
async fn files_are_sent_compressed_and_kept_pages_are_not() {
    let server = TestServer::start().await;
    for (accepted, encoding, body) in [
        ("br, gzip", Some("br"), "stands for brotli"),
        ("gzip", Some("gzip"), ""),
        ("identity", None, "export default () => {}"),
    ] {
        let request = server
            .request(Method::GET, "/pkg/0123abcd/app.js")
            .header("accept-encoding", accepted);
        let answer = request.send().await.unwrap();
        assert_eq!(
            answer
                .headers()
                .get(CONTENT_ENCODING)
                .map(|v| v.to_str().unwrap()),
            encoding
        );
        assert_eq!(
            answer.headers()[CACHE_CONTROL],
            "public, max-age=31536000, immutable"
        );
        if !body.is_empty() {
            assert_eq!(answer.text().await.unwrap(), body);
        }
    }
    assert_eq!(
        server.get("/favicon.svg").await.headers()[CACHE_CONTROL],
        "no-cache"
    );
    assert_eq!(
        server.get("/pkg/0123abcd/none.js").await.headers()[CACHE_CONTROL],
        "no-store"
    );
    assert_eq!(
        server.get("/login").await.headers()[CACHE_CONTROL],
        "no-store"
    );
    let page = server
        .request(Method::GET, "/login")
        .header("accept-encoding", "gzip");
    let page = page.send().await.unwrap();
    assert_eq!(page.headers()[CONTENT_ENCODING], "gzip");
    for path in [
        "/../data/kms.key",
        "/%2e%2e/data/kms.key",
        "/pkg/..%2f..%2fdata/kms.key",
    ] {
        assert_ne!(server.get(path).await.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn a_sane_request_id_comes_back() {
    let server = TestServer::start().await;
    let given = server
        .request(Method::GET, "/login")
        .header("x-request-id", "trace-42")
        .send()
        .await
        .unwrap();
    assert_eq!(given.headers()["x-request-id"], "trace-42");
    let odd = server
        .request(Method::GET, "/login")
        .header("x-request-id", "<b>")
        .send()
        .await
        .unwrap();
    assert_ne!(odd.headers()["x-request-id"], "<b>");
}
