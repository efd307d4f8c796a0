use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::origin::WebOrigin;
use super::proxy::TrustedProxies;
use super::reader::{Reader, Setting, list_items};

const HOST: Setting = Setting::new(
    "HOST",
    "127.0.0.1",
    "Address the web app and `/mcp` listen on. `0.0.0.0` or `::` for all; then set `PUBLIC_URL` too.",
);
const PORT: Setting = Setting::new(
    "PORT",
    "8080",
    "Port of the web app and `/mcp`, 0 to 65535; 0 takes any free one.",
);
const PUBLIC_URL: Setting = Setting::optional(
    "PUBLIC_URL",
    "Address people and clients use, such as `https://orders.example.com`, without a path. Decides which `Host` \
     and `Origin` are accepted and whether cookies are `Secure`. Default: `http://127.0.0.1:PORT`.",
);
const ALLOWED_HOSTS: Setting = Setting::optional(
    "ALLOWED_HOSTS",
    "More host names the server answers to, besides the one of `PUBLIC_URL`: a comma list without ports. \
     Names of this machine (`localhost`, `127.0.0.1`, `[::1]`) are answered to while `PUBLIC_URL` is one of them.",
);
const ALLOWED_ORIGINS: Setting = Setting::optional(
    "ALLOWED_ORIGINS",
    "Origins of browser pages that may call `/mcp`, besides our own: a comma list or a JSON list of addresses such as \
     `https://claude.ai`. Programs that are not browsers send no origin and need none.",
);
const TRUST_PROXY: Setting = Setting::new(
    "TRUST_PROXY",
    "false",
    "Whether a reverse proxy stands in front, whose `X-Forwarded-For` tells the client's address. Needs `TRUSTED_PROXIES`.",
);
const TRUSTED_PROXIES: Setting = Setting::optional(
    "TRUSTED_PROXIES",
    "Addresses and networks of the reverse proxies, such as `10.0.0.7,172.16.0.0/12`. The client's address is the \
     right-most hop that is not one of them.",
);
const ALLOW_PLAIN_HTTP: Setting = Setting::new(
    "ALLOW_PLAIN_HTTP",
    "false",
    "Starts although keys and sessions would cross a network unencrypted (a `PUBLIC_URL` with `http` that is not this \
     machine). For closed networks only.",
);
const ENABLE_WEBUI: Setting = Setting::new(
    "ENABLE_WEBUI",
    "true",
    "Whether the web app is served. `/mcp` is served in any case.",
);
const LEPTOS_SITE_ROOT: Setting = Setting::optional(
    "LEPTOS_SITE_ROOT",
    "Folder of the web app's files, as `make build` leaves it in `target/site`. Default: the folder `site` next to the \
     program's own folder, else `target/site` or `site` in the working folder.",
);
const HEADER_TIMEOUT: Setting = Setting::new(
    "HEADER_TIMEOUT",
    "75",
    "Seconds from an answer, or from connecting, to the end of the next request's head, 0.1 to 120: a slow head is cut off and an idle connection closed after it. Keep it longer than a proxy in front keeps idle connections (commonly 60).",
);
const BODY_TIMEOUT: Setting = Setting::new(
    "BODY_TIMEOUT",
    "15",
    "Seconds a client may take to send a request's body, 0.1 to 120.",
);
const DRAIN_TIMEOUT: Setting = Setting::new(
    "DRAIN_TIMEOUT",
    "30",
    "Seconds that requests under way may take after SIGTERM or SIGINT, 0 to 300. A second signal ends at once.",
);
const MAX_CONNECTIONS: Setting = Setting::new(
    "MAX_CONNECTIONS",
    "1024",
    "Open connections at once, 1 to 65536; one more is answered 503 and closed.",
);
const MAX_REQUESTS_IN_FLIGHT: Setting = Setting::new(
    "MAX_REQUESTS_IN_FLIGHT",
    "512",
    "Requests under way at once, 1 to 65536; one more is answered 503 with `Retry-After`.",
);

pub(super) const SETTINGS: &[Setting] = &[
    HOST,
    PORT,
    PUBLIC_URL,
    ALLOWED_HOSTS,
    ALLOWED_ORIGINS,
    TRUST_PROXY,
    TRUSTED_PROXIES,
    ALLOW_PLAIN_HTTP,
    ENABLE_WEBUI,
    LEPTOS_SITE_ROOT,
    HEADER_TIMEOUT,
    BODY_TIMEOUT,
    DRAIN_TIMEOUT,
    MAX_CONNECTIONS,
    MAX_REQUESTS_IN_FLIGHT,
];

