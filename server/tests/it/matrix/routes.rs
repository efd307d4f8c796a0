//! Every route that is neither a page nor a server function.

use std::collections::BTreeSet;

use orderdesk_mcp_server::http::routes::{self, Guard, Route};
use reqwest::Method;

use super::assert_complete;
use super::fixture::{CANARY, Fixture};
use crate::support::{Browser, Database};

fn paths(routes: &[Route]) -> BTreeSet<String> {
    routes
        .iter()
        .map(|route| route.path.clone().into_owned())
        .collect()
}

fn rows(paths: &[&str]) -> BTreeSet<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

#[tokio::test]
async fn every_other_route_is_open_for_a_reason_or_asks_for_a_key() {
    let mut others = routes::main();
    others.retain(|route| route.guard != Guard::Session);
    let expected = [
        "/mcp",
        "/csp-report",
        "/pkg/{*file}",
        "/api/{*rest}",
        "/oauth/{*rest}",
        "/.well-known/{*rest}",
    ];
    assert_complete("routes", paths(&others), rows(&expected));

    let f = Fixture::on(Database::Sqlite).await;
    for route in others {
        let path = route
            .path
            .replace("{*file}", "x.js")
            .replace("{*rest}", "x");
        let answer = f
            .server
            .request(route.method.clone().unwrap_or(Method::GET), &path)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        match route.guard {
            Guard::Bearer => assert_eq!(status, 401, "{path}"),
            Guard::Open => assert!(status.is_client_error(), "{path}: {status}"),
            Guard::Session | Guard::Operator => panic!("{path} has no place here"),
        }
        assert!(!answer.text().await.unwrap().contains(CANARY), "{path}");
    }
}

/// Files that are neither pages nor server functions: everybody who may look has their own workspace's.
#[tokio::test]
async fn every_file_is_its_own_workspaces() {
    let mut files = routes::main();
    files.retain(|route| route.guard == Guard::Session);
    let elsewhere: BTreeSet<_> = paths(&routes::pages())
        .into_iter()
        .chain(paths(&routes::server_fns()))
        .collect();
    let files: BTreeSet<_> = paths(&files).difference(&elsewhere).cloned().collect();
    assert_complete("files", files, rows(&["/traces/export"]));

    for database in Database::each() {
        let f = Fixture::on(database).await;
        let mut owner = Browser::signed_in(&f.server, &f.owner).await;
        let mut stranger = Browser::signed_in(&f.server, &f.stranger).await;
        for format in ["csv", "jsonl", "otlp"] {
            let path = format!("/traces/export?format={format}");
            let nobody = Browser::default().open(&f.server, &path).await;
            assert_eq!(nobody.status(), 303);
            assert_eq!(nobody.headers()["location"], "/login");
            let answer = f.server.request(Method::GET, &path).send().await.unwrap();
            assert_eq!(answer.status(), 401);
            for person in f.people.iter().map(|(_, person)| person) {
                let answer = person.clone().open(&f.server, &path).await;
                assert_eq!(answer.status(), 200);
                assert!(
                    answer.text().await.unwrap().contains(CANARY),
                    "its workspace's calls are in it"
                );
            }
            let answer = owner.open(&f.server, &path).await;
            let kept_as = answer.headers()["content-disposition"]
                .to_str()
                .unwrap()
                .to_owned();
            assert!(
                kept_as.starts_with("attachment; filename=\"calls."),
                "{kept_as}"
            );
            assert!(answer.text().await.unwrap().contains(CANARY));
            let answer = stranger.open(&f.server, &path).await;
            assert_eq!(answer.status(), 200);
            assert!(
                !answer.text().await.unwrap().contains(CANARY),
                "a stranger's {format}"
            );
        }
        for path in ["/traces/export", "/traces/export?format=csv&q=nonsense:1"] {
            assert_eq!(owner.open(&f.server, path).await.status(), 422, "{path}");
        }
    }
}

/// Figures and states, nothing of a workspace; and on no other port.
#[tokio::test]
async fn the_operators_routes_tell_nothing_of_a_workspace() {
    let offered = routes::operator();
    let expected = [
        "/health",
        "/health/live",
        "/health/ready",
        "/health/detailed",
        "/metrics",
    ];
    assert_complete("operator's routes", paths(&offered), rows(&expected));

    let f = Fixture::on(Database::Sqlite).await;
    let tenant = f
        .server
        .call(
            Some(&f.owner),
            "tenant_use_master_key",
            serde_json::json!({ "master_key": f.owner }),
        )
        .await;
    let tenant = tenant.result()["tenant_id"].as_str().unwrap().to_owned();
    for route in offered {
        assert_eq!(route.guard, Guard::Operator);
        let path = &*route.path;
        let text = f.server.get_ops(path).await.text().await.unwrap();
        for secret in [CANARY, &f.store_uid, &tenant] {
            assert!(!text.contains(secret), "{secret} at {path}: {text}");
        }
        assert_eq!(f.server.get(path).await.status(), 404, "{path} in public");
    }
}
