//! One HTTP POST of one delivery.

use std::time::Duration;

use axum::http::{Method, Request, Uri, header};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::Delivery;
use crate::urls;

/// How long Order Desk waits for an answer (documented).
const TIMEOUT: Duration = Duration::from_secs(30);

/// Posts the order as the form field `order`; gives the status, or `None` when none came.
pub(super) async fn send(delivery: &Delivery) -> Option<u16> {
    match tokio::time::timeout(TIMEOUT, exchange(delivery)).await {
        Ok(Ok(status)) => Some(status),
        Ok(Err(error)) => {
            tracing::debug!(%error, order.id = delivery.order_id, "a webhook got no answer");
            None
        }
        Err(_) => None,
    }
}

async fn exchange(delivery: &Delivery) -> Result<u16, Box<dyn std::error::Error + Send + Sync>> {
    let uri: Uri = delivery.url.parse()?;
    let authority = uri.authority().ok_or("a webhook address needs a host")?;
    let target = uri.path_and_query().map_or("/", |path| path.as_str());
    let stream = TcpStream::connect((authority.host(), authority.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let form = format!("order={}", urls::form_encode(&delivery.order_json));
    let request = Request::builder()
        .method(Method::POST)
        .uri(target)
        .header(header::HOST, authority.as_str())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("X-ORDER-DESK-STORE-ID", &delivery.store_id)
        .header("X-ORDER-DESK-HASH", &delivery.hash)
        .body(Full::new(Bytes::from(form)))?;
    let answer = async {
        sender
            .send_request(request)
            .await
            .map(|response| response.status().as_u16())
    };
    tokio::pin!(connection);
    tokio::select! {
        status = answer => Ok(status?),
        ended = &mut connection => match ended {
            Ok(()) => Err("the receiver closed without an answer".into()),
            Err(error) => Err(error.into()),
        },
    }
}
