use super::*;

fn limits(calls_per_minute: u32) -> Limits {
    Limits::new(&LimitSettings {
        calls_per_minute,
        sign_ins_per_minute: 5,
        console_calls_per_minute: 30,
        calls_in_flight: 2,
    })
}

fn ids(n: u128) -> (TenantId, Actor) {
    let key = Actor::Key(KeyId::from_parts(1, n));
    (TenantId::from_parts(1, n), key)
}

#[test]
fn a_key_can_save_up_two_minutes() {
    let limits = limits(120);
    let (tenant, key) = ids(1);
    let admitted = (0..300)
        .filter(|_| limits.charge(tenant, key, NonZeroU32::MIN).is_ok())
        .count();
    assert!((240..=242).contains(&admitted), "{admitted}");
    let refused = limits.charge(tenant, key, NonZeroU32::MIN).unwrap_err();
    assert_eq!(refused.code, ErrorCode::RateLimited);
    assert!(refused.retry_after_secs.is_some_and(|s| s >= 1));
}

#[test]
fn a_write_costs_twice_a_read() {
    let limits = limits(10);
    let (tenant, key) = ids(1);
    let two = NonZeroU32::new(2).unwrap();
    let admitted = (0..50)
        .filter(|_| limits.charge(tenant, key, two).is_ok())
        .count();
    assert_eq!(admitted, 10);
}

#[test]
fn one_key_leaves_the_others_alone_but_not_without_bound() {
    let limits = limits(10);
    let (tenant, _) = ids(1);
    let admitted = (0..20u128)
        .flat_map(|n| (0..50).map(move |_| n))
        .filter(|n| limits.charge(tenant, ids(*n).1, NonZeroU32::MIN).is_ok())
        .count();
    assert_eq!(admitted, 80, "twenty keys share four keys' worth");
    let (other, key) = ids(99);
    assert!(limits.charge(other, key, NonZeroU32::MIN).is_ok());
}

#[test]
fn sign_ins_are_counted_by_address_and_by_account() {
    let limits = limits(120);
    let ip = Some(IpAddr::from([192, 0, 2, 1]));
    let by_ip = (0..10u8)
        .filter(|n| limits.sign_in(ip, [*n; 32]).is_ok())
        .count();
    assert_eq!(by_ip, 5);
    let from = |last: u8| Some(IpAddr::from([198, 51, 100, last]));
    let by_account = (0..200u8)
        .filter(|n| limits.sign_in(from(*n), [200; 32]).is_ok())
        .count();
    assert_eq!(by_account, 100, "from all addresses together");
}

#[test]
fn guesses_at_an_account_from_elsewhere_leave_its_owner_in() {
    let limits = limits(120);
    let from = |last: u8| Some(IpAddr::from([198, 51, 100, last]));
    for _ in 0..10 {
        let _ = limits.sign_in(from(1), [7; 32]);
    }
    assert!(limits.sign_in(from(1), [7; 32]).is_err());
    assert!(limits.sign_in(from(2), [7; 32]).is_ok());
}

#[test]
fn a_misplaced_key_uses_up_its_own_bucket_only() {
    let limits = limits(120);
    let ip = Some(IpAddr::from([192, 0, 2, 1]));
    let (one, other) = (KeyId::from_parts(1, 1), KeyId::from_parts(1, 2));
    let told = (0..50).filter(|_| limits.misplaced(one, ip).is_ok());
    assert_eq!(told.count(), 20);
    assert!(limits.misplaced(other, ip).is_ok());
    assert!(limits.may_present_key(ip).is_ok());
}

#[test]
fn wrong_keys_block_their_address_only() {
    let limits = limits(120);
    let bad = Some(IpAddr::from([192, 0, 2, 1]));
    for _ in 0..=BAD_KEYS_PER_MINUTE {
        assert!(limits.may_present_key(bad).is_ok());
        limits.bad_key(bad);
    }
    assert_eq!(
        limits.may_present_key(bad).unwrap_err().code,
        ErrorCode::RateLimited
    );
    assert!(
        limits
            .may_present_key(Some(IpAddr::from([192, 0, 2, 2])))
            .is_ok()
    );
}

#[test]
fn an_ipv6_network_is_one_address() {
    let one: IpAddr = "2001:db8::1".parse().unwrap();
    let two: IpAddr = "2001:db8::ffff:2".parse().unwrap();
    let mapped: IpAddr = "::ffff:192.0.2.1".parse().unwrap();
    assert_eq!(group(one), group(two));
    assert_eq!(group(mapped), IpAddr::from([192, 0, 2, 1]));
}

#[test]
fn calls_under_way_are_counted_by_workspace() {
    let limits = limits(120);
    let (tenant, _) = ids(1);
    let first = limits.enter(tenant).unwrap();
    let _second = limits.enter(tenant).unwrap();
    assert!(limits.enter(tenant).is_err());
    assert!(limits.enter(ids(2).0).is_ok());
    drop(first);
    assert!(limits.enter(tenant).is_ok());
}
