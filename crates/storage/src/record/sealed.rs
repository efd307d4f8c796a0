use std::fmt;

/// What the vault sealed: opaque here but for the key version, which stands in a column of its own, so
/// that a rotation finds the rows it still has to seal again and can count what is left.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedBlob {
    /// The version of the key-encryption key that sealed it, as the vault says; from 1.
    pub key_version: u32,
    /// The sealed bytes.
    pub bytes: Vec<u8>,
}

/// Says the length only: sealed bytes in a log are of no use to anyone who should read them.
impl fmt::Debug for SealedBlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedBlob")
            .field("key_version", &self.key_version)
            .field("length", &self.bytes.len())
            .finish_non_exhaustive()
    }
}
