//! Browser sessions from the first cookie to the last.

use reqwest::header::{HOST, SET_COOKIE};
use reqwest::{Method, Response};

use crate::support::{Browser, TestServer, json_of};

fn session_cookie(answer: &Response) -> String {
    let lines = answer
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .map(|line| line.to_str().unwrap());
    lines
        .into_iter()
        .find(|line| line.contains("orderdesk_session"))
        .expect("a session cookie")
        .to_owned()
}

async fn sign_in(server: &TestServer, host: Option<&str>) -> Response {
    let mut request = server
        .request(Method::POST, "/api/sign_in")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(format!("master_key={}", server.master_key));
    if let Some(host) = host {
        request = request.header(HOST, host);
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn the_cookie_cannot_be_read_or_set_by_others() {
    let server = TestServer::with(&[("PUBLIC_URL", "https://orders.example.com")]).await;
    let cookie = session_cookie(&sign_in(&server, Some("orders.example.com")).await);
    assert!(cookie.starts_with("__Host-orderdesk_session="), "{cookie}");
    for flag in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(flag), "{flag} in {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    // Over plain HTTP on this machine browsers would drop a `Secure` cookie in part.
    let plain = TestServer::with(&[("SESSION_COOKIE_NAME", "my_orderdesk_session")]).await;
    let cookie = session_cookie(&sign_in(&plain, None).await);
    assert!(
        cookie.starts_with("my_orderdesk_session=") && !cookie.contains("Secure"),
        "{cookie}"
    );
}

#[tokio::test]
async fn signing_in_and_out_gives_and_takes_a_session() {
    let server = TestServer::start().await;
    let mut browser = Browser::default();
    assert_eq!(
        browser.open(&server, "/stores").await.status(),
        303,
        "nobody is signed in"
    );
    assert!(browser.cookie.is_none(), "a visit alone makes no session");

    let mut browser = Browser::signed_in(&server, &server.master_key).await;
    assert_eq!(browser.open(&server, "/stores").await.status(), 200);
    let me = json_of(browser.post(&server, "/api/who_am_i", &[]).await).await;
    assert_eq!(me["tenant_name"], "main");

    let kept = browser.clone();
    let out = browser.post(&server, "/api/sign_out", &[]).await;
    assert!(out.status().is_success());
    assert_eq!(
        out.headers()["clear-site-data"],
        "\"cache\", \"storage\"",
        "without \"cookies\": the theme stays"
    );
    let removed = out.headers().get_all("set-cookie").iter();
    let removed: Vec<_> = removed.map(|line| line.to_str().unwrap()).collect();
    assert!(
        removed.len() == 1 && removed[0].starts_with("orderdesk_session=;"),
        "{removed:?}"
    );
    assert!(browser.cookie.is_none(), "the cookie is taken back");
    assert_eq!(
        kept.clone()
            .post(&server, "/api/who_am_i", &[])
            .await
            .status(),
        401,
        "a copy of the cookie is dead"
    );
}

#[tokio::test]
async fn signing_in_again_changes_the_id_and_kills_the_old_one() {
    let server = TestServer::start().await;
    let mut browser = Browser::signed_in(&server, &server.master_key).await;
    let old = browser.clone();
    let answer = browser
        .post(
            &server,
            "/api/sign_in",
            &[("master_key", &server.master_key)],
        )
        .await;
    assert_eq!(answer.status(), 200);
    assert_ne!(
        browser.cookie, old.cookie,
        "an id known before is not the id after"
    );
    assert_eq!(
        browser.post(&server, "/api/who_am_i", &[]).await.status(),
        200
    );
    assert_eq!(
        old.clone()
            .post(&server, "/api/who_am_i", &[])
            .await
            .status(),
        401
    );
}

#[tokio::test]
async fn an_id_of_the_visitors_own_making_is_not_taken() {
    let server = TestServer::start().await;
    let planted = "orderdesk_session=AAAAAAAAAAAAAAAAAAAAAA".to_owned();
    let mut browser = Browser {
        cookie: Some(planted.clone()),
    };
    browser
        .post(
            &server,
            "/api/sign_in",
            &[("master_key", &server.master_key)],
        )
        .await;
    assert_ne!(browser.cookie.as_deref(), Some(planted.as_str()));
    let mut planted = Browser {
        cookie: Some(planted),
    };
    assert_eq!(
        planted.post(&server, "/api/who_am_i", &[]).await.status(),
        401
    );
}

#[tokio::test]
async fn sessions_survive_a_restart_and_hold_no_key() {
    let server = TestServer::start().await;
    let mut browser = Browser::signed_in(&server, &server.master_key).await;
    let key = server.master_key.clone();
    let (data, upstream) = server.stop().await;
    let file = std::fs::read(data.path().join("data/orderdesk-mcp.db")).unwrap();
    let has = |needle: &str| {
        file.windows(needle.len())
            .any(|window| window == needle.as_bytes())
    };
    let id = browser.cookie.clone().unwrap();
    assert!(
        !has(id.split('=').nth(1).unwrap()),
        "the cookie's value is stored hashed"
    );
    assert!(!has(&key), "the key is stored hashed");
    let server = TestServer::on(data, upstream, &[]).await;
    assert_eq!(
        browser.post(&server, "/api/who_am_i", &[]).await.status(),
        200
    );
}

#[tokio::test]
async fn an_api_key_does_not_open_the_web_app() {
    let server = TestServer::start().await;
    let key = server.key("main", "api", "write").await;
    let answer = Browser::default()
        .post(&server, "/api/sign_in", &[("master_key", &key)])
        .await;
    assert_eq!(answer.status(), 403);
    assert_eq!(json_of(answer).await["field"], "master_key");
}
