//! One request and its answer, bounded in size.

use std::error::Error as _;
use std::io;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, Response};

use super::{Credentials, Outcome, Request};

/// An answer, unread.
pub(super) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Why there is no answer.
pub(super) struct Failure {
    pub outcome: Outcome,
    /// The status and headers, when they had arrived.
    pub head: Option<(u16, HeaderMap)>,
}

impl Failure {
    pub fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            head: None,
        }
    }
}

/// Sends the request once. The caller bounds the time.
pub(super) async fn exchange(
    http: &reqwest::Client,
    base_url: &str,
    credentials: &Credentials,
    traceparent: Option<&str>,
    request: &Request,
    max_bytes: usize,
) -> Result<Answer, Failure> {
    let method = Method::from_bytes(request.operation.method.as_bytes())
        .map_err(|_| Failure::new(Outcome::Connect))?;
    let mut builder = http
        .request(method, format!("{base_url}{}", request.target))
        .header(ACCEPT, HeaderValue::from_static("application/json"));
    for (name, value) in credentials.headers().into_iter().flatten() {
        builder = builder.header(name, value);
    }
    if let Some(traceparent) = traceparent {
        builder = builder.header("traceparent", traceparent);
    }
    if let Some(body) = &request.body {
        // Only with a body: newer Order Desk texts call it invalid on GET.
        builder = builder
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(body.clone());
    }
    let response = builder
        .send()
        .await
        .map_err(|error| Failure::new(judge(&error)))?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    match read(response, max_bytes).await {
        Ok(body) => Ok(Answer {
            status,
            headers,
            body,
        }),
        Err(outcome) => Err(Failure {
            outcome,
            head: Some((status, headers)),
        }),
    }
}

/// Reads the body as it comes, decompressed, and stops at the limit: neither a claimed length nor a
/// compressed one says how much will arrive.
async fn read(mut response: Response, max_bytes: usize) -> Result<Vec<u8>, Outcome> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| judge(&error))? {
        if body.len() + chunk.len() > max_bytes {
            return Err(Outcome::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Only what certainly happened before anything was sent counts as [`Outcome::Connect`].
fn judge(error: &reqwest::Error) -> Outcome {
    if error.is_connect() || error.is_builder() {
        Outcome::Connect
    } else if error.is_timeout() {
        Outcome::Timeout
    } else if is_damaged(error) {
        Outcome::InvalidReply
    } else {
        Outcome::Lost
    }
}

/// True when the bytes arrived but do not decompress. `is_decode` alone says it of a connection
/// that broke in the middle, too.
fn is_damaged(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        let kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        if matches!(
            kind,
            Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
        ) {
            return true;
        }
        source = cause.source();
    }
    false
}
