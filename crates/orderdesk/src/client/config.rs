use std::time::Duration;

use reqwest::Url;

/// Settings of a [`super::Client`]; the defaults are the ones to use against Order Desk.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientConfig {
    /// Where the API lies, without a trailing slash: `https://app.orderdesk.me/api/v2`.
    pub base_url: String,
    /// Whether `http://` is accepted for hosts other than this machine. The API key would travel
    /// readable: only for a simulator on a private network.
    pub allow_plain_http: bool,
    /// Longest wait for a connection, name lookup and TLS included.
    pub connect_timeout: Duration,
    /// Longest wait for one try, from connecting to the last byte.
    pub try_timeout: Duration,
    /// Longest wait for a call, with pacing and all tries.
    pub deadline: Duration,
    /// Most tries of a read, the first included. Writes are tried once.
    pub max_tries: u32,
    /// Largest accepted answer in bytes, after decompression.
    pub max_response_bytes: usize,
    /// `User-Agent`; Order Desk asks for a unique one.
    pub user_agent: String,
    /// Pacing of each store.
    pub pace: PaceConfig,
    /// When to stop calling a store that is down.
    pub breaker: BreakerConfig,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            base_url: "https://app.orderdesk.me/api/v2".to_owned(),
            allow_plain_http: false,
            connect_timeout: Duration::from_secs(2),
            try_timeout: Duration::from_secs(10),
            deadline: Duration::from_secs(25),
            max_tries: 3,
            max_response_bytes: 8 * 1024 * 1024,
            user_agent: concat!("orderdesk-rs/", env!("CARGO_PKG_VERSION")).to_owned(),
            pace: PaceConfig::default(),
            breaker: BreakerConfig::default(),
        }
    }
}

/// How a store is paced. Order Desk documents a bucket of 20 requests, refilled with 3 a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PaceConfig {
    /// Requests a full bucket holds.
    pub burst: u32,
    /// Requests refilled a second.
    pub per_second: f64,
    /// Requests that reads leave in the bucket, for writes and for the merchant's other integrations.
    pub reserve: u32,
    /// Requests that prefetching leaves in the bucket.
    pub prefetch_reserve: u32,
    /// Most requests of one store on their way at once.
    pub max_in_flight: u32,
    /// Most calls of one store waiting at a priority and above; further ones are refused.
    pub max_waiting: usize,
}

impl Default for PaceConfig {
    fn default() -> Self {
        Self {
            burst: 20,
            per_second: 3.0,
            reserve: 5,
            prefetch_reserve: 10,
            max_in_flight: 4,
            max_waiting: 64,
        }
    }
}

/// When calls to a store are refused without trying.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakerConfig {
    /// Failures in a row that open the circuit.
    pub consecutive_failures: u32,
    /// Calls in [`BreakerConfig::window`] below which the share of failures is not judged.
    pub min_calls: usize,
    /// Share of failures among them that opens the circuit, 0 to 1.
    pub failure_share: f64,
    /// How far back calls are remembered.
    pub window: Duration,
    /// How long an open circuit refuses, and the pause between probes.
    pub probe_interval: Duration,
}

impl Default for BreakerConfig {
    fn default() -> Self {
        Self {
            consecutive_failures: 5,
            min_calls: 10,
            failure_share: 0.5,
            window: Duration::from_secs(30),
            probe_interval: Duration::from_secs(10),
        }
    }
}

/// Why a client could not be built.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The base URL is not one.
    #[error("the Order Desk URL must be an absolute http(s) URL without user, query or fragment")]
    BadUrl,
    /// Plain HTTP to another machine.
    #[error("the Order Desk URL must use https: the API key would travel readable")]
    PlainHttp,
    /// A number that makes no sense.
    #[error("`{0}` must be greater than zero")]
    Zero(&'static str),
    /// The reserve leaves nothing.
    #[error("a reserve of the bucket must be smaller than its burst")]
    Reserve,
    /// TLS or the user agent.
    #[error("failed to set up the HTTP client")]
    Http(#[source] reqwest::Error),
}

impl ClientConfig {
    /// Checks the settings and gives the base URL without trailing slash.
    pub(super) fn check(&self) -> Result<String, ConfigError> {
        let url = Url::parse(&self.base_url).map_err(|_| ConfigError::BadUrl)?;
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !bare || !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(ConfigError::BadUrl);
        }
        if url.scheme() == "http" && !self.allow_plain_http && !is_this_machine(&url) {
            return Err(ConfigError::PlainHttp);
        }
        for (name, is_zero) in [
            ("max_tries", self.max_tries == 0),
            ("max_response_bytes", self.max_response_bytes == 0),
            ("connect_timeout", self.connect_timeout.is_zero()),
            ("try_timeout", self.try_timeout.is_zero()),
            ("deadline", self.deadline.is_zero()),
            ("burst", self.pace.burst == 0),
            (
                "per_second",
                self.pace.per_second.is_nan() || self.pace.per_second <= 0.0,
            ),
            ("max_in_flight", self.pace.max_in_flight == 0),
            ("max_waiting", self.pace.max_waiting == 0),
        ] {
            if is_zero {
                return Err(ConfigError::Zero(name));
            }
        }
        if self.pace.reserve.max(self.pace.prefetch_reserve) >= self.pace.burst {
            return Err(ConfigError::Reserve);
        }
        Ok(url.as_str().trim_end_matches('/').to_owned())
    }
}

fn is_this_machine(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let ip = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<std::net::IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(base_url: &str) -> Result<String, ConfigError> {
        ClientConfig {
            base_url: base_url.to_owned(),
            ..ClientConfig::default()
        }
        .check()
    }

    #[test]
    fn urls() {
        assert_eq!(
            check("https://app.orderdesk.me/api/v2/").unwrap(),
            "https://app.orderdesk.me/api/v2"
        );
        for good in [
            "http://127.0.0.1:8787/api/v2",
            "http://localhost/x",
            "http://[::1]:1",
        ] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in [
            "http://app.orderdesk.me/api/v2",
            "http://localhost.example.com",
            "http://10.0.0.1",
        ] {
            assert!(matches!(check(bad), Err(ConfigError::PlainHttp)), "{bad}");
        }
        for bad in [
            "",
            "app.orderdesk.me",
            "ftp://x",
            "https://a:b@x",
            "https://x?y",
            "https://x#y",
        ] {
            assert!(matches!(check(bad), Err(ConfigError::BadUrl)), "{bad}");
        }
    }

    #[test]
    fn numbers() {
        let zero = ClientConfig {
            max_tries: 0,
            ..ClientConfig::default()
        };
        assert!(matches!(zero.check(), Err(ConfigError::Zero("max_tries"))));
        let pace = PaceConfig {
            reserve: 20,
            ..PaceConfig::default()
        };
        let reserve = ClientConfig {
            pace,
            ..ClientConfig::default()
        };
        assert!(matches!(reserve.check(), Err(ConfigError::Reserve)));
    }
}
