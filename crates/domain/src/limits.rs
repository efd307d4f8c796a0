//! How much a caller may ask for.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use moka::sync::Cache;
use orderdesk_mcp_contract::{ApiError, ErrorCode, KeyId, TenantId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::caller::Actor;
use crate::metrics;
use crate::settings::LimitSettings;

type Keyed<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>;

/// What a workspace may use in all, as a multiple of one key's share: many keys must not multiply
/// without bound.
const TENANT_SHARE: u32 = 4;
/// Refused bearer keys a minute from one address before further ones are refused unlooked.
const BAD_KEYS_PER_MINUTE: u32 = 20;
/// Attempts to sign in to one account from all addresses together, as a multiple of those from one: whoever knows an e-mail
/// address must not be able to shut its owner out, and many addresses must not multiply guesses without bound.
const ACCOUNT_SHARE: u32 = 20;
/// Calls a minute with one key from an address that it may not be used from before they are refused unrecorded.
const MISPLACED_PER_MINUTE: u32 = 20;
/// Files of recorded calls that are written at once for a workspace.
const MOST_EXPORTS: usize = 2;
/// Reports of browsers a minute from one address; a page with a fault sends a handful.
const REPORTS_PER_MINUTE: u32 = 10;

pub(crate) struct Limits {
    by_key: Keyed<KeyId>,
    by_tenant: Keyed<TenantId>,
    console_by_key: Keyed<KeyId>,
    sign_in_by_ip: Keyed<IpAddr>,
    sign_in_by_account: Keyed<[u8; 32]>,
    sign_in_by_both: Keyed<([u8; 32], Option<IpAddr>)>,
    bad_keys_by_ip: Keyed<IpAddr>,
    misplaced: Keyed<(KeyId, Option<IpAddr>)>,
    reports_by_ip: Keyed<IpAddr>,
    blocked: Cache<IpAddr, tokio::time::Instant>,
    proofs: Cache<IpAddr, Arc<Semaphore>>,
    in_flight: Cache<TenantId, Arc<Semaphore>>,
    exports: Cache<TenantId, Arc<Semaphore>>,
    most_in_flight: usize,
}

impl Limits {
    pub(crate) fn new(settings: &LimitSettings) -> Self {
        let per_minute = |tokens: u32| {
            let tokens = NonZeroU32::new(tokens).unwrap_or(NonZeroU32::MIN);
            Quota::per_minute(tokens)
        };
        let with_burst = |tokens: u32| {
            let burst = NonZeroU32::new(tokens.saturating_mul(2)).unwrap_or(NonZeroU32::MIN);
            per_minute(tokens).allow_burst(burst)
        };
        Self {
            by_key: Keyed::keyed(with_burst(settings.calls_per_minute)),
            by_tenant: Keyed::keyed(with_burst(
                settings.calls_per_minute.saturating_mul(TENANT_SHARE),
            )),
            console_by_key: Keyed::keyed(per_minute(settings.console_calls_per_minute)),
            sign_in_by_ip: Keyed::keyed(per_minute(settings.sign_ins_per_minute)),
            sign_in_by_account: Keyed::keyed(per_minute(
                settings.sign_ins_per_minute.saturating_mul(ACCOUNT_SHARE),
            )),
            sign_in_by_both: Keyed::keyed(per_minute(settings.sign_ins_per_minute)),
            bad_keys_by_ip: Keyed::keyed(per_minute(BAD_KEYS_PER_MINUTE)),
            misplaced: Keyed::keyed(per_minute(MISPLACED_PER_MINUTE)),
            reports_by_ip: Keyed::keyed(per_minute(REPORTS_PER_MINUTE)),
            blocked: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(Duration::from_secs(60))
                .build(),
            proofs: Cache::builder()
                .max_capacity(100_000)
                .time_to_idle(Duration::from_secs(60))
                .build(),
            in_flight: Cache::builder()
                .max_capacity(100_000)
                .time_to_idle(Duration::from_secs(600))
                .build(),
            exports: Cache::builder()
                .max_capacity(100_000)
                .time_to_idle(Duration::from_secs(3600))
                .build(),
            most_in_flight: settings.calls_in_flight,
        }
    }

    /// Takes `cost` tokens from the key's or person's and the workspace's bucket.
    pub(crate) fn charge(
        &self,
        tenant: TenantId,
        actor: Actor,
        cost: NonZeroU32,
    ) -> Result<(), ApiError> {
        let what = match actor {
            Actor::Key(_) => "This key has used up its calls for now",
            Actor::Member(_) => "You have used up your calls for now",
        };
        take(&self.by_key, &actor.id(), cost, "key", what)?;
        take(
            &self.by_tenant,
            &tenant,
            cost,
            "tenant",
            "This workspace has used up its calls for now",
        )
    }

    /// One call through the web app that may ask Order Desk. Pages ask more readily than assistants,
    /// and what they use up of a store's bucket the assistants lack.
    pub(crate) fn console(&self, key: KeyId) -> Result<(), ApiError> {
        take(
            &self.console_by_key,
            &key,
            NonZeroU32::MIN,
            "console",
            "You have used up your calls through the web app for now",
        )
    }

    /// One attempt to sign in, counted for the address, for the account from there, and, with a much higher bound, for the
    /// account from anywhere. `account` is a keyed hash of what was presented, so that the limiter holds no secret.
    pub(crate) fn sign_in(&self, ip: Option<IpAddr>, account: [u8; 32]) -> Result<(), ApiError> {
        let what = "Too many attempts to sign in";
        let (ip, one) = (ip.map(group), NonZeroU32::MIN);
        if let Some(ip) = ip {
            take(&self.sign_in_by_ip, &ip, one, "sign_in", what)?;
        }
        take(&self.sign_in_by_both, &(account, ip), one, "sign_in", what)?;
        take(&self.sign_in_by_account, &account, one, "sign_in", what)
    }

    /// One call with a key from an address that it may not be used from.
    pub(crate) fn misplaced(&self, key: KeyId, ip: Option<IpAddr>) -> Result<(), ApiError> {
        take(
            &self.misplaced,
            &(key, ip.map(group)),
            NonZeroU32::MIN,
            "address",
            "This key may not be used from your address, and was too often",
        )
    }

    /// Refuses an address that has presented too many bad keys, before any of the costly checking.
    pub(crate) fn may_present_key(&self, ip: Option<IpAddr>) -> Result<(), ApiError> {
        self.may_present(ip, "Too many wrong keys came from this address")
    }

    /// The same for a password or a code of an invitation.
    pub(crate) fn may_guess(&self, ip: Option<IpAddr>) -> Result<(), ApiError> {
        let what = "Too many wrong passwords, codes or keys came from this address";
        self.may_present(ip, what)
    }

    fn may_present(&self, ip: Option<IpAddr>, what: &str) -> Result<(), ApiError> {
        let Some(until) = ip.and_then(|ip| self.blocked.get(&group(ip))) else {
            return Ok(());
        };
        let wait = until.saturating_duration_since(tokio::time::Instant::now());
        if wait.is_zero() {
            return Ok(());
        }
        Err(refusal("bad_keys", what, wait))
    }

    /// The address's turn to have a key proved: one at a time, so that whoever floods the server with
    /// keys waits behind himself. None without an address, as for a process of this machine.
    pub(crate) async fn turn_to_prove(&self, ip: Option<IpAddr>) -> Option<OwnedSemaphorePermit> {
        let turns = self
            .proofs
            .get_with(group(ip?), || Arc::new(Semaphore::new(1)));
        // Never closed.
        turns.acquire_owned().await.ok()
    }

    /// Notes that a key was wrong.
    pub(crate) fn bad_key(&self, ip: Option<IpAddr>) {
        let Some(ip) = ip.map(group) else { return };
        if let Err(not_until) = self.bad_keys_by_ip.check_key(&ip) {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            self.blocked.insert(ip, tokio::time::Instant::now() + wait);
        }
    }

    /// One report of a browser, which nobody has to be known for.
    pub(crate) fn report(&self, ip: Option<IpAddr>) -> Result<(), ApiError> {
        let Some(ip) = ip.map(group) else {
            return Ok(());
        };
        let what = "Too many reports came from this address";
        take(&self.reports_by_ip, &ip, NonZeroU32::MIN, "report", what)
    }

    /// A place among the workspace's calls under way.
    pub(crate) fn enter(&self, tenant: TenantId) -> Result<OwnedSemaphorePermit, ApiError> {
        let places = self
            .in_flight
            .get_with(tenant, || Arc::new(Semaphore::new(self.most_in_flight)));
        places.try_acquire_owned().map_err(|_| {
            let what = format!(
                "This workspace already has {} calls under way",
                self.most_in_flight
            );
            refusal("in_flight", &what, Duration::from_secs(1))
        })
    }

    /// A place for one more file of recorded calls of the workspace: each reads the database for as long as it is written.
    pub(crate) fn export(&self, tenant: TenantId) -> Result<OwnedSemaphorePermit, ApiError> {
        let places = self
            .exports
            .get_with(tenant, || Arc::new(Semaphore::new(MOST_EXPORTS)));
        places.try_acquire_owned().map_err(|_| {
            let what = "This workspace already exports calls twice at once";
            refusal("exports", what, Duration::from_secs(10))
        })
    }

    /// Forgets buckets that are full again, so that the maps do not grow without bound.
    pub(crate) fn forget_idle(&self) {
        self.by_key.retain_recent();
        self.by_tenant.retain_recent();
        self.console_by_key.retain_recent();
        self.sign_in_by_ip.retain_recent();
        self.sign_in_by_account.retain_recent();
        self.sign_in_by_both.retain_recent();
        self.misplaced.retain_recent();
        self.bad_keys_by_ip.retain_recent();
        self.reports_by_ip.retain_recent();
        self.by_key.shrink_to_fit();
        self.console_by_key.shrink_to_fit();
        self.sign_in_by_ip.shrink_to_fit();
        self.sign_in_by_account.shrink_to_fit();
        self.sign_in_by_both.shrink_to_fit();
        self.misplaced.shrink_to_fit();
        self.bad_keys_by_ip.shrink_to_fit();
        self.reports_by_ip.shrink_to_fit();
    }
}

/// One household or server has a whole IPv6 /64, so it counts as one address.
fn group(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => {
            let mut octets = v6.octets();
            octets[8..].fill(0);
            IpAddr::from(octets)
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn take<K: Hash + Eq + Clone>(
    limiter: &Keyed<K>,
    key: &K,
    cost: NonZeroU32,
    scope: &'static str,
    what: &str,
) -> Result<(), ApiError> {
    match limiter.check_key_n(key, cost) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(not_until)) => Err(refusal(
            scope,
            what,
            not_until.wait_time_from(DefaultClock::default().now()),
        )),
        // The bucket is smaller than one call costs: the operator set the limit to almost nothing.
        Err(_) => Err(refusal(scope, what, Duration::from_secs(60))),
    }
}

pub(crate) fn refusal(scope: &'static str, what: &str, wait: Duration) -> ApiError {
    ::metrics::counter!(metrics::RATE_LIMIT_REJECTIONS_TOTAL, "scope" => scope).increment(1);
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let seconds = seconds.max(1);
    let unit = if seconds == 1 { "second" } else { "seconds" };
    ApiError::new(
        ErrorCode::RateLimited,
        format!("{what}. Try again in {seconds} {unit}."),
    )
    .with_retry_after_secs(seconds)
}

#[cfg(test)]
mod tests;
