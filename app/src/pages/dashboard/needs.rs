//! What needs somebody, in a line each.

use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::views::account::KeyView;
use orderdesk_mcp_contract::views::dashboard::{Needs, StoreState};

use super::view::Rows;
use super::{BAD, row};
use crate::parts::format::{plural, store_in_words};
use crate::routes;

const WAITS: &str = "warn";

/// A line that says how many there are of something; none where there are none.
fn counted(
    number: u64,
    [tone, mark, text, href]: [&str; 4],
    [one, many]: [&str; 2],
) -> Option<Vec<String>> {
    (number > 0).then(|| row([tone, &plural(number, one, many), mark, text, href]))
}

/// What needs somebody, the worst first.
pub(super) fn needs(as_of: UtcMillis, needs: &Needs) -> Rows {
    let trouble = format!("{}?state=trouble", routes::CHANGES);
    let mut lines = Rows::new();
    let text = "Order Desk did not answer; the server keeps looking until it is settled.";
    lines.extend(counted(
        needs.unknown,
        [BAD, "Unknown", text, &trouble],
        [
            "change with an unknown outcome",
            "changes with unknown outcomes",
        ],
    ));
    for state in &needs.failing {
        let (mark, text) = failing(state);
        let name = store_in_words(&state.store.store_name, state.store.sandbox);
        lines.push(row([
            BAD,
            &name,
            mark,
            text,
            &routes::store(state.store.id),
        ]));
    }
    let text = "Somebody else edited the record meanwhile; their edit was kept.";
    lines.extend(counted(
        needs.conflicts,
        [BAD, "Conflict", text, &trouble],
        [
            "conflict in the last 24 hours",
            "conflicts in the last 24 hours",
        ],
    ));
    let text = "Files wait until they can be written. See why, and when that is tried again.";
    lines.extend(counted(
        needs.failing_exports,
        [BAD, "Export", text, routes::EXPORTS],
        ["scheduled export fails", "scheduled exports fail"],
    ));
    let text = "Recorded calls match. See which alert, and the calls that it is about.";
    lines.extend(counted(
        needs.alerts,
        [WAITS, "Alert", text, routes::ALERTS],
        ["alert fires", "alerts fire"],
    ));
    let text = "Nothing happens until somebody approves or denies.";
    lines.extend(counted(
        needs.waiting,
        [WAITS, "Waiting", text, routes::APPROVALS],
        ["change waits for a decision", "changes wait for a decision"],
    ));
    let text = "A query that asks for what is gone or over finds nothing. Change it.";
    lines.extend(counted(
        needs.silent_alerts,
        [WAITS, "Silent", text, routes::ALERTS],
        ["alert is not looked for", "alerts are not looked for"],
    ));
    for key in &needs.ending {
        let title = format!("The key {}", key.name);
        lines.push(row([
            WAITS,
            &title,
            "Ends soon",
            &ends(as_of, key),
            &routes::key(key.id),
        ]));
    }
    lines
}

fn failing(state: &StoreState) -> (&'static str, &'static str) {
    if state.bucket.is_some() {
        (
            "Held back",
            "Order Desk kept failing for this store. Test its connection to see why.",
        )
    } else {
        (
            "Key unreadable",
            "The saved API key cannot be opened. Give the store a new one.",
        )
    }
}

fn ends(as_of: UtcMillis, key: &KeyView) -> String {
    let end = key.expires_at.unwrap_or(as_of);
    let hours = u64::try_from(end.since(as_of) / 3_600_000).unwrap_or(0);
    let left = match hours {
        0 => "less than an hour".to_owned(),
        1..48 => plural(hours, "hour", "hours"),
        _ => plural(hours / 24, "day", "days"),
    };
    format!("It ends in {left}. Rotate it, and both work while it is changed over.")
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
        let titles: Vec<_> = lines.iter().map(|line| line[1].as_str()).collect();
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
