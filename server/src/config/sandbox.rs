use super::reader::{Reader, Setting};

const ENABLE_SANDBOX: Setting = Setting::new(
    "ENABLE_SANDBOX",
    "true",
    "Whether a built-in stand-in for Order Desk runs inside this process and is offered as a store to try things on. It \
     holds invented orders, keeps them in memory and listens on this machine only.",
);

pub(super) const SETTINGS: &[Setting] = &[ENABLE_SANDBOX];

/// The built-in sandbox store.
#[derive(Debug, Clone)]
pub struct Sandbox {
    /// Whether it runs and is offered.
    pub is_enabled: bool,
}

impl Sandbox {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            is_enabled: reader.flag(&ENABLE_SANDBOX),
        }
    }
}
