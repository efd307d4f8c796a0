//! Neither keys nor customers' data show in anything that may be printed.

use orderdesk::client::{CallContext, Priority};

use crate::server::*;

#[tokio::test]
async fn canaries_do_not_sing() {
    let customer = "canary@example.com";
    let refusal =
        r#"{"status":"error","message":"no order for canary@example.com CANARY-KEY-4711"}"#;
    let broken = r#"{"status":"success","order":"canary@example.com CANARY-KEY-4711"}"#;
    let server = Server::start([
        ok(),
        reply(400, refusal),
        reply(200, refusal),
        reply(200, broken),
        reply(500, refusal),
        reply(302, refusal),
        Step::Break(b"HTTP/1.1 200 OK\r\ncanary@example.com CANARY-KEY-4711".to_vec()),
        ok(),
    ])
    .await;
    let mut config = server.config();
    config.max_tries = 1;
    let client = orderdesk::client::Client::new(config).unwrap();
    let (context, recorder) = watched(Priority::InteractiveRead);
    let credentials = credentials();
    let call = client.on(&credentials, &context);
    let mut printed = format!(
        "{client:?} {credentials:?} {context:?} {:?}",
        client.pace_key(&credentials)
    );
    printed += &format!("{:?}", call.get_order(&order_id()).await.unwrap());
    for _ in 0..6 {
        let error = call.get_order(&order_id()).await.unwrap_err();
        printed += &format!("{error:?} {error} {error:#?}");
    }
    printed += &format!("{:?}", recorder.take());
    printed += &format!(
        "{:?}",
        client.bucket_snapshot(&client.pace_key(&credentials))
    );
    for canary in [KEY, customer] {
        assert!(!printed.contains(canary), "{printed}");
    }
    assert!(
        server.seen().iter().all(|seen| !seen.line.contains(KEY)),
        "the key is in no URL"
    );
}

#[tokio::test]
async fn a_mean_id_cannot_even_be_made() {
    for id in ["../store", "a/b", "%2e%2e", "1?x", "..", ""] {
        assert!(orderdesk::OrderId::new(id).is_err() && orderdesk::ProductId::new(id).is_err());
    }
    let server = Server::start([ok()]).await;
    let (credentials, context) = (credentials(), CallContext::default());
    let id = orderdesk::OrderId::new("-_Az09").unwrap();
    let _ = server
        .client()
        .on(&credentials, &context)
        .delete_order(&id)
        .await;
    assert_eq!(server.seen()[0].line, "DELETE /api/v2/orders/-_Az09");
}
