//! Compression of what many recorded calls have in common. LZ4 (block format, the length before it): it is read and written
//! faster than a disk takes what it saves.

use lz4_flex::block::{compress_prepend_size, decompress_size_prepended, uncompressed_size};

/// The longest text that is unpacked, in bytes: what a damaged length could ask the memory for.
const UNPACKED_MAX: usize = 64 << 20;

/// The text, shorter.
pub fn pack(text: &str) -> Vec<u8> {
    compress_prepend_size(text.as_bytes())
}

/// The text that was packed; absent when it is none.
pub fn unpack(packed: &[u8]) -> Option<String> {
    let (length, _) = uncompressed_size(packed).ok()?;
    if length > UNPACKED_MAX {
        return None;
    }
    let text = String::from_utf8(decompress_size_prepended(packed).ok()?).ok()?;
    (text.len() == length).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_comes_back() {
        for text in ["", "a", "ünïcode", &"orders_get ".repeat(9_000)] {
            assert_eq!(unpack(&pack(text)).as_deref(), Some(text));
        }
        assert!(pack(&"orders_get ".repeat(9_000)).len() < 1_000);
    }

    #[test]
    fn what_is_damaged_is_refused() {
        let whole = pack(&"orders_get ".repeat(90));
        assert_eq!(unpack(&[]), None);
        assert_eq!(unpack(&whole[..whole.len() - 1]), None);
        assert_eq!(unpack(&u32::MAX.to_le_bytes()), None);
        let mut longer = whole.clone();
        longer[0] += 1;
        assert_eq!(unpack(&longer), None);
        assert_eq!(unpack(&compress_prepend_size(&[0xff, 0xfe])), None);
    }
}
