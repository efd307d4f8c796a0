//! A client that reaches only the public internet, whatever address it is given.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::is_public;

/// The longest address, in bytes.
const URL_MAX: usize = 2000;

/// Why nothing is sent to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// It is none.
    #[error("This is no address of the web, such as https://example.com/here.")]
    NotOne,
    /// What is sent could be read on its way.
    #[error("This address must begin with https://.")]
    NotHttps,
    /// It names another port than 443.
    #[error("This address must have the port 443, which need not be written.")]
    Port,
    /// It holds a name and password.
    #[error("This address must hold no name and no password before its host.")]
    Credentials,
    /// It leads to no machine of the public internet.
    #[error("This address is not of the public internet, and nothing is sent to others.")]
    NotPublic,
}

/// Why something could not be sent. Its text is short and names no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing is sent to the address, or its host leads to no machine of the public internet.
    #[error("not an address to send to")]
    Address,
    /// It was answered with a status that is no success.
    #[error("answered with status {0}")]
    Status(u16),
    /// It was not answered in time.
    #[error("no answer in time")]
    Timeout,
    /// No connection could be made, or it broke.
    #[error("no connection")]
    Connection,
}

/// TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("the client for what is sent cannot be set up")]
pub struct SetupError(#[source] reqwest::Error);

/// The client. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Guarded {
    pub(crate) http: reqwest::Client,
    may_be_local: bool,
}

impl Guarded {
    pub(crate) fn new(
        user_agent: &str,
        may_be_local: bool,
        timeout: Duration,
    ) -> Result<Self, SetupError> {
        // An error says that the process has one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .retry(reqwest::retry::never())
            .timeout(timeout)
            // Each request makes a connection of its own, so that its address is looked at.
            .pool_max_idle_per_host(0)
            .dns_resolver(PublicOnly { may_be_local })
            .user_agent(user_agent)
            .build()
            .map_err(SetupError)?;
        Ok(Self { http, may_be_local })
    }

    /// An address, if something may be sent to it. Where a name leads is seen when something is sent.
    pub(crate) fn read(&self, address: &str) -> Result<Url, AddressFault> {
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
}

/// What went wrong, without the address that reqwest would name.
pub(crate) fn judge(error: &reqwest::Error) -> Fault {
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
        let guarded = Guarded::new("test/1", false, Duration::from_secs(10)).unwrap();
        let sent = guarded.http.post("https://localhost/").send().await;
        assert_eq!(judge(&sent.unwrap_err()), Fault::Address);
    }
}
