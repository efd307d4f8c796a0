//! Argon2id for bearer keys: what the database holds instead of a key.

use std::hint::black_box;

use argon2::password_hash::phc::PasswordHash;
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, PasswordHasher, Version};
use subtle::ConstantTimeEq;

use crate::entropy::{Entropy, NoEntropy};
use crate::secret::{Secret, SecretBytes};

/// Memory for one hash, in KiB (19 MiB). With the next two: OWASP's minimum for Argon2id. About 26
/// ms on the reference machine, so callers must bound how many run at once.
pub const MEMORY_KIB: u32 = 19_456;
/// Passes over that memory.
pub const PASSES: u32 = 2;
/// Lanes.
pub const LANES: u32 = 1;

const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;

/// A stored hash that asks for more than this was not written by us; obeying it could exhaust memory.
const MOST_MEMORY_KIB: u32 = 262_144;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 8;

/// Checked while compiling, so no hash can fail for its parameters.
const PARAMS: Params = match Params::new(MEMORY_KIB, PASSES, LANES, Some(OUTPUT_BYTES)) {
    Ok(params) => params,
    Err(_) => panic!("the parameters are within Argon2's bounds"),
};

/// Hashes a key for storage, as a PHC string (`$argon2id$v=19$m=19456,t=2,p=1$salt$hash`).
///
/// Slow and memory-hungry on purpose: run it off the async threads, one at a time.
///
/// # Errors
/// [`HashError`]: no random bytes for the salt, or no memory.
pub fn hash(key: &Secret, entropy: &dyn Entropy) -> Result<String, HashError> {
    let mut salt = [0; SALT_BYTES];
    entropy.fill(&mut salt)?;
    argon2(PARAMS)
        .hash_password_with_salt(key.expose().as_bytes(), &salt)
        .map(|phc| phc.to_string())
        .map_err(|_| HashError::OutOfMemory)
}

/// Whether `key` is the one `stored` was made from. Compared in constant time; as slow as [`hash`].
///
/// # Errors
/// [`VerifyError`] if the stored text cannot be worked with; that is damage, not a wrong key.
pub fn verify(key: &Secret, stored: &str) -> Result<bool, VerifyError> {
    let stored = Stored::parse(stored).ok_or(VerifyError::Malformed)?;
    let mut computed = SecretBytes::new([0; OUTPUT_BYTES]);
    work(key, &stored.salt, stored.params, computed.expose_mut())
        .map_err(|_| VerifyError::OutOfMemory)?;
    Ok(computed.expose().ct_eq(&stored.output).into())
}

/// Does the work of [`verify`] for a key whose row does not exist, so that the time taken does not
/// tell whether it does. The answer is always "no", hence nothing is returned.
pub fn verify_nothing(key: &Secret) {
    let mut computed = SecretBytes::new([0; OUTPUT_BYTES]);
    // A failure for want of memory would meet a real verification just the same.
    let _ = black_box(work(key, &[0; SALT_BYTES], PARAMS, computed.expose_mut()));
    black_box(computed.expose());
}

/// Whether a stored hash was made with other parameters than today's, and should be replaced
/// when its key is next presented. Also true for a text that is no hash.
#[must_use]
pub fn needs_rehash(stored: &str) -> bool {
    Stored::parse(stored).is_none_or(|stored| {
        let params = &stored.params;
        (params.m_cost(), params.t_cost(), params.p_cost()) != (MEMORY_KIB, PASSES, LANES)
    })
}

struct Stored {
    params: Params,
    salt: Vec<u8>,
    output: [u8; OUTPUT_BYTES],
}

impl Stored {
    fn parse(text: &str) -> Option<Self> {
        let phc = PasswordHash::new(text).ok()?;
        let params = Params::try_from(&phc).ok()?;
        let is_ours = phc.algorithm == ARGON2ID_IDENT
            && phc.version == Some(Version::V0x13.into())
            && params.m_cost() <= MOST_MEMORY_KIB
            && params.t_cost() <= MOST_PASSES
            && params.p_cost() <= MOST_LANES;
        if !is_ours {
            return None;
        }
        Some(Self {
            params,
            salt: phc.salt?.to_vec(),
            output: phc.hash?.as_bytes().try_into().ok()?,
        })
    }
}

