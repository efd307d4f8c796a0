//! Labels are drawn from closed lists.

use reqwest::Method;
use serde_json::json;

use crate::support::TestServer;

#[tokio::test]
async fn paths_methods_and_names_do_not_become_labels() {
    let server = TestServer::start().await;
    for n in 0..20 {
        server.get(&format!("/stores/canary{n}")).await;
        server.get(&format!("/nowhere/canary{n}")).await;
        server.get(&format!("/api/canary{n}")).await;
        server.get(&format!("/pkg/canary{n}.js?canary{n}=1")).await;
        let odd = Method::from_bytes(format!("CANARY{n}").as_bytes()).unwrap();
        server.request(odd, "/login").send().await.unwrap();
        server
            .call(Some(&server.master_key), &format!("canary{n}"), json!({}))
            .await;
    }
    let metrics = server.get_ops("/metrics").await.text().await.unwrap();
    assert!(
        !metrics.to_ascii_lowercase().contains("canary"),
        "{metrics}"
    );
    for route in [
        "route=\"/stores/{id}\"",
        "route=\"/api/{*rest}\"",
        "route=\"/pkg/{*file}\"",
        "route=\"/mcp\"",
    ] {
        assert!(metrics.contains(route), "{route} in {metrics}");
    }
    let series = metrics
        .lines()
        .filter(|line| !line.starts_with('#'))
        .count();
    assert!(series < 500, "{series} series after 120 requests");
    for name in [
        "odmcp_build_info",
        "odmcp_http_requests_total",
        "odmcp_inflight_requests",
        "process_resident_memory_bytes",
    ] {
        assert!(metrics.contains(name), "{name} in {metrics}");
    }
}
