//! A change as its page shows it.

use orderdesk::{FieldChange, FieldPath, Json};
use orderdesk_mcp_contract::Right;
use orderdesk_mcp_contract::views::change::{ChangeDetail, ChangeSummary, RecordKind, ThreeWay};
use orderdesk_mcp_domain::Caller;

use super::super::super::diff::FIELDS;
use super::super::super::view::{ChangeRow, ChangeView, EventRow, FieldRow};
use super::words;
use crate::parts::format::store_in_words;

/// Fields shown of what stands beside the difference itself.
const FIRST_FIELDS: usize = 25;

/// A change in a list.
pub(super) fn row(summary: &ChangeSummary) -> ChangeRow {
    ChangeRow {
        id: summary.id.to_string(),
        state: summary.state,
        what: what(summary),
        store_id: summary.store_uid.to_string(),
        store: store_in_words(&summary.store_name, summary.sandbox),
        kind: match summary.record_kind {
            RecordKind::Order => "Order",
            RecordKind::Product => "Product",
        }
        .to_owned(),
        record: summary.record_id.clone(),
        money: summary.money.map(|money| money.to_string()),
        key_id: summary.key_id.to_string(),
        key: summary.key_name.clone(),
        client: summary.client.clone(),
        at: summary.created_at,
    }
}

fn what(summary: &ChangeSummary) -> String {
    let what = words::summary(&summary.summary);
    match summary.undoes {
        Some(_) => format!("Undo: {what}"),
        None => what,
    }
}

/// All of a change, for whoever looks at it; of a long difference the page that begins at the field `from`.
pub(super) fn view(detail: &ChangeDetail, looker: &Caller, from: usize) -> ChangeView {
    let summary = &detail.summary;
    let no_undo = looker.why_not(Right::Propose);
    let mut fields = fields(&detail.diff);
    let mut deleted = detail.deleted.as_ref().map(deleted).unwrap_or_default();
    let all = if deleted.is_empty() {
        fields.len()
    } else {
        deleted.len()
    };
    let from = page_at(from, all);
    page_of(&mut fields, from);
    page_of(&mut deleted, from);
    let mut three_way: Vec<_> = detail.three_way.iter().map(three_way).collect();
    let more_three_way = cut(&mut three_way);
    ChangeView {
        row: row(summary),
        reason: summary.reason.clone(),
        expires_at: summary.expires_at,
        diff: fields,
        deleted,
        shown: (from, all),
        three_way,
        more_three_way,
        json: match &detail.deleted {
            Some(record) => serde_json::to_string_pretty(record),
            None => serde_json::to_string_pretty(&detail.diff),
        }
        .unwrap_or_default(),
        warnings: detail
            .warnings
            .iter()
            .map(|text| words::sentence(text))
            .collect(),
        policy: detail
            .policy
            .iter()
            .map(|text| words::sentence(text))
            .collect(),
        upstream_calls: detail.upstream_calls.clone(),
        decided_by: detail.decided_by.clone(),
        decision_reason: detail.decision_reason.clone(),
        outcome: detail.outcome.as_deref().map(words::sentence),
        events: detail
            .events
            .iter()
            .map(|event| EventRow {
                at: event.at,
                state: event.state,
                text: words::sentence(&event.text),
            })
            .collect(),
        can_undo: detail.undo.possible && no_undo.is_none(),
        undo_note: no_undo.unwrap_or_else(|| detail.undo.note.clone()),
        undoes: summary.undoes.map(|id| id.to_string()),
        undone_by: summary.undone_by.map(|id| id.to_string()),
        plan_hash: detail.plan_hash.clone(),
        is_own: summary.key_id == looker.actor_id(),
        no_decision: looker.why_not(Right::Approve),
        undo: None,
    }
}

/// Where the page begins that has the field `from`; the first one, when there is no such field.
fn page_at(from: usize, all: usize) -> usize {
    if from < all { from - from % FIELDS } else { 0 }
}

/// Leaves the rows of the page that begins at `from`.
fn page_of(rows: &mut Vec<FieldRow>, from: usize) {
    rows.drain(..from.min(rows.len()));
    rows.truncate(FIELDS);
}

/// Leaves the first rows, and says how many more there were.
pub(super) fn cut(rows: &mut Vec<FieldRow>) -> usize {
    let more = rows.len().saturating_sub(FIRST_FIELDS);
    rows.truncate(FIRST_FIELDS);
    more
}

/// A difference, field by field.
pub(super) fn fields(diff: &[FieldChange]) -> Vec<FieldRow> {
    let row = |change: &FieldChange| named(&change.path, [&change.before, &change.after]);
    diff.iter().map(row).collect()
}

fn three_way(field: &ThreeWay) -> FieldRow {
    named(&field.path, [&field.before, &field.wanted, &field.found])
}

fn named<const N: usize>(path: &FieldPath, values: [&Option<Json>; N]) -> FieldRow {
    let text = path.to_string();
    let words = words::field(path);
    FieldRow {
        path: words.is_some().then(|| text.clone()),
        name: words.unwrap_or(text),
        values: values
            .into_iter()
            .map(|value| value.as_ref().map(words::value))
            .collect(),
    }
}

fn deleted(record: &Json) -> Vec<FieldRow> {
    let rows = record.as_object().map(words::record).unwrap_or_default();
    rows.into_iter()
        .map(|(name, value)| FieldRow {
            name,
            path: None,
            values: vec![Some(value)],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize) -> Vec<FieldRow> {
        let row = |place: usize| FieldRow {
            name: place.to_string(),
            path: None,
            values: Vec::new(),
        };
        (0..count).map(row).collect()
    }

    #[test]
    fn pages_have_every_row_once() {
        let mut seen = Vec::new();
        for from in [0, 100, 200] {
            let mut page = rows(204);
            page_of(&mut page, page_at(from, 204));
            assert!(page.len() <= FIELDS);
            seen.extend(page);
        }
        assert_eq!(seen, rows(204));
        assert_eq!(page_at(150, 204), 100, "an address in between");
        assert_eq!(page_at(204, 204), 0, "an address beyond the end");
        assert_eq!(page_at(0, 0), 0);
    }

    #[test]
    fn what_is_cut_is_counted() {
        for (all, more) in [(0, 0), (25, 0), (26, 1), (400, 375)] {
            let mut first = rows(all);
            assert_eq!(cut(&mut first), more);
            assert_eq!(first.len() + more, all);
        }
    }
}
