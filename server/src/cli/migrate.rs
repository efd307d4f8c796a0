//! `migrate`.

use super::console::say;
use crate::config::Config;
use crate::wire;

pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let storage = wire::open_storage(config).await?;
    let state = storage.ping().await?;
    storage.close().await;
    say(&format!(
        "The {} database has migration {}.",
        state.kind, state.schema_version
    ))
}
