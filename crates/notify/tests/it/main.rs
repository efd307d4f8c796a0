//! Webhooks and files sent to a server on this machine that misbehaves.

#![expect(clippy::unwrap_used, reason = "what goes wrong in a test must end it")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use orderdesk_mcp_notify::{
    AddressFault, Bucket, BucketFault, Buckets, Fault, Letter, Mails, Message, Object, Webhooks,
    signature,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
const MESSAGE: Message<'static> = Message {
    id: "01k0000000000000000000000a",
    at_secs: 1_795_339_800,
    body: r#"{"type":"test"}"#,
};

/// What the server was sent, connection by connection.
type Seen = Arc<Mutex<Vec<String>>>;

/// Gives these answers, one to each connection; a blank one never.
async fn server(answers: Vec<String>) -> (String, Seen) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook?token=x", socket.local_addr().unwrap());
    let seen = Seen::default();
    let keep = Arc::clone(&seen);
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = socket.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(MESSAGE.body.as_bytes()) {
                let mut bytes = [0; 1024];
                let count = stream.read(&mut bytes).await.unwrap();
                assert!(count > 0, "the request ended early");
                request.extend_from_slice(&bytes[..count]);
            }
            keep.lock()
                .unwrap()
                .push(String::from_utf8(request).unwrap());
            if answer.is_empty() {
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
            // Whoever does not read it hangs up.
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address, seen)
}

fn webhooks(may_be_local: bool) -> Webhooks {
    Webhooks::new("test/1", may_be_local).unwrap()
}

fn answer(status: &str, more: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n{more}\r\n")
}

#[tokio::test]
async fn a_message_is_signed_and_sent() {
    let (address, seen) = server(vec![answer("204 No Content", "")]).await;
    webhooks(true)
        .send(&address, SECRET, MESSAGE)
        .await
        .unwrap();
    let request = seen.lock().unwrap()[0].clone();
    let signed = signature(SECRET, MESSAGE.id, MESSAGE.at_secs, MESSAGE.body);
    for line in [
        "POST /hook?token=x HTTP/1.1",
        "content-type: application/json",
        &format!("webhook-id: {}", MESSAGE.id),
        "webhook-timestamp: 1795339800",
        &format!("webhook-signature: {signed}"),
        "user-agent: test/1",
    ] {
        assert!(
            request.lines().any(|found| found == line),
            "{line}: {request}"
        );
    }
}

#[tokio::test]
async fn what_fails_is_told_and_can_be_sent_again() {
    let (address, seen) = server(vec![
        answer("500 Internal Server Error", ""),
        answer("302 Found", "location: http://127.0.0.1:9/\r\n"),
        answer("200 OK", ""),
    ])
    .await;
    let webhooks = webhooks(true);
    for expected in [Err(Fault::Status(500)), Err(Fault::Status(302)), Ok(())] {
        assert_eq!(webhooks.send(&address, SECRET, MESSAGE).await, expected);
    }
    assert_eq!(seen.lock().unwrap().len(), 3, "no redirect was followed");
}

#[tokio::test]
async fn a_huge_answer_is_not_waited_for() {
    let huge = "HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n".to_owned();
    let (address, _) = server(vec![huge + &"x".repeat(1 << 20)]).await;
    webhooks(true)
        .send(&address, SECRET, MESSAGE)
        .await
        .unwrap();
}

#[tokio::test]
async fn who_does_not_answer_is_not_waited_for() {
    let (address, _) = server(vec![String::new()]).await;
    let sent = webhooks(true).send(&address, SECRET, MESSAGE).await;
    assert_eq!(sent, Err(Fault::Timeout));
    let sent = webhooks(true)
        .send("http://127.0.0.1:1/", SECRET, MESSAGE)
        .await;
    assert_eq!(sent, Err(Fault::Connection));
}

#[tokio::test]
async fn nothing_is_sent_to_this_machine_and_its_networks() {
    let webhooks = webhooks(false);
    for address in [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://localhost/",
        "https://a.localhost/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "https://[fd00:ec2::254]/",
        "https://0/",
        "https://１２７.0.0.1/",
    ] {
        assert_eq!(
            webhooks.check(address),
            Err(AddressFault::NotPublic),
            "{address}"
        );
        assert_eq!(
            webhooks.send(address, SECRET, MESSAGE).await,
            Err(Fault::Address)
        );
    }
    for (address, fault) in [
        ("", AddressFault::NotOne),
        ("example.com", AddressFault::NotOne),
        ("https://", AddressFault::NotOne),
        ("http://example.com/", AddressFault::NotHttps),
        ("ftp://example.com/", AddressFault::NotHttps),
        ("file:///etc/passwd", AddressFault::NotOne),
        ("https://example.com:8443/", AddressFault::Port),
        ("https://a:b@example.com/", AddressFault::Credentials),
        ("https://example.com@127.0.0.1/", AddressFault::Credentials),
    ] {
        assert_eq!(webhooks.check(address), Err(fault), "{address}");
    }
    let host = webhooks.check("https://hooks.example.com/secret/path?x=1");
    assert_eq!(host.as_deref(), Ok("hooks.example.com"));
}

