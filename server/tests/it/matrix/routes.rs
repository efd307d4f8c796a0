//! Every route that is neither a page nor a server function.

use std::collections::BTreeSet;

use orderdesk_mcp_server::http::routes::{self, Guard, Route};
use reqwest::Method;

use super::assert_complete;
use super::fixture::{CANARY, Fixture};
use crate::support::Database;

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
