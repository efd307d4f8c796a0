//! Passwords and codes: hashed and compared like keys, one at a time, in a queue of their own.

use orderdesk_mcp_contract::SecretText;
use orderdesk_mcp_vault::{Secret, password};

use crate::caller::Origin;
use crate::error::Failure;
use crate::services::Services;

impl Services {
    /// What is kept of a secret that somebody will present again.
    pub(super) async fn hash_secret(&self, secret: &Secret) -> Result<String, Failure> {
        let (entropy, secret) = (self.entropy_shared(), secret.clone());
        let hashing = self.accounts().hashing().await?;
        let (hash, _hashing) = hashing
            .run(move || password::hash(&secret, &*entropy))
            .await?;
        hash.map_err(|error| Failure::bug("a secret could not be hashed", error))
    }

    /// Whether the secret is the one that was hashed. Without a hash the answer is no, after the same time.
    pub(super) async fn is_secret(
        &self,
        secret: &Secret,
        hash: Option<&str>,
    ) -> Result<bool, Failure> {
        let (secret, hash) = (secret.clone(), hash.map(str::to_owned));
        let hashing = self.accounts().guessing().await?;
        let compare = move || match hash {
            Some(hash) => password::verify(&secret, &hash),
            None => {
                password::verify_nothing(&secret);
                Ok(false)
            }
        };
        let (verdict, _hashing) = hashing.run(compare).await?;
        verdict.map_err(|damaged| Failure::bug("a stored hash cannot be used", damaged))
    }

    /// One guess at a secret from one address: refused before any costly work when there were too many, made one at a time
    /// for an address, and counted when it is wrong.
    pub(super) async fn guess(
        &self,
        origin: &Origin,
        secret: &SecretText,
        hash: Option<&str>,
    ) -> Result<bool, Failure> {
        self.limits().may_guess(origin.ip)?;
        let _turn = self.limits().turn_to_prove(origin.ip).await;
        self.limits().may_guess(origin.ip)?;
        let is_right = self.is_secret(&Secret::from(secret.expose()), hash).await?;
        if !is_right {
            self.limits().bad_key(origin.ip);
        }
        Ok(is_right)
    }
}
