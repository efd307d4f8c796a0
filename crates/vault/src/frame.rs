//! Joining byte strings so that the boundaries cannot be moved.

/// The parts one after the other, each behind its length in bytes (64 bits, big-endian).
///
/// Without the lengths, tenant `a` with row `bc` and tenant `ab` with row `c` would read the same,
/// and a value could be moved from one to the other.
pub(crate) fn framed(parts: &[&[u8]]) -> Vec<u8> {
    let size = parts.iter().map(|part| 8 + part.len()).sum();
    let mut joined = Vec::with_capacity(size);
    for part in parts {
        joined.extend_from_slice(&(part.len() as u64).to_be_bytes());
        joined.extend_from_slice(part);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_come_first() {
        assert_eq!(
            framed(&[b"ab", b""]),
            [0, 0, 0, 0, 0, 0, 0, 2, b'a', b'b', 0, 0, 0, 0, 0, 0, 0, 0]
        );
    }

    proptest! {
        #[test]
        fn different_parts_never_read_the_same(
            one in prop::collection::vec(prop::collection::vec(0..3u8, 0..4), 0..4),
            two in prop::collection::vec(prop::collection::vec(0..3u8, 0..4), 0..4),
        ) {
            let frame = |parts: &[Vec<u8>]| framed(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
            prop_assert_eq!(one == two, frame(&one) == frame(&two));
        }
    }
}
