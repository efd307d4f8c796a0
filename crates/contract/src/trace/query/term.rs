//! One term of a query.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::time::When;
use crate::error::ErrorCode;
use crate::id::ChangeId;
use crate::trace::door::Door;

/// What a term is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The tool, or the use case of the web app.
    Tool,
    /// The store, by name or id.
    Store,
    /// The key or person, by name or id.
    Key,
    /// The order, by Order Desk's id.
    Order,
    /// The door.
    Door,
    /// A part of the client's name and version.
    Client,
    /// How it ended.
    Status,
    /// Whether the cache answered.
    Cached,
    /// How long it took.
    Latency,
    /// Whether a change came of it, or which.
    Change,
    /// A field that a change of it changes.
    Changed,
    /// Words.
    Text,
    /// From when on.
    Since,
    /// Until when.
    Until,
}

impl Field {
    /// Every field, in the order in which they are offered.
    pub const ALL: [Self; 14] = [
        Self::Tool,
        Self::Store,
        Self::Key,
        Self::Order,
        Self::Door,
        Self::Client,
        Self::Status,
        Self::Cached,
        Self::Latency,
        Self::Change,
        Self::Changed,
        Self::Text,
        Self::Since,
        Self::Until,
    ];

    /// The name before the colon.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Store => "store",
            Self::Key => "key",
            Self::Order => "order",
            Self::Door => "door",
            Self::Client => "client",
            Self::Status => "status",
            Self::Cached => "cached",
            Self::Latency => "latency",
            Self::Change => "change",
            Self::Changed => "changed",
            Self::Text => "text",
            Self::Since => "since",
            Self::Until => "until",
        }
    }

    /// What may stand after the colon, in a sentence.
    pub fn takes(self) -> &'static str {
        match self {
            Self::Tool => "`tool:` takes a tool's name, such as tool:orders_update.",
            Self::Store => "`store:` takes a store's name or id, such as store:\"Main shop\".",
            Self::Key => {
                "`key:` takes the name or id of a key or a person, such as key:\"Claude\"."
            }
            Self::Order => "`order:` takes an order's id, such as order:10042.",
            Self::Door => "`door:` takes mcp, stdio, web, console or cli.",
            Self::Client => "`client:` takes a part of a client's name, such as client:claude.",
            Self::Status => {
                "`status:` takes ok, error, cancelled, or a kind of error such as rate_limited."
            }
            Self::Cached => "`cached:` takes yes or no.",
            Self::Latency => {
                "`latency:` takes milliseconds, such as latency:>800, latency:<=50 or latency:800..2000."
            }
            Self::Change => "`change:` takes yes, no, or a change's id.",
            Self::Changed => {
                "`changed:` takes a field of an order or product, such as changed:shipping.* or changed:folder_id."
            }
            Self::Text => {
                "`text:` takes whole words of codes, folders, tags and other ids, such as text:ABC-1."
            }
            Self::Since => {
                "`since:` takes a time in UTC, such as since:24h, since:7d, since:2026-11-01 or since:2026-11-01T09:30."
            }
            Self::Until => {
                "`until:` takes a time in UTC, such as until:1h, until:2026-11-01 or until:2026-11-01T09:30."
            }
        }
    }

    /// Whether it can be given several times, meaning any of the values, and excluded.
    pub fn may_repeat(self) -> bool {
        !matches!(
            self,
            Self::Latency | Self::Change | Self::Since | Self::Until
        )
    }
}

/// A test, and whether it excludes what it finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Whether calls that pass the test are left out instead of asked for.
    pub excluded: bool,
    /// The test.
    pub test: Test,
}

impl Term {
    /// A term that asks for what passes the test.
    pub fn only(test: Test) -> Self {
        Self {
            excluded: false,
            test,
        }
    }

    /// A term that leaves out what passes the test.
    pub fn never(test: Test) -> Self {
        Self {
            excluded: true,
            test,
        }
    }
}

/// What a call is tested for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// The tool's name.
    Tool(String),
    /// The store's name or id.
    Store(String),
    /// The name or id of the key or person.
    Key(String),
    /// The order's id.
    Order(String),
    /// The door.
    Door(Door),
    /// A part of the client's name and version.
    Client(String),
    /// How it ended.
    Status(Status),
    /// Whether the cache answered. `no` means that it was asked and did not.
    Cached(bool),
    /// How long it took.
    Latency(Latency),
    /// Whether a change came of it, or which.
    Change(ChangeTest),
    /// A field that a change of it changes, such as `shipping.city`, or all of `shipping.*`.
    Changed(String),
    /// Words that it has all of.
    Text(String),
    /// From when on it began.
    Since(When),
    /// Until when it began.
    Until(When),
}

