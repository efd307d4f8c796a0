//! Rules that make the simulator fail in chosen ways at chosen requests.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::switches::RateLimitBody;

/// A rule: which requests it meets, what it does to them, how often.
///
/// ```
/// use orderdesk_sim::{Action, Fault};
/// let second_put_is_lost = Fault::on("PUT", "/orders/*", Action::ResetAfterApply).nth(2);
/// ```
#[derive(Clone, Debug)]
pub struct Fault {
    method: String,
    path: String,
    store_id: Option<String>,
    skip: u64,
    /// Requests it still meets; `None` is without end.
    left: Option<u64>,
    action: Action,
    timing: Timing,
}

/// What a request that meets a rule waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timing {
    /// Before anything happens to it.
    pub(crate) late: Duration,
    /// Between what happens to it and the answer.
    pub(crate) withheld: Duration,
}

impl Fault {
    /// A rule for requests of `method` (`*` is any) to `path` below `/api/v2`, where `*` stands for one
    /// segment and a last `**` for any rest. It meets the first such request, once.
    #[must_use]
    pub fn on(method: &str, path: &str, action: Action) -> Self {
        Self {
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            store_id: None,
            skip: 0,
            left: Some(1),
            action,
            timing: Timing::default(),
        }
    }

    /// Only requests of this store.
    #[must_use]
    pub fn store(mut self, store_id: &str) -> Self {
        self.store_id = Some(store_id.to_owned());
        self
    }

    /// Starts with the n-th matching request, counted from 1.
    #[must_use]
    pub fn nth(mut self, nth: u64) -> Self {
        self.skip = nth.saturating_sub(1);
        self
    }

    /// Meets this many matching requests.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.left = Some(times);
        self
    }

    /// Meets every matching request from then on.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.left = None;
        self
    }

    /// Everything that happens to the request happens so much later, even when the client has gone away by then.
    #[must_use]
    pub fn late(mut self, delay: Duration) -> Self {
        self.timing.late = delay;
        self
    }

    /// The answer, or the end of the connection, comes so much later than what happens to the request.
    #[must_use]
    pub fn withheld(mut self, delay: Duration) -> Self {
        self.timing.withheld = delay;
        self
    }

    fn matches(&self, request: &Target<'_>) -> bool {
        (self.method == "*" || self.method == request.method)
            && self
                .store_id
                .as_deref()
                .is_none_or(|id| id == request.store_id)
            && path_matches(&self.path, request.path)
    }
}

/// What happens to a request that meets a rule.
#[derive(Clone)]
pub enum Action {
    /// 429 with `X-Retry-After: 1`. Costs no token; nothing is applied.
    Status429(RateLimitBody),
    /// 500 with the error envelope; nothing is applied.
    Status500BeforeApply,
    /// The request is applied, then the answer is 500.
    Status500AfterApply,
    /// The connection is reset without an answer; nothing is applied.
    ResetBeforeApply,
    /// The request is applied, then the connection is reset without an answer.
    ResetAfterApply,
    /// No answer for `duration`, then the connection is reset.
    Hang {
        /// How long nothing comes.
        duration: Duration,
        /// Whether the request is applied before.
        apply: bool,
    },
    /// The request is applied; the answer is a whole HTTP message whose JSON stops half-way.
    TruncatedJson,
    /// The request is applied at once and answered rightly after `delay`.
    Slow {
        /// How long the answer takes.
        delay: Duration,
    },
    /// 200 with `status: "error"`; nothing is applied.
    ErrorBody200,
    /// 400 with these words; nothing is applied.
    Refused(String),
    /// 502 with a proxy's HTML page; nothing is applied.
    HtmlError502,
    /// Somebody else edits an order: after the answer to a read is made, before a write is applied.
    ForeignEdit(ForeignEdit),
}

/// An edit by another user of the store.
#[derive(Clone)]
pub struct ForeignEdit {
    /// The order; `None` takes the one in the request's path.
    pub order_id: Option<u64>,
    edit: Edit,
}

type EditRecord = dyn Fn(&mut Map<String, Value>) + Send + Sync;

#[derive(Clone)]
enum Edit {
    Merge(Value),
    Run(Arc<EditRecord>),
}

impl ForeignEdit {
    /// A JSON merge patch (RFC 7386): members replace, `null` removes, objects go deeper.
    #[must_use]
    pub fn merge(patch: Value) -> Self {
        Self {
            order_id: None,
            edit: Edit::Merge(patch),
        }
    }

