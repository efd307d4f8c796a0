//! The listener. It speaks HTTP/1.1 through hyper by hand, because a fault must be able to reset a TCP
//! connection, which no handler of a web framework can.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::ops::Deref;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::http::API_PATH;
use crate::sim::Sim;

/// A listening simulator; stops, connections and all, when it is dropped. Dereferences to its [`Sim`].
pub struct SimServer {
    sim: Sim,
    addr: SocketAddr,
    tasks: [JoinHandle<()>; 2],
}

impl SimServer {
    /// What a client takes for `https://app.orderdesk.me/api/v2`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}{API_PATH}", self.addr)
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The simulator behind the listener.
    #[must_use]
    pub fn sim(&self) -> &Sim {
        &self.sim
    }
}

impl Deref for SimServer {
    type Target = Sim;

    fn deref(&self) -> &Sim {
        &self.sim
    }
}

impl Drop for SimServer {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Sim {
    /// Serves on a listener of the caller's, in a task of the current Tokio runtime.
    ///
    /// # Errors
    /// When the listener does not know its own address.
    pub fn serve(&self, listener: TcpListener) -> io::Result<SimServer> {
        let addr = listener.local_addr()?;
        let accepting = tokio::spawn(accept(listener, self.router()));
        let posting = tokio::spawn(self.clone().post_webhooks_for_ever());
        Ok(SimServer {
            sim: self.clone(),
            addr,
            tasks: [accepting, posting],
        })
    }
}

/// Accepts until it is dropped; its connections end with it.
async fn accept(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(serve_connection(stream, peer, router.clone()));
                }
                // Out of file descriptors, most likely: the next round may do better.
                Err(_) => tokio::task::yield_now().await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Marks an answer that must not be sent: the connection is reset instead.
#[derive(Clone, Copy, Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the simulator cut the connection")
    }
}

impl std::error::Error for Cut {}

/// An answer that ends the connection. Its body fails, so that it does so under other servers, too.
pub(crate) fn cut_connection() -> Response<Body> {
    let failing = Body::new(FailingBody);
    let mut response = Response::new(failing);
    response.extensions_mut().insert(Cut);
    response
}

struct FailingBody;

impl hyper::body::Body for FailingBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Cut>>> {
        std::task::Poll::Ready(Some(Err(Cut)))
    }
}

async fn serve_connection(stream: TcpStream, peer: SocketAddr, router: Router) {
    // Small answers must not wait for the peer's delayed acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "could not set TCP_NODELAY");
    }
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer =
            hyper::service::Service::call(&TowerToHyperService::new(router.clone()), request);
        Box::pin(async move {
            let response: Response<Body> = answer
                .await
                .unwrap_or_else(|never: Infallible| match never {});
            if response.extensions().get::<Cut>().is_some() {
                Err(Cut)
            } else {
                Ok(response)
            }
        })
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let ended = poll_fn(|cx| connection.poll_without_shutdown(cx)).await;
    let stream = connection.into_parts().io.into_inner();
    match ended {
        // A zero linger makes the close below a reset (RST) instead of an orderly end (FIN).
        Err(_) => {
            if let Err(error) = stream.set_zero_linger() {
                tracing::debug!(%error, "could not make the close a reset");
            }
        }
        Ok(()) => {
            let mut stream = stream;
            if let Err(error) = tokio::io::AsyncWriteExt::shutdown(&mut stream).await {
                tracing::debug!(%error, "the peer closed first");
            }
        }
    }
}
