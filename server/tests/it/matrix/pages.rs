//! Every page × every kind of browser.

use orderdesk_mcp_contract::Right;
use orderdesk_mcp_server::http::routes;

use super::assert_complete;
use super::fixture::{CANARY, Fixture};
use crate::support::{Browser, Database};

/// Template, an address of it, and the least right of whoever it is shown to; none when it is open to anybody.
type Row = (&'static str, fn(&Fixture) -> String, Option<Right>);

const ROWS: [Row; 17] = [
    ("/", |_| "/".into(), Some(Right::Look)),
    ("/login", |_| "/login".into(), None),
    ("/join", |_| "/join".into(), None),
    ("/stores", |_| "/stores".into(), Some(Right::Look)),
    ("/stores/new", |_| "/stores/new".into(), Some(Right::Look)),
    (
        "/stores/{id}",
        |f| format!("/stores/{}", f.store_uid),
        Some(Right::Look),
    ),
    ("/changes", |_| "/changes".into(), Some(Right::Look)),
    (
        "/changes/{id}",
        |f| format!("/changes/{}", f.waiting_id),
        Some(Right::Look),
    ),
    ("/approvals", |_| "/approvals".into(), Some(Right::Look)),
    ("/keys", |_| "/keys".into(), Some(Right::Keys)),
    ("/keys/new", |_| "/keys/new".into(), Some(Right::Keys)),
    (
        "/keys/{id}",
        |f| format!("/keys/{}", f.proposer_id),
        Some(Right::Keys),
    ),
    (
        "/keys/{id}/made",
        |f| format!("/keys/{}/made", f.proposer_id),
        Some(Right::Keys),
    ),
    (
        "/console",
        |_| "/console?tool=orders_get".into(),
        Some(Right::Look),
    ),
    ("/connect", |_| "/connect".into(), Some(Right::Keys)),
    ("/people", |_| "/people".into(), Some(Right::People)),
    ("/settings", |_| "/settings".into(), Some(Right::Look)),
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
    for (template, address, least) in ROWS {
        let path = address(f);
        let nobody = Browser::default().open(&f.server, &path).await;
        if least.is_none() {
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
    for (role, person) in &f.people {
        for (template, address, least) in ROWS {
            let answer = person.clone().open(&f.server, &address(f)).await;
            let is_theirs = least.is_none_or(|least| role.may(least));
            let expected = if is_theirs { 200 } else { 403 };
            assert_eq!(answer.status(), expected, "{role} at {template}");
            let page = answer.text().await.unwrap();
            assert!(
                is_theirs || page.contains(&format!("Your role in this workspace is {role}")),
                "{role} is told why at {template}"
            );
        }
    }
    for path in ["/stores", "/approvals", "/changes", "/people"] {
        let page = owner.open(&f.server, path).await.text().await.unwrap();
        assert!(
            page.contains(CANARY),
            "the owner sees it at {path}; otherwise this test would prove nothing"
        );
    }
}
