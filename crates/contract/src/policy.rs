//! What a key may change beyond its access level, as the owner of the workspace sets it.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::access::KeyKind;
use crate::money::Money;

/// The limits of one key. Everything here narrows what its access allows; nothing widens it. The default holds until the
/// owner says otherwise: deletes wait for a person, nothing else is limited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyPolicy {
    /// The tools it may call, by name; absent: all that its access allows.
    pub tools: Option<BTreeSet<String>>,
    /// The folders (Order Desk's ids) whose orders it may change, and into which it may move one; absent: all.
    pub folders: Option<BTreeSet<String>>,
    /// What waits for a person although the key has write access.
    pub approval: ApprovalRules,
    /// How much it may change in a stretch of time.
    pub budget: Budget,
    /// The networks it may be used from; empty: any.
    pub addresses: BTreeSet<IpNet>,
}

/// Which changes of a key with write access wait for a person. A key with propose access has all of them wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApprovalRules {
    /// All changes of these tools.
    pub tools: BTreeSet<String>,
    /// Deleting an order.
    pub deletes: bool,
    /// Anything inside an address.
    pub address_changes: bool,
    /// A change that moves an order's total by this much or more, up or down.
    pub amount: Option<Money>,
}

/// The most a key may change within a window that moves with time. Absent limits are none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Budget {
    /// The window's length in minutes, 1 to 43,200 (30 days).
    pub window_minutes: u32,
    /// Changes that reached Order Desk, or may have.
    pub changes: Option<u32>,
    /// Different orders and products touched by them.
    pub orders: Option<u32>,
    /// Sum of what the changes moved the orders' totals by, each without its sign.
    pub money: Option<Money>,
}

impl Budget {
    /// Longest window, in minutes.
    pub const WINDOW_MAX: u32 = 43_200;

    /// Whether it limits anything.
    pub fn is_limited(&self) -> bool {
        self.changes.is_some() || self.orders.is_some() || self.money.is_some()
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            window_minutes: 60,
            changes: None,
            orders: None,
            money: None,
        }
    }
}

impl Default for ApprovalRules {
    fn default() -> Self {
        Self {
            tools: BTreeSet::new(),
            deletes: true,
            address_changes: false,
            amount: None,
        }
    }
}

/// Reads an address such as `203.0.113.7` or a network such as `10.0.0.0/8`; what stands in a network's address beyond its
/// length is left out.
pub fn read_network(text: &str) -> Option<IpNet> {
    let network = text.parse::<IpNet>().map(|network| network.trunc());
    network
        .or_else(|_| {
            text.parse::<IpAddr>()
                .map(|ip| IpNet::from(ip.to_canonical()))
        })
        .ok()
}

/// As people write it: a single address without its length.
pub fn network_text(network: &IpNet) -> String {
    if network.prefix_len() == network.max_prefix_len() {
        network.addr().to_string()
    } else {
        network.to_string()
    }
}

impl KeyPolicy {
    /// Whether the key may call this tool at all. A master key is the owner's: its list is not asked.
    pub fn allows_tool(&self, kind: KeyKind, tool: &str) -> bool {
        kind == KeyKind::Master || self.tools.as_ref().is_none_or(|tools| tools.contains(tool))
    }

    /// Whether the key may be used from this address. An IPv4 address is the same one in its IPv6 form.
    pub fn allows_address(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.addresses.is_empty() || self.addresses.iter().any(|network| network.contains(&ip))
    }
}

/// What a stop of writes covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopScope {
    /// Every write of the workspace.
    Tenant,
    /// Every write to one store.
    Store,
    /// Every write of one key.
    Key,
}

impl StopScope {
    /// Every scope, widest first.
    pub const ALL: [Self; 3] = [Self::Tenant, Self::Store, Self::Key];

    /// The name it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Store => "store",
            Self::Key => "key",
        }
    }

    /// The scope of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_as_people_write_them() {
        for (text, read) in [
            ("203.0.113.7", Some("203.0.113.7")),
            ("10.1.2.3/8", Some("10.0.0.0/8")),
            ("::ffff:203.0.113.7", Some("203.0.113.7")),
            ("2001:db8::/32", Some("2001:db8::/32")),
            ("10.0.0.0/33", None),
            ("example.com", None),
            ("", None),
        ] {
            let network = read_network(text);
            assert_eq!(
                network.as_ref().map(network_text).as_deref(),
                read,
                "{text}"
            );
        }
    }

    #[test]
    fn an_address_is_allowed_by_its_network_in_either_form() {
        let policy = KeyPolicy {
            addresses: [read_network("10.0.0.0/8").unwrap()].into(),
            ..KeyPolicy::default()
        };
        for (ip, is_allowed) in [
            ("10.255.0.1", true),
            ("::ffff:10.0.0.1", true),
            ("11.0.0.1", false),
            ("::1", false),
        ] {
            assert_eq!(
                policy.allows_address(ip.parse().unwrap()),
                is_allowed,
                "{ip}"
            );
        }
        assert!(KeyPolicy::default().allows_address("::1".parse().unwrap()));
    }

    #[test]
    fn an_older_policy_is_used_from_anywhere() {
        let policy: KeyPolicy = serde_json::from_str("{}").unwrap();
        assert!(policy.addresses.is_empty());
    }
}
