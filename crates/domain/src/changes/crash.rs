//! Points at which the crash harness ends the process, to see that nothing is lost between any two steps. Without the
//! feature `crash-points`, which only the harness's build has, they are nothing.

/// Every point, in the order a change passes them.
#[cfg(feature = "crash-points")]
pub const POINTS: [&str; 11] = [
    "before_intent",
    "after_intent",
    "before_send",
    "sending",
    "reply_read",
    "before_applied",
    "after_applied",
    "before_verified",
    "after_verified",
    "completer_looked",
    "completer_settled",
];

/// Ends the process if this is the point it is to end at.
#[cfg(feature = "crash-points")]
pub(super) fn here(point: &str) {
    if armed(point) {
        std::process::abort();
    }
}

/// Ends the process some time after this point, while what follows is under way.
#[cfg(feature = "crash-points")]
pub(super) fn soon(point: &str) {
    if armed(point) {
        let millis = variable("ORDERDESK_MCP_CRASH_AFTER_MS").and_then(|text| text.parse().ok());
        let pause = std::time::Duration::from_millis(millis.unwrap_or(0));
        std::thread::spawn(move || {
            std::thread::sleep(pause);
            std::process::abort();
        });
    }
}

#[cfg(feature = "crash-points")]
fn armed(point: &str) -> bool {
    debug_assert!(POINTS.contains(&point), "{point} is not listed");
    variable("ORDERDESK_MCP_CRASH_AT").as_deref() == Some(point)
}

#[cfg(feature = "crash-points")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(not(feature = "crash-points"))]
pub(super) fn here(_point: &str) {}

#[cfg(not(feature = "crash-points"))]
pub(super) fn soon(_point: &str) {}
