//! Signatures as Standard Webhooks say: HMAC-SHA256 of id, time and body.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How many bytes a secret has.
pub const SECRET_BYTES: usize = 32;

/// A secret as whoever receives the webhooks gets it.
pub fn secret_text(secret: &[u8; SECRET_BYTES]) -> String {
    format!("whsec_{}", BASE64.encode(secret))
}

/// The value of the header `webhook-signature` for a message that is sent at this second.
pub fn signature(secret: &[u8], id: &str, at_secs: i64, body: &str) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret).expect("a key of HMAC may have any length");
    mac.update(format!("{id}.{at_secs}.{body}").as_bytes());
    format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the libraries of Standard Webhooks.
    #[test]
    fn it_is_the_signature_that_others_make() {
        let secret = BASE64.decode(b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let signed = signature(&secret, id, 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_told_in_its_form() {
        let text = secret_text(&[7; SECRET_BYTES]);
        assert_eq!(text, "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
    }
}