fn work(
    key: &Secret,
    salt: &[u8],
    params: Params,
    output: &mut [u8; OUTPUT_BYTES],
) -> Result<(), argon2::Error> {
    argon2(params).hash_password_into(key.expose().as_bytes(), salt, output)
}

fn argon2(params: Params) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Why a key could not be hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// No salt could be made.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
    /// The 19 MiB were not to be had.
    #[error("not enough memory to hash a key")]
    OutOfMemory,
}

/// Why a key could not be compared with a stored hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Not a PHC string of Argon2id within sane bounds.
    #[error("the stored key hash is damaged")]
    Malformed,
    /// The memory the hash asks for was not to be had.
    #[error("not enough memory to verify a key")]
    OutOfMemory,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::{Broken, SeededEntropy};
    use std::time::{Duration, Instant};

    fn stored(key: &str) -> String {
        hash(&Secret::new(key), &SeededEntropy::new(1)).unwrap()
    }

    #[test]
    fn the_right_key_verifies_and_others_do_not() {
        let hash = stored("key one");
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(!needs_rehash(&hash));
        assert_eq!(verify(&Secret::new("key one"), &hash), Ok(true));
        for wrong in ["key two", "key one ", "", "Key one"] {
            assert_eq!(verify(&Secret::new(wrong), &hash), Ok(false), "{wrong:?}");
        }
    }

    #[test]
    fn equal_keys_get_different_hashes() {
        let (entropy, key) = (SeededEntropy::new(1), Secret::new("k"));
        assert_ne!(hash(&key, &entropy), hash(&key, &entropy));
        assert_eq!(hash(&key, &Broken), Err(HashError::NoEntropy(NoEntropy)));
    }

    /// Made by another implementation (OpenSSL through Python's `cryptography`), with other
    /// parameters than ours.
    const FOREIGN: &str = "$argon2id$v=19$m=1024,t=3,p=2\
        $MDEyMzQ1Njc4OWFiY2RlZg$p1ovc82n0JufGG50QXg75Dhigx7l2Ril/JCMb8KK+U4";

    #[test]
    fn hashes_with_earlier_parameters_verify_and_want_replacing() {
        assert_eq!(verify(&Secret::new("key one"), FOREIGN), Ok(true));
        assert_eq!(verify(&Secret::new("key two"), FOREIGN), Ok(false));
        assert!(needs_rehash(FOREIGN));
    }

    #[test]
    fn damaged_or_outrageous_hashes_are_damage_and_not_a_wrong_key() {
        let good = stored("k");
        for bad in [
            String::new(),
            "plain".into(),
            good[..good.len() - 4].into(),
            good.replace("argon2id", "argon2d"),
            good.replace("v=19", "v=16"),
            good.replace("m=19456", "m=4294967295"),
            good.replace("t=2", "t=100000"),
            good.replace("p=1", "p=64"),
        ] {
            let answer = verify(&Secret::new("k"), &bad);
            assert_eq!(answer, Err(VerifyError::Malformed), "{bad}");
            assert!(needs_rehash(&bad));
        }
    }

    fn time(run: impl FnOnce()) -> Duration {
        let start = Instant::now();
        run();
        start.elapsed()
    }

    #[test]
    fn an_unknown_key_costs_what_a_known_one_does() {
        let (hash, key) = (stored("known"), Secret::new("presented"));
        let (mut known, mut unknown) = (Duration::MAX, Duration::MAX);
        // Taken in turns, and the quickest of each kept: noise can only lengthen a run.
        for _ in 0..12 {
            let verify_known = || assert_eq!(verify(&key, &hash), Ok(false));
            known = known.min(time(verify_known));
            unknown = unknown.min(time(|| verify_nothing(&key)));
        }
        let ratio = known.as_secs_f64() / unknown.as_secs_f64();
        println!("known {known:?}, unknown {unknown:?}, ratio {ratio:.3}");
        assert!((0.5..2.0).contains(&ratio), "ratio {ratio:.3}");
    }
}
