//! The audit log: who did what to keys, people, stores, policies, settings and records, and who looked at what calls carried.
//!
//! An entry is committed before the act it is of: no entry, no act. An act that does not come to its end after that gets a
//! second entry which says so. Entries of a workspace are one chain (see `chain`), so that one that was removed, altered or
//! moved is found by `verify`; each is also written to the process's log, which an operator keeps elsewhere.

mod chain;
mod list;
mod verify;

pub(crate) use list::act_in_words;
pub use verify::{AuditReport, NotedEnd};

use orderdesk_mcp_contract::{ApiError, ErrorCode, KeyId, TenantId};
use orderdesk_mcp_storage::record::{AuditEntry, Door};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::error::Failure;
use crate::services::Services;
use chain::{BEGINNING, End, NOTHING, hash_of};

/// How often somebody else may be faster before an act is refused: only other processes can be, since one at a time writes
/// in this one.
const TURNS: u32 = 50;
/// The longest text of facts, in characters, as the column's CHECK has it.
const FACTS_MAX: usize = 65_536;
/// The longest id of a request, in characters.
const REQUEST_ID_MAX: usize = 120;

/// Whose turn it is to add an entry.
pub(crate) type Turn = Mutex<()>;

/// An act, as it is to be entered.
pub(crate) struct Act<'a> {
    pub(crate) tenant: TenantId,
    pub(crate) name: &'a str,
    pub(crate) actor: Option<KeyId>,
    pub(crate) door: Door,
    pub(crate) request_id: Option<&'a str>,
    pub(crate) facts: Value,
    /// The entry of the act that this one ends, and why it was not done.
    pub(crate) not_done: Option<(u64, ErrorCode)>,
}

impl<'a> Act<'a> {
    /// What whoever runs the server does at the command line.
    pub(crate) fn of_operator(tenant: TenantId, name: &'a str, facts: Value) -> Self {
        Self {
            tenant,
            name,
            actor: None,
            door: Door::Cli,
            request_id: None,
            facts,
            not_done: None,
        }
    }
}

impl Services {
    /// Adds an entry to a workspace's audit log and gives its place. Once this has returned it is committed.
    ///
    /// # Errors
    /// `Internal` when the end of the log cannot be opened or is not where it should be: the act must not be done then.
    pub(crate) async fn enter(&self, act: &Act<'_>) -> Result<u64, Failure> {
        let _turn = self.audit_turn().lock().await;
        for _ in 0..TURNS {
            let end = self.audit_end(act.tenant).await?;
            let entry = entry_after(&end, act, self.now());
            let sealed = End::of(&entry).seal(act.tenant, self.keyring(), self.entropy())?;
            if self.storage().add_audit_entry(&entry, &sealed).await? {
                tracing::info!(
                    tenant = %entry.tenant_id,
                    audit_seq = entry.seq,
                    audit_hash = %hex(&entry.hash),
                    act = entry.act,
                    "added to the audit log"
                );
                return Ok(entry.seq);
            }
        }
        Err(damaged())
    }

    /// Enters an act that no call stands for, does it, and tells the log when it was not done.
    ///
    /// # Errors
    /// As [`Services::enter`], and what the act itself fails with.
    pub(crate) async fn enter_and_do<T>(
        &self,
        mut act: Act<'_>,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let seq = self.enter(&act).await?;
        match work.await {
            Ok(done) => Ok(done),
            Err(failure) => {
                let error = failure.answer();
                act.not_done = Some((seq, error.code));
                self.enter(&act).await?;
                Err(error.into())
            }
        }
    }

    /// The end of a workspace's log.
    async fn audit_end(&self, tenant: TenantId) -> Result<End, Failure> {
        let Some(sealed) = self.storage().audit_end(tenant).await? else {
            return Ok(BEGINNING);
        };
        End::open(sealed, tenant, self.keyring()).map_err(|error| {
            tracing::error!(%tenant, %error, "the end of an audit log cannot be opened");
            damaged()
        })
    }

    /// Begins the logs of workspaces that have none: those from before there were any. Done at the start of the server.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn begin_audit_logs(&self) -> Result<(), ApiError> {
        let begun = async {
            for tenant in self.storage().tenants_without_audit_end().await? {
                self.begin_audit_log(tenant).await?;
            }
            Ok::<_, Failure>(())
        };
        begun.await.map_err(Failure::answer)
    }

    async fn begin_audit_log(&self, tenant: TenantId) -> Result<(), Failure> {
        // One whose end was removed has entries still: that is for `verify` to say, and must not keep the server from starting.
        if !self
            .storage()
            .latest_audit_entries(tenant, None, 1)
            .await?
            .is_empty()
        {
            tracing::error!(%tenant, "the end of an audit log is gone; run `orderdesk-mcp audit verify`");
            return Ok(());
        }
        let act = Act::of_operator(tenant, "begin_audit_log", json!({}));
        self.enter(&act).await.map(|_| ())
    }

    /// Lets a workspace's audit log go on after its newest entry, whatever was done to it before: what was found wrong stays
    /// to be found, and the log says that it went on. For the operator at the command line; no door leads here. Gives the
    /// place of the entry that says so.
    ///
    /// # Errors
    /// `NotFound` without such a workspace; `Unavailable` when the database cannot be asked.
    pub async fn go_on_with_audit_log(&self, tenant: &str) -> Result<u64, ApiError> {
        let gone_on = async {
            let tenant = self.tenant_named(tenant).await?.id;
            let newest = self.storage().latest_audit_entries(tenant, None, 1).await?;
            let end = newest.first().map_or(BEGINNING, End::of);
            let act = Act::of_operator(tenant, "go_on_with_audit_log", json!({}));
            let _turn = self.audit_turn().lock().await;
            let entry = entry_after(&end, &act, self.now());
            let sealed = End::of(&entry).seal(tenant, self.keyring(), self.entropy())?;
            if self.storage().add_audit_entry(&entry, &sealed).await? {
                Ok(entry.seq)
            } else {
                Err(damaged())
            }
        };
        gone_on.await.map_err(Failure::answer)
    }
}

fn entry_after(end: &End, act: &Act<'_>, now: orderdesk_mcp_contract::UtcMillis) -> AuditEntry {
    let facts = act.facts.to_string();
    let request_id = act.request_id.map(|id| {
        let letters = id.chars().filter(|letter| *letter != '\0');
        letters.take(REQUEST_ID_MAX).collect()
    });
    let mut entry = AuditEntry {
        tenant_id: act.tenant,
        seq: end.seq + 1,
        at: now,
        act: act.name.to_owned(),
        actor_id: act.actor,
        door: act.door,
        request_id,
        of_seq: act.not_done.map(|(seq, _)| seq),
        error: act.not_done.map(|(_, code)| code),
        facts: if facts.chars().count() <= FACTS_MAX && !facts.contains('\0') {
            facts
        } else {
            json!({ "left_out": "too long to be kept" }).to_string()
        },
        hash: NOTHING,
    };
    entry.hash = hash_of(&entry, &end.hash);
    entry
}

/// A hash as people read it: 64 lower-case hexadecimal digits.
fn hex(hash: &[u8; 32]) -> String {
    data_encoding::HEXLOWER.encode(hash)
}

fn damaged() -> Failure {
    ApiError::new(
        ErrorCode::Internal,
        "The audit log of this workspace is damaged, and nothing is done without an entry in it. Nothing was changed. Whoever runs the server finds out more with `orderdesk-mcp audit verify`.",
    )
    .into()
}