    /// Any change of the stored record.
    #[must_use]
    pub fn run(edit: impl Fn(&mut Map<String, Value>) + Send + Sync + 'static) -> Self {
        Self {
            order_id: None,
            edit: Edit::Run(Arc::new(edit)),
        }
    }

    /// Edits this order rather than the one of the request.
    #[must_use]
    pub fn of_order(mut self, order_id: u64) -> Self {
        self.order_id = Some(order_id);
        self
    }

    pub(crate) fn apply(&self, record: &mut Map<String, Value>) {
        match &self.edit {
            Edit::Merge(Value::Object(patch)) => merge(record, patch),
            Edit::Merge(_) => {}
            Edit::Run(run) => run(record),
        }
    }
}

fn merge(target: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, value) in patch {
        match (target.get_mut(name), value) {
            (_, Value::Null) => {
                target.shift_remove(name);
            }
            (Some(Value::Object(inner)), Value::Object(patch)) => merge(inner, patch),
            _ => {
                target.insert(name.clone(), value.clone());
            }
        }
    }
}

impl Action {
    /// Name for the log.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Status429(_) => "status_429",
            Self::Status500BeforeApply => "status_500_before_apply",
            Self::Status500AfterApply => "status_500_after_apply",
            Self::ResetBeforeApply => "reset_before_apply",
            Self::ResetAfterApply => "reset_after_apply",
            Self::Hang { .. } => "hang",
            Self::TruncatedJson => "truncated_json",
            Self::Slow { .. } => "slow",
            Self::ErrorBody200 => "error_body_200",
            Self::Refused(_) => "refused",
            Self::HtmlError502 => "html_error_502",
            Self::ForeignEdit(_) => "foreign_edit",
        }
    }

    /// Whether the request still reaches the store.
    pub(crate) fn applies(&self) -> bool {
        match self {
            Self::Hang { apply, .. } => *apply,
            Self::Status500AfterApply
            | Self::ResetAfterApply
            | Self::TruncatedJson
            | Self::Slow { .. }
            | Self::ForeignEdit(_) => true,
            Self::Status429(_)
            | Self::Status500BeforeApply
            | Self::ResetBeforeApply
            | Self::ErrorBody200
            | Self::Refused(_)
            | Self::HtmlError502 => false,
        }
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What rules are matched against.
pub(crate) struct Target<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) store_id: &'a str,
}

/// The rules in force, in the order they were added.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether rules with an end still wait for requests.
    pub(crate) fn pending(&self) -> usize {
        self.0.iter().filter(|fault| fault.left != Some(0)).count()
    }

    /// The action and timing of the first rule that meets this request. Every rule before it that only counts up to
    /// its n-th request counts this one.
    pub(crate) fn take(&mut self, request: &Target<'_>) -> Option<(Action, Timing)> {
        for fault in self.0.iter_mut().filter(|fault| fault.left != Some(0)) {
            if !fault.matches(request) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            fault.left = fault.left.map(|left| left - 1);
            return Some((fault.action.clone(), fault.timing));
        }
        None
    }
}

fn path_matches(pattern: &str, path: &str) -> bool {
    let mut wanted = pattern.trim_matches('/').split('/');
    let mut given = path.trim_matches('/').split('/');
    loop {
        match (wanted.next(), given.next()) {
            (Some("**"), _) | (None, None) => return true,
            (Some("*"), Some(segment)) if !segment.is_empty() => {}
            (Some(wanted), Some(segment)) if wanted == segment => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_paths() {
        for (pattern, path, expected) in [
            ("/orders/*", "/orders/7", true),
            ("/orders/*", "/orders", false),
            ("/orders/*", "/orders/7/shipments", false),
            ("/orders/*/shipments", "/orders/7/shipments", true),
            ("/orders/**", "/orders/7/shipments", true),
            ("/**", "/test", true),
            ("/test", "/store", false),
        ] {
            assert_eq!(path_matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_rule_skips_then_counts_down() {
        let mut faults = Faults::default();
        faults.add(
            Fault::on("put", "/orders/*", Action::HtmlError502)
                .nth(2)
                .times(2),
        );
        let put = Target {
            method: "PUT",
            path: "/orders/1",
            store_id: "1",
        };
        let met: Vec<bool> = (0..5).map(|_| faults.take(&put).is_some()).collect();
        assert_eq!(met, [false, true, true, false, false]);
        assert_eq!(faults.pending(), 0);
    }
}
