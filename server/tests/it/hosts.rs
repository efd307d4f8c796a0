//! Names the server answers to, and whose word about addresses it takes.

use reqwest::Method;
use reqwest::header::HOST;

use crate::support::TestServer;

#[tokio::test]
async fn another_host_is_refused_at_every_door() {
    let server = TestServer::start().await;
    for path in [
        "/",
        "/login",
        "/mcp",
        "/api/sign_in",
        "/favicon.svg",
        "/pkg/0123abcd/app.js",
        "/nowhere",
        "/csp-report",
    ] {
        for host in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example:80",
        ] {
            let answer = server
                .request(Method::POST, path)
                .header(HOST, host)
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 421, "{path} as {host}");
        }
    }
    let port = server.url.rsplit(':').next().unwrap();
    for host in [format!("localhost:{port}"), format!("[::1]:{port}")] {
        let answer = server
            .request(Method::GET, "/login")
            .header(HOST, host)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
    }
}

/// Ten sign-ins, each claiming another address: the limiter must not believe it.
async fn refused_sign_ins(server: &TestServer) -> usize {
    let mut refused = 0;
    for n in 0..10 {
        let answer = server
            .request(Method::POST, "/api/sign_in")
            .header("x-forwarded-for", format!("203.0.113.{n}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("master_key=odm_mk_wrong{n}"))
            .send()
            .await
            .unwrap();
        refused += usize::from(answer.status() == 429);
    }
    refused
}

#[tokio::test]
async fn forwarded_addresses_are_believed_from_listed_proxies_only() {
    let unlisted = TestServer::start().await;
    assert_eq!(
        refused_sign_ins(&unlisted).await,
        5,
        "the address of the connection counts"
    );
    let other =
        TestServer::with(&[("TRUST_PROXY", "true"), ("TRUSTED_PROXIES", "10.0.0.0/8")]).await;
    assert_eq!(
        refused_sign_ins(&other).await,
        5,
        "this peer is not one of the listed proxies"
    );
    let listed =
        TestServer::with(&[("TRUST_PROXY", "true"), ("TRUSTED_PROXIES", "127.0.0.1")]).await;
    assert_eq!(
        refused_sign_ins(&listed).await,
        0,
        "ten clients behind one proxy"
    );
}
