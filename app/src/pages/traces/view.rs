//! What the pages of recorded calls show: drawn, so that the browser needs no code for queries, tables and spans.

use orderdesk_mcp_contract::SecretText;
use serde::{Deserialize, Serialize};

use crate::parts::Drawn;

/// A page of the list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TracesView {
    /// Queries under names, with the forms that change those.
    pub views: Drawn,
    /// The calls, newest first, with what stands below them or in their place.
    pub list: Drawn,
}

/// One call by itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OneView {
    /// The tool, or what was done in the web app.
    pub tool: String,
    /// How it ended.
    pub outcome: Drawn,
    /// What happened in it, in order: of many steps one page.
    pub steps: Drawn,
    /// What is known of it, why it was let through, and what it can be compared with.
    pub side: Drawn,
    /// What it carried: where that can be read or why it is not shown, and else the parts of it.
    pub payload: (Drawn, Vec<Copied>),
    /// How it can be made again, and what can be taken away.
    pub again: (Drawn, Vec<Copied>),
    /// The latest calls about the same order, and the run of the same assistant that it belongs to.
    pub related: Drawn,
}

/// A text that can be copied: its title, the text as JSON or words, and what is said of it.
pub type Copied = (String, String, String);

/// What the form of a scheduled export sends.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(
    not(feature = "ssr"),
    expect(
        dead_code,
        reason = "the browser sends the form by itself, field by field"
    )
)]
pub struct ScheduleForm {
    /// The export's name.
    pub name: String,
    /// Which calls; blank: all.
    pub query: String,
    /// The name of the files' form. Of an export that is there it stays as it is, and so does the rhythm.
    pub format: String,
    /// The name of the rhythm.
    pub rhythm: String,
    /// `folder` or `bucket`.
    pub place: String,
    /// The address of the bucket's service.
    pub endpoint: String,
    /// The bucket's region.
    pub region: String,
    /// The bucket's name.
    pub bucket: String,
    /// What the files' names begin with.
    pub prefix: String,
    /// The id of the bucket's access key.
    pub access_key: String,
    /// Its secret; blank: as it is.
    pub secret_key: Option<SecretText>,
}
