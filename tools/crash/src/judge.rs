//! The five invariants.
//!
//! I1: nothing is sent without a durable intent. I2: what was applied is told as applied, and nothing else is, to the
//! caller and in the change. I3: after a restart everything is settled in time. I4: nothing is sent twice. I5: an edit by
//! somebody else is never silently lost.

use std::collections::BTreeSet;

use orderdesk_mcp_contract::ChangeState;
use orderdesk_mcp_contract::views::change::ChangeDetail;
use orderdesk_sim::COMPUTED;
use serde_json::{Map, Value};

use crate::child::Answer;
use crate::history::{Edit, History, Sent};
use crate::write::Which;

/// Everything that is wrong with a history; nothing when all is well.
pub fn judge(history: &History) -> Vec<String> {
    let (sent, unowned) = history.sent();
    let mut wrong = Vec::new();
    for entry in unowned {
        wrong.push(format!(
            "I1: {} {} was sent without an intent",
            entry.method, entry.path
        ));
    }
    for one in &sent {
        wrong.extend(one_change(history, one));
    }
    wrong.extend(in_time(history));
    wrong.extend(nothing_twice(history));
    wrong.extend(edit_is_kept(history));
    wrong.extend(nothing_else(history));
    wrong.extend(nobody_is_accused(history));
    for answer in &history.answers {
        wrong.extend(told(answer, &sent));
    }
    wrong
}

/// I1, I2 and I4 of one change.
fn one_change(history: &History, sent: &Sent<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let (id, state) = (sent.change.summary.id, sent.change.summary.state);
    let is_told = matches!(
        state,
        ChangeState::Verified | ChangeState::Conflict | ChangeState::Undone
    );
    if sent.is_applied() && !is_told {
        wrong.push(format!("I2: {id} was applied and is {}", state.as_str()));
    }
    if !sent.is_applied() && matches!(state, ChangeState::Verified | ChangeState::Applied) {
        wrong.push(format!(
            "I2: {id} was not applied and is {}",
            state.as_str()
        ));
    }
    if !sent.writes.is_empty() && state == ChangeState::Refused {
        wrong.push(format!("I2: {id} was sent and is refused"));
    }
    if !sent.change.events.is_sorted_by_key(|event| event.at) {
        wrong.push(format!("the journal of {id} goes back in time"));
    }
    let most = sent.change.upstream_calls.len();
    if sent.writes.len() > most {
        wrong.push(format!(
            "I4: {id} was sent {} times, not {most}",
            sent.writes.len()
        ));
    }
    for entry in &sent.writes {
        let body = entry.body.to_string();
        if history.write.is_marked()
            && !mark_of(sent.change).is_some_and(|mark| body.contains(mark))
        {
            wrong.push(format!("I1: {id} does not say what was sent: {body}"));
        }
    }
    wrong
}

fn mark_of(change: &ChangeDetail) -> Option<&'static str> {
    let text = serde_json::to_string(&change.diff).unwrap_or_default();
    [Which::First, Which::Second]
        .map(Which::mark)
        .into_iter()
        .find(|mark| text.contains(mark))
}

/// I3.
fn in_time(history: &History) -> Vec<String> {
    let mut wrong: Vec<_> = history
        .open
        .iter()
        .map(|open| format!("I3: {open} and not settled"))
        .collect();
    if history.settled_after > history.bound {
        wrong.push(format!(
            "I3: settled after {:?}, later than {:?}",
            history.settled_after, history.bound
        ));
    }
    wrong
}

/// I4 over all changes: asking again adds nothing a second time.
fn nothing_twice(history: &History) -> Vec<String> {
    let mut wrong = Vec::new();
    for (which, count) in [Which::First, Which::Second]
        .into_iter()
        .zip(history.counts)
    {
        if history.write.adds() && count > 1 {
            wrong.push(format!("I4: `{}` is there {count} times", which.mark()));
        }
    }
    wrong
}

/// I5.
fn edit_is_kept(history: &History) -> Option<String> {
    let edit = history.edit.as_ref()?;
    let is_there = at(&history.after, edit.path).is_some_and(|value| value == edit.value);
    let is_reported = history.changes.iter().any(|change| reports(change, edit));
    (!is_there && !is_reported).then(|| format!("I5: the edit of {} is lost", edit.path))
}

