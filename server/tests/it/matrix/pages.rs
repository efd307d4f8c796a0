//! Every page × every kind of browser.

use orderdesk_mcp_server::http::routes;

use super::assert_complete;
use super::fixture::{CANARY, Fixture};
use crate::support::{Browser, Database};

/// Template, an address of it, whether it is open to anybody.
type Row = (&'static str, fn(&Fixture) -> String, bool);

const ROWS: [Row; 13] = [
    ("/", |_| "/".into(), false),
    ("/login", |_| "/login".into(), true),
    ("/stores", |_| "/stores".into(), false),
    ("/stores/new", |_| "/stores/new".into(), false),
    (
        "/stores/{id}",
        |f| format!("/stores/{}", f.store_uid),
        false,
    ),
    ("/changes", |_| "/changes".into(), false),
    (
        "/changes/{id}",
        |f| format!("/changes/{}", f.waiting_id),
        false,
    ),
    ("/approvals", |_| "/approvals".into(), false),
    ("/keys", |_| "/keys".into(), false),
    ("/keys/new", |_| "/keys/new".into(), false),
    ("/keys/{id}", |f| format!("/keys/{}", f.proposer_id), false),
    (
        "/keys/{id}/made",
        |f| format!("/keys/{}/made", f.proposer_id),
        false,
    ),
    ("/connect", |_| "/connect".into(), false),
];

#[tokio::test]
async fn every_page_knows_its_callers() {
    let offered = routes::pages()
        .into_iter()
        .map(|route| route.path.into_owned())
        .collect();
    assert_complete(
        "pages",
        offered,
        ROWS.iter().map(|(path, _, _)| (*path).to_owned()).collect(),
    );

    for database in Database::each() {
        open_all(&Fixture::on(database).await).await;
    }
}

async fn open_all(f: &Fixture) {
    let mut owner = Browser::signed_in(&f.server, &f.owner).await;
    let mut stranger = Browser::signed_in(&f.server, &f.stranger).await;
    for (template, address, is_open) in ROWS {
        let path = address(f);
        let nobody = Browser::default().open(&f.server, &path).await;
        if is_open {
            assert_eq!(nobody.status(), 200, "{template}");
        } else {
            assert_eq!(nobody.status(), 303, "nobody at {template}");
            assert!(
                nobody.headers()["location"]
                    .to_str()
                    .unwrap()
                    .starts_with("/login"),
                "{template}"
            );
        }
        assert!(
            !nobody.text().await.unwrap().contains(CANARY),
            "nobody at {template}"
        );

        let answer = stranger.open(&f.server, &path).await;
        if template.contains("{id}") {
            assert_eq!(answer.status(), 404, "a stranger at {template}");
        }
        let page = answer.text().await.unwrap();
        assert!(!page.contains(CANARY), "a stranger at {template}");

        let answer = owner.open(&f.server, &path).await;
        assert!(
            !answer.status().is_client_error() && !answer.status().is_server_error(),
            "the owner at {template}"
        );
    }
    for path in ["/stores", "/approvals", "/changes"] {
        let page = owner.open(&f.server, path).await.text().await.unwrap();
        assert!(
            page.contains(CANARY),
            "the owner sees it at {path}; otherwise this test would prove nothing"
        );
    }
}
