//! What a page leaves in the session for the next one, and for whom.

use serde_json::Value;

use crate::support::{Browser, TestServer, json_of};

const PASSWORD: &str = "correct horse battery";
const EMAIL: &str = "ada@example.com";

async fn person(server: &TestServer, tenant: &str) {
    let create = [
        "user", "create", "--tenant", tenant, "--email", EMAIL, "--role", "owner",
    ];
    let ran = server.command(&create, PASSWORD).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
}

/// The text of a key as its page shows it just now.
async fn secret(server: &TestServer, browser: &mut Browser, id: &str) -> Value {
    let answer = browser.post(server, "/api/made_key", &[("id", id)]).await;
    assert_eq!(answer.status(), 200);
    json_of(answer).await["secret"].clone()
}

#[tokio::test]
async fn a_new_key_is_shown_to_nobody_who_signs_in_over_its_maker() {
    let server = TestServer::start().await;
    person(&server, "main").await;
    let mut browser = Browser::signed_in(&server, &server.master_key).await;
    let form = [
        ("name", "Second"),
        ("access", "master"),
        ("policy[window_minutes]", "60"),
    ];
    let made = browser.post(&server, "/api/create_key", &form).await;
    let id = json_of(made).await.as_str().unwrap().to_owned();
    for _ in 0..2 {
        let shown = secret(&server, &mut browser, &id).await;
        assert!(
            shown.as_str().unwrap().starts_with("odm_mk_"),
            "a reload too"
        );
    }
    let form = [("email", EMAIL), ("password", PASSWORD)];
    browser.post(&server, "/api/sign_in", &form).await;
    assert_eq!(secret(&server, &mut browser, &id).await, Value::Null);
}

#[tokio::test]
async fn an_invitations_code_stays_in_its_workspace() {
    let server = TestServer::start().await;
    server
        .command(&["tenant", "create", "Beta"], "")
        .await
        .out_if_ok();
    person(&server, "main").await;
    let mut owner = Browser::signed_in(&server, &server.key("Beta", "master", "write").await).await;
    let invited = owner
        .post(
            &server,
            "/api/invite_person",
            &[("email", EMAIL), ("role", "owner")],
        )
        .await;
    let invitation = json_of(invited).await;
    let code = invitation["code"].as_str().unwrap();
    let form = [("code", code), ("name", ""), ("password", PASSWORD)];
    let mut ada = Browser::default();
    let joined = ada.post(&server, "/api/join", &form).await;
    assert_eq!(joined.status(), 200, "{}", joined.text().await.unwrap());

    let invite = [("email", "guest@example.com"), ("role", "viewer")];
    let sent = ada.submit(&server, "/api/invite_person", &invite).await;
    assert_eq!(sent.status(), 303);
    let me = json_of(ada.post(&server, "/api/who_am_i", &[]).await).await;
    let other = me["others"][0][0].as_str().unwrap().to_owned();
    let switched = ada
        .post(&server, "/api/switch_tenant", &[("tenant", &other)])
        .await;
    assert!(switched.status().is_success());
    let page = ada.open(&server, "/people").await.text().await.unwrap();
    assert!(!page.contains("odm_in_"), "the other workspace's code");
}

#[tokio::test]
async fn an_invitation_made_without_script_is_shown_once() {
    let server = TestServer::start().await;
    let mut owner = Browser::signed_in(&server, &server.master_key).await;
    let invite = [("email", "guest@example.com"), ("role", "viewer")];
    owner.submit(&server, "/api/invite_person", &invite).await;
    for is_shown in [true, false] {
        let page = owner.open(&server, "/people").await.text().await.unwrap();
        assert_eq!(page.contains("odm_in_"), is_shown);
    }
}

#[tokio::test]
async fn a_refused_form_without_script_keeps_its_limits() {
    let server = TestServer::start().await;
    let mut owner = Browser::signed_in(&server, &server.master_key).await;
    let form = [
        ("name", "Script"),
        ("access", "read"),
        ("policy[limit_tools]", "some"),
        ("policy[tools][0]", "orders_list"),
        ("policy[window_minutes]", "10080"),
        ("policy[amount]", "a lot"),
    ];
    let sent = owner.submit(&server, "/api/create_key", &form).await;
    assert_eq!(sent.status(), 303);
    let page = owner.open(&server, "/keys/new").await.text().await.unwrap();
    let input = |name: &str, value: &str| {
        let of = |tag: &&str| {
            tag.contains(&format!("name=\"{name}\"")) && tag.contains(&format!("value=\"{value}\""))
        };
        let tags = page.split('<').filter_map(|rest| rest.split('>').next());
        tags.into_iter().find(of).unwrap_or_default().to_owned()
    };
    for (name, value, is_on) in [
        ("policy[limit_tools]", "some", true),
        ("policy[limit_tools]", "all", false),
        ("policy[tools][]", "orders_list", true),
        ("policy[tools][]", "orders_get", false),
        ("policy[deletes]", "on", false),
    ] {
        let tag = input(name, value);
        assert!(!tag.is_empty(), "{name} {value}");
        assert_eq!(tag.contains("checked"), is_on, "{tag}");
    }
    assert!(input("policy[amount]", "a lot").contains("a lot"));
    let week = page.split("<option").find(|tag| tag.contains("10080"));
    assert!(
        week.unwrap()
            .split('>')
            .next()
            .unwrap()
            .contains("selected")
    );
    let page = owner.open(&server, "/keys/new").await.text().await.unwrap();
    assert!(!page.contains("a lot"), "only once");
}
