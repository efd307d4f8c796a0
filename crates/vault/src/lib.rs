#![doc = include_str!("../README.md")]

mod base32;
mod check;
pub mod entropy;
mod frame;
pub mod kek;
pub mod mac;
pub mod password;
pub mod seal;
pub mod secret;
pub mod token;

pub use check::CheckError;
#[cfg(any(test, feature = "testing"))]
pub use entropy::SeededEntropy;
pub use entropy::{Entropy, NoEntropy, OsEntropy};
pub use kek::{DuplicateVersion, KekError, KeyEncryptionKey, KeyRing};
pub use seal::{OpenError, Place, Purpose, SealError, Sealed};
pub use secret::{NotText, Secret, SecretBlob, SecretBytes};
pub use token::{IssueError, KeyFormatError, KeyKind, PresentedKey};
