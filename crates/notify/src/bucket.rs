//! Putting files into S3-compatible buckets.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, Url};
use rusty_s3::{Credentials, S3Action as _, UrlStyle};

use crate::guarded::{AddressFault, Fault, Guarded, SetupError, judge};

/// The longest that putting one file may take, answer included.
const TIMEOUT: Duration = Duration::from_secs(120);
/// How long a signature holds, which is also as far as the service's clock may be from ours.
const SIGNED_FOR: Duration = Duration::from_secs(600);
/// How much is read of an answer that is no success, in bytes: what went wrong stands at its beginning.
const ANSWER_MAX: usize = 4096;
/// The longest word for what went wrong.
const CODE_MAX: usize = 60;

/// A bucket, and the access key that may write into it.
#[derive(Clone, Copy)]
pub struct Bucket<'a> {
    /// The address of the service; the bucket's name is put after it.
    pub endpoint: &'a str,
    /// The region that requests are signed for.
    pub region: &'a str,
    /// The bucket's name.
    pub name: &'a str,
    /// The id of the access key.
    pub access_key: &'a str,
    /// The secret of the access key.
    pub secret_key: &'a str,
}

/// A file.
#[derive(Clone)]
pub struct Object<'a> {
    /// Its name in the bucket, with slashes between its parts.
    pub name: &'a str,
    /// Its media type.
    pub media_type: &'a str,
    /// What is in it.
    pub body: Vec<u8>,
    /// The time, as RFC 3339 writes it.
    pub at: &'a str,
}

/// Why a file could not be put. Its text is short, and names neither address nor key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BucketFault {
    /// It is no bucket, or the time is none.
    #[error("not a bucket to put files into")]
    Bucket,
    /// The service refused it, and has a word for why.
    #[error("answered with status {0} ({1})")]
    Refused(u16, String),
    /// It could not be sent, or was answered without a word.
    #[error(transparent)]
    Sending(#[from] Fault),
}

/// Puts files into buckets. Cheap to clone.
#[derive(Clone)]
pub struct Buckets(Guarded);

impl Buckets {
    /// With `may_be_local` also on this machine and its networks, on any port and without TLS.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(user_agent: &str, may_be_local: bool) -> Result<Self, SetupError> {
        Guarded::new(user_agent, may_be_local, TIMEOUT).map(Self)
    }

    /// Whether an address can be one of a service. Where a name leads is seen when something is sent.
    ///
    /// # Errors
    /// It cannot.
    pub fn check(&self, endpoint: &str) -> Result<(), AddressFault> {
        self.endpoint(endpoint).map(|_| ())
    }

    fn endpoint(&self, address: &str) -> Result<Url, AddressFault> {
        let url = self.0.read(address)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressFault::NotOne);
        }
        Ok(url)
    }

    /// Puts a file, in place of one of the same name.
    ///
    /// # Errors
    /// It was not put, or nobody knows; it may be put again.
    pub async fn put(&self, bucket: Bucket<'_>, object: Object<'_>) -> Result<(), BucketFault> {
        let endpoint = self.endpoint(bucket.endpoint);
        let endpoint = endpoint.map_err(|_| Fault::Address)?;
        // With the name in the path, which every service knows, and which certificates fit whatever the name.
        let (name, region) = (bucket.name.to_owned(), bucket.region.to_owned());
        let place = rusty_s3::Bucket::new(endpoint, UrlStyle::Path, name, region);
        let place = place.map_err(|_| BucketFault::Bucket)?;
        let key = Credentials::new(bucket.access_key, bucket.secret_key);
        let at = object.at.parse().map_err(|_| BucketFault::Bucket)?;
        let put = place.put_object(Some(&key), object.name);
        let signed = put.sign_with_time(SIGNED_FOR, &at);
        let request = self
            .0
            .http
            .put(signed)
            .header(CONTENT_TYPE, object.media_type)
            .body(object.body);
        let answer = request.send().await.map_err(|error| judge(&error))?;
        if answer.status().is_success() {
            return Ok(());
        }
        let status = answer.status().as_u16();
        match code_of(&beginning(answer).await) {
            Some(code) => Err(BucketFault::Refused(status, code)),
            None => Err(Fault::Status(status).into()),
        }
    }
}

async fn beginning(mut answer: Response) -> String {
    let mut read = Vec::new();
    // What breaks off is as good as what is long: the word is there, or it is not.
    while read.len() < ANSWER_MAX
        && let Ok(Some(more)) = answer.chunk().await
    {
        read.extend_from_slice(&more);
    }
    read.truncate(ANSWER_MAX);
    String::from_utf8_lossy(&read).into_owned()
}

/// The service's word for what went wrong, such as `AccessDenied`: never more of an answer than a word.
fn code_of(answer: &str) -> Option<String> {
    let (_, rest) = answer.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    let is_word = code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_word && (1..=CODE_MAX).contains(&code.len())).then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_word_is_taken_of_an_answer() {
        for (answer, code) in [
            (
                "<Error><Code>AccessDenied</Code><Message>x</Message></Error>",
                Some("AccessDenied"),
            ),
            ("<Error><Code></Code></Error>", None),
            ("<Error><Code>two words</Code></Error>", None),
            ("<Error><Code>no end", None),
            ("nothing", None),
        ] {
            assert_eq!(code_of(answer).as_deref(), code, "{answer}");
        }
        let long = format!("<Code>{}</Code>", "x".repeat(CODE_MAX + 1));
        assert_eq!(code_of(&long), None);
    }
}
