//! Exports of recorded calls on a schedule: what is asked for, and how it goes.

use serde::{Deserialize, Serialize};

use super::export::ExportFormat;
use crate::error::ApiError;
use crate::id::ScheduleId;
use crate::secret::SecretText;
use crate::time::UtcMillis;
use crate::validate;

/// Most schedules of a workspace.
pub const SCHEDULES_MAX: u32 = 10;
/// Longest name of a schedule, in characters.
pub const SCHEDULE_NAME_MAX: usize = 80;
/// Longest text of a bucket's field, in characters.
pub const BUCKET_TEXT_MAX: usize = 200;

/// How often a file is written, which is also the stretch of time that its calls began in. Hours and days are those of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rhythm {
    /// A file for each hour.
    Hourly,
    /// A file for each day.
    Daily,
}

impl Rhythm {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Hourly, Self::Daily];

    /// Its name as it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hourly => "hourly",
            Self::Daily => "daily",
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Hourly => "Every hour",
            Self::Daily => "Every day",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rhythm| rhythm.as_str() == name)
    }

    /// How long it is, in milliseconds.
    pub fn millis(self) -> i64 {
        match self {
            Self::Hourly => 3_600_000,
            Self::Daily => 86_400_000,
        }
    }
}

/// A schedule as it is typed.
#[derive(Debug, Clone)]
pub struct NewSchedule {
    /// Its name, which no other schedule of the workspace has.
    pub name: String,
    /// Which calls; blank: all.
    pub query: String,
    /// The form of the files. Of one that is there already it stays.
    pub format: ExportFormat,
    /// How often. Of one that is there already it stays.
    pub rhythm: Rhythm,
    /// The bucket; absent: the operator's folder. Of one that is there already, which of both it is stays.
    pub bucket: Option<NewBucket>,
}

/// An S3-compatible bucket as it is typed.
#[derive(Debug, Clone)]
pub struct NewBucket {
    /// The address of the service.
    pub endpoint: String,
    /// The region that requests are signed for.
    pub region: String,
    /// The bucket's name.
    pub name: String,
    /// What the files' names begin with, without slashes around it; may be blank.
    pub prefix: String,
    /// The id of the access key.
    pub access_key: String,
    /// The secret of the access key; blank: the one that is known, for the same service and key.
    pub secret_key: SecretText,
}

impl NewSchedule {
    /// The same without blanks around its texts.
    ///
    /// # Errors
    /// `Invalid` at `name`, or at the field of the bucket that is blank or too long.
    pub fn checked(mut self) -> Result<Self, ApiError> {
        for text in [&mut self.name, &mut self.query] {
            *text = text.trim().to_owned();
        }
        if self.name.is_empty() {
            return Err(ApiError::invalid("name", "Give the export a name."));
        }
        validate::optional_text("name", &self.name, SCHEDULE_NAME_MAX)?;
        self.bucket = self.bucket.map(NewBucket::checked).transpose()?;
        Ok(self)
    }
}

impl NewBucket {
    fn checked(self) -> Result<Self, ApiError> {
        let needed = |field: &str, text: &str| {
            let text = text.trim().to_owned();
            if text.is_empty() {
                return Err(ApiError::invalid(
                    field,
                    "This is needed to reach the bucket.",
                ));
            }
            validate::optional_text(field, &text, BUCKET_TEXT_MAX)?;
            Ok(text)
        };
        let prefix = self.prefix.trim().trim_matches('/').to_owned();
        validate::optional_text("prefix", &prefix, BUCKET_TEXT_MAX)?;
        let is_up = |part: &str| matches!(part, "." | "..");
        if prefix.split('/').any(is_up) {
            let text = "A part of it is . or .., which services read in different ways.";
            return Err(ApiError::invalid("prefix", text));
        }
        let name = needed("bucket", &self.name)?;
        // It becomes a part of an address, where anything else could lead elsewhere.
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if !name.bytes().all(is_plain) || is_up(&name) {
            let text = "A bucket’s name holds only letters, digits, dots, hyphens and underscores.";
            return Err(ApiError::invalid("bucket", text));
        }
        let secret_key = SecretText::new(self.secret_key.expose().trim());
        validate::optional_text("secret_key", secret_key.expose(), BUCKET_TEXT_MAX)?;
        Ok(Self {
            endpoint: needed("endpoint", &self.endpoint)?,
            region: needed("region", &self.region)?,
            name,
            prefix,
            access_key: needed("access_key", &self.access_key)?,
            secret_key,
        })
    }
}

