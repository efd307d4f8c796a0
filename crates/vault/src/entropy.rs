//! Where random bytes come from. They arrive as an argument, so that tests can own them.

/// A source of bytes nobody can predict. Shared freely: `Arc<dyn Entropy>` in a service is enough.
pub trait Entropy: Send + Sync {
    /// Fills all of `dest`.
    ///
    /// # Errors
    /// [`NoEntropy`] if the source failed; `dest` must then not be used.
    fn fill(&self, dest: &mut [u8]) -> Result<(), NoEntropy>;
}

/// The operating system could not supply random bytes, so no key or nonce can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoEntropy;

/// The operating system's generator (`getrandom(2)` on Linux). The only one for production.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, dest: &mut [u8]) -> Result<(), NoEntropy> {
        getrandom::fill(dest).map_err(|_| NoEntropy)
    }
}

/// Repeatable bytes for tests: SHA-256 of the seed and a counter, so equal seeds give equal bytes
/// in equal order. Predictable by design, hence absent from builds without the `testing` feature.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    blocks_given: std::sync::atomic::AtomicU64,
}

#[cfg(any(test, feature = "testing"))]
impl SeededEntropy {
    /// A stream that depends on `seed` alone.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            blocks_given: std::sync::atomic::AtomicU64::new(0),
        }
    }
}

#[cfg(any(test, feature = "testing"))]
impl Entropy for SeededEntropy {
    fn fill(&self, dest: &mut [u8]) -> Result<(), NoEntropy> {
        use sha2::{Digest, Sha256};
        use std::sync::atomic::Ordering;

        for chunk in dest.chunks_mut(32) {
            let block = self.blocks_given.fetch_add(1, Ordering::Relaxed);
            let mut hasher = Sha256::new();
            hasher.update(self.seed.to_be_bytes());
            hasher.update(block.to_be_bytes());
            chunk.copy_from_slice(&hasher.finalize()[..chunk.len()]);
        }
        Ok(())
    }
}

/// A source that always fails, to prove that no caller goes on with unfilled bytes.
#[cfg(test)]
pub(crate) struct Broken;

#[cfg(test)]
impl Entropy for Broken {
    fn fill(&self, _dest: &mut [u8]) -> Result<(), NoEntropy> {
        Err(NoEntropy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
        let mut bytes = [0; N];
        entropy.fill(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_seed_repeats_its_stream_and_never_itself() {
        let (one, two) = (SeededEntropy::new(7), SeededEntropy::new(7));
        let first: [u8; 40] = take(&one);
        assert_eq!(first, take(&two));
        assert_ne!(first, take(&one), "the stream must move on");
        assert_ne!(first, take(&SeededEntropy::new(8)));
    }

    #[test]
    fn the_operating_system_fills_everything() {
        let (one, two): ([u8; 64], [u8; 64]) = (take(&OsEntropy), take(&OsEntropy));
        assert_ne!(one, two);
        assert_ne!(one[32..], [0; 32]);
    }
}
