//! A change's sealed parts: bound to its workspace, its row and the part they are.

use orderdesk_mcp_contract::views::change::RecordKind;
use orderdesk_mcp_contract::{ChangeId, TenantId};
use orderdesk_mcp_storage::record::{ChangeImage, ImagePart};
use orderdesk_mcp_vault::{Place, Purpose, Sealed};

use super::plan::Plan;
use super::record::Record;
use crate::error::Failure;
use crate::services::{Services, blob};

/// Where a part is kept; bound into the seal, so that it opens in no other place.
fn sealed_at<R>(
    tenant: TenantId,
    change: ChangeId,
    part: ImagePart,
    with: impl FnOnce(&Place<'_>) -> R,
) -> R {
    with(&Place {
        tenant: &tenant.to_string(),
        table: "change_images",
        column: part.as_str(),
        row: &change.to_string(),
    })
}

/// What is known of a change when all its parts are opened.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    pub(super) plan: Plan,
    pub(super) before: Option<Record>,
    pub(super) after: Option<Record>,
    pub(super) found: Option<Record>,
}

impl Services {
    pub(super) fn seal_part(
        &self,
        tenant: TenantId,
        change: ChangeId,
        part: ImagePart,
        text: &str,
    ) -> Result<ChangeImage, Failure> {
        let sealed = sealed_at(tenant, change, part, |place| {
            self.keyring().seal(
                Purpose::OrderPayload,
                place,
                text.as_bytes(),
                self.entropy(),
            )
        })?;
        Ok(ChangeImage {
            part,
            sealed: blob(sealed),
        })
    }

    pub(super) fn seal_plan(
        &self,
        tenant: TenantId,
        change: ChangeId,
        plan: &Plan,
    ) -> Result<ChangeImage, Failure> {
        let text = serde_json::to_string(plan)
            .map_err(|error| Failure::bug("a plan is not JSON", error))?;
        self.seal_part(tenant, change, ImagePart::Plan, &text)
    }

    pub(super) fn seal_record(
        &self,
        tenant: TenantId,
        change: ChangeId,
        part: ImagePart,
        record: &Record,
    ) -> Result<ChangeImage, Failure> {
        self.seal_part(tenant, change, part, &record.to_text())
    }

    /// A change's parts, read and opened.
    pub(super) async fn open_parts(
        &self,
        tenant: TenantId,
        change: ChangeId,
    ) -> Result<Opened, Failure> {
        let images = self.storage().change_images(tenant, change).await?;
        let open = |part: ImagePart| -> Result<Option<String>, Failure> {
            let Some(image) = images.iter().find(|image| image.part == part) else {
                return Ok(None);
            };
            let sealed = Sealed::from_bytes(image.sealed.bytes.clone())?;
            let opened = sealed_at(tenant, change, part, |place| {
                self.keyring().open(Purpose::OrderPayload, place, &sealed)
            })?;
            let text = opened
                .into_text()
                .map_err(|error| Failure::bug("a sealed part is not text", error))?;
            Ok(Some(text.expose().to_owned()))
        };
        let plan = open(ImagePart::Plan)?
            .ok_or_else(|| Failure::bug("a change has no plan", "its part is missing"))?;
        let plan: Plan = serde_json::from_str(&plan)
            .map_err(|error| Failure::bug("a sealed plan cannot be read", error))?;
        let kind: RecordKind = plan.operation.record_kind();
        let record = |part: ImagePart| -> Result<Option<Record>, Failure> {
            open(part)?
                .map(|text| Record::from_text(kind, &text))
                .transpose()
        };
        Ok(Opened {
            before: record(ImagePart::Before)?,
            after: record(ImagePart::After)?,
            found: record(ImagePart::Found)?,
            plan,
        })
    }
}
