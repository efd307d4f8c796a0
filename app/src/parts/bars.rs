//! Calls per hour as stacked bars, drawn on the server: in the first HTML, printable, without script.

use leptos::prelude::*;

use super::Whole;
use orderdesk_mcp_contract::views::dashboard::HourCount;

use super::format::{count, plural};

/// Drawing units: whole numbers, since printing floats would cost the browser's share 15 kB.
const HEIGHT: u64 = 960;
const PITCH: u64 = 100;
const WIDTH: u64 = 70;
/// The least height of what is not zero.
const VISIBLE: u64 = 20;

/// One hour's bar, from the floor up.
#[derive(Debug, PartialEq)]
struct Bar {
    x: u64,
    ok_height: u64,
    failed_height: u64,
}

/// Scales the hours so that the busiest fills the height; anything above zero stays visible.
fn layout(hours: &[HourCount]) -> Vec<Bar> {
    let busiest = hours
        .iter()
        .map(|hour| hour.ok + hour.failed)
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
    let bar = |(x, hour): (u64, &HourCount)| {
        let whole = scale(hour.ok + hour.failed);
        let failed_height = scale(hour.failed).min(whole);
        Bar {
            x,
            ok_height: whole - failed_height,
            failed_height,
        }
    };
    std::iter::successors(Some((PITCH - WIDTH) / 2), |x| Some(x + PITCH))
        .zip(hours)
        .map(bar)
        .collect()
}

/// The chart, its conclusion in words, and the same as a table.
#[component]
pub(crate) fn HourlyBars(hours: Vec<HourCount>) -> impl IntoView {
    let calls: u64 = hours.iter().map(|hour| hour.ok + hour.failed).sum();
    let failed: u64 = hours.iter().map(|hour| hour.failed).sum();
    let summary = format!(
        "{} in the last 24 hours, {} failed",
        plural(calls, "call", "calls"),
        count(failed)
    );
    let busiest = hours
        .iter()
        .map(|hour| hour.ok + hour.failed)
        .max()
        .unwrap_or(0);
    let label =
        |hour: Option<&HourCount>| hour.map(|hour| hour.starts_at.to_minute()[11..].to_owned());
    let (first, middle, last) = (
        label(hours.first()),
        label(hours.get(hours.len() / 2)),
        label(hours.last()),
    );
    let width = hours.len() as u64 * PITCH;
    let bars = layout(&hours).into_iter().map(|bar| {
        let ok_top = HEIGHT - bar.ok_height;
        view! {
            <rect class="bars-ok" x=bar.x y=ok_top width=WIDTH height=bar.ok_height></rect>
            <rect class="bars-failed" x=bar.x y=ok_top - bar.failed_height width=WIDTH height=bar.failed_height></rect>
        }
    });
    view! {
        <figure class="bars">
            <figcaption>
                <span class="bars-summary">{summary.clone()}</span>
                <span class="bars-key bars-key-ok">"Succeeded"</span>
                <span class="bars-key bars-key-failed">"Failed"</span>
            </figcaption>
            <div class="bars-plot">
                <span class="bars-top" aria-hidden="true">{count(busiest)}</span>
                <svg viewBox=format!("0 0 {width} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=summary>
                    {bars.collect_view()}
                </svg>
            </div>
            <div class="bars-axis" aria-hidden="true">
                <span>{first}</span>
                <span>{middle}</span>
                <span>{last}" UTC"</span>
            </div>
            <HoursTable hours/>
        </figure>
    }
    .whole()
}

#[component]
fn HoursTable(hours: Vec<HourCount>) -> impl IntoView {
    let rows = hours.into_iter().map(|hour| {
        view! {
            <tr>
                <th scope="row">{hour.starts_at.to_minute()}</th>
                <td class="number">{count(hour.ok)}</td>
                <td class="number">{count(hour.failed)}</td>
            </tr>
        }
    });
    view! {
        <details class="bars-table">
            <summary>"Show as table"</summary>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Hour (UTC)"</th>
                        <th scope="col" class="number">"Succeeded"</th>
                        <th scope="col" class="number">"Failed"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </details>
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::UtcMillis;

    use super::*;

    fn hour(ok: u64, failed: u64) -> HourCount {
        HourCount {
            starts_at: UtcMillis(0),
            ok,
            failed,
        }
    }

    #[test]
    fn the_busiest_hour_fills_the_height() {
        let bars = layout(&[hour(0, 0), hour(30, 10), hour(20, 0)]);
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
        let bars = layout(&[hour(9_999, 1)]);
        assert_eq!(
            (bars[0].failed_height, bars[0].ok_height),
            (VISIBLE, HEIGHT - VISIBLE)
        );
    }

    #[test]
    fn a_quiet_day_draws_nothing() {
        assert!(
            layout(&[hour(0, 0); 24])
                .iter()
                .all(|bar| bar.ok_height == 0 && bar.failed_height == 0)
        );
    }
}
