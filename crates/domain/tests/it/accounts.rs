use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use orderdesk_mcp_contract::{Access, ErrorCode, KeyKind, Right, SecretText, Standing, UtcMillis};
use orderdesk_mcp_domain::{Door, NewKeyRequest, Origin, StartError};
use orderdesk_mcp_vault::{OsEntropy, PresentedKey, Secret, token};
use serde_json::json;

use crate::support::{Bench, settings};
use orderdesk_sim::seed;

#[tokio::test]
async fn a_key_works_until_it_is_revoked() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let (assistant, secret) = bench.api_key(&owner, Access::Read).await;
    assert_eq!(assistant.tenant_id(), owner.tenant_id());
    let standing = Standing::Key(KeyKind::Api, Access::Read);
    assert_eq!(assistant.standing(), standing);

    bench
        .services
        .revoke_key(&owner, assistant.actor_id())
        .await
        .unwrap();
    let refused = bench
        .services
        .authenticate(secret.expose(), Origin::of(Door::Mcp))
        .await
        .unwrap_err();
    assert_eq!(
        refused.code,
        ErrorCode::Unauthenticated,
        "at once, although it was verified a moment ago"
    );
}

#[tokio::test]
async fn a_key_ends_by_itself() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let end = UtcMillis(crate::support::NOW + 60_000);
    let request = NewKeyRequest {
        name: "Short".into(),
        kind: KeyKind::Api,
        access: Access::Read,
        expires_at: Some(end),
    };
    let (_, secret) = bench.services.create_key(&owner, request).await.unwrap();
    bench.signed_in(&secret).await;
    bench.clock.advance_secs(60);
    let refused = bench
        .services
        .authenticate(secret.expose(), Origin::of(Door::Mcp))
        .await
        .unwrap_err();
    assert_eq!(refused.code, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn wrong_keys_get_one_answer_and_no_echo() {
    let bench = Bench::start().await;
    let made = bench.services.create_tenant("Acme").await.unwrap();
    let good = made.master_key.expose().to_owned();
    // The end is a check, which may be an `x` already.
    let wrong = if good.ends_with('x') { 'y' } else { 'x' };
    let mistyped = format!("{}{wrong}", &good[..good.len() - 1]);
    let mut messages = Vec::new();
    for bad in [
        "",
        "hello",
        "Bearer x",
        mistyped.as_str(),
        &good.replace("odm_mk", "odm_ak"),
    ] {
        let refused = bench
            .services
            .authenticate(bad, Origin::of(Door::Mcp))
            .await
            .unwrap_err();
        assert_eq!(refused.code, ErrorCode::Unauthenticated, "{bad}");
        assert!(bad.is_empty() || !refused.message.contains(bad));
        messages.push(refused.message);
    }
    messages.dedup();
    assert_eq!(messages.len(), 1, "the answer must not tell what was wrong");
}

#[tokio::test]
async fn junk_keys_block_their_address_and_nobody_else() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let (_, secret) = bench.api_key(&owner, Access::Read).await;
    // Well-formed keys of rows that do not exist: the costly kind of junk.
    let other = Bench::start().await;
    let foreign = other.services.create_tenant("Other").await.unwrap();
    let mut codes = Vec::new();
    for _ in 0..40 {
        codes.push(
            bench
                .services
                .authenticate(foreign.master_key.expose(), from(1))
                .await
                .unwrap_err()
                .code,
        );
    }
    assert_eq!(codes[0], ErrorCode::Unauthenticated);
    assert_eq!(codes[39], ErrorCode::RateLimited);
    bench
        .services
        .authenticate(secret.expose(), from(2))
        .await
        .unwrap();
    // A key that was verified lately passes even from the blocked address.
    bench
        .services
        .authenticate(secret.expose(), from(1))
        .await
        .unwrap();
}

/// As many keys of the right form, with this key's id and other secrets.
fn wrong_secrets(of: &Secret, how_many: usize) -> Vec<Secret> {
    let of = PresentedKey::parse(of.expose()).unwrap();
    (0..how_many)
        .map(|_| token::issue(of.kind(), of.id(), &OsEntropy).unwrap())
        .collect()
}

/// A key that exists and was never used: wrong secrets for it have to be proved wrong.
async fn unused_key(bench: &Bench) -> Secret {
    let made = bench.services.create_tenant("Unused").await.unwrap();
    made.master_key
}

fn from(last: u8) -> Origin {
    Origin {
        ip: Some([192, 0, 2, last].into()),
        ..Origin::of(Door::Mcp)
    }
}

