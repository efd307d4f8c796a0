//! Sending e-mail through the operator's server.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use crate::guarded::Fault;

const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");
/// The longest that sending may take, from the connection to the server's word.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A letter.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// Its id, the same whenever it is sent again: letters and digits.
    pub id: &'a str,
    /// When it is sent, in seconds since 1970.
    pub at_secs: i64,
    /// Whom it is for.
    pub to: &'a str,
    /// What it is about, in one line.
    pub subject: &'a str,
    /// What it says.
    pub text: &'a str,
}

/// E-mail cannot be set up. Says what to do, and never what was given: that holds a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailSetupError {
    /// The server's address is none.
    #[error(
        "the mail server's address cannot be read; write it like smtps://user:password@mail.example.com"
    )]
    Server,
    /// The password would go over the network as it is.
    #[error(
        "the mail server's password would be sent in the clear; write smtps://, or ?tls=required after the address"
    )]
    Clear,
    /// The sender is none.
    #[error("the sender of mails cannot be read; write it like orders@example.com")]
    From,
}

/// Sends e-mail. Cheap to clone.
#[derive(Clone)]
pub struct Mails {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mails {
    /// Through a server, named by `smtps://` or `smtp://` with name and password, in the name of a sender.
    ///
    /// # Errors
    /// What was given cannot be read.
    pub fn new(server: &str, from: &str) -> Result<Self, MailSetupError> {
        // An error says that the process has one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let has_password = server.contains('@');
        if has_password && !server.starts_with("smtps://") && !server.contains("tls=required") {
            return Err(MailSetupError::Clear);
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(server)
            .map_err(|_| MailSetupError::Server)?
            .build();
        let from = from.parse().map_err(|_| MailSetupError::From)?;
        Ok(Self { transport, from })
    }

    /// Sends a letter.
    ///
    /// # Errors
    /// The server did not take it; it may be sent again.
    pub async fn send(&self, letter: Letter<'_>) -> Result<(), Fault> {
        // An address and nothing else: with a name before it, it could hide another one.
        let to: Address = letter.to.parse().map_err(|_| Fault::Address)?;
        let id = format!("<{}@{}>", letter.id, self.from.email.domain());
        let at = Duration::from_secs(u64::try_from(letter.at_secs).unwrap_or(0));
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .date(UNIX_EPOCH + at)
            .message_id(Some(id))
            .subject(letter.subject)
            .header(ContentType::TEXT_PLAIN)
            // RFC 3834: so that nobody's absence is answered to it.
            .raw_header(HeaderValue::new(
                AUTO_SUBMITTED,
                "auto-generated".to_owned(),
            ))
            .body(letter.text.to_owned())
            .map_err(|_| Fault::Address)?;
        // The transport's own limit is only one of connecting.
        match tokio::time::timeout(TIMEOUT, self.transport.send(message)).await {
            Ok(sent) => sent.map(|_| ()).map_err(|error| judge(&error)),
            Err(_) => Err(Fault::Timeout),
        }
    }
}

/// What went wrong, without what the server said: it may name addresses.
fn judge(error: &smtp::Error) -> Fault {
    let status = error
        .status()
        .and_then(|code| code.to_string().parse().ok());
    match status {
        Some(status) => Fault::Status(status),
        None if error.is_timeout() => Fault::Timeout,
        None => Fault::Connection,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_used_is_refused() {
        for (server, from, fault) in [
            ("mail.example.com", "a@example.com", MailSetupError::Server),
            (
                "https://mail.example.com",
                "a@example.com",
                MailSetupError::Server,
            ),
            ("smtps://mail.example.com", "nobody", MailSetupError::From),
            (
                "smtp://a:b@mail.example.com",
                "a@example.com",
                MailSetupError::Clear,
            ),
            (
                "smtp://a:b@mail.example.com?tls=opportunistic",
                "a@example.com",
                MailSetupError::Clear,
            ),
        ] {
            assert_eq!(Mails::new(server, from).err(), Some(fault), "{server}");
        }
        for server in [
            "smtps://a:b@mail.example.com",
            "smtp://a:b@mail.example.com?tls=required",
            "smtp://127.0.0.1:2525",
        ] {
            assert!(Mails::new(server, "Orders <a@example.com>").is_ok());
        }
    }
}
