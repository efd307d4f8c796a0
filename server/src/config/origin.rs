use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

/// Scheme, host and port of a web address, as browsers compare them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebOrigin {
    is_https: bool,
    host: Host,
    port: u16,
}

impl WebOrigin {
    /// Reads `https://host` or `http://host:port`; a path, query or user is refused.
    ///
    /// # Errors
    /// What is expected, as a phrase that follows "is not".
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected = || "an address like https://orders.example.com, without a path".to_owned();
        let url = Url::parse(text).map_err(|_| expected())?;
        let is_bare = matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let is_https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(expected()),
        };
        match (url.host(), url.port_or_known_default()) {
            (Some(host), Some(port)) if is_bare => Ok(Self {
                is_https,
                host: host.to_owned(),
                port,
            }),
            _ => Err(expected()),
        }
    }

    /// The plain-HTTP origin of an address of this machine.
    pub fn of_loopback(port: u16) -> Self {
        Self {
            is_https: false,
            host: Host::Ipv4(std::net::Ipv4Addr::LOCALHOST),
            port,
        }
    }

    /// Whether the scheme is https.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Whether only this machine can reach it.
    pub fn is_loopback(&self) -> bool {
        match &self.host {
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(ip) => IpAddr::V4(*ip).is_loopback(),
            Host::Ipv6(ip) => IpAddr::V6(*ip).is_loopback(),
        }
    }

    /// The host as it stands in a `Host` header, without the port.
    pub fn host(&self) -> String {
        self.host.to_string()
    }

    /// The origin with its port always spelled out: `https://host:443`.
    pub fn with_port(&self) -> String {
        format!("{}://{}:{}", self.scheme(), self.host, self.port)
    }

    fn scheme(&self) -> &'static str {
        if self.is_https { "https" } else { "http" }
    }
}

/// As browsers write it in `Origin`: the scheme's own port is left out.
impl fmt::Display for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own_port = if self.is_https { 443 } else { 80 };
        write!(f, "{}://{}", self.scheme(), self.host)?;
        if self.port == own_port {
            Ok(())
        } else {
            write!(f, ":{}", self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_as_browsers_do() {
        for (text, shown, full) in [
            (
                "https://Orders.Example.com/",
                "https://orders.example.com",
                "https://orders.example.com:443",
            ),
            (
                "http://127.0.0.1:8080",
                "http://127.0.0.1:8080",
                "http://127.0.0.1:8080",
            ),
            ("http://[::1]:80", "http://[::1]", "http://[::1]:80"),
        ] {
            let origin = WebOrigin::parse(text).unwrap();
            assert_eq!(
                (origin.to_string(), origin.with_port()),
                (shown.into(), full.into())
            );
        }
        for bad in [
            "",
            "example.com",
            "ftp://a",
            "https://a/b",
            "https://a?b",
            "https://u:p@a",
            "https://",
        ] {
            assert!(WebOrigin::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn knows_this_machine() {
        for (text, is_loopback) in [
            ("http://localhost:1", true),
            ("http://127.1.2.3", true),
            ("http://[::1]", true),
            ("http://a.localhost", true),
            ("http://10.0.0.1", false),
            ("https://localhost.example.com", false),
        ] {
            assert_eq!(
                WebOrigin::parse(text).unwrap().is_loopback(),
                is_loopback,
                "{text}"
            );
        }
    }
}
