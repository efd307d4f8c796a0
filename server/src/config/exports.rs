use std::path::PathBuf;

use super::reader::{Reader, Setting};

const EXPORT_DIR: Setting = Setting::optional(
    "EXPORT_DIR",
    "A folder that scheduled exports of recorded calls may go to, each workspace's into one of its own; processes of a cluster \
     share it. Without it they go into S3-compatible buckets only.",
);
const EXPORT_LOCAL_BUCKETS: Setting = Setting::new(
    "EXPORT_LOCAL_BUCKETS",
    "false",
    "Whether buckets of scheduled exports may also be on this machine and its networks, on any port and without TLS, such as a \
     service of your own. Whoever changes settings of a workspace can then send requests there.",
);

pub(super) const SETTINGS: &[Setting] = &[EXPORT_DIR, EXPORT_LOCAL_BUCKETS];

/// Scheduled exports of recorded calls.
#[derive(Debug, Clone)]
pub struct Exports {
    /// The folder that they may go to.
    pub folder: Option<PathBuf>,
    /// Whether buckets may be on this machine and its networks.
    pub may_be_local: bool,
}

impl Exports {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            folder: reader.text(&EXPORT_DIR).map(PathBuf::from),
            may_be_local: reader.flag(&EXPORT_LOCAL_BUCKETS),
        }
    }
}
