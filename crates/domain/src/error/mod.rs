//! What went wrong inside, and the one map from it to what people may read.

mod upstream;

pub(crate) use upstream::without_words;

use std::error::Error;

use orderdesk::client::ClientError;
use orderdesk_mcp_contract::{ApiError, ErrorCode};
use orderdesk_mcp_storage::StorageError;
use orderdesk_mcp_vault::{NoEntropy, OpenError, SealError};

use crate::metrics;

/// A failure with its cause.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Already in words for the caller.
    #[error("{0}")]
    Answer(#[from] ApiError),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Upstream(#[from] ClientError),
    #[error("a sealed value could not be opened")]
    Open(#[from] OpenError),
    #[error("a value could not be sealed")]
    Seal(#[from] SealError),
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    #[error("{what}")]
    Bug {
        what: &'static str,
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
}

impl Failure {
    pub(crate) fn bug(what: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Bug {
            what,
            cause: cause.into(),
        }
    }

    /// Where calls that are missing would make the answer a wrong one.
    pub(crate) fn damaged_calls() -> Self {
        let text = "What is stored of some of these calls is damaged. The server's log says where; only a backup has them still.";
        ApiError::new(ErrorCode::Internal, text).into()
    }

    /// The words for the caller. What only the operator may know is logged here, once.
    pub(crate) fn answer(self) -> ApiError {
        let answer = match &self {
            Self::Answer(error) => return error.clone(),
            Self::Storage(error) => storage(error),
            Self::Upstream(error) => return upstream::answer(error),
            Self::Open(error) => open(error),
            Self::Seal(_) | Self::Entropy(_) | Self::Bug { .. } => ApiError::internal(),
        };
        tracing::error!(error = %chain(&self), code = answer.code.as_str(), "a use case failed");
        answer
    }
}

/// An error and all its causes in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

fn storage(error: &StorageError) -> ApiError {
    match error {
        StorageError::Taken { what } => ApiError::new(ErrorCode::Conflict, format!("This {what} is taken.")),
        StorageError::Unavailable(_) => ApiError::new(
            ErrorCode::Unavailable,
            "Our database cannot be used just now. Nothing was changed; try again in a few seconds.",
        )
        .with_retry_after_secs(2),
        StorageError::Corrupt { .. } => ApiError::new(
            ErrorCode::Internal,
            "A saved record is damaged and was not used. The operator must restore it from a backup.",
        ),
        StorageError::Gone { what } => {
            ApiError::new(ErrorCode::NotFound, format!("The {what} is gone; it was removed meanwhile."))
        }
        StorageError::Damaged { .. } => ApiError::new(
            ErrorCode::Internal,
            "Our database is damaged and was not used. The operator must restore it from a backup.",
        ),
        StorageError::NewerSchema { .. }
        | StorageError::AlteredMigration { .. }
        | StorageError::Foreign { .. }
        | StorageError::Failed(_) => ApiError::internal(),
    }
}

fn open(error: &OpenError) -> ApiError {
    let reason = match error {
        OpenError::UnknownKeyVersion { .. } => "unknown_key_version",
        OpenError::Malformed => "malformed",
        OpenError::Refused => "refused",
    };
    ::metrics::counter!(metrics::DECRYPT_FAILURES_TOTAL, "reason" => reason).increment(1);
    ApiError::new(
        ErrorCode::Internal,
        "The saved credentials of this store cannot be opened: they were altered, or sealed with another key-encryption key. Remove the store and add it again, or ask the operator to restore the right key.",
    )
}