impl Test {
    /// What it is about.
    pub fn field(&self) -> Field {
        match self {
            Self::Tool(_) => Field::Tool,
            Self::Store(_) => Field::Store,
            Self::Key(_) => Field::Key,
            Self::Order(_) => Field::Order,
            Self::Door(_) => Field::Door,
            Self::Client(_) => Field::Client,
            Self::Status(_) => Field::Status,
            Self::Cached(_) => Field::Cached,
            Self::Latency(_) => Field::Latency,
            Self::Change(_) => Field::Change,
            Self::Changed(_) => Field::Changed,
            Self::Text(_) => Field::Text,
            Self::Since(_) => Field::Since,
            Self::Until(_) => Field::Until,
        }
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It succeeded.
    Ok,
    /// It failed in any way. One that its caller gave up did not.
    Failed,
    /// It ended in this one way.
    Code(ErrorCode),
}

impl Status {
    /// Its name in a query.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "error",
            Self::Code(code) => code.as_str(),
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let named = ErrorCode::ALL.map(Self::Code);
        let mut all = [Self::Ok, Self::Failed].into_iter().chain(named);
        all.find(|status| status.as_str() == text)
    }
}

/// How long calls took, in milliseconds, at most a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Latency {
    /// Longer.
    Over(u32),
    /// So long or longer.
    AtLeast(u32),
    /// Shorter.
    Under(u32),
    /// So long or shorter.
    AtMost(u32),
    /// From one to the other, both in.
    Between(u32, u32),
}

impl Latency {
    /// The longest that can be asked for, in milliseconds.
    pub const MAX_MS: u32 = 86_400_000;

    /// The shortest and the longest duration it lets through, in microseconds.
    pub fn bounds_us(self) -> (i64, i64) {
        let us = |ms: u32| i64::from(ms) * 1000;
        match self {
            Self::Over(ms) => (us(ms) + 1, i64::MAX),
            Self::AtLeast(ms) => (us(ms), i64::MAX),
            Self::Under(ms) => (0, us(ms) - 1),
            Self::AtMost(ms) => (0, us(ms)),
            Self::Between(least, most) => (us(least), us(most)),
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| -> Option<u32> {
            let is_one = (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
            let number = if is_one { text.parse().ok() } else { None };
            number.filter(|ms| *ms <= Self::MAX_MS)
        };
        if let Some((least, most)) = text.split_once("..") {
            let (least, most) = (number(least)?, number(most)?);
            return (least <= most).then_some(Self::Between(least, most));
        }
        type Make = fn(u32) -> Latency;
        let kinds: [(&str, Make); 4] = [
            (">=", Self::AtLeast),
            ("<=", Self::AtMost),
            (">", Self::Over),
            ("<", Self::Under),
        ];
        let (sign, make) = kinds.into_iter().find(|(sign, _)| text.starts_with(sign))?;
        number(&text[sign.len()..]).map(make)
    }
}

/// Whether a change came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeTest {
    /// Some change did.
    Any,
    /// None did.
    None,
    /// This one did.
    Id(ChangeId),
}

impl ChangeTest {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "yes" => Some(Self::Any),
            "no" => Some(Self::None),
            id => id.parse().ok().map(Self::Id),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.excluded {
            f.write_str("-")?;
        }
        f.write_str(self.test.field().as_str())?;
        f.write_str(":")?;
        match &self.test {
            Test::Tool(text)
            | Test::Store(text)
            | Test::Key(text)
            | Test::Order(text)
            | Test::Client(text)
            | Test::Changed(text)
            | Test::Text(text) => quoted(text, f),
            Test::Door(door) => f.write_str(door.as_str()),
            Test::Status(status) => f.write_str(status.as_str()),
            Test::Cached(true) | Test::Change(ChangeTest::Any) => f.write_str("yes"),
            Test::Cached(false) | Test::Change(ChangeTest::None) => f.write_str("no"),
            Test::Latency(latency) => latency.fmt(f),
            Test::Change(ChangeTest::Id(id)) => id.fmt(f),
            Test::Since(when) | Test::Until(when) => when.fmt(f),
        }
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Over(ms) => write!(f, ">{ms}"),
            Self::AtLeast(ms) => write!(f, ">={ms}"),
            Self::Under(ms) => write!(f, "<{ms}"),
            Self::AtMost(ms) => write!(f, "<={ms}"),
            Self::Between(least, most) => write!(f, "{least}..{most}"),
        }
    }
}

/// A value as it is written: as it is, or in quotes where it would not be read back.
fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if !text.starts_with('"') && !text.contains(char::is_whitespace) {
        return f.write_str(text);
    }
    f.write_str("\"")?;
    for letter in text.chars() {
        if matches!(letter, '"' | '\\') {
            f.write_str("\\")?;
        }
        fmt::Write::write_char(f, letter)?;
    }
    f.write_str("\"")
}
