use super::super::operation::{STORE, TEST};
use super::super::request::Request;
use super::super::{Call, ClientError};
use super::record;
use crate::StoreInfo;

/// What the connection test tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerClock {
    /// Order Desk's clock, UTC, `YYYY-MM-DD HH:MM:SS`.
    pub current_date_time: Option<String>,
}

impl Call<'_> {
    /// Proves that the credentials fit: `GET /test`.
    pub async fn test_connection(&self) -> Result<ServerClock, ClientError> {
        let read = |envelope: crate::Envelope| match envelope.status() {
            crate::Status::Success => {
                let current_date_time = envelope.as_object().filled("current_date_time");
                Ok(ServerClock {
                    current_date_time: current_date_time.map(str::to_owned),
                })
            }
            _ => Err("it does not say that the connection works"),
        };
        self.run(Request::new(&TEST, &[]), read).await
    }

    /// Settings and folders: `GET /store`. Holds secrets; show only [`StoreInfo::redacted`].
    pub async fn get_store(&self) -> Result<StoreInfo, ClientError> {
        self.run(Request::new(&STORE, &[]), record("store")).await
    }
}
