//! What was measured: one table for people, one file for programs.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use serde_json::{Map, Value, json};

use crate::load::Seen;

/// What a figure has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    /// Not less.
    AtLeast(f64),
    /// Not more.
    AtMost(f64),
    /// Told, not judged.
    None,
}

impl Goal {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
            Self::None => true,
        }
    }
}

/// A figure.
struct Figure {
    name: String,
    value: Option<f64>,
    unit: &'static str,
    goal: Goal,
}

/// A measured server.
struct Row {
    name: String,
    seen: Seen,
    cpu_micros: Option<f64>,
}

/// What one part of the measuring found.
pub(crate) struct Report {
    part: &'static str,
    title: String,
    rows: Vec<Row>,
    figures: Vec<Figure>,
    problems: Vec<String>,
}

impl Report {
    /// An empty one; `part` names it in the file.
    pub(crate) fn new(part: &'static str, title: String) -> Self {
        Self {
            part,
            title,
            rows: Vec::new(),
            figures: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Adds what a server bore, with the processor time of each of its answers in microseconds.
    pub(crate) fn row(&mut self, name: &str, seen: &Seen, cpu_micros: Option<f64>) {
        if seen.wrong > 0 {
            let first = seen.first_wrong.as_deref().unwrap_or_default();
            self.problem(format!(
                "{name}: {} wrong answers; the first: {first}",
                seen.wrong
            ));
        }
        if seen.latencies.count() == 0 {
            self.problem(format!("{name}: no right answer at all"));
        }
        self.rows.push(Row {
            name: name.to_owned(),
            seen: seen.clone(),
            cpu_micros,
        });
    }

    /// Adds a figure. One that cannot be had on this system is told as such and not judged.
    pub(crate) fn figure(
        &mut self,
        name: impl Into<String>,
        value: Option<f64>,
        unit: &'static str,
        goal: Goal,
    ) {
        self.figures.push(Figure {
            name: name.into(),
            value,
            unit,
            goal,
        });
    }

    /// Adds something that must not be.
    pub(crate) fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }

    /// Whether every goal was met and nothing went wrong.
    pub(crate) fn is_good(&self) -> bool {
        let is_met = |figure: &Figure| figure.value.is_none_or(|value| figure.goal.is_met(value));
        self.problems.is_empty() && self.figures.iter().all(is_met)
    }

    /// Writes the table to standard output.
    ///
    /// # Errors
    /// It is closed.
    pub(crate) fn print(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "\n{}\n", self.title)?;
        if !self.rows.is_empty() {
            writeln!(
                out,
                "  {:<40} {:>10} {:>10} {:>10} {:>10} {:>8} {:>7}",
                "", "answers/s", "p50 ms", "p99 ms", "max ms", "cpu us", "wrong"
            )?;
        }
        for Row {
            name,
            seen,
            cpu_micros,
        } in &self.rows
        {
            let cpu = cpu_micros.map_or_else(|| "-".to_owned(), |cpu| format!("{cpu:.0}"));
            writeln!(
                out,
                "  {name:<40} {:>10.0} {:>10.3} {:>10.3} {:>10.1} {cpu:>8} {:>7}",
                seen.rate(),
                millis(seen.latencies.quantile(0.50)),
                millis(seen.latencies.quantile(0.99)),
                millis(seen.latencies.max()),
                seen.wrong,
            )?;
        }
        writeln!(out)?;
        for figure in &self.figures {
            writeln!(out, "  {}", figure.line())?;
        }
        for problem in &self.problems {
            writeln!(out, "  FAILED  {problem}")?;
        }
        out.flush()
    }

    /// Puts this part into the file, and leaves the others that are in it.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn keep(&self, file: &Path) -> anyhow::Result<()> {
        let mut parts: Map<String, Value> = fs::read(file)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default();
        parts.insert(self.part.to_owned(), self.as_json());
        let text = serde_json::to_string_pretty(&parts)?;
        fs::write(file, text + "\n")
            .with_context(|| format!("{} cannot be written", file.display()))
    }

    fn as_json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let latencies = &row.seen.latencies;
            json!({
                "name": row.name,
                "answers": latencies.count(),
                "answers_per_second": row.seen.rate(),
                "p50_ms": millis(latencies.quantile(0.50)),
                "p99_ms": millis(latencies.quantile(0.99)),
                "max_ms": millis(latencies.max()),
                "cpu_us": row.cpu_micros,
                "wrong": row.seen.wrong,
            })
        });
        let figures = self.figures.iter().map(|figure| {
            let (least, most) = match figure.goal {
                Goal::AtLeast(least) => (Some(least), None),
                Goal::AtMost(most) => (None, Some(most)),
                Goal::None => (None, None),
            };
            json!({
                "name": figure.name,
                "value": figure.value,
                "unit": figure.unit,
                "at_least": least,
                "at_most": most,
            })
        });
        json!({
            "is_good": self.is_good(),
            "loads": rows.collect::<Vec<_>>(),
            "figures": figures.collect::<Vec<_>>(),
            "problems": self.problems,
        })
    }
}

impl Figure {
    fn line(&self) -> String {
        let Self {
            name,
            value,
            unit,
            goal,
        } = self;
        let Some(value) = value else {
            return format!("-       {name}: cannot be measured on this system");
        };
        let verdict = match goal {
            Goal::None => "        ",
            _ if goal.is_met(*value) => "ok      ",
            _ => "FAILED  ",
        };
        let digits = if value.abs() < 10.0 { 2 } else { 0 };
        let goal = match goal {
            Goal::AtLeast(least) => format!(" (at least {least}{unit})"),
            Goal::AtMost(most) => format!(" (at most {most}{unit})"),
            Goal::None => String::new(),
        };
        format!("{verdict}{name}: {value:.digits$}{unit}{goal}")
    }
}

/// A duration in milliseconds.
pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The middle one; of an even number, the mean of the two in the middle. Absent of none.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(*sorted.get(middle.checked_sub(1)?)?, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 9.0, 2.0]), Some(3.0));
    }

    #[test]
    fn a_missed_goal_or_a_wrong_answer_is_a_failure() {
        let report = || Report::new("test", "A test".into());
        let mut met = report();
        met.figure("ratio", Some(0.7), "", Goal::AtLeast(0.7));
        met.figure("unknown", None, " MiB", Goal::AtMost(40.0));
        met.figure("told", Some(1e9), "", Goal::None);
        assert!(met.is_good());
        let mut missed = report();
        missed.figure("ratio", Some(0.69), "", Goal::AtLeast(0.7));
        assert!(!missed.is_good());
        assert!(missed.figures[0].line().starts_with("FAILED  ratio: 0.69"));
        let mut wrong = report();
        let seen = Seen {
            wrong: 1,
            ..Seen::default()
        };
        wrong.row("server", &seen, None);
        assert!(!wrong.is_good());
        assert_eq!(wrong.as_json()["is_good"], false);
    }

    #[test]
    fn parts_share_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bench.json");
        for part in ["one", "two", "one"] {
            Report::new(part, String::new()).keep(&file).unwrap();
        }
        let kept: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        assert_eq!(kept.as_object().unwrap().len(), 2);
        assert_eq!(kept["one"]["is_good"], true);
    }
}