/// Whether a change shows what somebody else had written: as what it took the place of, or as one of three sides.
fn reports(change: &ChangeDetail, edit: &Edit) -> bool {
    let is_it = |path: String, value: Option<String>| {
        path == edit.path && value.is_some_and(|value| value == format!("\"{}\"", edit.value))
    };
    let in_diff = change.diff.iter().any(|one| {
        is_it(
            one.path.to_string(),
            one.before.as_ref().map(ToString::to_string),
        )
    });
    let in_sides = change.three_way.iter().any(|one| {
        is_it(
            one.path.to_string(),
            one.found.as_ref().map(ToString::to_string),
        )
    });
    in_diff || in_sides
}

fn at<'a>(record: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut steps = path.split('.');
    let first = record.get(steps.next()?)?;
    steps.try_fold(first, |value, step| value.get(step))
}

/// What was not written and not edited is as it was.
fn nothing_else(history: &History) -> Vec<String> {
    let names: BTreeSet<_> = history.before.keys().chain(history.after.keys()).collect();
    let edited = history
        .edit
        .iter()
        .filter_map(|edit| edit.path.split('.').next());
    let may: Vec<_> = edited
        .chain(COMPUTED)
        .chain(history.write.members().iter().copied())
        .collect();
    names
        .into_iter()
        .filter(|name| !may.contains(&name.as_str()))
        .filter(|name| history.before.get(*name) != history.after.get(*name))
        .map(|name| format!("I5: `{name}` was changed by nobody who was asked to"))
        .collect()
}

/// An edit by somebody else is told only where there was one.
fn nobody_is_accused(history: &History) -> Vec<String> {
    let outcomes = history.changes.iter();
    outcomes
        .filter(|_| history.edit.is_none())
        .filter_map(|change| change.outcome.as_deref())
        .filter(|outcome| outcome.contains("Somebody else"))
        .map(|outcome| format!("I2: nobody else edited, and it is told: {outcome}"))
        .collect()
}

