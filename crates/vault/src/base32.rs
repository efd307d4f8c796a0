//! Crockford's base32 in lower case, the alphabet of ULIDs: no `i`, `l`, `o` or `u` to misread.

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// `bytes` as text without padding: eight characters for five bytes, rounded up. The result is
/// allocated once, so encoding a secret leaves no second copy behind.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity((bytes.len() * 8).div_ceil(5));
    let (mut pending, mut bits) = (0u32, 0u32);
    for &byte in bytes {
        pending = (pending << 8) | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(symbol(pending >> bits));
        }
        pending &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(symbol(pending << (5 - bits)));
    }
    text
}

/// Whether `text` uses this alphabet only.
pub(crate) fn is_base32(text: &str) -> bool {
    text.bytes().all(|byte| ALPHABET.contains(&byte))
}

fn symbol(value: u32) -> char {
    char::from(ALPHABET[(value & 31) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same encoding by another hand: RFC 4648 digits, letter by letter.
    fn by_translation(bytes: &[u8]) -> String {
        let rfc = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        data_encoding::BASE32_NOPAD
            .encode(bytes)
            .bytes()
            .map(|byte| char::from(ALPHABET[rfc.iter().position(|&c| c == byte).unwrap()]))
            .collect()
    }

    proptest! {
        #[test]
        fn encodes_as_rfc_4648_does(bytes in prop::collection::vec(any::<u8>(), 0..70)) {
            let text = encode(&bytes);
            prop_assert_eq!(&text, &by_translation(&bytes));
            prop_assert!(is_base32(&text));
        }
    }

    #[test]
    fn letters_that_look_alike_are_not_in_the_alphabet() {
        for bad in ["i", "l", "o", "u", "A", "_", "é", " "] {
            assert!(!is_base32(bad), "{bad:?}");
        }
    }
}
