use std::time::Duration;

use url::Url;

use super::reader::{Reader, Setting};

const ORDERDESK_API_URL: Setting = Setting::new(
    "ORDERDESK_API_URL",
    "https://app.orderdesk.me/api/v2",
    "Address of the Order Desk API. Another one is for tests and for a proxy of your own; plain `http` is accepted for \
     this machine only.",
);
const HTTP_TIMEOUT: Setting = Setting::new(
    "HTTP_TIMEOUT",
    "30",
    "Seconds a request to Order Desk may take in all, waiting and repeats included, 1 to 45. One try gets an equal share of \
     it, but at least 10 seconds if there are as many.",
);
const HTTP_MAX_RETRIES: Setting = Setting::new(
    "HTTP_MAX_RETRIES",
    "3",
    "How often a read that Order Desk did not answer is tried again, 0 to 10. Writes are never repeated blindly.",
);

pub(super) const SETTINGS: &[Setting] = &[ORDERDESK_API_URL, HTTP_TIMEOUT, HTTP_MAX_RETRIES];

/// The upstream.
#[derive(Debug, Clone)]
pub struct OrderDesk {
    /// Address of the API, without a slash at the end.
    pub api_url: Url,
    /// How long one request may take, repeats included.
    pub timeout: Duration,
    /// How often a read is repeated.
    pub max_retries: u32,
}

impl OrderDesk {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            api_url: reader.parsed(&ORDERDESK_API_URL, parse_url),
            timeout: reader.seconds(&HTTP_TIMEOUT, 1.0..=45.0),
            max_retries: reader.number(&HTTP_MAX_RETRIES, 0..=10),
        }
    }
}

fn parse_url(text: &str) -> Result<Url, String> {
    let expected = || "an https address such as https://app.orderdesk.me/api/v2".to_owned();
    let url = Url::parse(text.trim_end_matches('/')).map_err(|_| expected())?;
    let is_of_this_machine = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    // The store's key travels in a header of every request.
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_of_this_machine);
    let is_bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if is_safe && is_bare {
        Ok(url)
    } else {
        Err(expected())
    }
}
