//! Every page × every kind of browser.

use orderdesk_mcp_contract::Right;
use orderdesk_mcp_server::http::routes;

use super::fixture::{CANARY, Fixture};
use super::{For, assert_complete};
use crate::support::{Browser, Database};

/// Template, an address of it, and whose business it is.
type Row = (&'static str, fn(&Fixture) -> String, For);

pub(crate) const ROWS: [Row; 23] = [
    ("/", |_| "/".into(), For::Having(Right::Look)),
    ("/login", |_| "/login".into(), For::Anybody),
    ("/join", |_| "/join".into(), For::Anybody),
    ("/stores", |_| "/stores".into(), For::Having(Right::Look)),
    (
        "/stores/{id}",
        |_| "/stores/new".into(),
        For::Having(Right::Look),
    ),
    (
        "/stores/{id}",
        |f| format!("/stores/{}", f.store_uid),
        For::Having(Right::Look),
    ),
    ("/changes", |_| "/changes".into(), For::Having(Right::Look)),
    (
        "/changes/{id}",
        |f| format!("/changes/{}", f.waiting_id),
        For::Having(Right::Look),
    ),
    ("/traces", |_| "/traces".into(), For::Having(Right::Look)),
    (
        "/traces/{id}",
        |f| format!("/traces/{}", f.trace_id),
        For::Having(Right::Look),
    ),
    (
        "/traces/{id}",
        |f| format!("/traces/compare?a={}&b={}", f.trace_id, f.other_trace_id),
        For::Having(Right::Look),
    ),
    (
        "/traces/{id}",
        |_| "/traces/alerts".into(),
        For::Having(Right::Look),
    ),
    (
        "/traces/{id}",
        |_| "/traces/exports".into(),
        For::Having(Right::Look),
    ),
    (
        "/approvals",
        |_| "/approvals".into(),
        For::Having(Right::Look),
    ),
    ("/keys", |_| "/keys".into(), For::Having(Right::Keys)),
    (
        "/keys/{id}",
        |_| "/keys/new".into(),
        For::Having(Right::Keys),
    ),
    (
        "/keys/{id}",
        |f| format!("/keys/{}", f.proposer_id),
        For::Having(Right::Keys),
    ),
    ("/connect", |_| "/connect".into(), For::Having(Right::Keys)),
    ("/people", |_| "/people".into(), For::Having(Right::People)),
    ("/instance", |_| "/instance".into(), For::Instance),
    (
        "/settings",
        |_| "/settings".into(),
        For::Having(Right::Look),
    ),
    (
        "/keys/{id}/made",
        |f| format!("/keys/{}/made", f.proposer_id),
        For::Having(Right::Keys),
    ),
    (
        "/console",
        |_| "/console?tool=orders_get".into(),
        For::Having(Right::Look),
    ),
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
    for (template, address, whose) in ROWS {
        let path = address(f);
        let nobody = Browser::default().open(&f.server, &path).await;
        if whose == For::Anybody {
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
        let is_list = ["/traces/alerts", "/traces/exports"].contains(&path.as_str());
        let names_something = !path.ends_with("/new") && !is_list;
        if template.contains("{id}") && names_something {
            assert_eq!(answer.status(), 404, "a stranger at {template}");
        }
        let page = answer.text().await.unwrap();
        assert!(!page.contains(CANARY), "a stranger at {template}");

        let answer = owner.open(&f.server, &path).await;
        let expected = if whose == For::Instance { 403 } else { 200 };
        assert_eq!(answer.status(), expected, "the owner at {template}");
    }
    for (role, person) in &f.people {
        for (template, address, whose) in ROWS {
            let answer = person.clone().open(&f.server, &address(f)).await;
            let is_theirs = whose.is_for(*role);
            let expected = if is_theirs { 200 } else { 403 };
            assert_eq!(answer.status(), expected, "{role} at {template}");
            let page = answer.text().await.unwrap();
            assert!(
                is_theirs
                    || whose == For::Instance
                    || page.contains(&format!("Your role in this workspace is {role}")),
                "{role} is told why at {template}"
            );
        }
    }
    for path in ["/stores", "/approvals", "/changes", "/traces", "/people"] {
        let page = owner.open(&f.server, path).await.text().await.unwrap();
        assert!(
            page.contains(CANARY),
            "the owner sees it at {path}; otherwise this test would prove nothing"
        );
    }
}
