//! The controls for scripts.

use axum::body::Body;
use axum::http::Request;
use orderdesk_sim::{Sim, Switches, seed};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{Desk, KEY, STORE};

#[tokio::test]
async fn faults_log_switches_and_reset_work_over_http() {
    let desk = Desk::tiny().await;
    let fault = json!({ "method": "PUT", "path": "/orders/*", "action": "reset_after_apply" });
    assert_eq!(desk.post("/__sim/faults", fault).await.status, 204);
    assert!(
        desk.send("PUT", "/orders/1002", Some(&json!({ "email": "x" })))
            .await
            .is_err()
    );
    let edit = json!({ "path": "/orders/1003", "times": 0, "action": { "foreign_edit": { "patch": { "tag_name": "t" } } } });
    assert_eq!(desk.post("/__sim/faults", edit).await.status, 204);
    desk.get("/orders/1003").await;
    assert_eq!(desk.server.order(STORE, 1003).unwrap()["tag_name"], "t");
    assert_eq!(
        desk.post(
            "/__sim/faults",
            json!({ "path": "/x", "action": "explode" })
        )
        .await
        .status,
        422
    );

    let log = desk.get("/__sim/log").await.json();
    assert_eq!(
        log.as_array().unwrap().len(),
        2,
        "the controls themselves are not logged"
    );
    assert_eq!(
        (&log[0]["applied"], &log[0]["status"]),
        (&json!(true), &Value::Null)
    );

    let switches = json!({ "unknown_record": "error_in_ok" });
    assert_eq!(desk.put("/__sim/switches", switches).await.status, 204);
    assert_eq!(desk.get("/orders/9").await.status, 200);
    assert_eq!(
        desk.get("/__sim/switches").await.json()["unknown_record"],
        "error_in_ok"
    );

    assert_eq!(desk.post("/__sim/reset", json!({})).await.status, 204);
    assert_eq!(desk.order(1002).await["email"], "");
    assert_eq!(desk.server.log().len(), 1);
    for path in ["/__sim/log", "/__sim/faults"] {
        assert_eq!(desk.delete(path).await.status, 204);
    }
}

#[tokio::test]
async fn nobody_reaches_the_controls_from_elsewhere_or_unasked() {
    let request = || {
        Request::builder()
            .uri("/__sim/log")
            .body(Body::empty())
            .unwrap()
    };
    let open = Sim::builder()
        .store(STORE, KEY, seed::tiny())
        .admin(true)
        .build();
    // Without connection information the peer could be anybody.
    assert_eq!(
        open.router().oneshot(request()).await.unwrap().status(),
        403
    );
    let closed = Sim::builder()
        .store(STORE, KEY, seed::tiny())
        .switches(Switches::default())
        .build();
    assert_eq!(
        closed.router().oneshot(request()).await.unwrap().status(),
        401
    );
}
