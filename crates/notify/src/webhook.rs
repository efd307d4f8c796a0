//! Sending a message.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderValue};

use crate::address::is_public;
use crate::sign::signature;

/// The longest that sending may take, answer included.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The longest address, in bytes.
const URL_MAX: usize = 2000;

/// One message.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// Its id, the same whenever it is sent again: letters and digits.
    pub id: &'a str,
    /// When it is sent, in seconds since 1970.
    pub at_secs: i64,
    /// What it says, as JSON.
    pub body: &'a str,
}

/// Why an address cannot be one of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// It is none.
    #[error("This is no address of the web, such as https://example.com/hook.")]
    NotOne,
    /// Messages could be read on their way.
    #[error("A webhook’s address begins with https://.")]
    NotHttps,
    /// It names another port than 443.
    #[error("A webhook’s address has the port 443, which need not be written.")]
    Port,
    /// It holds a name and password.
    #[error("A webhook’s address holds no name and no password before its host.")]
    Credentials,
    /// It leads to no machine of the public internet.
    #[error("This address is not of the public internet, and nothing is sent to others.")]
    NotPublic,
}

/// Why a message could not be sent. Its text is short and names no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The address cannot be one of a webhook, or its host leads to no machine of the public internet.
    #[error("not an address to send to")]
    Address,
    /// It was answered with a status that is no success.
    #[error("answered with status {0}")]
    Status(u16),
    /// It was not answered in time.
    #[error("no answer within 10 seconds")]
    Timeout,
    /// No connection could be made, or it broke.
    #[error("no connection")]
    Connection,
}

/// TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("webhooks cannot be set up")]
pub struct SetupError(#[source] reqwest::Error);

/// Sends webhooks. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks {
    http: reqwest::Client,
    may_be_local: bool,
}

impl Webhooks {
    /// With `may_be_local` also to this machine and its networks, on any port and without TLS: for development and tests.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(user_agent: &str, may_be_local: bool) -> Result<Self, SetupError> {
        // An error says that the process has one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .retry(reqwest::retry::never())
            .timeout(TIMEOUT)
            // Each message makes a connection of its own, so that its address is looked at.
            .pool_max_idle_per_host(0)
            .dns_resolver(PublicOnly { may_be_local })
            .user_agent(user_agent)
            .build()
            .map_err(SetupError)?;
        Ok(Self { http, may_be_local })
    }

    /// The host of an address, if that can be one of a webhook. Where a name leads is seen when something is sent.
    ///
    /// # Errors
    /// It cannot.
    pub fn check(&self, address: &str) -> Result<String, AddressFault> {
        let url = self.read(address)?;
        let host = url.host_str().ok_or(AddressFault::NotOne)?;
        Ok(match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    }

    fn read(&self, address: &str) -> Result<Url, AddressFault> {
        if address.len() > URL_MAX {
            return Err(AddressFault::NotOne);
        }
        let url = Url::parse(address).map_err(|_| AddressFault::NotOne)?;
        let host = url.host_str().ok_or(AddressFault::NotOne)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressFault::Credentials);
        }
        if self.may_be_local && url.scheme() == "http" {
            return Ok(url);
        }
        if url.scheme() != "https" {
            return Err(AddressFault::NotHttps);
        }
        if self.may_be_local {
            return Ok(url);
        }
        if url.port().is_some() {
            return Err(AddressFault::Port);
        }
        // A number as host is never resolved, so it is looked at here.
        let number = host.trim_start_matches('[').trim_end_matches(']');
        let is_local_name = host == "localhost" || host.ends_with(".localhost");
        if is_local_name || number.parse().is_ok_and(|ip: IpAddr| !is_public(ip)) {
            return Err(AddressFault::NotPublic);
        }
        Ok(url)
    }

    /// Sends a message, signed with the secret.
    ///
    /// # Errors
    /// It did not arrive, or was not answered with success; it may be sent again.
    pub async fn send(
        &self,
        address: &str,
        secret: &[u8],
        message: Message<'_>,
    ) -> Result<(), Fault> {
        let url = self.read(address).map_err(|_| Fault::Address)?;
        let Message { id, at_secs, body } = message;
        let signed = signature(secret, id, at_secs, body);
        let answer = self
            .http
            .post(url)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header("webhook-id", id)
            .header("webhook-timestamp", at_secs)
            .header("webhook-signature", signed)
            .body(body.to_owned())
            .send()
            .await
            .map_err(|error| judge(&error))?;
        // What it says beyond that is left where it is.
        if answer.status().is_success() {
            Ok(())
        } else {
            Err(Fault::Status(answer.status().as_u16()))
        }
    }
}

fn judge(error: &reqwest::Error) -> Fault {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<NotPublic>() {
            return Fault::Address;
        }
        cause = inner.source();
    }
    if error.is_timeout() {
        Fault::Timeout
    } else {
        Fault::Connection
    }
}

/// A name led to an address that nothing is sent to.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address that is not public")]
struct NotPublic;

/// Finds the addresses that a connection is then made to, and gives none when any of them is not public: a name that leads to
/// both is nobody's honest one.
struct PublicOnly {
    may_be_local: bool,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let may_be_local = self.may_be_local;
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !may_be_local && found.iter().any(|address| !is_public(address.ip())) {
                return Err(NotPublic.into());
            }
            Ok::<Addrs, Box<dyn Error + Send + Sync>>(Box::new(found.into_iter()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What every machine's own name leads to is found where the connection is made, whatever was looked at before.
    #[tokio::test]
    async fn a_name_that_leads_here_is_not_followed() {
        let webhooks = Webhooks::new("test/1", false).unwrap();
        let sent = webhooks.http.post("https://localhost/").send().await;
        assert_eq!(judge(&sent.unwrap_err()), Fault::Address);
    }
}
