//! Where a moment of a call stands in its drawing.

use orderdesk_mcp_contract::trace::view::{Gap, TraceView};

/// The drawing's width.
pub(super) const WIDTH: u64 = 1_000;

/// From moments of the call to places in the drawing, in which long waits are short.
pub(super) struct Scale<'a> {
    gaps: &'a [Gap],
    shown_us: u64,
}

impl<'a> Scale<'a> {
    /// A call's own.
    pub(super) fn of(view: &'a TraceView) -> Self {
        let scale = Self {
            gaps: &view.gaps,
            shown_us: 1,
        };
        let shown_us = scale.drawn(view.line.duration_us).max(1);
        Self { shown_us, ..scale }
    }

    /// Microseconds of the drawing's time before a moment.
    fn drawn(&self, at: u64) -> u64 {
        let mut saved = 0;
        for gap in self.gaps {
            let within = at.saturating_sub(gap.offset_us).min(gap.duration_us);
            let shown =
                u128::from(within) * u128::from(gap.shown_us) / u128::from(gap.duration_us.max(1));
            saved += within - u64::try_from(shown).unwrap_or(within).min(within);
        }
        at - saved.min(at)
    }

    /// Where a moment stands, in thousandths of the drawing.
    pub(super) fn place(&self, at: u64) -> u64 {
        let place = u128::from(self.drawn(at)) * u128::from(WIDTH) / u128::from(self.shown_us);
        u64::try_from(place).unwrap_or(WIDTH).min(WIDTH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_waits_are_drawn_short_and_the_rest_to_scale() {
        let gaps = [Gap {
            offset_us: 100,
            duration_us: 10_000,
            shown_us: 100,
        }];
        let scale = Scale {
            gaps: &gaps,
            shown_us: 400,
        };
        for (at, drawn) in [
            (0, 0),
            (100, 100),
            (5_100, 150),
            (10_100, 200),
            (10_300, 400),
        ] {
            assert_eq!(scale.drawn(at), drawn, "at {at}");
        }
        assert_eq!(scale.place(10_300), WIDTH);
        assert_eq!(scale.place(100), 250);
    }
}
