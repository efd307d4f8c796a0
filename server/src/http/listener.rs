//! Accepting connections and serving HTTP/1.1 on them. hyper directly, because `axum::serve` sets no timer, so
//! that a client which never finishes its request's head would hold its connection for ever.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::layers::facts::Peer;
use super::layers::headers::{self, Policy};
use super::shutdown::Shutdown;

/// Largest head of a request, in bytes; a larger one is answered 431.
const HEAD_MAX_BYTES: usize = 16 * 1024;
/// Said to a connection too many, before anything of it is read; the headers of every answer follow.
const FULL: &str = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n";

/// How long clients and the end are waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For a request's head, and for the next request on an open connection.
    pub(crate) head: Duration,
    /// For requests under way once the end was asked for.
    pub(crate) drain: Duration,
}

/// A bound listener and what it serves.
pub(crate) struct Listener {
    /// The bound socket.
    pub(crate) socket: TcpListener,
    /// What is served.
    pub(crate) router: Router,
    /// Connections at once.
    pub(crate) max_connections: usize,
    /// How long clients are waited for.
    pub(crate) patience: Patience,
    /// What the router's headers depend on, for answers that come without it.
    pub(crate) policy: Policy,
}

impl Listener {
    /// Serves until the end was asked for and the requests under way are done or out of time.
    pub(crate) async fn serve(self, shutdown: Shutdown) {
        let full = format!("{FULL}{}\r\n", headers::as_lines(self.policy));
        let permits = Arc::new(Semaphore::new(self.max_connections));
        let connections = TaskTracker::new();
        loop {
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                () = shutdown.drain.cancelled() => break,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let Ok(permit) = Arc::clone(&permits).try_acquire_owned() else {
                        refuse(&stream, &full);
                        continue;
                    };
                    let serving = serve_connection(
                        stream,
                        peer,
                        self.router.clone(),
                        self.patience.head,
                        shutdown.clone(),
                    );
                    connections.spawn(async move {
                        serving.await;
                        drop(permit);
                    });
                }
                Err(error) => {
                    // Out of file descriptors, or the peer is gone already: neither is mended by hurrying.
                    tracing::warn!(%error, "failed to accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        drop(self.socket);
        connections.close();
        tokio::select! {
            () = connections.wait() => {}
            () = shutdown.stop.cancelled() => {}
            () = tokio::time::sleep(self.patience.drain) => {
                tracing::warn!(connections = connections.len(), "ended with requests still under way");
                shutdown.stop.cancel();
            }
        }
    }
}

async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    head: Duration,
    shutdown: Shutdown,
) {
    // Without it a streamed answer waits some 40 ms for the peer's delayed acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "could not set TCP_NODELAY");
    }
    // Of its own, because asking a token takes its lock.
    let drain = shutdown.drain.child_token();
    let service = router.map_request(move |mut request: http::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        request.map(axum::body::Body::new)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_header_size(HEAD_MAX_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = drain.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection.as_mut() => ended,
                () = shutdown.stop.cancelled() => Ok(()),
            }
        }
    };
    if let Err(error) = ended {
        // Clients hang up, time out and speak nonsense all day.
        tracing::debug!(%error, "a connection ended early");
    }
}

/// The socket's buffer takes this at once or the connection is closed without a word.
fn refuse(stream: &TcpStream, full: &str) {
    metrics::counter!(super::metrics::LOAD_SHED_TOTAL, "reason" => "connections").increment(1);
    if let Err(error) = stream.try_write(full.as_bytes()) {
        tracing::debug!(%error, "a connection too many was closed without an answer");
    }
}
