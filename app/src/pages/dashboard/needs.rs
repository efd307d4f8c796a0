//! What needs somebody, in a line each.

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::views::account::KeyView;
use orderdesk_mcp_contract::views::dashboard::{Needs, StoreState};

use super::lines::Line;
use crate::parts::Tone;
use crate::parts::format::{plural, store_in_words};
use crate::routes;

/// Something that there may be any number of: what one is, and what many are.
struct Counted<'a> {
    tone: Tone,
    mark: &'static str,
    one: &'static str,
    many: &'static str,
    text: &'static str,
    href: &'a str,
}

impl Counted<'_> {
    /// A line that says how many there are; none where there are none.
    fn line(self, number: u64) -> Option<Line> {
        (number > 0).then(|| Line {
            tone: self.tone,
            title: plural(number, self.one, self.many),
            mark: Some(self.mark.to_owned()),
            text: self.text.to_owned(),
            href: Some(self.href.to_owned()),
        })
    }
}

/// What needs somebody, the worst first.
pub(super) fn needs(as_of: UtcMillis, needs: &Needs) -> Vec<Line> {
    let trouble = format!("{}?state=trouble", routes::CHANGES);
    let unknown = Counted {
        tone: Tone::Error,
        mark: "Unknown",
        one: "change with an unknown outcome",
        many: "changes with unknown outcomes",
        text: "Order Desk did not answer; the server keeps looking until it is settled.",
        href: &trouble,
    };
    let conflicts = Counted {
        tone: Tone::Error,
        mark: "Conflict",
        one: "conflict in the last 24 hours",
        many: "conflicts in the last 24 hours",
        text: "Somebody else edited the record meanwhile; their edit was kept.",
        href: &trouble,
    };
    let failing_exports = Counted {
        tone: Tone::Error,
        mark: "Export",
        one: "scheduled export fails",
        many: "scheduled exports fail",
        text: "Files wait until they can be written. See why, and when that is tried again.",
        href: routes::EXPORTS,
    };
    let alerts = Counted {
        tone: Tone::Warn,
        mark: "Alert",
        one: "alert fires",
        many: "alerts fire",
        text: "Recorded calls match. See which alert, and the calls that it is about.",
        href: routes::ALERTS,
    };
    let waiting = Counted {
        tone: Tone::Warn,
        mark: "Waiting",
        one: "change waits for a decision",
        many: "changes wait for a decision",
        text: "Nothing happens until somebody approves or denies.",
        href: routes::APPROVALS,
    };
    let silent_alerts = Counted {
        tone: Tone::Warn,
        mark: "Silent",
        one: "alert is not looked for",
        many: "alerts are not looked for",
        text: "A query that asks for what is gone or over finds nothing. Change it.",
        href: routes::ALERTS,
    };
    let unknown = unknown.line(needs.unknown).into_iter();
    unknown
        .chain(needs.failing.iter().map(failing))
        .chain(conflicts.line(needs.conflicts))
        .chain(failing_exports.line(needs.failing_exports))
        .chain(alerts.line(needs.alerts))
        .chain(waiting.line(needs.waiting))
        .chain(silent_alerts.line(needs.silent_alerts))
        .chain(needs.ending.iter().map(|key| ending(as_of, key)))
        .collect()
}

fn failing(state: &StoreState) -> Line {
    let (mark, text) = if state.bucket.is_some() {
        (
            "Held back",
            "Order Desk kept failing for this store. Test its connection to see why.",
        )
    } else {
        (
            "Key unreadable",
            "The saved API key cannot be opened. Give the store a new one.",
        )
    };
    Line {
        tone: Tone::Error,
        title: store_in_words(&state.store.store_name, state.store.sandbox),
        mark: Some(mark.to_owned()),
        text: text.to_owned(),
        href: Some(routes::store(state.store.id)),
    }
}

fn ending(as_of: UtcMillis, key: &KeyView) -> Line {
    let end = key.expires_at.unwrap_or(as_of);
    let hours = u64::try_from(end.since(as_of) / 3_600_000).unwrap_or(0);
    let left = match hours {
        0 => "less than an hour".to_owned(),
        1..48 => plural(hours, "hour", "hours"),
        _ => plural(hours / 24, "day", "days"),
    };
    Line {
        tone: Tone::Warn,
        title: format!("The key {}", key.name),
        mark: Some("Ends soon".to_owned()),
        text: format!("It ends in {left}. Rotate it, and both work while it is changed over."),
        href: Some(routes::key(key.id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_comes_first() {
        let lines = needs(
            UtcMillis(0),
            &Needs {
                waiting: 2,
                unknown: 1,
                conflicts: 1,
                alerts: 2,
                silent_alerts: 1,
                failing_exports: 1,
                ..Needs::default()
            },
        );
        let titles: Vec<_> = lines.iter().map(|line| line.title.as_str()).collect();
        assert_eq!(
            titles,
            [
                "1 change with an unknown outcome",
                "1 conflict in the last 24 hours",
                "1 scheduled export fails",
                "2 alerts fire",
                "2 changes wait for a decision",
                "1 alert is not looked for"
            ]
        );
        assert!(needs(UtcMillis(0), &Needs::default()).is_empty());
    }
}
