use std::time::Duration;

use super::reader::{Reader, Setting};

const SESSION_TIMEOUT: Setting = Setting::new(
    "SESSION_TIMEOUT",
    "43200",
    "Seconds after which a browser session ends, used or not, 60 to 2592000.",
);
const SESSION_IDLE_TIMEOUT: Setting = Setting::new(
    "SESSION_IDLE_TIMEOUT",
    "1800",
    "Seconds without a request after which a browser session ends, 60 to 2592000.",
);
const SESSION_COOKIE_NAME: Setting = Setting::new(
    "SESSION_COOKIE_NAME",
    "orderdesk_session",
    "Name of the session cookie. `__Host-` is put before it while the cookie is `Secure`, so that no other host can set it.",
);
const SESSION_COOKIE_SECURE: Setting = Setting::optional(
    "SESSION_COOKIE_SECURE",
    "Whether the session cookie is sent over https only. Default: true exactly if `PUBLIC_URL` begins with `https`; \
     `false` with https is refused.",
);

pub(super) const SETTINGS: &[Setting] = &[
    SESSION_TIMEOUT,
    SESSION_IDLE_TIMEOUT,
    SESSION_COOKIE_NAME,
    SESSION_COOKIE_SECURE,
];

/// Browser sessions.
#[derive(Debug, Clone)]
pub struct Session {
    /// The longest a session lasts.
    pub absolute_timeout: Duration,
    /// The longest a session lasts unused.
    pub idle_timeout: Duration,
    /// The cookie's name, without prefix.
    pub cookie_name: String,
    /// Whether the cookie is `Secure`, where the operator said so.
    pub is_cookie_secure: Option<bool>,
}

impl Session {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            absolute_timeout: reader.seconds(&SESSION_TIMEOUT, 60.0..=2_592_000.0),
            idle_timeout: reader.seconds(&SESSION_IDLE_TIMEOUT, 60.0..=2_592_000.0),
            cookie_name: reader.parsed(&SESSION_COOKIE_NAME, parse_cookie_name),
            is_cookie_secure: reader.flag_if_given(&SESSION_COOKIE_SECURE),
        }
    }
}

fn parse_cookie_name(text: &str) -> Result<String, String> {
    let is_plain = text.len() <= 64
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if is_plain && !text.starts_with("__") {
        Ok(text.to_owned())
    } else {
        Err("a name of up to 64 letters, digits, `_` and `-` that does not begin with `__`".into())
    }
}
