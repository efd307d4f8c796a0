//! Sending a message.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue};

use crate::guarded::{AddressFault, Fault, Guarded, SetupError, judge};
use crate::sign::signature;

/// The longest that sending may take, answer included.
const TIMEOUT: Duration = Duration::from_secs(10);

/// One message.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// Its id, the same whenever it is sent again: letters and digits.
    pub id: &'a str,
    /// When it is sent, in seconds since 1970.
    pub at_secs: i64,
    /// What it says, as JSON.
    pub body: &'a str,
}

/// Sends webhooks. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks(Guarded);

impl Webhooks {
    /// With `may_be_local` also to this machine and its networks, on any port and without TLS: for development and tests.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(user_agent: &str, may_be_local: bool) -> Result<Self, SetupError> {
        Guarded::new(user_agent, may_be_local, TIMEOUT).map(Self)
    }

    /// The host of an address, if that can be one of a webhook. Where a name leads is seen when something is sent.
    ///
    /// # Errors
    /// It cannot.
    pub fn check(&self, address: &str) -> Result<String, AddressFault> {
        let url = self.0.read(address)?;
        let host = url.host_str().ok_or(AddressFault::NotOne)?;
        Ok(match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    }

    /// Sends a message, signed with the secret.
    ///
    /// # Errors
    /// It did not arrive, or was not answered with success; it may be sent again.
    pub async fn send(
        &self,
        address: &str,
        secret: &[u8],
        message: Message<'_>,
    ) -> Result<(), Fault> {
        let url = self.0.read(address).map_err(|_| Fault::Address)?;
        let Message { id, at_secs, body } = message;
        let signed = signature(secret, id, at_secs, body);
        let answer = self
            .0
            .http
            .post(url)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header("webhook-id", id)
            .header("webhook-timestamp", at_secs)
            .header("webhook-signature", signed)
            .body(body.to_owned())
            .send()
            .await
            .map_err(|error| judge(&error))?;
        // What it says beyond that is left where it is.
        if answer.status().is_success() {
            Ok(())
        } else {
            Err(Fault::Status(answer.status().as_u16()))
        }
    }
}
