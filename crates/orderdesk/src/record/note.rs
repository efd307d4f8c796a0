record!(
    /// A note of an order. All notes of an order together hold 2,000 characters.
    Note, "an order note"
);

impl Note {
    accessors! {
        /// When, as its writer put it (no fixed zone).
        text date_added;
        /// Who, as its writer put it.
        text username;
        /// The text.
        text content;
    }
}

record!(
    /// A discount of an order.
    Discount, "a discount"
);

impl Discount {
    accessors! {
        /// Its name.
        text name;
        /// The coupon code.
        text code;
        /// How much comes off, positive.
        decimal amount;
    }
}

record!(
    /// An entry of an order's history; only there when asked for with `get_order_history`.
    HistoryEntry, "a history entry"
);

impl HistoryEntry {
    accessors! {
        /// The system that wrote it.
        text source_name;
        /// What happened.
        text note;
        /// When, UTC, `YYYY-MM-DD HH:MM:SS`.
        text date_added;
    }
}
