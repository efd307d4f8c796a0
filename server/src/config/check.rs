//! Checks that need more than one section, and what is allowed but worth a word.

use super::Config;
use super::reader::Reader;

/// Something that is allowed and still worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning(pub String);

/// Refuses combinations that would expose keys, sessions or customers, and notes the doubtful ones.
pub(super) fn across_sections(config: &mut Config, reader: &mut Reader<'_>) {
    proxies(config, reader);
    encryption(config, reader);
    cookies(config, reader);
    ports(config, reader);
    exposure(config);
}

fn proxies(config: &Config, reader: &mut Reader<'_>) {
    let http = &config.http;
    if http.trust_proxy && http.trusted_proxies.is_empty() && reader.is_sound(&["TRUSTED_PROXIES"])
    {
        reader.problem(
            "TRUST_PROXY",
            "needs TRUSTED_PROXIES, the list of your proxies' addresses: believing anybody would let clients choose \
             the address they are limited by",
        );
    }
    if !http.trust_proxy && !http.trusted_proxies.is_empty() {
        reader.problem(
            "TRUSTED_PROXIES",
            "has no effect without TRUST_PROXY=true; set it, or remove the list",
        );
    }
}

fn encryption(config: &mut Config, reader: &mut Reader<'_>) {
    let http = &config.http;
    let Some(public) = &http.public_url else {
        return;
    };
    if public.is_https() || public.is_loopback() {
        return;
    }
    if http.allow_plain_http {
        config.warnings.push(Warning(format!(
            "PUBLIC_URL {public} is not encrypted, and ALLOW_PLAIN_HTTP accepts that: keys and sessions can be read on the way"
        )));
    } else {
        reader.problem(
            "PUBLIC_URL",
            format!(
                "{public} is not encrypted, so keys and sessions could be read on the way; put a proxy with TLS in front \
                 and set PUBLIC_URL to its https address, or accept it for a closed network with ALLOW_PLAIN_HTTP=true"
            ),
        );
    }
}

fn cookies(config: &Config, reader: &mut Reader<'_>) {
    let is_https = config
        .http
        .public_url
        .as_ref()
        .is_some_and(super::WebOrigin::is_https);
    if is_https && config.session.is_cookie_secure == Some(false) {
        reader.problem(
            "SESSION_COOKIE_SECURE",
            "must not be false while PUBLIC_URL is https: the session would be sent unencrypted too; remove the setting",
        );
    }
    if config.session.idle_timeout > config.session.absolute_timeout {
        reader.problem(
            "SESSION_IDLE_TIMEOUT",
            "is longer than SESSION_TIMEOUT, so it would never be reached; make it shorter",
        );
    }
}

fn ports(config: &Config, reader: &mut Reader<'_>) {
    let (http, ops) = (&config.http, &config.ops);
    if http.port != 0 && http.port == ops.port && reader.is_sound(&["PORT", "OPS_PORT"]) {
        reader.problem(
            "OPS_PORT",
            format!("is {}, the same as PORT; give it another one", ops.port),
        );
    }
}

fn exposure(config: &mut Config) {
    let http = &config.http;
    let public_is_here = http
        .public_url
        .as_ref()
        .is_none_or(super::WebOrigin::is_loopback);
    if !http.host.is_loopback() && public_is_here && http.allowed_hosts.is_empty() {
        config.warnings.push(Warning(format!(
            "HOST {} listens to the network, but only requests addressed to this machine are answered; set PUBLIC_URL to \
             the address people use",
            http.host
        )));
    }
    if !config.ops.host.is_loopback() {
        config.warnings.push(Warning(format!(
            "OPS_HOST {} opens health and metrics to the network without a credential; make sure a firewall or network \
             policy guards it",
            config.ops.host
        )));
    }
}