#[tokio::test]
async fn many_calls_with_a_lapsed_key_cost_one_hash() {
    let bench = Bench::start().await;
    let made = bench.services.create_tenant("Acme").await.unwrap();
    let one = bench.services.create_tenant("One").await.unwrap();
    let began = Instant::now();
    bench.signed_in(&one.master_key).await;
    let one_hash = began.elapsed();
    let began = Instant::now();
    let calls = (0..40u8).map(|n| {
        bench
            .services
            .authenticate(made.master_key.expose(), from(n % 4))
    });
    let answers = futures::future::join_all(calls).await;
    assert!(answers.iter().all(Result::is_ok));
    assert!(
        began.elapsed() < one_hash * 10,
        "40 calls took {:?}, and one hash takes {one_hash:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn wrong_secrets_of_a_key_in_use_cost_no_hash() {
    let bench = Bench::start().await;
    let made = bench.services.create_tenant("Acme").await.unwrap();
    let began = Instant::now();
    bench.signed_in(&made.master_key).await;
    let one_hash = began.elapsed();
    let began = Instant::now();
    for (n, key) in (0u8..).zip(wrong_secrets(&made.master_key, 40)) {
        let refused = bench.services.authenticate(key.expose(), from(n)).await;
        assert_eq!(refused.unwrap_err().code, ErrorCode::Unauthenticated);
    }
    assert!(
        began.elapsed() < one_hash * 10,
        "40 refusals took {:?}, and one hash takes {one_hash:?}",
        began.elapsed()
    );
    bench.signed_in(&made.master_key).await;
}

#[tokio::test]
async fn a_burst_of_wrong_secrets_is_cut_short_and_delays_nobody_else() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let (_, secret) = bench.api_key(&owner, Access::Read).await;
    let fresh = bench.services.create_tenant("Fresh").await.unwrap();
    let wrong = wrong_secrets(&unused_key(&bench).await, 60);
    let finished = AtomicUsize::new(0);
    let burst = wrong.iter().map(|key| async {
        let answer = bench.services.authenticate(key.expose(), from(1)).await;
        finished.fetch_add(1, Ordering::SeqCst);
        answer.unwrap_err().code
    });
    let elsewhere = async {
        let answer = bench
            .services
            .authenticate(fresh.master_key.expose(), from(2))
            .await;
        (answer.is_ok(), finished.load(Ordering::SeqCst))
    };
    let (codes, (is_ok, ahead)) = futures::join!(futures::future::join_all(burst), elsewhere);
    let proved = codes
        .iter()
        .filter(|code| **code == ErrorCode::Unauthenticated)
        .count();
    assert!((20..=22).contains(&proved), "{proved} of 60 were proved");
    assert!(is_ok && ahead <= 3, "{ahead} wrong keys went first");
    assert!(
        bench
            .services
            .authenticate(secret.expose(), from(1))
            .await
            .is_ok(),
        "what was verified lately passes"
    );
}

#[tokio::test]
async fn making_a_key_waits_for_its_turn_to_hash() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let wrong = wrong_secrets(&unused_key(&bench).await, 6);
    let finished = Arc::new(AtomicUsize::new(0));
    let mut proofs = Vec::new();
    for (n, key) in (0u8..).zip(wrong) {
        let (services, finished) = (bench.services.clone(), Arc::clone(&finished));
        proofs.push(tokio::spawn(async move {
            services
                .authenticate(key.expose(), from(n))
                .await
                .unwrap_err();
            finished.fetch_add(1, Ordering::SeqCst);
        }));
    }
    // With the first done the others stand in the queue, each from an address of its own.
    while finished.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    let request = NewKeyRequest {
        name: "Later".into(),
        kind: KeyKind::Api,
        access: Access::Read,
        expires_at: None,
    };
    bench.services.create_key(&owner, request).await.unwrap();
    assert_eq!(
        finished.load(Ordering::SeqCst),
        6,
        "first come, first served"
    );
    futures::future::join_all(proofs).await;
}

#[tokio::test]
async fn guesses_at_one_key_are_counted_together() {
    let mut limited = settings();
    // Twenty times as many from all addresses together as from one.
    limited.limits.sign_ins_per_minute = 1;
    let bench = Bench::with(limited, seed::tiny()).await;
    let unused = unused_key(&bench).await;
    let mut let_through = 0;
    for (n, key) in (0u8..).zip(wrong_secrets(&unused, 60)) {
        let guess = SecretText::new(key.expose());
        let refused = bench.services.sign_in(&guess, from(n)).await.unwrap_err();
        if refused.code == ErrorCode::RateLimited {
            break;
        }
        assert_eq!(refused.code, ErrorCode::Unauthenticated);
        let_through += 1;
    }
    // A slow machine is given one more for every three seconds that it takes.
    assert!((20..40).contains(&let_through), "{let_through}");
}

