//! Only requests addressed to this server by its own names are answered. A page of another site whose name was
//! pointed at us (DNS rebinding), and poisoned links built from `Host`, end here.

use std::collections::BTreeSet;

use axum::extract::Request;
use axum::response::Response;
use http::{StatusCode, header, uri::Authority};
use orderdesk_mcp_contract::{ApiError, ErrorCode};

use crate::config::{Http, WebOrigin};
use crate::http::answer::{Taste, refuse_as};

const OF_THIS_MACHINE: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The names this server answers to, lower case, without ports.
#[derive(Debug)]
pub(in crate::http) struct Hosts(BTreeSet<String>);

impl Hosts {
    /// The host of the public address and what the operator added; this machine's own names while the public
    /// address is one of them.
    pub(in crate::http) fn new(http: &Http, public: &WebOrigin) -> Self {
        let mut names: BTreeSet<String> = http
            .allowed_hosts
            .iter()
            .map(|name| name.to_ascii_lowercase())
            .collect();
        names.insert(public.host().to_ascii_lowercase());
        if public.is_loopback() {
            names.extend(OF_THIS_MACHINE.map(str::to_owned));
        }
        Self(names)
    }

    /// The names, for doors that check once more.
    pub(in crate::http) fn names(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }

    fn has(&self, request: &Request) -> bool {
        let mut values = request.headers().get_all(header::HOST).iter();
        // Two `Host` headers are an attempt to show each of two programs another one.
        let (Some(value), None) = (values.next(), values.next()) else {
            return false;
        };
        let authority = value
            .to_str()
            .ok()
            .and_then(|text| text.parse::<Authority>().ok());
        // A request line with a host of its own must not contradict the header.
        let agrees = request
            .uri()
            .host()
            .is_none_or(|host| self.0.contains(&host.to_ascii_lowercase()));
        agrees
            && authority
                .is_some_and(|authority| self.0.contains(&authority.host().to_ascii_lowercase()))
    }
}

/// Answers 421 to a request for another host.
pub(in crate::http) async fn check<F: Future<Output = Response>>(
    hosts: &Hosts,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    if hosts.has(&request) {
        return next(request).await;
    }
    let error = ApiError::new(
        ErrorCode::Invalid,
        "This server does not answer to that host name. Use its public address; its operator sets it with PUBLIC_URL and ALLOWED_HOSTS.",
    );
    refuse_as(
        Taste::of(request.headers()),
        StatusCode::MISDIRECTED_REQUEST,
        &error,
    )
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;
    use crate::config::{Config, Source};

    fn answers(settings: &[(&str, &str)], host: &[&str]) -> bool {
        let source = settings
            .iter()
            .fold(Source::default(), |source, (name, value)| {
                source.with(name, value)
            });
        let http = Config::read(&source).unwrap().http;
        let hosts = Hosts::new(&http, &http.public_url(8080));
        let request = host
            .iter()
            .fold(Request::builder().uri("/"), |request, host| {
                request.header(header::HOST, *host)
            });
        hosts.has(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn answers_to_its_own_names() {
        for host in [
            "127.0.0.1:8080",
            "localhost:3000",
            "LOCALHOST",
            "[::1]:8080",
        ] {
            assert!(answers(&[], &[host]), "{host}");
        }
        let public = [
            ("PUBLIC_URL", "https://Orders.example.com"),
            ("ALLOWED_HOSTS", "10.0.0.5,alt.example.com"),
        ];
        for host in [
            "orders.example.com",
            "ORDERS.example.com:443",
            "10.0.0.5:8080",
            "alt.example.com",
        ] {
            assert!(answers(&public, &[host]), "{host}");
        }
        assert!(
            !answers(&public, &["localhost"]),
            "a public server is not addressed as this machine"
        );
    }

    #[test]
    fn answers_to_no_other() {
        for hosts in [
            &["evil.example"][..],
            &["localhost.evil.example"],
            &["evil@localhost"][..0],
            &["localhost", "evil.example"],
            &[""],
            &["127.0.0.1.evil.example:8080"],
        ] {
            assert!(!answers(&[], hosts), "{hosts:?}");
        }
    }
}
