//! Sizes, redirects and the pace.

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use orderdesk::client::{CallContext, Client, ClientConfig, ClientError};

use crate::server::*;

const LIMIT: usize = 64 * 1024;

async fn get(step: Step) -> Result<orderdesk::Order, ClientError> {
    let server = Server::start([step]).await;
    let config = ClientConfig {
        max_response_bytes: LIMIT,
        max_tries: 1,
        ..server.config()
    };
    let (credentials, context) = (credentials(), CallContext::default());
    Client::new(config)
        .unwrap()
        .on(&credentials, &context)
        .get_order(&order_id())
        .await
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn answers_are_bounded_however_they_are_packed() {
    let too_large = ClientError::TooLarge { limit_bytes: LIMIT };
    let padded = |length: usize| format!("{ORDER}{}", " ".repeat(length - ORDER.len()));
    assert!(get(reply(200, &padded(LIMIT))).await.is_ok());
    assert_eq!(
        get(reply(200, &padded(LIMIT + 1))).await.unwrap_err(),
        too_large
    );

    let header = "content-encoding: gzip";
    let small = answer(200, &[header], gzip(ORDER.as_bytes()));
    assert_eq!(get(Step::Send(small)).await.unwrap().id(), Some(order_id()));
    let bomb = answer(200, &[header], gzip(padded(50_000_000).as_bytes()));
    assert!(bomb.len() < LIMIT * 2, "50 MB in {} bytes", bomb.len());
    assert_eq!(get(Step::Send(bomb)).await.unwrap_err(), too_large);
    let damaged = answer(200, &[header], b"not gzip at all");
    assert_eq!(
        get(Step::Send(damaged)).await.unwrap_err().label(),
        "invalid_reply"
    );

    let deep = format!(
        r#"{{"status":"success","order":{}1{}}}"#,
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    assert_eq!(
        get(reply(200, &deep)).await.unwrap_err().label(),
        "invalid_reply"
    );
    // No length at all: chunks until the limit.
    let mut endless = b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..100 {
        endless.extend_from_slice(b"1000\r\n");
        endless.extend_from_slice(&[b' '; 0x1000]);
        endless.extend_from_slice(b"\r\n");
    }
    assert_eq!(get(Step::Send(endless)).await.unwrap_err(), too_large);
}

#[tokio::test]
async fn a_write_with_an_oversized_answer_is_open() {
    let server = Server::start([reply(200, &" ".repeat(LIMIT + 1))]).await;
    let config = ClientConfig {
        max_response_bytes: LIMIT,
        ..server.config()
    };
    let (credentials, context) = (credentials(), CallContext::default());
    let client = Client::new(config).unwrap();
    assert!(
        client
            .on(&credentials, &context)
            .create_order(&order())
            .await
            .unwrap_err()
            .is_outcome_unknown()
    );
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Server::start([ok()]).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("location: {}/orders/1", elsewhere.url);
        let error = get(Step::Send(answer(status, &[&location], "")))
            .await
            .unwrap_err();
        assert_eq!(
            error,
            ClientError::InvalidReply {
                what: "an unexpected HTTP status"
            }
        );
    }
    assert_eq!(elsewhere.count(), 0, "the key went nowhere else");
}

#[tokio::test]
async fn at_most_four_are_on_their_way_and_the_bucket_is_mirrored() {
    let slow = Step::Late(
        Duration::from_millis(40),
        answer(200, &["x-tokens-remaining: 19"], ORDER),
    );
    let server = Server::start([slow]).await;
    let client = server.client();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..14 {
        let client = client.clone();
        calls.spawn(async move {
            let (credentials, context) = (credentials(), CallContext::default());
            client
                .on(&credentials, &context)
                .get_order(&order_id())
                .await
                .is_ok()
        });
    }
    assert!(calls.join_all().await.into_iter().all(|ok| ok));
    assert_eq!((server.count(), server.most_busy()), (14, 4));
    let snapshot = client
        .bucket_snapshot(&client.pace_key(&credentials()))
        .unwrap();
    assert!((6..=9).contains(&snapshot.tokens), "{snapshot:?}");
    assert_eq!(
        (snapshot.capacity, snapshot.in_flight, snapshot.waiting),
        (20, 0, 0)
    );
}

#[tokio::test]
async fn what_order_desk_says_of_the_bucket_is_believed_when_it_is_less() {
    let server = Server::start([Step::Send(answer(200, &["x-tokens-remaining: 2"], ORDER))]).await;
    let client = server.client();
    let (context, recorder) = watched(orderdesk::client::Priority::InteractiveRead);
    let credentials = credentials();
    let call = client.on(&credentials, &context);
    call.get_order(&order_id()).await.unwrap();
    assert!(
        client
            .bucket_snapshot(&client.pace_key(&credentials))
            .unwrap()
            .tokens
            <= 3
    );
    call.get_order(&order_id()).await.unwrap();
    // Six tokens are needed to leave five, two were there: four more take 1.3 s.
    let waited = recorder.take()[1].paced_for;
    assert!(
        (Duration::from_millis(1_000)..Duration::from_millis(2_500)).contains(&waited),
        "{waited:?}"
    );
}
