//! How well a name answers to what was typed.

/// Higher is better; `None` when it does not answer at all: a name that begins so, one with a word that begins so, one that
/// holds it, and one that has its letters in that order. Capitals count as small letters; names are plain ASCII.
pub(super) fn rank(name: &str, typed: &str) -> Option<u8> {
    let name = name.to_ascii_lowercase();
    let typed = typed.trim().to_ascii_lowercase();
    if name.starts_with(&typed) {
        Some(3)
    } else if name.split(' ').any(|word| word.starts_with(&typed)) {
        Some(2)
    } else if name.contains(&typed) {
        Some(1)
    } else {
        let mut letters = name.bytes();
        let has_all = typed
            .bytes()
            .filter(|letter| *letter != b' ')
            .all(|wanted| letters.any(|letter| letter == wanted));
        has_all.then_some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closer_comes_first() {
        let ranks = [
            ("Stores", "sto", Some(3)),
            ("Add a store", "STO", Some(2)),
            ("Dashboard", "board", Some(1)),
            ("Approvals", "apv", Some(0)),
            ("Keys", "sk", None),
            ("Keys", "", Some(3)),
            ("Add a store", " ad st ", Some(0)),
        ];
        for (name, typed, expected) in ranks {
            assert_eq!(rank(name, typed), expected, "{name} by {typed:?}");
        }
    }
}
