//! HTTP/1.1 by hand: as little work as possible on the measuring side, because it shares the processors with the
//! side that is measured.

use std::net::{IpAddr, SocketAddr};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::chunks;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// Far above every answer measured; more is a mistake that must end.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// The two generations of the protocol, which the product serves side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    /// 2025-11-25: what most clients speak.
    Legacy,
    /// 2026-07-28: every request describes itself.
    Modern,
}

impl Era {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Legacy, Self::Modern];

    /// Its protocol version.
    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::Legacy => "2025-11-25",
            Self::Modern => "2026-07-28",
        }
    }
}

/// A `tools/call`, ready to be sent. Always with the same id, so that equal calls get equal answers, byte for byte.
pub(crate) fn tool_call(
    era: Era,
    to: SocketAddr,
    key: &str,
    tool: &str,
    arguments: &Value,
) -> Vec<u8> {
    let mut params = json!({ "name": tool, "arguments": arguments });
    let bearer = format!("Bearer {key}");
    let mut headers = vec![
        ("Authorization", bearer.as_str()),
        ("Accept", "application/json, text/event-stream"),
        ("MCP-Protocol-Version", era.version()),
        ("User-Agent", "bench"),
    ];
    if era == Era::Modern {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": era.version(),
            "io.modelcontextprotocol/clientInfo": { "name": "bench", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        headers.extend([("Mcp-Method", "tools/call"), ("Mcp-Name", tool)]);
    }
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    post(to, "/mcp", "application/json", &headers, &call.to_string())
}

/// Any POST.
pub(crate) fn post(
    to: SocketAddr,
    path: &str,
    kind: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Vec<u8> {
    let mut text = format!(
        "POST {path} HTTP/1.1\r\nHost: {to}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

/// Any GET.
pub(crate) fn get(to: SocketAddr, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {to}\r\n\r\n").into_bytes()
}

/// A page, as a browser with these cookies asks for it.
pub(crate) fn page(to: SocketAddr, path: &str, cookies: &str, encodings: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {to}\r\nAccept: text/html\r\nAccept-Encoding: {encodings}\r\nCookie: {cookies}\r\n\r\n"
    )
    .into_bytes()
}

/// A connection that is kept and used for one request after the other.
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    /// The body, of an answer that came in chunks.
    joined: Vec<u8>,
}

/// An answer, as long as the connection is not used again.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reply<'a> {
    /// The status.
    pub(crate) status: u16,
    /// The status line and the headers.
    pub(crate) head: &'a str,
    /// The whole body.
    pub(crate) body: &'a [u8],
}

impl Reply<'_> {
    /// What the cookie of the answer is set to, as it is sent back.
    pub(crate) fn cookie(&self) -> Option<&str> {
        let value = header(self.head, "set-cookie")?;
        value.split(';').next()
    }
}

fn header<'a>(head: &'a str, wanted: &str) -> Option<&'a str> {
    head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(wanted).then(|| value.trim())
    })
}

impl Connection {
    /// Opens one.
    ///
    /// # Errors
    /// Nobody listens there.
    pub(crate) async fn open(to: SocketAddr) -> anyhow::Result<Self> {
        Self::over(TcpStream::connect(to).await?)
    }

    /// Opens one from a certain address of this machine, such as any that begins with 127.
    ///
    /// # Errors
    /// The address is not one of this machine, or nobody listens there.
    pub(crate) async fn open_from(from: IpAddr, to: SocketAddr) -> anyhow::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket
            .bind(SocketAddr::new(from, 0))
            .with_context(|| format!("cannot send from {from}"))?;
        Self::over(socket.connect(to).await?)
    }

    fn over(stream: TcpStream) -> anyhow::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            received: Vec::with_capacity(64 * 1024),
            joined: Vec::new(),
        })
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// # Errors
    /// The connection ended, or the answer is not one of HTTP/1.1 with a length or in chunks.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> anyhow::Result<Reply<'_>> {
        self.received.clear();
        self.stream.write_all(request).await?;
        let mut head = None;
        loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                bail!("the server closed the connection");
            }
            if self.received.len() > MOST_BYTES {
                bail!("the answer has no end");
            }
            if head.is_none() {
                head = Head::read(&self.received)?;
            }
            let Some(Head {
                status,
                start,
                length,
            }) = head
            else {
                continue;
            };
            let raw = &self.received[start..];
            let end = match length {
                Some(length) => (raw.len() >= length).then_some(length),
                None => chunks::join(raw, &mut self.joined)?,
            };
            let Some(end) = end else { continue };
            if raw.len() > end {
                bail!("the answer is longer than it says");
            }
            return Ok(Reply {
                status,
                head: std::str::from_utf8(&self.received[..start])?,
                body: match length {
                    Some(_) => &self.received[start..],
                    None => &self.joined,
                },
            });
        }
    }
}

/// Where the body lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    status: u16,
    start: usize,
    /// Absent when it comes in chunks.
    length: Option<usize>,
}

impl Head {
    /// The head, once all of it is there.
    fn read(received: &[u8]) -> anyhow::Result<Option<Self>> {
        let Some(length) = received.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let head = std::str::from_utf8(&received[..length]).context("the head is not text")?;
        let status = head
            .strip_prefix("HTTP/1.1 ")
            .and_then(|line| line.get(..3)?.parse().ok())
            .context("the answer has no status")?;
        let body = match header(head, "content-length") {
            Some(length) => Some(length.parse().context("the length is no number")?),
            None if header(head, "transfer-encoding") == Some("chunked") => None,
            None => bail!("the answer does not say its length"),
        };
        Ok(Some(Self {
            status,
            start: length + 4,
            length: body,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_head_once_it_is_whole() {
        let answer = b"HTTP/1.1 200 OK\r\nx: y\r\nContent-Length: 3\r\n\r\nabc";
        for length in 0..44 {
            assert_eq!(Head::read(&answer[..length]).unwrap(), None, "{length}");
        }
        let head = Head::read(answer).unwrap();
        assert_eq!(
            head,
            Some(Head {
                status: 200,
                start: 44,
                length: Some(3)
            })
        );
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        for answer in [
            "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
            "HTTP/2 200\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
        ] {
            assert!(Head::read(answer.as_bytes()).is_err(), "{answer}");
        }
    }

    #[test]
    fn a_modern_call_describes_itself() {
        let to = SocketAddr::from(([127, 0, 0, 1], 8080));
        let text = |era| {
            let call = tool_call(era, to, "odm", "orders_get", &json!({ "order_id": "7" }));
            String::from_utf8(call).unwrap()
        };
        let (legacy, modern) = (text(Era::Legacy), text(Era::Modern));
        assert!(legacy.starts_with("POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"));
        assert!(!legacy.contains("Mcp-Name"));
        assert!(modern.contains("\r\nMcp-Method: tools/call\r\nMcp-Name: orders_get\r\n"));
        let (head, body) = modern.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())));
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(
            body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"],
            "2026-07-28"
        );
    }
}
