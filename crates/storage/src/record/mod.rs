//! The rows, as the use cases see them.

mod alert;
mod attributes;
mod audit;
mod change;
mod console;
mod key;
mod person;
mod retention;
mod schedule;
mod sealed;
mod session;
mod store;
mod tenant;
mod trace;
mod trace_block;
mod trace_duration;
mod trace_margin;
mod trace_posting;
mod trace_search;
mod trace_view;
mod vault;

pub use alert::{AlertEventRecord, AlertRecord};
pub use attributes::Attributes;
pub use audit::{AuditEnd, AuditEntry};
pub use change::{
    Added, BudgetCheck, BudgetUse, ChangeEvent, ChangeFilter, ChangeImage, ChangeKey, ChangeRecord,
    ChangeStep, ChangeUpdate, ImagePart, Impact, KnownChange, Lease, NewChange, OpenChange,
    Stepped, WriteStop,
};
pub use console::{ConsoleCallHead, ConsoleCallRecord, ConsoleOutcome};
pub use key::{KeyRecord, NewKey};
pub use person::{
    Acceptance, InviteRecord, MemberChanged, MemberRecord, Membership, PersonRecord, UserRecord,
};
pub use retention::{TraceStock, TraceStretch};
pub use schedule::ScheduleRecord;
pub use sealed::SealedBlob;
pub use session::SessionRecord;
pub use store::{DeletedStore, StoreRecord, StoreTies};
pub use tenant::{TenantFigures, TenantRecord, TenantRemoval};
pub use trace::{
    CallTotals, Door, FirstCall, SlotTotals, SpanKind, SpanRecord, StoreTotals, TraceFilter,
    TraceRecord, TraceSpans,
};
pub use trace_block::{KeptPayload, PayloadPlace, TRACE_BLOCK_CALLS, TRACE_BLOCK_MS, TraceBlock};
pub use trace_duration::{DurationClass, DurationCount};
pub use trace_margin::{Margin, TraceMargin, TraceMargins};
pub(crate) use trace_posting::{AFTER_EVERY_ID, BEFORE_EVERY_ID};
pub use trace_posting::{BlockPart, BlockPosting, BlocksAsked, Posting, PostingField, PurgeStep};
pub use trace_search::{
    BLOCKS_PURGED_AT_ONCE, NewestCalls, SLOWER_THAN_MS, Sieve, TRACE_LENGTH_MAX_MS,
    TRACE_PAGE_LOOKS_AT, TRACE_PAGE_MAX, TraceGroup, TraceRows, TraceSearch, TraceSums, WordSieve,
};
pub use trace_view::TraceViewRecord;
pub use vault::KekCheck;
