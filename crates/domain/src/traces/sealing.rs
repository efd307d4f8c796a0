//! Sealing what calls carried: every recorded call is sealed for its own row, by a key that its workspace has for that alone.

use std::sync::Arc;

use moka::sync::Cache;
use orderdesk_mcp_contract::{TenantId, TraceId};
use orderdesk_mcp_storage::record::SealedBlob;
use orderdesk_mcp_vault::{
    NONCE_BYTES, Nonce, OpenError, Place, Purpose, Sealed, Sealer, SecretBlob,
};

use crate::error::Failure;
use crate::ids::RANDOM_BYTES;
use crate::services::{Services, blob};

const TABLE: &str = "traces";
const COLUMN: &str = "sealed_payload";
/// Workspaces whose keys are kept derived: deriving one costs more than sealing a short call.
const KEPT_MAX: u64 = 1_000;

/// The keys of workspaces that call.
pub(crate) struct PayloadSealers(Cache<TenantId, Arc<Sealer>>);

impl Default for PayloadSealers {
    fn default() -> Self {
        Self(Cache::new(KEPT_MAX))
    }
}

impl Services {
    /// A new id, and what seals its payload: random bytes are asked for once, because the way into the operating system costs
    /// more than the bytes.
    pub(super) fn new_trace(&self) -> Result<(TraceId, Nonce), Failure> {
        let mut random = [0; RANDOM_BYTES + NONCE_BYTES];
        self.entropy().fill(&mut random)?;
        let (mut of_id, mut of_nonce) = ([0; RANDOM_BYTES], [0; NONCE_BYTES]);
        of_id.copy_from_slice(&random[..RANDOM_BYTES]);
        of_nonce.copy_from_slice(&random[RANDOM_BYTES..]);
        let (millis, random) = self.id_parts_of(of_id);
        let id = TraceId::from_parts(millis, random);
        Ok((id, Nonce::of_random(of_nonce)))
    }

    pub(super) fn seal_payload(
        &self,
        tenant: TenantId,
        id: TraceId,
        payload: &str,
        nonce: Nonce,
    ) -> Result<SealedBlob, Failure> {
        let sealers = &self.payload_sealers().0;
        let sealer = sealers.get_with(tenant, || {
            let purpose = Purpose::TracePayload;
            Arc::new(self.keyring().sealer(purpose, &tenant.to_string()))
        });
        let row = id.to_string();
        let sealed = sealer.seal(TABLE, COLUMN, &row, payload.as_bytes(), nonce)?;
        Ok(blob(sealed))
    }

    pub(super) fn unseal_payload(
        &self,
        tenant: TenantId,
        id: TraceId,
        sealed: &Sealed,
    ) -> Result<SecretBlob, OpenError> {
        let place = Place {
            tenant: &tenant.to_string(),
            table: TABLE,
            column: COLUMN,
            row: &id.to_string(),
        };
        self.keyring().open(Purpose::TracePayload, &place, sealed)
    }
}
