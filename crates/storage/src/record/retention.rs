use orderdesk_mcp_contract::UtcMillis;

/// The recorded calls of a workspace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TraceStock {
    /// How many there are.
    pub calls: u64,
    /// When the oldest began.
    pub oldest: Option<UtcMillis>,
    /// Bytes that one of the newest takes on average, with its spans and without indexes.
    pub bytes_each: u64,
}
