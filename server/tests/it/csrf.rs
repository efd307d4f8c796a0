//! Pages of other sites can change nothing.

use orderdesk_mcp_server::http::routes;
use reqwest::Method;
use reqwest::header::COOKIE;

use crate::support::{Browser, TestServer};

#[tokio::test]
async fn every_server_function_refuses_other_sites() {
    let server = TestServer::start().await;
    let browser = Browser::signed_in(&server, &server.master_key).await;
    let cookie = browser.cookie.unwrap();
    let functions = routes::server_fns();
    assert!(functions.len() >= 8, "{functions:?}");
    for function in functions {
        assert_eq!(
            function.method,
            Some(Method::POST),
            "{}: GET would be reachable from a link",
            function.path
        );
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            let request = server
                .request(Method::POST, &function.path)
                .header(COOKIE, &cookie)
                .header(name, value);
            let answer = request.send().await.unwrap();
            assert_eq!(
                answer.status(),
                403,
                "{} with {name}: {value}",
                function.path
            );
        }
    }
}

#[tokio::test]
async fn our_own_pages_and_scripts_pass() {
    let server = TestServer::start().await;
    let sign_out = || server.request(Method::POST, "/api/sign_out");
    for request in [
        sign_out().header("sec-fetch-site", "same-origin"),
        sign_out().header("sec-fetch-site", "none"),
        sign_out().header("origin", &server.url),
        sign_out(),
    ] {
        let status = request.send().await.unwrap().status();
        assert_ne!(status, 403);
    }
}
