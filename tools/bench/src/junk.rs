//! A flood of keys that are not valid.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use orderdesk_mcp_contract::KeyId;
use orderdesk_mcp_vault::{OsEntropy, PresentedKey, token};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use crate::seed::random;
use crate::wire::{self, Connection, Era};

/// Different keys of each kind, used in turn.
const KEYS: usize = 500;
/// After as many requests a connection is given up for one from the next address.
const REQUESTS_A_CONNECTION: usize = 40;

/// What the keys of a connection are like.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Of the right form with the right check, for ids that do not exist.
    Unknown,
    /// With a typing error.
    Mistyped,
    /// For the id of a key in use, with the right check and a wrong secret.
    WrongSecret,
}

/// The kind of each connection: eight of them, so that the slow refusals of one do not hold up the others.
const CONNECTIONS: [Kind; 8] = [
    Kind::Unknown,
    Kind::Mistyped,
    Kind::WrongSecret,
    Kind::Unknown,
    Kind::Mistyped,
    Kind::WrongSecret,
    Kind::Unknown,
    Kind::Mistyped,
];

/// A flood of eight connections that change their address as they go.
#[derive(Clone)]
pub(crate) struct Flood {
    /// Who is flooded.
    pub(crate) to: SocketAddr,
    /// Requests a second, at most; the server may take fewer.
    pub(crate) per_second: u32,
    /// The last part of the first address, 127.0.0.`first_source`.
    pub(crate) first_source: u8,
    /// How many addresses, from that one on.
    pub(crate) sources: u8,
}

/// How the server took it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Taken {
    /// Refused as not valid (401).
    pub(crate) refused: u64,
    /// Refused unlooked (429).
    pub(crate) turned_away: u64,
    /// Neither: accepted, failed, or not answered.
    pub(crate) wrong: u64,
}

impl Taken {
    /// Adds another one.
    pub(crate) fn add(&mut self, other: Self) {
        self.refused += other.refused;
        self.turned_away += other.turned_away;
        self.wrong += other.wrong;
    }

    /// Requests that were answered.
    pub(crate) fn answered(self) -> u64 {
        self.refused + self.turned_away
    }
}

impl Flood {
    /// Floods for as long. `valid` is a valid key, whose id the wrong secrets are for.
    ///
    /// # Errors
    /// No junk can be made.
    pub(crate) async fn run(&self, valid: &str, time: Duration) -> anyhow::Result<Taken> {
        let end = Instant::now() + time;
        let step = Duration::from_secs(1) * u32::try_from(CONNECTIONS.len())? / self.per_second;
        let mut running = JoinSet::new();
        for (place, kind) in CONNECTIONS.into_iter().enumerate() {
            let requests = Arc::new(self.requests(kind, valid)?);
            let flood = self.clone();
            running.spawn(async move { flood.connection(place, &requests, step, end).await });
        }
        let mut taken = Taken::default();
        for each in running.join_all().await {
            taken.add(each);
        }
        Ok(taken)
    }

    fn requests(&self, kind: Kind, valid: &str) -> anyhow::Result<Vec<Vec<u8>>> {
        let arguments = json!({ "order_id": "1" });
        let request =
            |key: &str| wire::tool_call(Era::Legacy, self.to, key, "orders_get", &arguments);
        let keys = (0..KEYS).map(|_| junk(kind, valid));
        keys.map(|key| Ok(request(&key?))).collect()
    }

    async fn connection(
        &self,
        place: usize,
        requests: &[Vec<u8>],
        step: Duration,
        end: Instant,
    ) -> Taken {
        let mut taken = Taken::default();
        let mut ticks = tokio::time::interval(step);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut requests = requests.iter().cycle();
        for turn in 0.. {
            let Ok(mut connection) = Connection::open_from(self.source(place, turn), self.to).await
            else {
                taken.wrong += 1;
                return taken;
            };
            for request in requests.by_ref().take(REQUESTS_A_CONNECTION) {
                ticks.tick().await;
                if Instant::now() >= end {
                    return taken;
                }
                match connection.ask(request).await.map(|reply| reply.status) {
                    Ok(401) => taken.refused += 1,
                    Ok(429) => taken.turned_away += 1,
                    Ok(_) | Err(_) => {
                        taken.wrong += 1;
                        break;
                    }
                }
            }
        }
        taken
    }

    fn source(&self, place: usize, turn: usize) -> IpAddr {
        let step = (place + turn * CONNECTIONS.len()) % usize::from(self.sources.max(1));
        let last = self
            .first_source
            .saturating_add(u8::try_from(step).unwrap_or_default());
        Ipv4Addr::new(127, 0, 0, last).into()
    }
}

/// A key that is not valid.
fn junk(kind: Kind, valid: &str) -> anyhow::Result<String> {
    let valid = PresentedKey::parse(valid)?;
    let of = |id: &str| {
        let key = token::issue(valid.kind(), id, &OsEntropy)?;
        anyhow::Ok(key.expose().to_owned())
    };
    match kind {
        Kind::WrongSecret => of(valid.id()),
        Kind::Unknown => of(&unknown_id()?),
        Kind::Mistyped => {
            let mut key = of(&unknown_id()?)?;
            // The last character is part of the check, and `u` is in no key.
            key.pop();
            key.push('u');
            Ok(key)
        }
    }
}

fn unknown_id() -> anyhow::Result<String> {
    Ok(KeyId::from_parts(1, random()?).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valid() -> String {
        let id = unknown_id().unwrap();
        let key = token::issue(orderdesk_mcp_vault::KeyKind::Api, &id, &OsEntropy).unwrap();
        key.expose().to_owned()
    }

    #[test]
    fn junk_is_what_it_is_said_to_be() {
        let valid = valid();
        let id = |key: &str| PresentedKey::parse(key).map(|key| key.id().to_owned());
        let unknown = junk(Kind::Unknown, &valid).unwrap();
        assert!(id(&unknown).is_ok());
        assert_ne!(id(&unknown), id(&valid));
        let wrong = junk(Kind::WrongSecret, &valid).unwrap();
        assert_eq!(id(&wrong), id(&valid));
        assert_ne!(wrong, valid);
        let mistyped = junk(Kind::Mistyped, &valid).unwrap();
        assert_eq!(mistyped.len(), valid.len());
        assert!(id(&mistyped).is_err());
    }

    #[test]
    fn addresses_stay_within_their_range() {
        let flood = Flood {
            to: SocketAddr::from(([127, 0, 0, 1], 1)),
            per_second: 1,
            first_source: 10,
            sources: 20,
        };
        let mut seen: Vec<IpAddr> = (0..8)
            .flat_map(|place| (0..100).map(move |turn| (place, turn)))
            .map(|(place, turn)| flood.source(place, turn))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        let expected: Vec<IpAddr> = (10..30).map(|last| [127, 0, 0, last].into()).collect();
        assert_eq!(seen, expected);
    }
}
