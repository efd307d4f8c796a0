//! Where files go: a folder of the operator's, or a bucket whose access key is sealed.

use std::io;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use orderdesk_mcp_contract::trace::schedule::{NewBucket, Rhythm};
use orderdesk_mcp_contract::{ApiError, SecretText};
use orderdesk_mcp_notify::{Bucket, Object};
use orderdesk_mcp_storage::record::{ScheduleRecord, SealedBlob};
use orderdesk_mcp_vault::{Place, Purpose, Sealed, Secret};
use serde::{Deserialize, Serialize};
use tokio::fs;
use tokio::io::AsyncWriteExt as _;

use crate::error::Failure;
use crate::services::{Services, blob};

/// What proves that files can be put: it says what the others are.
const ABOUT: &str = "about.txt";

/// A bucket, all but the secret of its access key.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct KnownBucket {
    pub(super) endpoint: String,
    pub(super) region: String,
    pub(super) name: String,
    pub(super) prefix: String,
    pub(super) access_key: String,
}

/// A file.
pub(super) struct File {
    pub(super) name: String,
    pub(super) media_type: &'static str,
    pub(super) body: Vec<u8>,
}

impl File {
    /// The part of such a number, from 1 on, of the calls of the hour or day that is next in a schedule.
    pub(super) fn of_calls(schedule: &ScheduleRecord, part: u32, body: Vec<u8>) -> Self {
        let from = schedule.exported_to.to_string();
        let stretch = match schedule.rhythm {
            Rhythm::Hourly => from.get(..13),
            Rhythm::Daily => from.get(..10),
        };
        let stretch = stretch.unwrap_or(&from);
        let number = match part {
            1 => String::new(),
            part => format!("-{part}"),
        };
        // As a download is called, with its stretch and part before the ending.
        let name = schedule.format.file_name();
        let (name, ending) = name.split_once('.').unwrap_or((name, ""));
        Self {
            name: format!("{name}-{stretch}{number}.{ending}"),
            media_type: schedule.format.media_type(),
            body,
        }
    }
}