/// The main listener and what it answers to.
#[derive(Debug, Clone)]
pub struct Http {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 for any.
    pub port: u16,
    /// Address people use; absent: this machine and the real port.
    pub public_url: Option<WebOrigin>,
    /// More names in `Host` that are answered, lower case.
    pub allowed_hosts: Vec<String>,
    /// Origins that may call `/mcp` from a browser.
    pub allowed_origins: Vec<WebOrigin>,
    /// Whether a proxy's word is believed at all.
    pub trust_proxy: bool,
    /// The proxies that are believed.
    pub trusted_proxies: TrustedProxies,
    /// Whether plain HTTP over a network was accepted by the operator.
    pub allow_plain_http: bool,
    /// Whether the web app is served.
    pub enable_webui: bool,
    /// The web app's files, where the operator named them.
    pub site_root: Option<PathBuf>,
    /// How long a request's head may take.
    pub header_timeout: Duration,
    /// How long a request's body may take.
    pub body_timeout: Duration,
    /// How long requests under way may take once the end was asked for.
    pub drain_timeout: Duration,
    /// Connections at once.
    pub max_connections: usize,
    /// Requests at once.
    pub max_requests_in_flight: usize,
}

impl Http {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            host: reader.parsed(&HOST, parse_ip),
            port: reader.number(&PORT, 0..=65_535),
            public_url: reader.parsed_if_given(&PUBLIC_URL, WebOrigin::parse),
            allowed_hosts: reader
                .parsed_if_given(&ALLOWED_HOSTS, parse_hosts)
                .unwrap_or_default(),
            allowed_origins: reader
                .parsed_if_given(&ALLOWED_ORIGINS, parse_origins)
                .unwrap_or_default(),
            trust_proxy: reader.flag(&TRUST_PROXY),
            trusted_proxies: reader
                .parsed_if_given(&TRUSTED_PROXIES, |text| {
                    TrustedProxies::parse(&list_items(text)?)
                })
                .unwrap_or_default(),
            allow_plain_http: reader.flag(&ALLOW_PLAIN_HTTP),
            enable_webui: reader.flag(&ENABLE_WEBUI),
            site_root: reader.path(&LEPTOS_SITE_ROOT),
            header_timeout: reader.seconds(&HEADER_TIMEOUT, 0.1..=120.0),
            body_timeout: reader.seconds(&BODY_TIMEOUT, 0.1..=120.0),
            drain_timeout: reader.seconds(&DRAIN_TIMEOUT, 0.0..=300.0),
            max_connections: reader.number(&MAX_CONNECTIONS, 1..=65_536),
            max_requests_in_flight: reader.number(&MAX_REQUESTS_IN_FLIGHT, 1..=65_536),
        }
    }

    /// The address people use, once the real port is known.
    pub fn public_url(&self, bound_port: u16) -> WebOrigin {
        self.public_url
            .clone()
            .unwrap_or_else(|| WebOrigin::of_loopback(bound_port))
    }
}

/// An address of this machine to listen on; `localhost` is taken as 127.0.0.1.
pub(super) fn parse_ip(text: &str) -> Result<IpAddr, String> {
    let text = if text == "localhost" {
        "127.0.0.1"
    } else {
        text
    };
    text.trim_matches(['[', ']'])
        .parse()
        .map_err(|_| "an address such as 127.0.0.1, 0.0.0.0 or ::".into())
}

fn parse_hosts(text: &str) -> Result<Vec<String>, String> {
    let expected =
        "a list of host names without scheme and port, such as orders.example.com,10.0.0.5";
    let parse_one = |item: String| match url::Host::parse(&item) {
        Ok(host) if !item.contains('*') => Ok(host.to_string()),
        _ => Err(expected.to_owned()),
    };
    list_items(text)?.into_iter().map(parse_one).collect()
}

fn parse_origins(text: &str) -> Result<Vec<WebOrigin>, String> {
    list_items(text)?
        .iter()
        .map(|item| WebOrigin::parse(item))
        .collect::<Result<_, _>>()
        .map_err(|_| "a list of addresses such as https://claude.ai,https://chatgpt.com".into())
}
