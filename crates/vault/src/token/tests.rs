use proptest::prelude::*;

use super::*;
use crate::entropy::{Broken, SeededEntropy};

const ID: &str = "01k9q3xzv4m8n2p6r7s5t1w0ya";

fn key(kind: KeyKind) -> Secret {
    issue(kind, ID, &SeededEntropy::new(1)).unwrap()
}

#[test]
fn an_issued_key_is_read_back() {
    for (kind, prefix) in [
        (KeyKind::Master, "odm_mk_"),
        (KeyKind::Api, "odm_ak_"),
        (KeyKind::Invite, "odm_in_"),
    ] {
        let issued = key(kind);
        let text = issued.expose();
        assert_eq!(text.len(), KEY_BYTES);
        assert!(text.starts_with(&format!("{prefix}{ID}_")));
        let presented = PresentedKey::parse(text).unwrap();
        assert_eq!(presented.kind(), kind);
        assert_eq!(presented.id(), ID);
        assert_eq!(presented.secret(), &issued);
    }
}

#[test]
fn two_keys_of_one_id_differ() {
    let entropy = SeededEntropy::new(1);
    let make = || issue(KeyKind::Api, ID, &entropy).unwrap();
    assert_ne!(make(), make());
    let broken = issue(KeyKind::Api, ID, &Broken);
    assert_eq!(broken, Err(IssueError::NoEntropy(NoEntropy)));
}

#[test]
fn ids_that_would_break_the_form_are_not_issued() {
    for id in [
        "",
        "01k9q3xz",
        "01K9Q3XZV4M8N2P6R7S5T1W0YA",
        "01k9q3xzv4m8n2p6r7s5t1w0y_",
        "01k9q3xzv4m8n2p6r7s5t1w0yi",
        "81k9q3xzv4m8n2p6r7s5t1w0ya",
        "01k9q3xzv4m8n2p6r7s5t1w0yaa",
    ] {
        let answer = issue(KeyKind::Master, id, &SeededEntropy::new(1));
        assert_eq!(answer, Err(IssueError::BadId), "{id:?}");
    }
}

#[test]
fn every_substitution_of_one_character_is_rejected() {
    let good = key(KeyKind::Master);
    let good = good.expose();
    let mut tried = 0;
    for position in 0..good.len() {
        for other in ' '..='~' {
            if good[position..].starts_with(other) {
                continue;
            }
            let bad = format!("{}{other}{}", &good[..position], &good[position + 1..]);
            assert!(PresentedKey::parse(&bad).is_err(), "{position} {other:?}");
            tried += 1;
        }
    }
    assert_eq!(tried, KEY_BYTES * 94);
}

#[test]
fn swapped_neighbours_are_rejected() {
    let good = key(KeyKind::Api);
    for position in 0..KEY_BYTES - 1 {
        let mut bytes = good.expose().as_bytes().to_vec();
        bytes.swap(position, position + 1);
        let bad = String::from_utf8(bytes).unwrap();
        if bad != good.expose() {
            assert!(PresentedKey::parse(&bad).is_err(), "{position}");
        }
    }
}

#[test]
fn each_kind_of_mistake_has_its_answer() {
    let good = key(KeyKind::Master).expose().to_owned();
    let (head, check) = good.split_at(KEY_BYTES - CHECK_CHARS);
    let wrong_check = if check == "000000" {
        "000001"
    } else {
        "000000"
    };
    let cases = [
        (String::new(), KeyFormatError::Length),
        (good[..92].to_owned(), KeyFormatError::Length),
        (format!("{good} "), KeyFormatError::Length),
        ("odm_mk_".repeat(1_000_000), KeyFormatError::Length),
        (good.replace("odm_", "odx_"), KeyFormatError::Prefix),
        (good.replace("_mk_", "_xk_"), KeyFormatError::Prefix),
        (good.to_uppercase(), KeyFormatError::Prefix),
        ("x".repeat(KEY_BYTES), KeyFormatError::Shape),
        ("_".repeat(KEY_BYTES), KeyFormatError::Prefix),
        (good.replace(ID, &ID.to_uppercase()), KeyFormatError::Shape),
        (good.replace("01k9", "é9_"), KeyFormatError::Shape),
        (good.replace("_mk_", "_ak_"), KeyFormatError::Check),
        (format!("{head}{wrong_check}"), KeyFormatError::Check),
    ];
    for (text, expected) in cases {
        let answer = PresentedKey::parse(&text);
        assert_eq!(answer, Err(expected), "{text:.100}");
    }
}

/// Computed from the README by a Python script; keys in people's hands must stay valid.
#[test]
fn the_form_of_version_one_is_still_accepted() {
    assert_eq!(key(KeyKind::Master).expose(), GOLDEN);
    assert!(PresentedKey::parse(GOLDEN).is_ok());
}

const GOLDEN: &str = "odm_mk_01k9q3xzv4m8n2p6r7s5t1w0ya_\
    f0w2b0hadyf65ph1j3m2hs69t9bpwpbqwegb6rgb14pzq7msjvx0_qskqac";

#[test]
fn lists_and_debug_show_a_prefix_only() {
    assert_eq!(display_prefix(KeyKind::Api, ID), "odm_ak_01k9q3xz…");
    assert_eq!(display_prefix(KeyKind::Master, "é"), "odm_mk_é…");
    let presented = PresentedKey::parse(key(KeyKind::Master).expose()).unwrap();
    assert_eq!(format!("{presented:?}"), "odm_mk_01k9q3xz…");
}

proptest! {
    #[test]
    fn any_text_is_answered_without_panic(text in "\\PC*") {
        prop_assert!(PresentedKey::parse(&text).is_err());
    }

    #[test]
    fn texts_of_the_right_length_and_almost_the_right_form_are_answered(
        text in "(odm|od_)_(mk|ak|m_)_[0-9a-z_]{26}_[0-9a-z_]{52}_[0-9a-z_]{6}",
    ) {
        prop_assert_eq!(text.len(), KEY_BYTES);
        prop_assert!(PresentedKey::parse(&text).is_err());
    }

    #[test]
    fn any_character_anywhere_in_a_key_of_the_right_length_is_answered(
        strange: char,
        position in 0..KEY_BYTES - 4,
    ) {
        let good = key(KeyKind::Api);
        let (before, after) = good.expose().split_at(position);
        let bad = format!("{before}{strange}{}", &after[strange.len_utf8()..]);
        prop_assert_eq!(bad.len(), KEY_BYTES);
        prop_assert_eq!(PresentedKey::parse(&bad).is_ok(), bad == good.expose());
    }

    #[test]
    fn every_issued_key_is_read_back(seed: u64, id in "[0-7][0-9a-hjkmnp-tv-z]{25}") {
        let issued = issue(KeyKind::Api, &id, &SeededEntropy::new(seed)).unwrap();
        let presented = PresentedKey::parse(issued.expose()).unwrap();
        prop_assert_eq!(presented.id(), id);
        prop_assert_eq!(presented.secret(), &issued);
    }
}
