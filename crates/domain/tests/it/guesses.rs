//! Guesses at passwords.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;
use orderdesk_mcp_contract::{ErrorCode, Role, SecretText};
use orderdesk_mcp_domain::Origin;

use crate::people::{PASSWORD, person, sign_in, web};
use crate::support::{Bench, settings};
use orderdesk_sim::seed;

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    let bench = Bench::start().await;
    let key = bench.tenant("Acme").await;
    person(&bench, &key, "Ada", Role::Owner).await;
    let wrong = sign_in(&bench, "ada@example.com", "wrong horse battery").await;
    let unknown = sign_in(&bench, "eve@example.com", "wrong horse battery").await;
    let (wrong, unknown) = (wrong.unwrap_err(), unknown.unwrap_err());
    assert_eq!(wrong, unknown);
    assert_eq!(wrong.code, ErrorCode::Unauthenticated);
    for (email, password) in [("", ""), ("ada@example.com", ""), ("no\0body", "x")] {
        assert_eq!(sign_in(&bench, email, password).await.unwrap_err(), wrong);
    }
}

#[tokio::test]
async fn guesses_at_a_password_are_limited() {
    let mut limited = settings();
    limited.limits.sign_ins_per_minute = 3;
    let bench = Bench::with(limited, seed::tiny()).await;
    let key = bench.tenant("Acme").await;
    person(&bench, &key, "Ada", Role::Owner).await;
    let mut codes = Vec::new();
    for _ in 0..5 {
        let tried = sign_in(&bench, "ada@example.com", "wrong horse battery").await;
        codes.push(tried.unwrap_err().code);
    }
    let (wrong, limited) = (ErrorCode::Unauthenticated, ErrorCode::RateLimited);
    assert_eq!(codes, [wrong, wrong, wrong, limited, limited]);
    let right = sign_in(&bench, "ADA@example.com", PASSWORD).await;
    assert_eq!(right.unwrap_err().code, limited, "the right one waits too");
    let other = sign_in(&bench, "eve@example.com", PASSWORD).await;
    assert_eq!(other.unwrap_err().code, wrong, "others are left alone");
}

#[tokio::test]
async fn a_flood_of_guesses_at_passwords_holds_up_no_key() {
    const GUESSES: u8 = 60;
    let bench = Bench::start().await;
    let made = bench.services.create_tenant("Acme").await.unwrap();
    let (looked_at, turned_away) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let guess = async |last: u8| {
        let (email, password) = (format!("{last}@example.com"), SecretText::new(PASSWORD));
        let origin = Origin {
            ip: Some([192, 0, 2, last].into()),
            ..web()
        };
        let tried = bench.services.sign_in_person(&email, &password, origin);
        let error = tried.await.unwrap_err();
        if error.code == ErrorCode::RateLimited {
            assert!(error.message.starts_with("Very many sign in"), "{error}");
            turned_away.fetch_add(1, Ordering::Relaxed);
        } else {
            assert_eq!(error.code, ErrorCode::Unauthenticated);
            looked_at.fetch_add(1, Ordering::Relaxed);
        }
    };
    let key = async {
        bench.signed_in(&made.master_key).await;
        looked_at.load(Ordering::Relaxed)
    };
    // The guesses come first.
    let (_, before_key) = tokio::join!(join_all((0..GUESSES).map(guess)), key);
    let (looked_at, turned_away) = (looked_at.into_inner(), turned_away.into_inner());
    assert_eq!(looked_at + turned_away, usize::from(GUESSES));
    assert!(turned_away > 0, "the queue is bounded");
    assert!(before_key < 8, "{before_key} guesses went before the key");
}