/// I2 of what a caller was told.
fn told(answer: &Answer, sent: &[Sent<'_>]) -> Option<String> {
    match answer {
        Answer::Receipt(receipt) => {
            let id = receipt["change_id"].as_str()?;
            let Some(one) = sent.iter().find(|one| one.is_named_in(id)) else {
                return Some(format!("I2: a caller was given {id}, which is no change"));
            };
            let is_success = receipt["status"] == "success";
            (is_success && one.change.summary.state != ChangeState::Verified)
                .then(|| format!("I2: a caller was told that {id} is done, and it is not"))
        }
        Answer::Refusal(text) => {
            let about = sent.iter().find(|one| one.is_named_in(text))?;
            (text.contains("Nothing was changed") && about.is_applied())
                .then(|| format!("I2: a caller was told {text:?}, and it was changed"))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::write::Write;

    /// A change as the product tells of it, in a state, with an intent at this time if it has one.
    fn change(state: &str, intent: Option<i64>) -> ChangeDetail {
        let mut events = vec![json!({ "at": 10, "state": "approved", "text": "" })];
        events.extend(intent.map(|at| json!({ "at": at, "state": "applying", "text": "" })));
        serde_json::from_value(json!({
            "id": "01m8bxmfn52tkq4v9h2sk2yxhd", "state": state, "tool": "orders_add_items", "summary": "",
            "store_uid": "01m8bxmfn52tkq4v9h2sk2yxhe", "store_name": "Main", "record_kind": "order",
            "field_count": 1, "key_id": "01m8bxmfn52tkq4v9h2sk2yxhf", "key_name": "Master", "created_at": 10,
            "updated_at": 10, "diff": [{ "path": "order_items[3]", "after": { "name": "crashfirst" } }],
            "policy": [], "upstream_calls": ["POST /orders/{id}/order-items"], "events": events,
            "undo": { "possible": true, "note": "" }, "plan_hash": "", "page_url": "",
        }))
        .unwrap()
    }

    fn write(unix_ms: u64, applied: bool) -> orderdesk_sim::LogEntry {
        orderdesk_sim::LogEntry {
            seq: 1,
            unix_ms,
            store_id: String::new(),
            method: "POST".to_owned(),
            path: "/orders/1001/order-items".to_owned(),
            query: Vec::new(),
            body: json!({ "name": "crashfirst" }),
            status: Some(200),
            answer: String::new(),
            answer_bytes: 0,
            applied,
            fault: None,
            traceparent: None,
            unexpected_headers: Vec::new(),
        }
    }

    fn history(change: ChangeDetail, log: Vec<orderdesk_sim::LogEntry>) -> History {
        History {
            write: Write::AddItems,
            log,
            answers: Vec::new(),
            settled_after: Duration::from_secs(2),
            open: Vec::new(),
            changes: vec![change],
            before: Map::new(),
            after: Map::new(),
            counts: [1, 0],
            edit: None,
            bound: Duration::from_secs(8),
        }
    }

    /// Exactly these invariants are found broken.
    #[track_caller]
    fn breaks(history: &History, broken: &[&str]) {
        let wrong = judge(history);
        let found: Vec<_> = wrong.iter().map(|text| &text[..2]).collect();
        assert_eq!(found, broken, "{wrong:?}");
    }

    #[test]
    fn a_change_that_went_well_breaks_nothing() {
        let all_is_well = history(change("verified", Some(20)), vec![write(30, true)]);
        breaks(&all_is_well, &[]);
        breaks(
            &history(change("not_applied", Some(20)), vec![write(30, false)]),
            &[],
        );
        breaks(&history(change("refused", Some(20)), Vec::new()), &[]);
    }

    #[test]
    fn a_write_without_an_intent_is_found() {
        breaks(
            &history(change("refused", None), vec![write(30, false)]),
            &["I1"],
        );
        breaks(
            &history(change("conflict", Some(40)), vec![write(30, true)]),
            &["I1"],
        );
        let mut other = write(30, true);
        other.body = json!({ "name": "crashsecond" });
        breaks(&history(change("verified", Some(20)), vec![other]), &["I1"]);
    }

    #[test]
    fn a_state_that_is_not_so_is_found() {
        for (state, applied) in [
            ("not_applied", true),
            ("unknown", true),
            ("verified", false),
            ("refused", false),
        ] {
            let untrue = history(change(state, Some(20)), vec![write(30, applied)]);
            breaks(&untrue, &["I2"]);
        }
    }

    #[test]
    fn a_caller_told_wrongly_is_found() {
        let mut told = history(change("not_applied", Some(20)), vec![write(30, false)]);
        let id = told.changes[0].summary.id;
        told.answers = vec![Answer::Receipt(
            json!({ "change_id": id, "status": "success" }),
        )];
        breaks(&told, &["I2"]);
        let mut told = history(change("verified", Some(20)), vec![write(30, true)]);
        told.answers = vec![Answer::Refusal(format!(
            "Nothing was changed. (Change {id}.)"
        ))];
        breaks(&told, &["I2"]);
        told.answers.clear();
        told.changes[0].outcome = Some("Somebody else changed it.".to_owned());
        breaks(&told, &["I2"]);
    }

    #[test]
    fn what_is_late_or_open_is_found() {
        let mut late = history(change("verified", Some(20)), vec![write(30, true)]);
        late.settled_after = Duration::from_secs(9);
        breaks(&late, &["I3"]);
        late.open = vec!["one is applying".to_owned()];
        breaks(&late, &["I3", "I3"]);
    }

    #[test]
    fn what_is_sent_twice_is_found() {
        let twice = vec![write(30, false), write(31, true)];
        breaks(&history(change("verified", Some(20)), twice), &["I4"]);
        let mut twice = history(change("verified", Some(20)), vec![write(30, true)]);
        twice.counts = [2, 0];
        breaks(&twice, &["I4"]);
    }

    #[test]
    fn a_lost_edit_is_found_unless_it_is_told() {
        let mut lost = history(change("verified", Some(20)), vec![write(30, true)]);
        lost.edit = Some(Edit {
            path: "shipping.city",
            value: "Theirs",
        });
        breaks(&lost, &["I5"]);
        let mut kept = lost.clone();
        kept.after
            .insert("shipping".to_owned(), json!({ "city": "Theirs" }));
        breaks(&kept, &[]);
        let side = json!({ "path": "shipping.city", "before": "Leeds", "wanted": "Reno", "found": "Theirs" });
        lost.changes[0].three_way = vec![serde_json::from_value(side).unwrap()];
        breaks(&lost, &[]);
    }

    #[test]
    fn what_nobody_asked_for_is_found() {
        let mut blanked = history(change("verified", Some(20)), vec![write(30, true)]);
        blanked
            .before
            .insert("email".to_owned(), json!("a@example.com"));
        breaks(&blanked, &["I5"]);
    }
}
