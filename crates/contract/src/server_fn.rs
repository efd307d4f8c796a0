//! [`ApiError`] as the error of Leptos server functions, as JSON.

use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

use crate::error::{ApiError, ErrorCode};

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    /// The framework's own failures. Its texts name types and fields of ours, so none is passed on.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_)
            | ServerFnErrorErr::Response(_)
            | ServerFnErrorErr::MiddlewareError(_) => Self::new(
                ErrorCode::Transport,
                "The server could not be reached. Check the connection and try again.",
            ),
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_) => Self::new(
                ErrorCode::Invalid,
                "The request is incomplete or malformed. Reload the page and fill in the form again.",
            ),
            ServerFnErrorErr::Deserialization(_) => Self::new(
                ErrorCode::Transport,
                "The server's answer could not be read; it may have been updated meanwhile. Reload the page and try again.",
            ),
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::Serialization(_) => Self::internal(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crosses_the_wire_whole() {
        let sent = ApiError::invalid("store_id", "No such store.")
            .with_allowed(["a", "b"])
            .with_retry_after_secs(7);
        assert_eq!(ApiError::de(sent.ser()), sent);
    }

    #[test]
    fn passes_on_no_inner_text() {
        for error in [
            ServerFnErrorErr::Args("canary".into()),
            ServerFnErrorErr::Request("canary".into()),
            ServerFnErrorErr::ServerError("canary".into()),
            ServerFnErrorErr::Deserialization("canary".into()),
        ] {
            assert!(
                !ApiError::from_server_fn_error(error)
                    .message
                    .contains("canary")
            );
        }
    }
}
