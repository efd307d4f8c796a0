//! Differences as tables: the field in the merchant's words, then its values.

use super::view::FieldRow;
use crate::parts::format::plural;
use crate::parts::{Markup, el, head};

/// A column's title and what its values are to the eye: `old`, `new` or `found`.
pub(super) type Column = (&'static str, &'static str);

/// The columns of a difference.
pub(crate) const BEFORE_AFTER: &[Column] = &[("Before", "diff-old"), ("After", "diff-new")];

/// Rows of a long difference on one page: with more of them the page would be slow.
pub(super) const FIELDS: usize = 100;
/// Rows that stand open; the others are one click away.
const OPEN_ROWS: usize = 25;

/// A table of fields, named by `caption`. The columns are those of [`FieldRow::values`]. On narrow screens each field is a
/// card.
pub(crate) fn diff_table(
    caption: &'static str,
    columns: &'static [Column],
    rows: Vec<FieldRow>,
) -> Markup {
    let mut open = rows;
    let rest = open.split_off(open.len().min(OPEN_ROWS));
    let more = (!rest.is_empty()).then(|| {
        let text = [
            "Show ",
            &plural(rest.len() as u64, "more field", "more fields"),
        ]
        .concat();
        el("details")
            .class("more")
            .child(el("summary").text(text))
            .child(fields(caption, columns, rest))
    });
    el("div").child(fields(caption, columns, open)).maybe(more)
}

/// That there are more fields than stand in the table, if there are.
pub(super) fn more_fields(more: usize) -> Option<Markup> {
    (more > 0).then(|| {
        let text = [
            "And ",
            &plural(more as u64, "more field", "more fields"),
            ".",
        ]
        .concat();
        el("p").class("hint").text(text)
    })
}

fn fields(caption: &'static str, columns: &'static [Column], rows: Vec<FieldRow>) -> Markup {
    let cell = |(value, (title, class)): (Option<String>, &Column)| {
        let value = match value {
            Some(value) => el("span").text(value),
            None => el("span").class("diff-nothing").text("nothing"),
        };
        el("td")
            .class(*class)
            .with("data-label", *title)
            .child(value)
    };
    let row = |row: FieldRow| {
        let name = el("th").with("scope", "row").text(row.name);
        let name = match row.path {
            Some(path) => name.with("title", path),
            None => name,
        };
        let cells = row.values.into_iter().zip(columns).map(cell);
        el("tr").child(name).children(cells)
    };
    let titles: Vec<_> = [("Field", "")].iter().chain(columns).copied().collect();
    el("table")
        .class("table diff")
        .child(el("caption").class("visually-hidden").text(caption))
        .child(head(&titles))
        .child(el("tbody").children(rows.into_iter().map(row)))
}
