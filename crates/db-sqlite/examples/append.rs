//! Adds sessions to the database file named by the first argument and prints the number of each one
//! after it was acknowledged, until it is stopped. The durability test stops it in the middle.

use std::io::Write;

use orderdesk_mcp_contract::{SessionId, UtcMillis};
use orderdesk_mcp_db_sqlite::{SqliteLocation, SqliteStorage};
use orderdesk_mcp_storage::port::Sessions;
use orderdesk_mcp_storage::record::{SealedBlob, SessionRecord};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: append DATABASE")?;
    let storage = SqliteStorage::open(&SqliteLocation::from_path(path)).await?;
    storage.migrate().await?;
    // Rounds continue where the killed one before ended: the number of the first is the next free one.
    let first: u64 = std::env::args()
        .nth(2)
        .ok_or("usage: append DATABASE FIRST")?
        .parse()?;
    for number in first.. {
        let mut id_hash = vec![0; 24];
        id_hash.extend(number.to_be_bytes());
        storage
            .add_session(&SessionRecord {
                id_hash,
                public_id: SessionId::from_parts(number, 0),
                tenant_id: None,
                actor_id: None,
                user_agent: None,
                ip: None,
                sealed_data: SealedBlob {
                    key_version: 1,
                    bytes: vec![7; 900],
                },
                created_at: UtcMillis(1),
                last_seen_at: UtcMillis(1),
                expires_at: UtcMillis(1),
            })
            .await?;
        writeln!(std::io::stdout(), "{number}")?;
    }
    Ok(())
}
