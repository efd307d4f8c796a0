//! Credentials and the bucket.

use std::time::Duration;

use orderdesk_sim::switches::RateLimitBody;
use orderdesk_sim::{Switches, seed};
use serde_json::json;

use crate::support::{Desk, KEY};

async fn limited(switches: Switches) -> Desk {
    Desk::new(seed::tiny(), switches, true).await
}

#[tokio::test]
async fn the_bucket_holds_twenty_and_refills_three_a_second() {
    let desk = limited(Switches::default()).await;
    for left in (0..20).rev() {
        let answer = desk.get("/test").await;
        assert_eq!(
            (answer.status, answer.header("x-tokens-remaining")),
            (200, Some(left.to_string().as_str()))
        );
    }
    let refused = desk.get("/test").await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("x-retry-after"), Some("1"));
    assert_eq!(refused.header("x-tokens-remaining"), Some("0"));
    assert_eq!(
        refused.json(),
        json!({ "status": "error", "message": "Too Many Requests" })
    );

    desk.clock.advance(Duration::from_secs(1));
    let statuses = [
        desk.get("/test").await,
        desk.get("/test").await,
        desk.get("/test").await,
        desk.get("/test").await,
    ];
    assert_eq!(statuses.map(|answer| answer.status), [200, 200, 200, 429]);
    assert_eq!(
        desk.server
            .log()
            .iter()
            .filter(|entry| entry.status == Some(429))
            .count(),
        2
    );
}

#[tokio::test]
async fn each_store_has_its_own_bucket() {
    let mut desk = limited(Switches::default()).await;
    desk.server.add_store("2", "other-key", seed::tiny());
    for _ in 0..21 {
        desk.get("/test").await;
    }
    assert_eq!(desk.get("/test").await.status, 429);
    desk.store = "2".to_owned();
    desk.key = "other-key".to_owned();
    assert_eq!(
        desk.get("/test").await.header("x-tokens-remaining"),
        Some("19")
    );
}

#[tokio::test]
async fn a_wrong_key_costs_nothing_unless_the_switch_says_so() {
    for (costs, left) in [(false, "19"), (true, "18")] {
        let mut desk = limited(Switches {
            unauthorized_costs_token: costs,
            ..Switches::default()
        })
        .await;
        desk.key = "wrong".to_owned();
        let refused = desk.get("/orders").await;
        assert_eq!(
            (refused.status, &refused.json()["message"]),
            (401, &json!("Invalid API Key"))
        );
        desk.key = KEY.to_owned();
        assert_eq!(
            desk.get("/test").await.header("x-tokens-remaining"),
            Some(left)
        );
    }
    let mut desk = limited(Switches::default()).await;
    desk.store = "unknown".to_owned();
    assert_eq!(desk.get("/test").await.status, 401);
    desk.key = String::new();
    assert_eq!(desk.get("/test").await.status, 401);
}

#[tokio::test]
async fn the_body_of_a_429_is_a_switch() {
    for (body, starts) in [(RateLimitBody::Html, "<html>"), (RateLimitBody::Empty, "")] {
        let desk = limited(Switches {
            rate_limit_body: body,
            ..Switches::default()
        })
        .await;
        for _ in 0..20 {
            desk.get("/test").await;
        }
        let answer = desk.get("/test").await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (429, Some("text/html"))
        );
        assert!(answer.text.starts_with(starts));
        assert_eq!(answer.text.is_empty(), starts.is_empty());
    }
}

#[tokio::test]
async fn without_a_limit_the_bucket_stays_full() {
    let desk = Desk::tiny().await;
    for _ in 0..25 {
        assert_eq!(
            desk.get("/test").await.header("x-tokens-remaining"),
            Some("20")
        );
    }
}
