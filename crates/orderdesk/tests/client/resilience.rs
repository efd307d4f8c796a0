//! What passes is tried again, what might have been applied is not, and a dead store is left alone.

use std::time::{Duration, Instant};

use orderdesk::client::{
    CallContext, Circuit, Client, ClientConfig, ClientError, Outcome, Priority,
};

use crate::server::*;

fn status(status: u16) -> Step {
    reply(status, r#"{"status":"error","message":"x"}"#)
}

#[tokio::test]
async fn reads_are_tried_three_times() {
    let server = Server::start([status(503), Step::Break(vec![]), ok()]).await;
    let client = server.client();
    let (context, recorder) = watched(Priority::InteractiveRead);
    let credentials = credentials();
    assert!(
        client
            .on(&credentials, &context)
            .get_order(&order_id())
            .await
            .is_ok()
    );
    let attempts = recorder.take();
    let told: Vec<_> = attempts
        .iter()
        .map(|a| (a.number, a.outcome, a.status, a.retry_in.is_some()))
        .collect();
    assert_eq!(
        told,
        [
            (1, Outcome::ServerError, Some(503), true),
            (2, Outcome::Lost, None, true),
            (3, Outcome::Ok, Some(200), false),
        ]
    );
    assert_eq!(attempts[2].bytes, ORDER.len());
    assert!(
        attempts
            .windows(2)
            .all(|pair| pair[1].queued >= pair[0].queued + pair[0].retry_in.unwrap())
    );
}

#[tokio::test]
async fn reads_stop_after_three_and_tell_why() {
    let server = Server::start([reply(502, "<html>Bad Gateway</html>")]).await;
    let (credentials, context) = (credentials(), CallContext::default());
    let error = server
        .client()
        .on(&credentials, &context)
        .get_order(&order_id())
        .await
        .unwrap_err();
    assert_eq!(
        (error, server.count()),
        (ClientError::Unavailable { status: 502 }, 3)
    );
}

#[tokio::test]
async fn writes_are_sent_once_and_never_called_failed_when_they_may_be_applied() {
    let half = answer(200, &[], ORDER);
    for (step, label) in [
        (status(500), "outcome_unknown"),
        (status(503), "outcome_unknown"),
        (reply(502, "<html>"), "outcome_unknown"),
        (Step::Break(vec![]), "outcome_unknown"),
        (
            Step::Break(half[..half.len() - 9].to_vec()),
            "outcome_unknown",
        ),
        (Step::Hang, "outcome_unknown"),
        (
            reply(200, r#"{"status":"success","order":{"id"#),
            "outcome_unknown",
        ),
        (reply(200, r#"{"status":"success"}"#), "outcome_unknown"),
        (reply(200, ""), "outcome_unknown"),
        (
            Step::Send(answer(302, &["location: /elsewhere"], "")),
            "outcome_unknown",
        ),
        (status(429), "rate_limited"),
        (status(400), "rejected"),
        (
            reply(200, r#"{"status":"error","message":"no"}"#),
            "rejected",
        ),
        (status(401), "unauthorized"),
        (status(404), "not_found"),
    ] {
        let server = Server::start([step.clone()]).await;
        let config = ClientConfig {
            try_timeout: Duration::from_millis(200),
            ..server.config()
        };
        let client = Client::new(config).unwrap();
        let (context, recorder) = watched(Priority::Write);
        let credentials = credentials();
        let call = client.on(&credentials, &context);
        let error = call.update_order(&order_id(), &order()).await.unwrap_err();
        assert_eq!((error.label(), server.count()), (label, 1), "{step:?}");
        assert_eq!(recorder.take().len(), 1);
    }
}

#[tokio::test]
async fn reads_of_broken_answers_say_so() {
    let half = answer(200, &[], ORDER);
    for (step, label) in [
        (
            reply(200, r#"{"status":"success","order":{"id"#),
            "invalid_reply",
        ),
        (reply(200, "<html>maintenance</html>"), "invalid_reply"),
        (reply(200, r#"{"status":"success"}"#), "invalid_reply"),
        (Step::Break(half[..half.len() - 9].to_vec()), "lost"),
        (Step::Hang, "timeout"),
    ] {
        let server = Server::start([step.clone()]).await;
        let config = ClientConfig {
            try_timeout: Duration::from_millis(200),
            max_tries: 1,
            ..server.config()
        };
        let (credentials, context) = (credentials(), CallContext::default());
        let client = Client::new(config).unwrap();
        let error = client
            .on(&credentials, &context)
            .get_order(&order_id())
            .await
            .unwrap_err();
        assert_eq!(error.label(), label, "{step:?}");
    }
}

#[tokio::test]
async fn a_refused_connection_sent_nothing() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(ClientConfig {
        base_url,
        ..ClientConfig::default()
    })
    .unwrap();
    let (credentials, context) = (credentials(), CallContext::default());
    let error = client
        .on(&credentials, &context)
        .create_order(&order())
        .await
        .unwrap_err();
    assert_eq!(error, ClientError::Connect);
    assert!(error.is_unsent());
}

#[tokio::test]
async fn a_429_is_obeyed_and_tried_again() {
    let wait = Step::Send(answer(
        429,
        &["x-retry-after: 1", "x-tokens-remaining: 0"],
        "<html>",
    ));
    let server = Server::start([wait, ok()]).await;
    let client = server.client();
    let (context, recorder) = watched(Priority::Verify);
    let credentials = credentials();
    let start = Instant::now();
    assert!(
        client
            .on(&credentials, &context)
            .get_order(&order_id())
            .await
            .is_ok()
    );
    assert!(start.elapsed() >= Duration::from_secs(1));
    let attempts = recorder.take();
    assert_eq!(
        (attempts[0].outcome, attempts[0].tokens_remaining),
        (Outcome::RateLimited, Some(0))
    );
    assert!(attempts[0].retry_in.unwrap() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_429_without_a_pause_stops_the_store_for_half_a_minute() {
    let server = Server::start([Step::Send(answer(429, &[], ""))]).await;
    let client = server.client();
    let (credentials, context) = (credentials(), CallContext::default());
    let call = client.on(&credentials, &context);
    for expected in [30, 29] {
        let error = call.get_order(&order_id()).await.unwrap_err();
        assert_eq!(error.label(), "rate_limited");
        assert!(
            error.retry_after().unwrap() > Duration::from_secs(expected) - Duration::from_secs(1)
        );
    }
    assert_eq!(server.count(), 1, "the second call did not leave");
    let snapshot = client
        .bucket_snapshot(&client.pace_key(&credentials))
        .unwrap();
    assert!(snapshot.blocked_for.is_some() && snapshot.tokens <= 1);
    assert_eq!(snapshot.circuit, Circuit::Closed, "a 429 is no failure");
}

#[tokio::test]
async fn a_dead_store_is_left_alone_and_others_are_not() {
    let server = Server::start([status(500)]).await;
    let client = Client::new(ClientConfig {
        max_tries: 1,
        ..server.config()
    })
    .unwrap();
    let (credentials, context) = (credentials(), CallContext::default());
    let call = client.on(&credentials, &context);
    for _ in 0..5 {
        assert_eq!(
            call.get_order(&order_id()).await.unwrap_err().label(),
            "server_error"
        );
    }
    let start = Instant::now();
    let error = call.update_order(&order_id(), &order()).await.unwrap_err();
    assert!(
        matches!(error, ClientError::CircuitOpen { retry_after } if retry_after <= Duration::from_secs(10))
    );
    assert!(error.is_unsent() && start.elapsed() < Duration::from_millis(50));
    assert_eq!(server.count(), 5);
    let key = client.pace_key(&credentials);
    assert!(matches!(
        client.bucket_snapshot(&key).unwrap().circuit,
        Circuit::Open { .. }
    ));

    let other = orderdesk::client::Credentials::new(orderdesk::StoreId::from(2), "k").unwrap();
    assert_eq!(
        client
            .on(&other, &context)
            .get_order(&order_id())
            .await
            .unwrap_err()
            .label(),
        "server_error"
    );
    assert_eq!(server.count(), 6);
}

#[tokio::test]
async fn refusals_do_not_open_the_circuit() {
    let server = Server::start([status(404)]).await;
    let client = server.client();
    let (credentials, context) = (credentials(), CallContext::default());
    for _ in 0..12 {
        let error = client
            .on(&credentials, &context)
            .get_order(&order_id())
            .await
            .unwrap_err();
        assert_eq!(error, ClientError::NotFound);
    }
}

#[tokio::test]
async fn an_outage_is_not_multiplied() {
    let server = Server::start([status(500)]).await;
    let mut config = server.config();
    // Without a circuit, pace or long pauses, so that the budget alone is seen.
    config.breaker.consecutive_failures = u32::MAX;
    config.breaker.min_calls = usize::MAX;
    config.pace.burst = 100_000;
    config.pace.max_in_flight = 64;
    config.pace.max_waiting = 1000;
    let client = Client::new(config).unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let client = client.clone();
        calls.spawn(async move {
            let (credentials, context) = (credentials(), CallContext::new(Priority::Verify));
            client
                .on(&credentials, &context)
                .get_order(&order_id())
                .await
                .is_err()
        });
    }
    assert!(calls.join_all().await.into_iter().all(|failed| failed));
    // A tenth, what is in hand at the start, and what trickles in.
    assert!(
        (200..=200 + 20 + 3 + 1).contains(&server.count()),
        "{} requests",
        server.count()
    );
}

#[tokio::test]
async fn the_callers_deadline_holds() {
    let server = Server::start([Step::Hang]).await;
    let context =
        CallContext::default().until(tokio::time::Instant::now() + Duration::from_millis(150));
    let credentials = credentials();
    let start = Instant::now();
    let error = server
        .client()
        .on(&credentials, &context)
        .get_order(&order_id())
        .await
        .unwrap_err();
    assert_eq!(error, ClientError::Timeout);
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_cancelled_call_is_reported_and_frees_its_place() {
    let server = Server::start([Step::Hang]).await;
    let client = server.client();
    let (context, recorder) = watched(Priority::Write);
    let credentials = credentials();
    let call = client.on(&credentials, &context);
    let change = order();
    let cancelled = tokio::time::timeout(
        Duration::from_millis(150),
        call.update_order(&order_id(), &change),
    )
    .await;
    assert!(cancelled.is_err());
    let attempts = recorder.take();
    assert_eq!(
        (attempts.len(), attempts[0].outcome),
        (1, Outcome::Cancelled)
    );
    assert_eq!(
        client
            .bucket_snapshot(&client.pace_key(&credentials))
            .unwrap()
            .in_flight,
        0
    );
}
