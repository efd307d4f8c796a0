//! What the address of the list says, and what of it the links on the page keep.

use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use crate::parts::Drawn;
use crate::routes;

/// Whether new calls come to the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Live {
    #[default]
    Off,
    /// They appear by themselves.
    Following,
    /// They are counted.
    Paused,
}

impl Live {
    fn of(text: &str) -> Self {
        match text {
            "" => Self::Off,
            "paused" => Self::Paused,
            _ => Self::Following,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Off => "",
            Self::Following => "1",
            Self::Paused => "paused",
        }
    }
}

/// What the address says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) query: String,
    /// The calls older than this one are shown; blank for the newest.
    pub(super) before: String,
    /// The call beside the list; blank for none.
    pub(super) peek: String,
    pub(super) live: Live,
}

impl Asked {
    pub(super) fn of(params: Memo<ParamsMap>) -> Self {
        let of = |name: &str| params.with(|params| params.get(name)).unwrap_or_default();
        Self {
            query: of("q"),
            before: of("before"),
            peek: of("peek"),
            live: Live::of(&of("live")),
        }
    }

    /// What is done about new calls: they come to the first page only.
    pub(super) fn live_now(&self) -> Live {
        if self.before.is_empty() {
            self.live
        } else {
            Live::Off
        }
    }

    fn href(&self) -> String {
        routes::traces(&[
            ("q", &self.query),
            ("before", &self.before),
            ("peek", &self.peek),
            ("live", self.live.as_str()),
        ])
    }

    /// The same with another call beside the list; none for a blank one.
    fn peeking(&self, id: &str) -> String {
        let peek = id.to_owned();
        Self {
            peek,
            ..self.clone()
        }
        .href()
    }

    /// The newest calls of another query, kept up to date as these are.
    pub(super) fn narrowed(&self, query: String) -> String {
        Self {
            query,
            live: self.live,
            ..Self::default()
        }
        .href()
    }

    /// The newest calls of the same query, kept up to date otherwise.
    pub(super) fn living(&self, live: Live) -> String {
        Self {
            live,
            ..self.clone()
        }
        .narrowed(self.query.clone())
    }

    /// What was drawn for any address, as it is at this one: links to the list keep it up to date as it is, `data-peek` leads to
    /// a call beside it, and the row of the call that is there is marked.
    pub(super) fn place(&self, steps: Drawn) -> Drawn {
        let mut placed = Drawn::with_capacity(steps.len());
        for mut step in steps {
            let mut more = None;
            if let Some(id) = step.strip_prefix("@data-peek=") {
                more = Some(["@href=", &self.peeking(id)].concat());
            } else if let Some(id) = step.strip_prefix("@data-call=") {
                more = (id == self.peek).then(|| "@aria-current=true".to_owned());
            } else if let Some(rest) = step.strip_prefix("@href=/traces")
                && self.live != Live::Off
                && (rest.is_empty() || rest.starts_with('?'))
            {
                let joint = if rest.is_empty() { "?live=" } else { "&live=" };
                step = [&step, joint, self.live.as_str()].concat();
            }
            placed.push(step);
            placed.extend(more);
        }
        placed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_how_the_list_is_kept_up_to_date() {
        let steps = || {
            [
                "<a",
                "@href=/traces",
                "@href=/traces?q=tool%3Ax",
                "@href=/traces/7",
                "@data-peek=7",
                "@data-call=7",
                "@data-call=8",
                "'@href=/traces",
            ]
            .map(str::to_owned)
            .to_vec()
        };
        let off = Asked {
            query: "a".into(),
            peek: "8".into(),
            ..Asked::default()
        };
        let mut expected = steps();
        expected.insert(7, "@aria-current=true".into());
        expected.insert(5, "@href=/traces?q=a&peek=7".into());
        assert_eq!(off.place(steps()), expected);
        let paused = Asked {
            live: Live::Paused,
            ..off
        };
        expected[1] = "@href=/traces?live=paused".into();
        expected[2] = "@href=/traces?q=tool%3Ax&live=paused".into();
        expected[5] = "@href=/traces?q=a&peek=7&live=paused".into();
        assert_eq!(paused.place(steps()), expected);
    }

    #[test]
    fn older_calls_stay_as_they_are() {
        let older = Asked {
            before: "7".into(),
            live: Live::Following,
            ..Asked::default()
        };
        assert_eq!(older.live_now(), Live::Off);
        assert_eq!(older.href(), "/traces?before=7&live=1");
        assert_eq!(older.living(Live::Paused), "/traces?live=paused");
        assert_eq!(older.narrowed("b".into()), "/traces?q=b&live=1");
    }
}
