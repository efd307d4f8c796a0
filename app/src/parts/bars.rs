//! Calls per slot of time as stacked bars, drawn on the server: in the first HTML, printable, without script.

use orderdesk_mcp_contract::views::dashboard::SlotCount;

use super::format::count;
use super::markup::{Markup, el, head};

/// Drawing units: whole numbers, since printing floats would cost the browser's share 15 kB.
const HEIGHT: u64 = 960;
const PITCH: u64 = 100;
const WIDTH: u64 = 70;
/// The least height of what is not zero.
const VISIBLE: u64 = 20;

/// One slot's bar, from the floor up.
#[derive(Debug, PartialEq)]
struct Bar {
    x: u64,
    ok_height: u64,
    failed_height: u64,
}

/// Scales the slots so that the busiest fills the height; anything above zero stays visible.
fn layout(slots: &[SlotCount]) -> Vec<Bar> {
    let busiest = slots
        .iter()
        .map(|slot| slot.ok + slot.failed)
        .max()
        .unwrap_or(0)
        .max(1);
    let scale = |calls: u64| {
        if calls == 0 {
            0
        } else {
            (calls.saturating_mul(HEIGHT) / busiest).max(VISIBLE)
        }
    };
    let bar = |(x, slot): (u64, &SlotCount)| {
        let whole = scale(slot.ok + slot.failed);
        let failed_height = scale(slot.failed).min(whole);
        Bar {
            x,
            ok_height: whole - failed_height,
            failed_height,
        }
    };
    std::iter::successors(Some((PITCH - WIDTH) / 2), |x| Some(x + PITCH))
        .zip(slots)
        .map(bar)
        .collect()
}

/// The chart, its conclusion in words, what stands below its first, middle and last bar, and the same as a table.
pub(crate) fn bars(slots: Vec<SlotCount>, summary: String, axis: [String; 3]) -> Markup {
    let busiest = slots
        .iter()
        .map(|slot| slot.ok + slot.failed)
        .max()
        .unwrap_or(0);
    let axis = axis.map(|label| el("span").text(label));
    let width = slots.len() as u64 * PITCH;
    let rect = |class: &'static str, x: u64, y: u64, height: u64| {
        el("rect")
            .class(class)
            .with("x", x.to_string())
            .with("y", y.to_string())
            .with("width", WIDTH.to_string())
            .with("height", height.to_string())
    };
    let bars = layout(&slots).into_iter().flat_map(|bar| {
        let ok_top = HEIGHT - bar.ok_height;
        [
            rect("bars-ok", bar.x, ok_top, bar.ok_height),
            rect(
                "bars-failed",
                bar.x,
                ok_top - bar.failed_height,
                bar.failed_height,
            ),
        ]
    });
    let drawing = el("svg")
        .with("viewBox", format!("0 0 {width} {HEIGHT}"))
        .with("preserveAspectRatio", "none")
        .with("role", "img")
        .with("aria-label", summary.clone())
        .children(bars);
    let key = |class: &'static str, text: &'static str| el("span").class(class).text(text);
    el("figure")
        .class("bars")
        .child(
            el("figcaption")
                .child(el("span").class("bars-summary").text(summary))
                .child(key("bars-key bars-key-ok", "Succeeded"))
                .child(key("bars-key bars-key-failed", "Failed")),
        )
        .child(
            el("div")
                .class("bars-plot")
                .child(
                    el("span")
                        .class("bars-top")
                        .with("aria-hidden", "true")
                        .text(count(busiest)),
                )
                .child(drawing),
        )
        .child(
            el("div")
                .class("bars-axis")
                .with("aria-hidden", "true")
                .children(axis),
        )
        .child(table(slots))
}

fn table(slots: Vec<SlotCount>) -> Markup {
    let row = |slot: SlotCount| {
        let number = |number| el("td").class("number").text(count(number));
        el("tr")
            .child(
                el("th")
                    .with("scope", "row")
                    .text(slot.starts_at.to_minute()),
            )
            .child(number(slot.ok))
            .child(number(slot.failed))
    };
    el("details")
        .class("bars-table")
        .child(el("summary").text("Show as table"))
        .child(
            el("table")
                .class("table")
                .child(head(&[
                    ("From (UTC)", ""),
                    ("Succeeded", "number"),
                    ("Failed", "number"),
                ]))
                .child(el("tbody").children(slots.into_iter().map(row))),
        )
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::UtcMillis;

    use super::*;

    fn slot(ok: u64, failed: u64) -> SlotCount {
        SlotCount {
            starts_at: UtcMillis(0),
            ok,
            failed,
        }
    }

    #[test]
    fn the_busiest_slot_fills_the_height() {
        let bars = layout(&[slot(0, 0), slot(30, 10), slot(20, 0)]);
        assert_eq!(
            bars[0],
            Bar {
                x: 15,
                ok_height: 0,
                failed_height: 0
            }
        );
        assert_eq!(
            bars[1],
            Bar {
                x: 115,
                ok_height: 720,
                failed_height: 240
            }
        );
        assert_eq!(
            bars[2],
            Bar {
                x: 215,
                ok_height: 480,
                failed_height: 0
            }
        );
    }

    #[test]
    fn one_failure_among_thousands_is_seen() {
        let bars = layout(&[slot(9_999, 1)]);
        assert_eq!(
            (bars[0].failed_height, bars[0].ok_height),
            (VISIBLE, HEIGHT - VISIBLE)
        );
    }

    #[test]
    fn a_quiet_day_draws_nothing() {
        assert!(
            layout(&[slot(0, 0); 24])
                .iter()
                .all(|bar| bar.ok_height == 0 && bar.failed_height == 0)
        );
    }
}
