use orderdesk_mcp_contract::{TraceId, UtcMillis};

/// The recorded calls of a workspace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TraceStock {
    /// How many there are.
    pub calls: u64,
    /// When the oldest ended.
    pub oldest: Option<UtcMillis>,
    /// Bytes that one of the newest takes on average, with its spans and without indexes.
    pub bytes_each: u64,
}

/// Recorded calls between two ids.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TraceStretch {
    /// How many there are, counted up to the most that were asked for.
    pub calls: u64,
    /// The oldest and the newest of all of them, counted or not.
    pub ends: Option<(TraceId, TraceId)>,
}
