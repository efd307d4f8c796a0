use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::entropy::{Broken, SeededEntropy};
use crate::kek::tests::{kek, ring};

const PLACE: Place<'static> = Place {
    tenant: "01tenanta",
    table: "stores",
    column: "api_key",
    row: "01row1",
};
const PURPOSES: [Purpose; 7] = [
    Purpose::StoreCredentials,
    Purpose::OrderPayload,
    Purpose::TracePayload,
    Purpose::SessionData,
    Purpose::AuditEnd,
    Purpose::AlertTarget,
    Purpose::ExportBucket,
];

fn sealed_sample(ring: &KeyRing) -> Sealed {
    let entropy = SeededEntropy::new(1);
    ring.seal(Purpose::StoreCredentials, &PLACE, b"secret value", &entropy)
        .unwrap()
}

fn open(ring: &KeyRing, place: &Place<'_>, bytes: &[u8]) -> Result<Vec<u8>, OpenError> {
    let sealed = Sealed::from_bytes(bytes)?;
    ring.open(Purpose::StoreCredentials, place, &sealed)
        .map(|plain| plain.expose().to_vec())
}

proptest! {
    #[test]
    fn what_is_sealed_opens_again(
        plaintext in prop::collection::vec(any::<u8>(), 0..600),
        names in prop::collection::vec("\\PC{0,12}", 4),
        purpose in 0..PURPOSES.len(),
        seed: u64,
    ) {
        let place = Place { tenant: &names[0], table: &names[1], column: &names[2], row: &names[3] };
        let ring = ring(3, 9);
        let sealed = ring
            .seal(PURPOSES[purpose], &place, &plaintext, &SeededEntropy::new(seed))
            .unwrap();
        prop_assert_eq!(sealed.as_bytes().len(), plaintext.len() + OVERHEAD_BYTES);
        prop_assert_eq!(sealed.key_version(), 3);
        let stored = Sealed::from_bytes(sealed.into_bytes()).unwrap();
        let opened = ring.open(PURPOSES[purpose], &place, &stored).unwrap();
        prop_assert_eq!(opened.expose(), &plaintext[..]);
    }

    #[test]
    fn any_stored_bytes_are_answered_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..90)) {
        prop_assert!(open(&ring(1, 1), &PLACE, &bytes).is_err());
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    let ring = ring(1, 1);
    let good = sealed_sample(&ring).into_bytes();
    for position in 0..good.len() {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[position] ^= 1 << bit;
            let error = open(&ring, &PLACE, &bad).unwrap_err();
            let expected = match position {
                0 => matches!(error, OpenError::Malformed),
                1..=4 => matches!(error, OpenError::UnknownKeyVersion { version } if version != 1),
                _ => error == OpenError::Refused,
            };
            assert!(expected, "byte {position}, bit {bit}: {error:?}");
        }
    }
}

#[test]
fn every_truncation_and_extension_is_refused() {
    let ring = ring(1, 1);
    let good = sealed_sample(&ring).into_bytes();
    for length in 0..good.len() {
        assert!(open(&ring, &PLACE, &good[..length]).is_err(), "{length}");
    }
    let longer = [good.as_slice(), &[0]].concat();
    assert_eq!(open(&ring, &PLACE, &longer), Err(OpenError::Refused));
}

#[test]
fn a_value_opens_in_its_own_place_only() {
    let ring = ring(1, 1);
    let good = sealed_sample(&ring).into_bytes();
    assert_eq!(open(&ring, &PLACE, &good).unwrap(), b"secret value");
    #[rustfmt::skip]
    let elsewhere = [
        Place { tenant: "01tenantb", ..PLACE },
        Place { table: "webhooks", ..PLACE },
        Place { column: "api_key_old", ..PLACE },
        Place { row: "01row2", ..PLACE },
        // The same characters with one boundary moved.
        Place { table: "storesapi", column: "_key", ..PLACE },
        Place { column: "api_key0", row: "1row1", ..PLACE },
        Place { tenant: "", ..PLACE },
    ];
    for place in elsewhere {
        let answer = open(&ring, &place, &good);
        assert_eq!(answer, Err(OpenError::Refused), "{place:?}");
    }
}