/// Where it is kept; bound into the seal, so that it opens in no other row.
fn sealed_at<R>(row: &ScheduleRecord, with: impl FnOnce(&Place<'_>) -> R) -> R {
    with(&Place {
        tenant: &row.tenant_id.to_string(),
        table: "schedules",
        column: "sealed_bucket",
        row: &row.id.to_string(),
    })
}

impl Services {
    /// Seals a bucket with its access key.
    ///
    /// # Errors
    /// `Invalid` at `endpoint` for an address that nothing is sent to, at `secret_key` when that is blank.
    pub(super) fn seal_bucket(
        &self,
        row: &ScheduleRecord,
        bucket: &NewBucket,
    ) -> Result<SealedBlob, Failure> {
        let checked = self.exports().buckets.check(&bucket.endpoint);
        checked.map_err(|fault| ApiError::invalid("endpoint", fault.to_string()))?;
        if bucket.secret_key.expose().is_empty() {
            let text = "The secret of the access key is needed to write into the bucket.";
            return Err(ApiError::invalid("secret_key", text).into());
        }
        let known = KnownBucket {
            endpoint: bucket.endpoint.clone(),
            region: bucket.region.clone(),
            name: bucket.name.clone(),
            prefix: bucket.prefix.clone(),
            access_key: bucket.access_key.clone(),
        };
        let text = serde_json::to_vec(&(known, &bucket.secret_key));
        let text = text.map_err(|error| Failure::bug("a bucket could not be written", error))?;
        let sealed = sealed_at(row, |place| {
            let (purpose, entropy) = (Purpose::ExportBucket, self.entropy());
            self.keyring().seal(purpose, place, &text, entropy)
        })?;
        Ok(blob(sealed))
    }

    /// A schedule's bucket with the secret of its access key.
    pub(super) fn open_bucket(
        &self,
        row: &ScheduleRecord,
        sealed: &SealedBlob,
    ) -> Result<(KnownBucket, Secret), Failure> {
        let sealed = Sealed::from_bytes(sealed.bytes.clone())?;
        let opened = sealed_at(row, |place| {
            self.keyring().open(Purpose::ExportBucket, place, &sealed)
        })?;
        let (known, secret): (KnownBucket, String) = serde_json::from_slice(opened.expose())
            .map_err(|error| Failure::bug("a saved bucket is not one", error))?;
        Ok((known, Secret::new(secret)))
    }

    /// A bucket as it is typed, with the secret that is known where none is: it never goes with another service or key.
    pub(super) fn with_known_secret(
        &self,
        row: &ScheduleRecord,
        bucket: NewBucket,
    ) -> Result<NewBucket, Failure> {
        let Some(sealed) = row
            .sealed_bucket
            .as_ref()
            .filter(|_| bucket.secret_key.expose().is_empty())
        else {
            return Ok(bucket);
        };
        let (known, secret) = self.open_bucket(row, sealed)?;
        if known.endpoint != bucket.endpoint || known.access_key != bucket.access_key {
            let text = "Give the secret of the access key again: the one that is known belongs to another service or key.";
            return Err(ApiError::invalid("secret_key", text).into());
        }
        Ok(NewBucket {
            secret_key: SecretText::new(secret.expose()),
            ..bucket
        })
    }

    /// Proves that files can be put where a schedule's are to go.
    ///
    /// # Errors
    /// `Invalid` at `place`, with why not.
    pub(super) async fn prove(&self, row: &ScheduleRecord) -> Result<(), Failure> {
        let text = format!(
            "Calls of orderdesk-mcp, by the hour or day (UTC) that they began in.\nScheduled export {} of the workspace {}.\n",
            row.id, row.tenant_id
        );
        let about = File {
            name: ABOUT.to_owned(),
            media_type: "text/plain; charset=utf-8",
            body: text.into_bytes(),
        };
        let put = self.put_file(row, about).await?;
        put.map_err(|fault| {
            ApiError::invalid("place", format!("No file could be put there. {fault}")).into()
        })
    }

    /// Puts a file where a schedule's go, in place of one of the same name. Within: why it could not be put, in a sentence.
    pub(super) async fn put_file(
        &self,
        row: &ScheduleRecord,
        file: File,
    ) -> Result<Result<(), String>, Failure> {
        let Some(sealed) = &row.sealed_bucket else {
            let Some(folder) = self.folder_of(row) else {
                let text = "The operator of this server has set no folder for exports.";
                return Ok(Err(text.to_owned()));
            };
            let mut mark = [0; 8];
            self.entropy().fill(&mut mark)?;
            let put = into_folder(&folder, &file, &HEXLOWER.encode(&mark)).await;
            return Ok(put.map_err(in_words));
        };
        let (bucket, secret) = self.open_bucket(row, sealed)?;
        let (id, at) = (row.id.to_string(), self.now().to_string());
        let name = match bucket.prefix.as_str() {
            "" => format!("{id}/{}", file.name),
            prefix => format!("{prefix}/{id}/{}", file.name),
        };
        let place = Bucket {
            endpoint: &bucket.endpoint,
            region: &bucket.region,
            name: &bucket.name,
            access_key: &bucket.access_key,
            secret_key: secret.expose(),
        };
        let object = Object {
            name: &name,
            media_type: file.media_type,
            body: file.body,
            at: &at,
        };
        let put = self.exports().buckets.put(place, object).await;
        Ok(put.map_err(|fault| format!("The bucket: {fault}.")))
    }

    /// The folder of a schedule within the operator's; none where there is none.
    fn folder_of(&self, row: &ScheduleRecord) -> Option<PathBuf> {
        let folder = self.exports().folder.as_ref()?;
        Some(folder.join(path_of(row)))
    }
}

/// The folder of a schedule within the operator's: no workspace's files are beside another's.
pub(super) fn path_of(row: &ScheduleRecord) -> PathBuf {
    Path::new(&row.tenant_id.to_string()).join(row.id.to_string())
}

/// Writes a file so that whoever reads the folder sees it whole or not at all, also after the machine fails. What two write at
/// once is told apart by a mark until it is whole.
async fn into_folder(folder: &Path, file: &File, mark: &str) -> io::Result<()> {
    fs::create_dir_all(folder).await?;
    let partial = folder.join(format!(".{}.{mark}.part", file.name));
    let mut written = fs::File::create_new(&partial).await?;
    written.write_all(&file.body).await?;
    // What did not fit is told by this alone; `sync_all` would say that all is well.
    written.flush().await?;
    written.sync_all().await?;
    fs::rename(&partial, folder.join(&file.name)).await?;
    fs::File::open(folder).await?.sync_all().await
}

/// Why a folder could not be written, without its path: that is the operator's.
fn in_words(error: io::Error) -> String {
    tracing::warn!(%error, "failed to write a file of a scheduled export");
    format!("The folder: {}.", error.kind())
}
