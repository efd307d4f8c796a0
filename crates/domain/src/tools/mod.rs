//! The one path of every tool call.

mod cache;
mod changes;
mod dispatch;
mod orders;
mod products;
mod shape;
mod stores;
mod tenant;
mod write;

pub(crate) use cache::Caches;
pub use dispatch::ToolAnswer;
pub(crate) use dispatch::permit;
pub(crate) use orders::store_ref;

use async_trait::async_trait;
use orderdesk_mcp_contract::tool::Tool;

use crate::error::Failure;
use crate::traces::Call;

/// A tool's use case. Private in its parts: doors call [`Services::call`](crate::Services::call) or
/// [`Services::call_tool`](crate::Services::call_tool), which check first and record after.
#[async_trait]
pub trait Run<T: Tool>: sealed::Sealed {
    #[doc(hidden)]
    async fn run(&self, running: Running<'_>, input: T::Input) -> Result<T::Output, Failed>;
}

/// A call that passed every check.
pub struct Running<'a>(pub(crate) &'a Call);

/// Why a call failed, with its cause.
pub struct Failed(pub(crate) Failure);

impl<F: Into<Failure>> From<F> for Failed {
    fn from(failure: F) -> Self {
        Self(failure.into())
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::Services {}
}
