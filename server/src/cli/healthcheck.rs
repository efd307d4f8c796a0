//! `healthcheck`: asks the running server on its ops listener.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::config::{Config, Ops};

/// Shorter than the interval of any usual health check.
const PATIENCE: Duration = Duration::from_secs(2);
/// The head and the short body fit many times over.
const ANSWER_MAX_BYTES: u64 = 16 * 1024;

pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    if config.ops.port == 0 {
        bail!("OPS_PORT is 0, so the running server's port is not known; give it a number");
    }
    match ask_ready(&config.ops).await? {
        200 => Ok(()),
        status => bail!("the server is not ready (status {status})"),
    }
}

/// The status of `/health/ready`.
pub(super) async fn ask_ready(ops: &Ops) -> anyhow::Result<u16> {
    let answer = timeout(PATIENCE, exchange(address(ops)))
        .await
        .context("the server did not answer in time")??;
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    status.context("what answered there does not speak HTTP")
}

async fn exchange(address: SocketAddr) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address)
        .await
        .with_context(|| format!("nothing listens on {address}"))?;
    let request =
        format!("GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream
        .take(ANSWER_MAX_BYTES)
        .read_to_end(&mut answer)
        .await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Where this machine reaches the listener: one that listens on all addresses is asked on loopback.
fn address(ops: &Ops) -> SocketAddr {
    let ip = match ops.host {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, ops.port)
}
