use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER};

use super::*;
use crate::entropy::{Broken, OsEntropy, SeededEntropy};

/// A good key that depends on `seed` alone.
pub(crate) fn kek(seed: u64) -> KeyEncryptionKey {
    let text = KeyEncryptionKey::generate(&SeededEntropy::new(seed)).unwrap();
    KeyEncryptionKey::parse(text.expose()).unwrap()
}

/// A ring of one version with the key of `seed`.
pub(crate) fn ring(version: u32, seed: u64) -> KeyRing {
    KeyRing::new(version, kek(seed))
}

fn derived(kek: &KeyEncryptionKey) -> SecretBytes<32> {
    kek.derive("test", "tenant")
}

/// 32 bytes whose base64 has all four characters in which the alphabets differ, and padding.
fn sample() -> [u8; 32] {
    let mut bytes = [0; 32];
    for (value, byte) in (0u8..).zip(&mut bytes) {
        *byte = value.wrapping_mul(37);
    }
    bytes[..6].copy_from_slice(&[0xFB, 0xFF, 0xBF, 0xFB, 0xEF, 0xBE]);
    bytes
}

#[test]
fn every_written_form_of_a_key_is_the_same_key() {
    let standard = BASE64.encode(&sample());
    assert!(standard.contains('+') && standard.contains('/') && standard.ends_with('='));
    let expected = derived(&KeyEncryptionKey::parse(&standard).unwrap());
    let (first, second) = standard.split_at(20);
    let forms = [
        BASE64_NOPAD.encode(&sample()),
        BASE64URL.encode(&sample()),
        BASE64URL_NOPAD.encode(&sample()),
        format!("{standard}\n"),
        format!("  {standard}\r\n"),
        format!("{first}\n{second}\n"),
    ];
    for form in forms {
        let read = KeyEncryptionKey::parse(&form).unwrap();
        assert_eq!(derived(&read), expected, "{form:?}");
    }
}

#[test]
fn lengths_above_the_least_are_taken_whole() {
    for length in [32, 33, 34, 35, 48, 64, 100] {
        let bytes: Vec<u8> = (0..length).collect();
        let key = KeyEncryptionKey::parse(&BASE64URL_NOPAD.encode(&bytes)).unwrap();
        let shorter = KeyEncryptionKey::parse(&BASE64.encode(&bytes[..32])).unwrap();
        assert_eq!(derived(&key) == derived(&shorter), length == 32, "{length}");
    }
    assert!(KeyEncryptionKey::parse(&HEXLOWER.encode(&sample())).is_ok());
}

#[test]
fn the_unused_bits_of_the_last_digit_do_not_matter() {
    // 43 digits hold 258 bits; hand-made keys seldom have the last two clear.
    let hand_made = "ci-only-key_ci-only-key_ci-only-key_0123456";
    assert_eq!(hand_made.len(), 43);
    assert!(KeyEncryptionKey::parse(hand_made).is_ok());
}

#[test]
fn texts_that_are_no_key_say_why() {
    let good = BASE64.encode(&sample());
    let short = BASE64.encode(&sample()[..31]);
    let cases = [
        (String::new(), KekError::Empty),
        (" \n".into(), KekError::Empty),
        ("==".into(), KekError::Empty),
        ("changeme".into(), KekError::TooShort { bytes: 6 }),
        (short, KekError::TooShort { bytes: 31 }),
        (good.replace('=', "!"), KekError::NotBase64),
        (format!("{good}=="), KekError::NotBase64),
        (format!("{good}{good}"), KekError::NotBase64),
        (
            format!("{}-", good.trim_end_matches('=')),
            KekError::NotBase64,
        ),
        ("prüfung ".repeat(20), KekError::NotBase64),
        ("A".repeat(45), KekError::NotBase64),
        ("A".repeat(MAX_KEK_CHARS + 1), KekError::TooLong),
    ];
    for (text, expected) in cases {
        let error = KeyEncryptionKey::parse(&text).unwrap_err();
        assert_eq!(error, expected, "{text:.60}");
        let repeats = text.len() > 2 && error.to_string().contains(text.trim());
        assert!(!repeats, "the message repeats the key");
    }
}

#[test]
fn keys_nobody_generated_are_recognised() {
    let looks_random = |bytes: &[u8]| {
        KeyEncryptionKey::parse(&BASE64.encode(bytes))
            .unwrap()
            .looks_random()
    };
    assert!(!looks_random(&[0; 32]));
    assert!(!looks_random(&b"abcd".repeat(8)));
    assert!(looks_random(&sample()));
    for seed in 0..200 {
        assert!(kek(seed).looks_random(), "seed {seed}");
    }
}

#[test]
fn generated_keys_are_read_and_differ() {
    let make = || KeyEncryptionKey::generate(&OsEntropy).unwrap();
    let (one, two) = (make(), make());
    assert_ne!(one, two);
    assert_eq!(one.expose().len(), 44);
    assert!(KeyEncryptionKey::parse(one.expose()).is_ok());
    assert_eq!(KeyEncryptionKey::generate(&Broken), Err(NoEntropy));
}

#[test]
fn derived_keys_differ_by_key_label_and_tenant() {
    let (one, two) = (kek(1), kek(2));
    let keys: [SecretBytes<32>; 6] = [
        one.derive("a", "t1"),
        one.derive("a", "t2"),
        one.derive("b", "t1"),
        two.derive("a", "t1"),
        // The same characters with the boundary moved.
        one.derive("at", "1"),
        one.derive("", "at1"),
    ];
    for (i, key) in keys.iter().enumerate() {
        for other in &keys[i + 1..] {
            assert_ne!(key, other);
        }
    }
    assert_eq!(keys[0], kek(1).derive("a", "t1"));
}

#[test]
fn a_version_belongs_to_one_key() {
    let duplicate = ring(1, 1).with_previous(1, kek(2)).unwrap_err();
    assert_eq!(duplicate, DuplicateVersion { version: 1 });
    let ring = ring(2, 1)
        .with_previous(3, kek(2))
        .and_then(|ring| ring.with_previous(1, kek(3)))
        .unwrap();
    assert_eq!(ring.current_version(), 2);
    assert_eq!(ring.versions().collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn debug_shows_versions_only() {
    assert_eq!(format!("{:?}", kek(1)), "KeyEncryptionKey(..)");
    let text = format!("{:?}", ring(4, 1));
    assert_eq!(text, "KeyRing { current: 4, versions: [4], .. }");
}

#[test]
fn a_ring_is_shared_between_threads() {
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<KeyRing>();
    is_shared::<Box<dyn Entropy>>();
}