#[test]
fn a_value_opens_for_its_own_purpose_only() {
    let ring = ring(1, 1);
    for sealed_for in PURPOSES {
        let entropy = SeededEntropy::new(2);
        let sealed = ring.seal(sealed_for, &PLACE, b"x", &entropy).unwrap();
        for opened_as in PURPOSES {
            let answer = ring.open(opened_as, &PLACE, &sealed);
            assert_eq!(answer.is_ok(), sealed_for == opened_as);
        }
    }
}

#[test]
fn another_key_version_is_refused_even_with_the_same_key() {
    let ring = KeyRing::new(1, kek(1)).with_previous(2, kek(1)).unwrap();
    let mut bytes = sealed_sample(&ring).into_bytes();
    bytes[4] = 2;
    assert_eq!(open(&ring, &PLACE, &bytes), Err(OpenError::Refused));
}

#[test]
fn a_wrong_key_is_refused_and_a_missing_one_named() {
    let good = sealed_sample(&ring(1, 1)).into_bytes();
    let wrong = open(&ring(1, 2), &PLACE, &good);
    assert_eq!(wrong, Err(OpenError::Refused));
    let missing = open(&ring(2, 1), &PLACE, &good);
    assert_eq!(missing, Err(OpenError::UnknownKeyVersion { version: 1 }));
}

#[test]
fn rotation_reads_both_keys_and_writes_the_new_one() {
    let old = ring(1, 1);
    let both = KeyRing::new(2, kek(2)).with_previous(1, kek(1)).unwrap();
    let before = sealed_sample(&old);
    assert!(both.needs_reseal(&before) && !old.needs_reseal(&before));

    let entropy = SeededEntropy::new(3);
    let after = both
        .reseal(Purpose::StoreCredentials, &PLACE, &before, &entropy)
        .unwrap();
    assert_eq!(after.key_version(), 2);
    assert!(!both.needs_reseal(&after));
    let new_only = ring(2, 2);
    assert_eq!(
        open(&new_only, &PLACE, after.as_bytes()).unwrap(),
        b"secret value"
    );
}

#[test]
fn nonces_do_not_repeat_over_100_000_seals() {
    let (ring, entropy) = (ring(1, 1), SeededEntropy::new(4));
    let mut seen = HashSet::new();
    for _ in 0..100_000 {
        let sealed = ring
            .seal(Purpose::TracePayload, &PLACE, b"same", &entropy)
            .unwrap();
        let nonce: [u8; NONCE_BYTES] = sealed.as_bytes()[5..HEADER_BYTES].try_into().unwrap();
        assert!(seen.insert(nonce), "nonce given twice");
    }
}

#[test]
fn without_random_bytes_nothing_is_sealed() {
    let answer = ring(1, 1).seal(Purpose::SessionData, &PLACE, b"x", &Broken);
    assert_eq!(answer, Err(SealError::NoEntropy(NoEntropy)));
}

/// Computed from the README by another implementation (OpenSSL through Python's `cryptography`). If
/// this fails, stored data of every installation has become unreadable: change the code, not the
/// bytes.
#[test]
fn the_format_of_version_one_still_opens() {
    let stored = data_encoding::HEXLOWER.decode(GOLDEN.as_bytes()).unwrap();
    assert_eq!(open(&ring(1, 1), &PLACE, &stored).unwrap(), b"secret value");
    assert_eq!(sealed_sample(&ring(1, 1)).into_bytes(), stored);
}

const GOLDEN: &str = "0100000001783825822a6f9e62da2190e8faa356c6c93c392253d6c590cd6d04\
    3fc4ca67359d0d6141e5a210fb";

#[test]
fn neither_debug_nor_errors_show_content() {
    let sealed = sealed_sample(&ring(1, 1));
    assert_eq!(
        format!("{sealed:?}"),
        "Sealed { key_version: 1, length: 45, .. }"
    );
    for error in [OpenError::Malformed, OpenError::Refused] {
        assert!(!error.to_string().contains("secret value"));
        assert!(!error.to_string().contains("01tenanta"));
    }
}
