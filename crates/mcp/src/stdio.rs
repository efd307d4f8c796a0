//! The same handler over standard input and output.

use orderdesk_mcp_domain::{Caller, Services};
use rmcp::ServiceExt as _;
use rmcp::service::ServerInitializeError;

use crate::handler::Handler;

/// Why a stdio session could not go on.
#[derive(Debug, thiserror::Error)]
pub enum StdioError {
    /// The first messages were not those of an MCP client.
    #[error("the client did not start an MCP session")]
    Start(#[source] Box<ServerInitializeError>),
    /// The task that answered was torn down.
    #[error("the session ended before its client did")]
    Ended(#[source] tokio::task::JoinError),
}

/// Serves one client over standard input and output until it closes its end. Nothing else may write to standard
/// output meanwhile: logs belong on standard error.
///
/// # Errors
/// [`StdioError`] when the client does not speak MCP. A client that closes its end without a word is no error.
pub async fn stdio(services: Services, caller: Caller) -> Result<(), StdioError> {
    let handler = Handler::for_caller(services, caller);
    let session = match handler.serve(rmcp::transport::stdio()).await {
        Ok(session) => session,
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(StdioError::Start(Box::new(error))),
    };
    session.waiting().await.map(drop).map_err(StdioError::Ended)
}