/// The schedules of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleList {
    /// Oldest first.
    pub schedules: Vec<ScheduleView>,
    /// Whether the operator has set a folder that files can be put into.
    pub has_folder: bool,
}

/// A schedule as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleView {
    /// Its id.
    pub id: ScheduleId,
    /// Its name.
    pub name: String,
    /// Its query; blank: all calls.
    pub query: String,
    /// The form of its files.
    pub format: ExportFormat,
    /// How often.
    pub rhythm: Rhythm,
    /// Where files go.
    pub place: PlaceView,
    /// Whether it is switched on.
    pub is_on: bool,
    /// The calls that began before this moment are in files.
    pub exported_to: UtcMillis,
    /// When the next file is written, or tried again.
    pub next_at: UtcMillis,
    /// How many calls the last file of all held; none before the first.
    pub last_calls: Option<u64>,
    /// How often it was tried in vain since it last worked.
    pub fails: u32,
    /// Why it did not work, in a sentence; none where it does.
    pub fault: Option<String>,
}

/// Where files go, as it is shown: never a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceView {
    /// The operator's folder.
    Folder {
        /// The folder within it.
        path: String,
    },
    /// A bucket.
    Bucket {
        /// The address of the service.
        endpoint: String,
        /// The region.
        region: String,
        /// The bucket's name.
        name: String,
        /// What the files' names begin with; may be blank.
        prefix: String,
        /// The id of the access key.
        access_key: String,
    },
    /// A bucket whose seal does not open any more.
    Lost,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket() -> NewBucket {
        NewBucket {
            endpoint: " https://s3.example.com ".into(),
            region: "eu-central-1".into(),
            name: "calls".into(),
            prefix: "/mine/here/".into(),
            access_key: "AK".into(),
            secret_key: SecretText::new(""),
        }
    }

    fn new(name: &str, bucket: Option<NewBucket>) -> NewSchedule {
        NewSchedule {
            name: name.into(),
            query: " status:error ".into(),
            format: ExportFormat::Csv,
            rhythm: Rhythm::Daily,
            bucket,
        }
    }

    #[test]
    fn blanks_around_texts_and_slashes_around_a_prefix_go() {
        let checked = new(" Nightly ", Some(bucket())).checked().unwrap();
        assert_eq!(
            (checked.name.as_str(), checked.query.as_str()),
            ("Nightly", "status:error")
        );
        let bucket = checked.bucket.unwrap();
        assert_eq!(bucket.endpoint, "https://s3.example.com");
        assert_eq!(bucket.prefix, "mine/here");
    }

    #[test]
    fn what_is_out_of_bounds_is_told_at_its_field() {
        let long = "x".repeat(BUCKET_TEXT_MAX + 1);
        let with = |change: fn(&mut NewBucket, &str), text: &str| {
            let mut bucket = bucket();
            change(&mut bucket, text);
            new("x", Some(bucket))
        };
        for (typed, field) in [
            (new(" ", None), "name"),
            (new("a\nb", None), "name"),
            (new(&"x".repeat(81), None), "name"),
            (
                with(|bucket, text| bucket.endpoint = text.into(), " "),
                "endpoint",
            ),
            (
                with(|bucket, text| bucket.region = text.into(), ""),
                "region",
            ),
            (with(|bucket, text| bucket.name = text.into(), ""), "bucket"),
            (
                with(|bucket, text| bucket.name = text.into(), "a/b"),
                "bucket",
            ),
            (
                with(|bucket, text| bucket.name = text.into(), ".."),
                "bucket",
            ),
            (
                with(|bucket, text| bucket.name = text.into(), "http:x"),
                "bucket",
            ),
            (
                with(|bucket, text| bucket.prefix = text.into(), "a/../b"),
                "prefix",
            ),
            (
                with(|bucket, text| bucket.prefix = text.into(), &long),
                "prefix",
            ),
            (
                with(|bucket, text| bucket.access_key = text.into(), ""),
                "access_key",
            ),
            (
                with(
                    |bucket, text| bucket.secret_key = SecretText::new(text),
                    "a\nb",
                ),
                "secret_key",
            ),
        ] {
            let refused = typed.checked().unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field));
        }
    }
}
