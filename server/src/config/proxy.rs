use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

/// The reverse proxies whose word about the client's address is believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Reads addresses (`10.0.0.7`) and networks (`10.0.0.0/8`).
    ///
    /// # Errors
    /// What is expected, as a phrase that follows "is not".
    pub fn parse(items: &[String]) -> Result<Self, String> {
        let parse_one = |item: &String| {
            item.parse::<IpNet>()
                .or_else(|_| item.parse::<IpAddr>().map(IpNet::from))
                .map_err(|_| {
                    "a list of addresses and networks such as 10.0.0.7,172.16.0.0/12".to_owned()
                })
        };
        items
            .iter()
            .map(parse_one)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether nobody is believed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The client's address: walking from the peer towards the client, the first hop that is not one
    /// of the trusted proxies. What stands left of it in `X-Forwarded-For` is hearsay, because anybody can send it.
    ///
    /// `forwarded` are the values of `X-Forwarded-For` in the order they stand in the request.
    pub fn client_ip<'a>(
        &self,
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a [u8]>,
    ) -> IpAddr {
        let mut client = peer.to_canonical();
        // Bytes, because what a client put in front of a proxy's word may be anything, and must not take that word with it.
        for hop in forwarded
            .rev()
            .flat_map(|value| value.rsplit(|byte| *byte == b','))
        {
            if !self.trusts(client) {
                break;
            }
            // A hop that cannot be read ends the chain: the last believed address is the best known.
            let Some(ip) = hop_ip(hop) else {
                break;
            };
            client = ip.to_canonical();
        }
        client
    }

    fn trusts(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&ip))
    }
}

/// An address, as some proxies write it with the port.
fn hop_ip(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim();
    let with_port = || text.parse::<SocketAddr>().ok().map(|hop| hop.ip());
    text.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(trusted: &[&str], peer: &str, forwarded: &[&str], expected: &str) {
        let items: Vec<String> = trusted.iter().map(|&t| t.to_owned()).collect();
        let proxies = TrustedProxies::parse(&items).unwrap();
        let client = proxies.client_ip(
            peer.parse().unwrap(),
            forwarded.iter().map(|value| value.as_bytes()),
        );
        assert_eq!(
            client,
            expected.parse::<IpAddr>().unwrap(),
            "{trusted:?} {peer} {forwarded:?}"
        );
    }

    #[test]
    fn believes_listed_proxies_only() {
        check(&[], "9.9.9.9", &["1.1.1.1"], "9.9.9.9");
        check(&["10.0.0.0/8"], "9.9.9.9", &["1.1.1.1"], "9.9.9.9");
        check(&["10.0.0.0/8"], "10.0.0.1", &["1.1.1.1"], "1.1.1.1");
        // The left-most entries are what the client itself sent.
        check(
            &["10.0.0.0/8"],
            "10.0.0.1",
            &["6.6.6.6, 1.1.1.1"],
            "1.1.1.1",
        );
        check(
            &["10.0.0.0/8"],
            "10.0.0.1",
            &["6.6.6.6, 1.1.1.1, 10.2.2.2"],
            "1.1.1.1",
        );
        check(
            &["10.0.0.0/8"],
            "10.0.0.1",
            &["6.6.6.6", "1.1.1.1"],
            "1.1.1.1",
        );
        check(&["10.0.0.0/8"], "10.0.0.1", &["junk, 10.2.2.2"], "10.2.2.2");
        check(&["10.0.0.0/8"], "10.0.0.1", &[], "10.0.0.1");
        check(
            &["10.0.0.1"],
            "::ffff:10.0.0.1",
            &["2001:db8::7"],
            "2001:db8::7",
        );
    }

    #[test]
    fn what_a_client_sends_does_not_hide_what_its_proxy_adds() {
        let proxies = TrustedProxies::parse(&["10.0.0.0/8".into()]).unwrap();
        let peer = "10.0.0.1".parse().unwrap();
        let seen = |value: &[u8]| proxies.client_ip(peer, [value].into_iter());
        let expected: IpAddr = "1.1.1.1".parse().unwrap();
        assert_eq!(seen(b"\xff, 1.1.1.1"), expected);
        assert_eq!(seen(b"10.0.0.9, 1.1.1.1:4711"), expected);
        assert_eq!(
            seen(b"junk, [2001:db8::7]:4711"),
            "2001:db8::7".parse::<IpAddr>().unwrap()
        );
    }

    #[test]
    fn refuses_what_is_no_address() {
        for bad in ["*", "proxy.example.com", "10.0.0.0/40"] {
            assert!(TrustedProxies::parse(&[bad.into()]).is_err(), "{bad}");
        }
    }
}
