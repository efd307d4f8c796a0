//! Dragging over bars of the histogram narrows the list to their time; one bar is a link.

use std::cell::Cell;

use wasm_bindgen::JsCast as _;
use web_sys::{Event, HtmlElement, MouseEvent};

use super::dom::{all_of, around};

/// In an address, what stands before the end of a bar's time, which is the last of its query.
const UNTIL: &str = "until%3A";

thread_local! {
    /// In the browser, which has one thread: the bar on which the button went down.
    static BEGUN: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Follows the pointer.
pub(super) fn hear(event: &Event) {
    let bars = all_of(".histogram li a");
    let over = around(event, ".histogram li a");
    let over = over.and_then(|over| bars.iter().position(|bar| **bar == over));
    let buttons = event.dyn_ref::<MouseEvent>().map_or(0, MouseEvent::buttons);
    match (event.type_().as_str(), over) {
        ("pointerdown", over) => BEGUN.set(over.filter(|_| buttons == 1)),
        ("pointerover", Some(over)) if buttons == 1 => {
            mark(&bars, BEGUN.get().map(|begun| (begun, over)));
        }
        ("pointerup", over) => {
            mark(&bars, None);
            if let (Some(begun), Some(over)) = (BEGUN.take(), over)
                && begun != over
            {
                let address = |place: usize| bars.get(place)?.get_attribute("href");
                go(address(begun.min(over)), address(begun.max(over)));
            }
        }
        // A link would be taken along instead.
        ("dragstart", Some(_)) => event.prevent_default(),
        _ => {}
    }
}

fn mark(bars: &[HtmlElement], range: Option<(usize, usize)>) {
    for (place, bar) in bars.iter().enumerate() {
        let is_within =
            range.is_some_and(|(one, other)| (one.min(other)..=one.max(other)).contains(&place));
        // An attribute of this name can be set.
        let _ = bar.toggle_attribute_with_force("data-brushed", is_within);
    }
}

fn go(first: Option<String>, last: Option<String>) {
    let range = first
        .zip(last)
        .and_then(|(first, last)| range(&first, &last));
    if let (Some(range), [link]) = (range, &all_of(".histogram-range")[..])
        && link.set_attribute("href", &range).is_ok()
    {
        link.click();
    }
}

/// The address from the beginning of one bar to the end of another.
fn range(first: &str, last: &str) -> Option<String> {
    let (from, _) = first.rsplit_once(UNTIL)?;
    let (_, until) = last.rsplit_once(UNTIL)?;
    Some([from, UNTIL, until].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_from_the_first_bar_to_the_last() {
        let bar = |from: &str, until: &str| {
            let query = format!("door:mcp since:{from} until:{until}");
            crate::routes::traces(&[("q", &query), ("live", "1")])
        };
        let stretch = range(
            &bar("2026-11-01", "2026-11-02"),
            &bar("2026-11-05", "2026-11-06"),
        );
        assert_eq!(stretch, Some(bar("2026-11-01", "2026-11-06")));
        assert_eq!(range("/traces", "/traces"), None);
    }
}
