//! Calls per slot of time as stacked bars: in the first HTML, printable, without script.

use std::fmt::Write as _;

use orderdesk_mcp_contract::views::dashboard::SlotCount;

use crate::parts::{Markup, el};

/// Drawing units, whole numbers.
const HEIGHT: u64 = 960;
const PITCH: u64 = 100;
const WIDTH: u64 = 70;
/// The least height of what is not zero.
const VISIBLE: u64 = 20;
/// The same of a small chart.
const SMALL: u64 = 20;

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

/// A drawing as large as what it stands in.
fn svg(view_box: String) -> Markup {
    el("svg")
        .with("viewBox", view_box)
        .with("preserveAspectRatio", "none")
}

/// The bars of a chart: the successes, and the failures above them.
pub(super) struct Bars {
    view_box: String,
    ok: String,
    failed: String,
}

impl Bars {
    pub(super) fn of(slots: &[SlotCount]) -> Self {
        let (mut ok, mut failed) = (String::new(), String::new());
        for bar in layout(slots) {
            rect(&mut ok, bar.x, HEIGHT, WIDTH, bar.ok_height);
            rect(
                &mut failed,
                bar.x,
                HEIGHT - bar.ok_height,
                WIDTH,
                bar.failed_height,
            );
        }
        let width = slots.len() as u64 * PITCH;
        Self {
            view_box: format!("0 0 {width} {HEIGHT}"),
            ok,
            failed,
        }
    }

    /// As a picture that says this of itself.
    pub(super) fn draw(self, label: String) -> Markup {
        let path = |class: &'static str, d: String| el("path").class(class).with("d", d);
        svg(self.view_box)
            .with("role", "img")
            .with("aria-label", label)
            .child(path("bars-ok", self.ok))
            .child(path("bars-failed", self.failed))
    }
}

/// A small chart without words: the figure above it says what there is to say, and the large chart has the numbers.
pub(super) struct Trend {
    view_box: String,
    path: String,
}

impl Trend {
    pub(super) fn of(values: &[u64]) -> Self {
        let most = values.iter().copied().max().unwrap_or(0).max(1);
        let mut path = String::new();
        for (x, value) in (0..).step_by(4).zip(values) {
            rect(
                &mut path,
                x,
                SMALL,
                3,
                value.saturating_mul(SMALL).div_ceil(most),
            );
        }
        Self {
            view_box: format!("0 0 {} {SMALL}", values.len() * 4),
            path,
        }
    }

    pub(super) fn draw(self) -> Markup {
        svg(self.view_box)
            .with("aria-hidden", "true")
            .class("trend")
            .child(el("path").with("d", self.path))
    }
}

/// Adds a rectangle that stands on `floor`; nothing without a height.
fn rect(path: &mut String, x: u64, floor: u64, width: u64, height: u64) {
    if height > 0 {
        // Writing to a string cannot fail.
        let _ = write!(path, "M{x} {floor}v-{height}h{width}v{height}z");
    }
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
            p95_ms: None,
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

    #[test]
    fn a_path_has_nothing_but_numbers_and_commands() {
        let bars = Bars::of(&[slot(30, 10), slot(0, 0)]);
        assert_eq!(bars.view_box, "0 0 200 960");
        assert_eq!(bars.ok, "M15 960v-720h70v720z");
        assert_eq!(bars.failed, "M15 240v-240h70v240z");
        let trend = Trend::of(&[0, 5, 1]);
        assert_eq!(trend.view_box, "0 0 12 20");
        assert_eq!(trend.path, "M4 20v-20h3v20zM8 20v-4h3v4z");
    }
}
