//! Health and metrics, on the operator's port only.

use crate::support::{TestServer, json_of};

#[tokio::test]
async fn the_operators_port_tells_and_the_public_one_does_not() {
    let server = TestServer::start().await;
    for (path, status) in [
        ("/health", "ok"),
        ("/health/live", "alive"),
        ("/health/ready", "ready"),
        ("/health/detailed", "ready"),
    ] {
        let answer = server.get_ops(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(json_of(answer).await["status"], status, "{path}");
        assert_eq!(
            server.get(path).await.status(),
            404,
            "{path} must not be public"
        );
    }
    assert_eq!(server.get_ops("/metrics").await.status(), 200);
    assert_eq!(server.get("/metrics").await.status(), 404);
    assert_eq!(
        server.get_ops("/mcp").await.status(),
        404,
        "nothing else is on the operator's port"
    );
    let detail = json_of(server.get_ops("/health/detailed").await).await;
    assert_eq!(detail["database"]["kind"], "sqlite");
    assert!(detail["resident_bytes"].as_u64().unwrap() > 1 << 20);
}

#[tokio::test]
async fn metrics_and_details_can_be_switched_off() {
    let server = TestServer::with(&[
        ("ENABLE_METRICS", "false"),
        ("ENABLE_DETAILED_HEALTH", "false"),
    ])
    .await;
    assert_eq!(server.get_ops("/metrics").await.status(), 404);
    assert_eq!(server.get_ops("/health/detailed").await.status(), 404);
    assert_eq!(server.get_ops("/health/ready").await.status(), 200);
}

#[tokio::test]
async fn without_the_web_app_there_is_still_mcp() {
    let server =
        TestServer::with(&[("ENABLE_WEBUI", "false"), ("LEPTOS_SITE_ROOT", "/nowhere")]).await;
    assert_eq!(server.get("/login").await.status(), 404);
    assert!(
        server
            .call(
                Some(&server.master_key),
                "stores_list",
                serde_json::json!({})
            )
            .await
            .is_ok()
    );
}
