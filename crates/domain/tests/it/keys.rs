//! Keys with a policy from the first moment, keys that take over, and where a key may be used from.

use std::collections::BTreeSet;

use orderdesk_mcp_contract::{
    Access, Budget, ErrorCode, KeyId, KeyKind, KeyPolicy, SecretText, UtcMillis,
};
use orderdesk_mcp_domain::{Caller, Door, NewKeyRequest, Origin};
use orderdesk_mcp_vault::Secret;
use serde_json::json;

use crate::support::{Bench, NOW, recorded};

const HOUR_MS: i64 = 3_600_000;

fn from(ip: &str) -> Origin {
    Origin {
        ip: Some(ip.parse().unwrap()),
        ..Origin::of(Door::Mcp)
    }
}

fn only_from(networks: &[&str]) -> KeyPolicy {
    KeyPolicy {
        addresses: networks.iter().map(|net| net.parse().unwrap()).collect(),
        ..KeyPolicy::default()
    }
}

fn request(access: Access, expires_at: Option<UtcMillis>) -> NewKeyRequest {
    NewKeyRequest {
        name: "Shop assistant".into(),
        kind: KeyKind::Api,
        access,
        expires_at,
    }
}

async fn limited(bench: &Bench, owner: &Caller, policy: KeyPolicy) -> (KeyId, Secret) {
    let new = request(Access::Write, None);
    let made = bench
        .services
        .create_limited_key(owner, new, policy)
        .await
        .unwrap();
    (made.0.id, made.1)
}

async fn code(bench: &Bench, secret: &Secret, origin: Origin) -> Option<ErrorCode> {
    let answer = bench.services.authenticate(secret.expose(), origin).await;
    answer.err().map(|error| error.code)
}

#[tokio::test]
async fn a_key_is_limited_from_its_first_call() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let policy = KeyPolicy {
        tools: Some(BTreeSet::from(["orders_list".to_owned()])),
        budget: Budget {
            changes: Some(3),
            ..Budget::default()
        },
        ..KeyPolicy::default()
    };
    let (id, secret) = limited(&bench, &owner, policy.clone()).await;
    let caller = bench.signed_in(&secret).await;
    assert_eq!(caller.policy(), &policy);
    bench.ok(&caller, "orders_list", json!({})).await;
    let refused = bench
        .err(&caller, "orders_get", json!({ "order_id": "1" }))
        .await;
    assert_eq!(refused.code, ErrorCode::Forbidden);
    let detail = bench.services.key_detail(&owner, id).await.unwrap();
    assert_eq!(detail.policy, policy);

    let unknown = KeyPolicy {
        tools: Some(BTreeSet::from(["orders_burn".to_owned()])),
        ..KeyPolicy::default()
    };
    let new = request(Access::Read, None);
    let refused = bench
        .services
        .create_limited_key(&owner, new, unknown)
        .await
        .unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("tools"));
    let keys = bench.services.list_keys(&owner).await.unwrap();
    assert_eq!(keys.len(), 2, "nothing was made");
}

#[tokio::test]
async fn only_owners_make_and_rotate_keys_of_their_workspace() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let stranger = bench.tenant("Other").await;
    let (assistant, _) = bench.api_key(&owner, Access::Write).await;
    let services = &bench.services;
    let new = request(Access::Read, None);
    let made = services.create_limited_key(&assistant, new, KeyPolicy::default());
    assert_eq!(made.await.unwrap_err().code, ErrorCode::Forbidden);
    let choices = services.key_choices(&assistant).await.unwrap_err();
    assert_eq!(choices.code, ErrorCode::Forbidden);
    for (caller, expected) in [
        (&assistant, ErrorCode::Forbidden),
        (&stranger, ErrorCode::NotFound),
    ] {
        let rotated = services.rotate_key(caller, assistant.actor_id(), 0).await;
        assert_eq!(rotated.unwrap_err().code, expected);
    }
}

#[tokio::test]
async fn a_new_key_takes_over_and_both_work_for_a_day() {
    let bench = Bench::start().await;
    let owner = bench.tenant_with_store("Acme").await;
    let policy = only_from(&["192.0.2.0/24"]);
    let (old, old_secret) = limited(&bench, &owner, policy.clone()).await;
    let (new, new_secret) = bench.services.rotate_key(&owner, old, 24).await.unwrap();
    assert_eq!(
        (new.name.as_str(), new.access),
        ("Shop assistant", Access::Write)
    );
    let caller = bench
        .services
        .authenticate(new_secret.expose(), from("192.0.2.9"))
        .await
        .unwrap();
    assert_eq!(caller.policy(), &policy, "with the same limits");
    assert_eq!(code(&bench, &old_secret, from("192.0.2.9")).await, None);

    let (before, after) = (
        bench.services.key_detail(&owner, old).await.unwrap(),
        bench.services.key_detail(&owner, new.id).await.unwrap(),
    );
    assert_eq!(before.key.replaced_by, Some(new.id));
    assert_eq!(after.replaces, Some(old));
    let again = bench.services.rotate_key(&owner, old, 24).await;
    assert_eq!(again.unwrap_err().code, ErrorCode::Conflict);

    bench.clock.advance_secs(24 * 3600);
    let ended = code(&bench, &old_secret, from("192.0.2.9")).await;
    assert_eq!(ended, Some(ErrorCode::Unauthenticated));
    assert_eq!(code(&bench, &new_secret, from("192.0.2.9")).await, None);
}