#[tokio::test]
async fn only_master_keys_open_the_web_app() {
    let bench = Bench::start().await;
    let made = bench.services.create_tenant("Acme").await.unwrap();
    let owner = bench.signed_in(&made.master_key).await;
    let (_, api) = bench.api_key(&owner, Access::Write).await;
    let sign_in = |key: &str| {
        let key = SecretText::new(key);
        let services = bench.services.clone();
        async move { services.sign_in(&key, Origin::of(Door::Web)).await }
    };
    let (caller, identity) = sign_in(&format!("  {}\n", made.master_key.expose()))
        .await
        .unwrap();
    assert_eq!(caller.tenant_name(), "Acme");
    let found = bench
        .services
        .session_caller(&identity, Origin::of(Door::Web))
        .await
        .unwrap();
    assert_eq!(found.unwrap().actor_id(), owner.actor_id());
    let refused = sign_in(api.expose()).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.field.as_deref()),
        (ErrorCode::Forbidden, Some("master_key"))
    );
    assert_eq!(
        sign_in("nonsense").await.unwrap_err().code,
        ErrorCode::Unauthenticated
    );

    bench
        .services
        .revoke_key(&owner, identity.actor.id())
        .await
        .unwrap();
    let gone = bench
        .services
        .session_caller(&identity, Origin::of(Door::Web))
        .await
        .unwrap();
    assert!(gone.is_none(), "a revoked key ends its sessions");
}

#[tokio::test]
async fn sign_ins_are_limited() {
    let mut limited = settings();
    limited.limits.sign_ins_per_minute = 5;
    let bench = Bench::with(limited, seed::tiny()).await;
    let made = bench.services.create_tenant("Acme").await.unwrap();
    for _ in 0..5 {
        let refused = bench
            .services
            .sign_in(&SecretText::new("wrong"), from(1))
            .await
            .unwrap_err();
        assert_eq!(refused.code, ErrorCode::Unauthenticated);
    }
    let right = SecretText::new(made.master_key.expose());
    let refused = bench.services.sign_in(&right, from(1)).await.unwrap_err();
    assert_eq!(
        refused.code,
        ErrorCode::RateLimited,
        "the sixth try waits, even with the right key"
    );
    assert!(
        refused
            .retry_after_secs
            .is_some_and(|seconds| seconds <= 12)
    );
}

#[tokio::test]
async fn managing_needs_the_owner() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    assert!(owner.may(Right::Keys));
    let (assistant, _) = bench.api_key(&owner, Access::Write).await;
    let request = NewKeyRequest {
        name: "More".into(),
        kind: KeyKind::Api,
        access: Access::Write,
        expires_at: None,
    };
    assert_eq!(
        bench
            .services
            .create_key(&assistant, request)
            .await
            .unwrap_err()
            .code,
        ErrorCode::Forbidden
    );
    assert_eq!(
        bench.services.list_keys(&assistant).await.unwrap_err().code,
        ErrorCode::Forbidden
    );
    assert_eq!(
        bench
            .services
            .revoke_key(&assistant, owner.actor_id())
            .await
            .unwrap_err()
            .code,
        ErrorCode::Forbidden
    );
    let keys = bench.services.list_keys(&owner).await.unwrap();
    assert_eq!(keys.len(), 2);
}

#[tokio::test]
async fn tenant_names_are_unique_without_regard_to_case() {
    let bench = Bench::start().await;
    bench.tenant("Acme").await;
    let taken = bench.services.create_tenant(" ACME ").await.unwrap_err();
    assert_eq!(taken.code, ErrorCode::Conflict);
    assert!(bench.services.create_tenant("  ").await.is_err());
    assert_eq!(
        bench.services.operator("acme").await.unwrap().tenant_name(),
        "Acme"
    );
    assert_eq!(
        bench.services.operator("nobody").await.unwrap_err().code,
        ErrorCode::NotFound
    );
}

#[tokio::test]
async fn another_key_encryption_key_is_refused_at_the_start() {
    let bench = Bench::start().await;
    let refused = bench.restart_with_key([9; 32]).await.err();
    assert!(
        matches!(refused, Some(StartError::WrongKey(_))),
        "{refused:?}"
    );
    assert!(bench.restart_with_key([7; 32]).await.is_ok());
}

#[tokio::test]
async fn use_master_key_checks_the_own_workspace_only() {
    let bench = Bench::start().await;
    let mine = bench.services.create_tenant("Mine").await.unwrap();
    let theirs = bench.services.create_tenant("Theirs").await.unwrap();
    let caller = bench.signed_in(&mine.master_key).await;
    let answer = bench
        .ok(
            &caller,
            "tenant_use_master_key",
            json!({ "master_key": mine.master_key.expose() }),
        )
        .await;
    assert_eq!(answer["tenant_name"], "Mine");
    let foreign = bench
        .err(
            &caller,
            "tenant.use_master_key",
            json!({ "master_key": theirs.master_key.expose() }),
        )
        .await;
    let wrong = bench
        .err(
            &caller,
            "tenant_use_master_key",
            json!({ "master_key": "odm_mk_0123456789" }),
        )
        .await;
    assert_eq!(foreign, wrong, "a foreign key must look like a wrong one");
}