const BODY: &str = MESSAGE.body;

async fn put(buckets: &Buckets, endpoint: &str, name: &str) -> Result<(), BucketFault> {
    let bucket = Bucket {
        endpoint,
        region: "eu-central-1",
        name: "calls",
        access_key: "AKIDEXAMPLE",
        secret_key: "CANARY-secret",
    };
    let object = Object {
        name,
        media_type: "text/csv",
        body: BODY.into(),
        at: "2026-11-28T01:02:03.004Z",
    };
    buckets.put(bucket, object).await
}

#[tokio::test]
async fn a_file_is_put_under_its_name_and_signed() {
    let (address, seen) = server(vec![answer("200 OK", "")]).await;
    let endpoint = address.replace("/hook?token=x", "/s3");
    let buckets = Buckets::new("test/1", true).unwrap();
    put(&buckets, &endpoint, "mine/a b=c.csv").await.unwrap();
    let request = seen.lock().unwrap()[0].clone();
    let first = request.lines().next().unwrap();
    for part in [
        "PUT /s3/calls/mine/a%20b%3Dc.csv?",
        "X-Amz-Algorithm=AWS4-HMAC-SHA256",
        "X-Amz-Credential=AKIDEXAMPLE%2F20261128%2Feu-central-1%2Fs3%2Faws4_request",
        "X-Amz-Date=20261128T010203Z",
        "X-Amz-Signature=",
    ] {
        assert!(first.contains(part), "{part}: {first}");
    }
    let length = format!("content-length: {}", BODY.len());
    for line in ["content-type: text/csv", length.as_str()] {
        assert!(request.lines().any(|found| found == line), "{line}");
    }
    assert!(!request.contains("CANARY"), "the secret only signs");
}

#[tokio::test]
async fn what_a_bucket_refuses_is_told_by_its_word() {
    let error = "<Error><Code>AccessDenied</Code><Message>CANARY</Message></Error>";
    let refused = format!(
        "HTTP/1.1 403 Forbidden\r\ncontent-length: {}\r\n\r\n{error}",
        error.len()
    );
    let huge = "HTTP/1.1 503 X\r\ncontent-length: 999999999999\r\n\r\n".to_owned();
    let elsewhere = answer(
        "307 Temporary Redirect",
        "location: http://127.0.0.1:9/\r\n",
    );
    let answers = vec![refused, huge + &"x".repeat(1 << 20), elsewhere];
    let (address, seen) = server(answers).await;
    let endpoint = address.replace("/hook?token=x", "");
    let buckets = Buckets::new("test/1", true).unwrap();
    for expected in [
        BucketFault::Refused(403, "AccessDenied".into()),
        Fault::Status(503).into(),
        Fault::Status(307).into(),
    ] {
        assert_eq!(put(&buckets, &endpoint, "x").await, Err(expected));
    }
    assert_eq!(seen.lock().unwrap().len(), 3, "no redirect was followed");
    assert_eq!(
        put(&buckets, "http://127.0.0.1:1/", "x").await,
        Err(Fault::Connection.into())
    );
}

#[tokio::test]
async fn no_file_is_put_on_this_machine_and_its_networks() {
    let buckets = Buckets::new("test/1", false).unwrap();
    for (endpoint, fault) in [
        ("https://127.0.0.1/", AddressFault::NotPublic),
        ("https://localhost/", AddressFault::NotPublic),
        ("https://169.254.169.254/", AddressFault::NotPublic),
        ("http://s3.example.com/", AddressFault::NotHttps),
        ("https://s3.example.com:9000/", AddressFault::Port),
        ("https://a:b@s3.example.com/", AddressFault::Credentials),
        ("https://s3.example.com/?x=1", AddressFault::NotOne),
        ("https://s3.example.com/#x", AddressFault::NotOne),
        ("s3.example.com", AddressFault::NotOne),
    ] {
        assert_eq!(buckets.check(endpoint), Err(fault), "{endpoint}");
        assert_eq!(
            put(&buckets, endpoint, "x").await,
            Err(Fault::Address.into())
        );
    }
    assert_eq!(buckets.check("https://s3.example.com/under"), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_mail_server_that_never_greets_is_not_waited_for() {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("smtp://{}", socket.local_addr().unwrap());
    let mails = Mails::new(&server, "orders@example.com").unwrap();
    let letter = |to| Letter {
        id: MESSAGE.id,
        at_secs: MESSAGE.at_secs,
        to,
        subject: "x",
        text: "x",
    };
    let sent = mails.send(letter("ann@example.com")).await;
    assert_eq!(sent, Err(Fault::Timeout));
    // A name before an address could hide another one.
    for to in [
        "Ann <ann@example.com>",
        "x<victim@example.com>",
        "a@b, c@d",
        "",
    ] {
        assert_eq!(mails.send(letter(to)).await, Err(Fault::Address), "{to}");
    }
    drop(socket);
    tokio::time::resume();
    let sent = mails.send(letter("ann@example.com")).await;
    assert_eq!(sent, Err(Fault::Connection));
}