#[tokio::test]
async fn a_rotation_without_overlap_ends_the_old_key_at_once() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let (assistant, secret) = bench.api_key(&owner, Access::Read).await;
    let odd = bench
        .services
        .rotate_key(&owner, assistant.actor_id(), 5)
        .await;
    assert_eq!(odd.unwrap_err().field.as_deref(), Some("overlap_hours"));
    let own = bench.services.rotate_key(&owner, owner.actor_id(), 0).await;
    assert_eq!(
        own.unwrap_err().field.as_deref(),
        Some("overlap_hours"),
        "nobody could take the new key"
    );
    bench
        .services
        .rotate_key(&owner, assistant.actor_id(), 0)
        .await
        .unwrap();
    assert_eq!(
        code(&bench, &secret, Origin::of(Door::Mcp)).await,
        Some(ErrorCode::Unauthenticated),
        "although it was verified a moment ago"
    );
}

#[tokio::test]
async fn a_key_that_ends_is_followed_by_one_that_lasts_as_long() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let end = UtcMillis(NOW + 48 * HOUR_MS);
    let new = request(Access::Read, Some(end));
    let (old, _) = bench.services.create_key(&owner, new).await.unwrap();
    let lasts = end.since(old.created_at);
    bench.clock.advance_secs(40 * 3600);
    let (new, _) = bench
        .services
        .rotate_key(&owner, old.id, 168)
        .await
        .unwrap();
    let lasts_now = new.expires_at.unwrap().since(new.created_at);
    assert!((lasts - lasts_now).abs() < 1000, "{lasts} {lasts_now}");
    let keys = bench.services.list_keys(&owner).await.unwrap();
    let old = keys.into_iter().find(|key| key.id == old.id).unwrap();
    assert_eq!(
        old.expires_at,
        Some(end),
        "no later than it would have ended"
    );
    bench.services.revoke_key(&owner, new.id).await.unwrap();
    let revoked = bench.services.rotate_key(&owner, new.id, 24).await;
    assert_eq!(revoked.unwrap_err().code, ErrorCode::Conflict);
}

#[tokio::test]
async fn a_key_works_from_its_addresses_only_and_says_so() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let policy = only_from(&["192.0.2.0/24", "2001:db8::/32"]);
    let (_, secret) = limited(&bench, &owner, policy).await;
    for ip in ["192.0.2.200", "::ffff:192.0.2.1", "2001:db8::1"] {
        assert_eq!(code(&bench, &secret, from(ip)).await, None, "{ip}");
    }
    let refused = bench
        .services
        .authenticate(secret.expose(), from("198.51.100.7"))
        .await
        .unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    assert!(refused.message.contains("198.51.100.7"), "{refused:?}");
    assert_eq!(
        code(&bench, &secret, Origin::of(Door::Mcp)).await,
        Some(ErrorCode::Forbidden),
        "an address that is not known is none of them"
    );
    assert_eq!(
        code(&bench, &secret, Origin::of(Door::Stdio)).await,
        None,
        "a process of this machine has no address"
    );
    let rows = recorded(&bench, &owner, 3).await;
    let refusals = rows
        .iter()
        .filter(|row| row.tool == "authenticate" && row.error == Some(ErrorCode::Forbidden));
    assert_eq!(refusals.count(), 2, "the owner finds them recorded");
}

#[tokio::test]
async fn a_stolen_key_fills_no_records() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let (_, secret) = limited(&bench, &owner, only_from(&["192.0.2.0/24"])).await;
    let mut last = None;
    for _ in 0..40 {
        last = code(&bench, &secret, from("198.51.100.7")).await;
    }
    assert_eq!(last, Some(ErrorCode::RateLimited));
    assert_eq!(code(&bench, &secret, from("192.0.2.1")).await, None);
}

#[tokio::test]
async fn nobody_shuts_themselves_out() {
    let bench = Bench::start().await;
    let made = bench.services.create_tenant("Acme").await.unwrap();
    let key = SecretText::new(made.master_key.expose());
    let web = |ip: &str| Origin {
        door: Door::Web,
        ..from(ip)
    };
    let (owner, identity) = bench
        .services
        .sign_in(&key, web("192.0.2.1"))
        .await
        .unwrap();
    let set = async |networks: &[&str]| {
        let policy = only_from(networks);
        let services = &bench.services;
        services
            .set_key_policy(&owner, owner.actor_id(), policy)
            .await
    };
    let refused = set(&["198.51.100.0/24"]).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("addresses"));
    assert!(refused.message.contains("192.0.2.1"), "{refused:?}");
    set(&["192.0.2.0/24"]).await.unwrap();

    // It holds for the web app too: at the sign-in, and for a session that moves elsewhere.
    let elsewhere = web("198.51.100.7");
    let refused = bench
        .services
        .sign_in(&key, elsewhere.clone())
        .await
        .unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    let session = async |origin| {
        let found = bench.services.session_caller(&identity, origin).await;
        found.unwrap().is_some()
    };
    assert!(!session(elsewhere).await);
    assert!(session(web("192.0.2.9")).await);
}

#[tokio::test]
async fn the_last_use_is_known_before_it_is_written_down() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let (id, secret) = limited(&bench, &owner, KeyPolicy::default()).await;
    let last_use = async || {
        let detail = bench.services.key_detail(&owner, id).await.unwrap();
        detail.key.last_used_at
    };
    assert_eq!(last_use().await, None);
    bench.signed_in(&secret).await;
    assert!(last_use().await.is_some());
}
