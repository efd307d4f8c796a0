//! What blocks of recorded calls are found by.

use std::borrow::Cow;

use orderdesk_mcp_contract::TraceId;

/// What blocks of recorded calls are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PostingField {
    /// Nothing: all blocks of the workspace.
    All,
    /// A change.
    Change,
    /// That a change came of it.
    Changed,
    /// That it failed or was given up.
    Failed,
    /// A key or member.
    Key,
    /// An order.
    Order,
    /// A store.
    Store,
    /// A tool.
    Tool,
    /// A word.
    Word,
}

impl PostingField {
    /// Its stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Change => "change",
            Self::Changed => "changed",
            Self::Failed => "failed",
            Self::Key => "key",
            Self::Order => "order",
            Self::Store => "store",
            Self::Tool => "tool",
            Self::Word => "word",
        }
    }
}

/// One thing that blocks are found by; what search engines call a posting list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// What it is.
    pub field: PostingField,
    /// Which one; empty where the field says all.
    pub value: String,
}

impl Posting {
    /// All blocks.
    pub const ALL: Self = Self {
        field: PostingField::All,
        value: String::new(),
    };
}

/// What one block is found by: the stored name of a field, and a value.
pub type BlockPosting = (Cow<'static, str>, String);

/// What is deleted in one transaction when blocks are thrown away.
#[derive(Debug, Default)]
pub struct PurgeStep {
    /// Fields, values and blocks.
    pub postings: Vec<(Cow<'static, str>, String, String)>,
    /// Blocks of which nothing else is left.
    pub blocks: Vec<String>,
}

/// Sorts before every id and after every id, so that a range of ids is two conditions an index can use.
pub(crate) const BEFORE_EVERY_ID: &str = "";
pub(crate) const AFTER_EVERY_ID: &str = "~";

/// Which blocks of a posting to read. Ids are compared as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlocksAsked {
    /// What all of them have.
    pub posting: Posting,
    /// The newest call's id is this one or later.
    pub from: String,
    /// The newest call's id is before this one.
    pub before: String,
    /// The oldest call's id is before this one.
    pub oldest_before: String,
    /// The oldest first, instead of the newest.
    pub oldest_first: bool,
    /// At most so many.
    pub limit: u32,
}

impl BlocksAsked {
    /// Blocks of any calls, the newest first, at most so many.
    pub fn all(limit: u32) -> Self {
        Self {
            posting: Posting::ALL,
            from: BEFORE_EVERY_ID.to_owned(),
            before: AFTER_EVERY_ID.to_owned(),
            oldest_before: AFTER_EVERY_ID.to_owned(),
            oldest_first: false,
            limit,
        }
    }

    /// The oldest blocks whose newest call is older than this one.
    pub fn oldest(before: TraceId, limit: u32) -> Self {
        Self {
            before: before.to_string(),
            oldest_first: true,
            ..Self::all(limit)
        }
    }
}

/// What of blocks is read besides their calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockPart {
    /// What happened inside the calls.
    Spans,
    /// What they carried, sealed.
    Payloads,
}
