//! How entries hang together: each entry's hash is over the one before it, and the newest is sealed as the end. Pure but for
//! the sealing.

use orderdesk_mcp_contract::{ErrorCode, TenantId};
use orderdesk_mcp_storage::record::{AuditEnd, AuditEntry};
use orderdesk_mcp_vault::mac::chained_hash;
use orderdesk_mcp_vault::{Entropy, KeyRing, OpenError, Place, Purpose, SealError, Sealed};

use crate::services::blob;

/// What stands for the entry before the first.
pub(super) const NOTHING: [u8; 32] = [0; 32];

/// The place and hash of a log's newest entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    pub(super) seq: u64,
    pub(super) hash: [u8; 32],
}

/// The end of a log without entries.
pub(super) const BEGINNING: End = End {
    seq: 0,
    hash: NOTHING,
};

/// What an entry's hash must be when the hash before it is `previous`. The order of the parts is fixed for ever.
pub(super) fn hash_of(entry: &AuditEntry, previous: &[u8; 32]) -> [u8; 32] {
    // What is absent is empty, and what is there begins with a sign: the two never read the same.
    let there = |text: Option<String>| text.map(|text| format!("+{text}")).unwrap_or_default();
    let tenant = entry.tenant_id.to_string();
    let actor = there(entry.actor_id.map(|id| id.to_string()));
    let request = there(entry.request_id.clone());
    let of_seq = there(entry.of_seq.map(|seq| seq.to_string()));
    let error = there(entry.error.map(|code| ErrorCode::as_str(code).to_owned()));
    chained_hash(
        previous,
        &[
            tenant.as_bytes(),
            &entry.seq.to_be_bytes(),
            &entry.at.0.to_be_bytes(),
            entry.act.as_bytes(),
            actor.as_bytes(),
            entry.door.as_str().as_bytes(),
            request.as_bytes(),
            of_seq.as_bytes(),
            error.as_bytes(),
            entry.facts.as_bytes(),
        ],
    )
}

impl End {
    pub(super) fn of(entry: &AuditEntry) -> Self {
        Self {
            seq: entry.seq,
            hash: entry.hash,
        }
    }

    pub(super) fn seal(
        self,
        tenant: TenantId,
        keyring: &KeyRing,
        entropy: &dyn Entropy,
    ) -> Result<AuditEnd, SealError> {
        let bytes = [self.seq.to_be_bytes().as_slice(), &self.hash].concat();
        let tenant = tenant.to_string();
        let sealed = keyring.seal(Purpose::AuditEnd, &place(&tenant), &bytes, entropy)?;
        Ok(blob(sealed))
    }

    pub(super) fn open(
        sealed: AuditEnd,
        tenant: TenantId,
        keyring: &KeyRing,
    ) -> Result<Self, OpenError> {
        let tenant = tenant.to_string();
        let sealed = Sealed::from_bytes(sealed.bytes)?;
        let opened = keyring.open(Purpose::AuditEnd, &place(&tenant), &sealed)?;
        let (seq, hash) = opened
            .expose()
            .split_first_chunk()
            .ok_or(OpenError::Malformed)?;
        Ok(Self {
            seq: u64::from_be_bytes(*seq),
            hash: hash.try_into().map_err(|_| OpenError::Malformed)?,
        })
    }
}

fn place(tenant: &str) -> Place<'_> {
    Place {
        tenant,
        table: "audit_ends",
        column: "sealed_end",
        row: tenant,
    }
}
