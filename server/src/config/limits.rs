use super::reader::{Reader, Setting};

const RATE_LIMIT_RPM: Setting = Setting::new(
    "RATE_LIMIT_RPM",
    "120",
    "Calls a minute of one key, 1 to 1000000; twice as many can be saved up. A read costs 1, a write 2.",
);
const WEBUI_RATE_LIMIT_LOGIN: Setting = Setting::new(
    "WEBUI_RATE_LIMIT_LOGIN",
    "5",
    "Sign-ins a minute from one address, and with one key, 1 to 1000.",
);
const WEBUI_RATE_LIMIT_API_CONSOLE: Setting = Setting::new(
    "WEBUI_RATE_LIMIT_API_CONSOLE",
    "30",
    "Calls a minute through the web app that may ask Order Desk, for each signed-in key, 1 to 100000.",
);
const MAX_CALLS_IN_FLIGHT: Setting = Setting::new(
    "MAX_CALLS_IN_FLIGHT",
    "100",
    "Calls of one workspace under way at once, 1 to 10000.",
);

pub(super) const SETTINGS: &[Setting] = &[
    RATE_LIMIT_RPM,
    WEBUI_RATE_LIMIT_LOGIN,
    WEBUI_RATE_LIMIT_API_CONSOLE,
    MAX_CALLS_IN_FLIGHT,
];

/// How much callers may ask for.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Calls a minute of one key.
    pub calls_per_minute: u32,
    /// Sign-ins a minute.
    pub sign_ins_per_minute: u32,
    /// Calls a minute through the web app of one key.
    pub console_calls_per_minute: u32,
    /// Calls of one workspace at once.
    pub calls_in_flight: usize,
}

impl Limits {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            calls_per_minute: reader.number(&RATE_LIMIT_RPM, 1..=1_000_000),
            sign_ins_per_minute: reader.number(&WEBUI_RATE_LIMIT_LOGIN, 1..=1000),
            console_calls_per_minute: reader.number(&WEBUI_RATE_LIMIT_API_CONSOLE, 1..=100_000),
            calls_in_flight: reader.number(&MAX_CALLS_IN_FLIGHT, 1..=10_000),
        }
    }
}
