//! The bearer key of `/mcp`.

use reqwest::Method;
use reqwest::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN, VARY, WWW_AUTHENTICATE};
use serde_json::json;

use crate::support::{TestServer, json_of};

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#;

#[tokio::test]
async fn without_a_valid_key_the_answer_says_how_to_bring_one() {
    let server = TestServer::start().await;
    let key = &server.master_key;
    // The end is a check, which may be an `x` already.
    let wrong = if key.ends_with('x') { 'y' } else { 'x' };
    let mistyped = format!("{}{wrong}", &key[..key.len() - 1]);
    let cases = [
        (server.mcp(None), "Bearer"),
        (
            server
                .mcp(None)
                .header("authorization", format!("Basic {key}")),
            "Bearer",
        ),
        (
            server.mcp(None).header("authorization", "Bearer "),
            "Bearer",
        ),
        (
            server.mcp(Some(&mistyped)),
            "Bearer error=\"invalid_token\"",
        ),
        (
            server.mcp(Some("odm_mk_nonsense")),
            "Bearer error=\"invalid_token\"",
        ),
        (
            server.mcp(Some(&"x".repeat(5000))),
            "Bearer error=\"invalid_token\"",
        ),
    ];
    for (request, challenge) in cases {
        let answer = request.body(LIST).send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert_eq!(answer.headers()[WWW_AUTHENTICATE], challenge);
        assert_eq!(json_of(answer).await["code"], "unauthenticated");
    }
    let with = server.mcp(Some(key)).body(LIST).send().await.unwrap();
    assert_eq!(with.status(), 200);
    let varies = with
        .headers()
        .get_all(VARY)
        .iter()
        .any(|value| value.to_str().unwrap().contains("uthorization"));
    assert!(varies, "no cache may give one caller's answer to another");
    let lower = server
        .mcp(None)
        .header("authorization", format!("bearer {key}"))
        .body(LIST)
        .send()
        .await
        .unwrap();
    assert_eq!(lower.status(), 200, "the scheme's case does not matter");
}

#[tokio::test]
async fn a_key_in_the_address_is_never_looked_at() {
    let server = TestServer::start().await;
    for query in ["token", "access_token", "key", "master_key"] {
        let path = format!("/mcp?{query}={}", server.master_key);
        let answer = server
            .request(Method::POST, &path)
            .body(LIST)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 401, "{query}");
    }
    assert!(!server.logged().contains(&server.master_key));
}

#[tokio::test]
async fn pages_of_listed_origins_may_call_and_others_may_not() {
    let server = TestServer::with(&[("ALLOWED_ORIGINS", "https://claude.ai")]).await;
    let preflight = |origin: &str| {
        server
            .request(Method::OPTIONS, "/mcp")
            .header(ORIGIN, origin)
            .header("access-control-request-method", "POST")
            .header(
                "access-control-request-headers",
                "authorization,content-type,mcp-protocol-version",
            )
            .send()
    };
    let allowed = preflight("https://claude.ai").await.unwrap();
    assert_eq!(allowed.status(), 200);
    assert_eq!(
        allowed.headers()[ACCESS_CONTROL_ALLOW_ORIGIN],
        "https://claude.ai"
    );
    assert!(
        allowed
            .headers()
            .get("access-control-allow-credentials")
            .is_none()
    );
    let other = preflight("https://evil.example").await.unwrap();
    assert!(other.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN).is_none());

    let call = |origin: &str| {
        server
            .mcp(Some(&server.master_key))
            .header(ORIGIN, origin)
            .body(LIST)
            .send()
    };
    assert_eq!(call("https://claude.ai").await.unwrap().status(), 200);
    assert_eq!(call(&server.url).await.unwrap().status(), 200);
    assert_eq!(call("https://evil.example").await.unwrap().status(), 403);
    let refused = server
        .mcp(None)
        .header(ORIGIN, "https://claude.ai")
        .body(LIST)
        .send()
        .await
        .unwrap();
    assert_eq!(
        refused.headers()[ACCESS_CONTROL_ALLOW_ORIGIN],
        "https://claude.ai",
        "the page may read why"
    );
}

#[tokio::test]
async fn the_upstream_never_sees_our_keys() {
    let server = TestServer::start().await;
    let arguments = [
        "store",
        "add",
        "--tenant",
        "main",
        "--store-id",
        crate::support::STORE_ID,
        "--name",
        "Books",
    ];
    server
        .command(&arguments, crate::support::STORE_KEY)
        .await
        .out_if_ok();
    let read = server
        .call(
            Some(&server.master_key),
            "orders_list",
            json!({ "store_identifier": "Books" }),
        )
        .await;
    assert!(read.is_ok(), "{read:?}");
    let seen = format!("{:?}", server.upstream.log());
    assert!(!seen.is_empty() && !seen.contains("odm_"));
}
