//! Where each value of a JSON text stands.

use std::borrow::Cow;
use std::collections::BTreeSet;

/// A place for people: line and column from 1, the column in letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) line: u32,
    pub(super) column: u32,
}

/// The values of a JSON text. Each knows what holds it and its last step from there: with whole paths a long name would be
/// kept once for every value below it.
pub(super) struct Places<'a> {
    text: &'a str,
    at: usize,
    values: Vec<Value<'a>>,
    /// The values whose names stand twice.
    repeated: Vec<usize>,
}

struct Value<'a> {
    /// The place in `values` of what holds it; its own for the text's whole value.
    holder: usize,
    step: Step<'a>,
    /// Where it begins; for a member, where its name does.
    offset: usize,
}

enum Step<'a> {
    Whole,
    Member(Cow<'a, str>),
    Element(usize),
}

impl Step<'_> {
    /// The step as a path spells it below a holder, which may be the whole.
    fn spelled(&self, is_below_whole: bool) -> [Cow<'_, str>; 2] {
        match self {
            Self::Whole => [Cow::default(), Cow::default()],
            Self::Member(name) => {
                let dot = if is_below_whole { "" } else { "." };
                [dot.into(), name.as_ref().into()]
            }
            Self::Element(number) => [Cow::default(), format!("[{number}]").into()],
        }
    }
}

impl<'a> Places<'a> {
    /// Finds the places in a text whose grammar was checked, and whose nesting the checker bounds.
    pub(super) fn of(text: &'a str) -> Self {
        let mut places = Self {
            text,
            at: 0,
            values: Vec::new(),
            repeated: Vec::new(),
        };
        places.skip_space();
        places.add(0, Step::Whole, places.at);
        places.value(0);
        places
    }

    /// Where a path such as `items[1].name` stands; for one that is not there, what would hold it.
    pub(super) fn position(&self, path: &str) -> Position {
        // Holders stand before what they hold: of each value, how much of the path leads to it.
        let mut led: Vec<Option<usize>> = Vec::with_capacity(self.values.len());
        let (mut longest, mut offset) = (0, self.values[0].offset);
        for value in &self.values {
            let so_far = led.get(value.holder).copied().unwrap_or(Some(0));
            let leads = so_far.and_then(|so_far| {
                let step = value.step.spelled(value.holder == 0);
                let rest = path.get(so_far..)?;
                let rest = rest.strip_prefix(step[0].as_ref())?;
                let rest = rest.strip_prefix(step[1].as_ref())?;
                let is_whole_step = rest.is_empty() || rest.starts_with(['.', '[']);
                (is_whole_step || led.is_empty()).then_some(path.len() - rest.len())
            });
            // Of several the last one counts.
            if let Some(length) = leads
                && length >= longest.max(1)
            {
                (longest, offset) = (length, value.offset);
            }
            led.push(leads);
        }
        position(self.text, offset)
    }

    /// The paths of members that stand twice, at most so many.
    pub(super) fn repeated(&self, most: usize) -> Vec<String> {
        let paths = self.repeated.iter().take(most);
        paths.map(|place| self.path(*place)).collect()
    }

    fn path(&self, place: usize) -> String {
        let mut steps = Vec::new();
        let mut value = &self.values[place];
        while !matches!(value.step, Step::Whole) {
            steps.push(value.step.spelled(value.holder == 0).concat());
            value = &self.values[value.holder];
        }
        steps.reverse();
        steps.concat()
    }

    fn add(&mut self, holder: usize, step: Step<'a>, offset: usize) -> usize {
        self.values.push(Value {
            holder,
            step,
            offset,
        });
        self.values.len() - 1
    }

    fn peek(&self) -> u8 {
        self.text
            .as_bytes()
            .get(self.at)
            .copied()
            .unwrap_or_default()
    }

    fn skip_space(&mut self) {
        while self.peek().is_ascii_whitespace() {
            self.at += 1;
        }
    }

    fn value(&mut self, own: usize) {
        match self.peek() {
            b'{' => self.members(own),
            b'[' => self.elements(own),
            b'"' => drop(self.string()),
            _ => {
                while !matches!(self.peek(), b',' | b'}' | b']' | 0) {
                    self.at += 1;
                }
            }
        }
        self.skip_space();
    }

    fn members(&mut self, own: usize) {
        let mut names = BTreeSet::new();
        self.at += 1;
        self.skip_space();
        while !matches!(self.peek(), b'}' | 0) {
            let offset = self.at;
            let name = self.string();
            let is_new = names.insert(name.clone());
            let member = self.add(own, Step::Member(name), offset);
            if !is_new {
                self.repeated.push(member);
            }
            self.skip_space();
            self.at += 1; // the colon
            self.skip_space();
            self.value(member);
            self.after_comma();
        }
        self.at += 1;
    }

    fn elements(&mut self, own: usize) {
        self.at += 1;
        self.skip_space();
        let mut count = 0_usize;
        while !matches!(self.peek(), b']' | 0) {
            let element = self.add(own, Step::Element(count), self.at);
            self.value(element);
            self.after_comma();
            count += 1;
        }
        self.at += 1;
    }

    fn after_comma(&mut self) {
        if self.peek() == b',' {
            self.at += 1;
            self.skip_space();
        }
    }

    /// Passes a string and gives what it says.
    fn string(&mut self) -> Cow<'a, str> {
        let start = self.at;
        self.at += 1;
        while !matches!(self.peek(), b'"' | 0) {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        let quoted = self.text.get(start..self.at).unwrap_or_default();
        if quoted.contains('\\') {
            serde_json::from_str(quoted).unwrap_or_default()
        } else {
            quoted.trim_matches('"').into()
        }
    }
}

fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let count = |number: usize| u32::try_from(number + 1).unwrap_or(u32::MAX);
    Position {
        line: count(before.matches('\n').count()),
        column: count(before[line_start..].chars().count()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, path: &str) -> (u32, u32) {
        let Position { line, column } = Places::of(text).position(path);
        (line, column)
    }

    #[test]
    fn paths_lead_to_places() {
        let text =
            "{\"a\":[1,{\"b.c\":2,\n\"b\":{\"c\":3}}],\n\"a\\u0062\":4,\n\"\":{\"x\":5},\"a\":6}";
        for (path, expected) in [
            ("", (1, 1)),
            ("a[0]", (1, 7)),
            ("a[1].b.c", (2, 6)),
            ("a[1].b.nothing", (2, 1)),
            ("a[17]", (4, 12)),
            ("ab", (3, 1)),
            ("abc", (1, 1)),
            (".x", (4, 5)),
        ] {
            assert_eq!(place(text, path), expected, "{path}");
        }
    }

    #[test]
    fn what_stands_twice_is_named_by_its_path() {
        let places = Places::of("{\"a\":[{\"b\":1,\"b\":2,\"b\":3}],\"a\":1}");
        assert_eq!(places.repeated(9), ["a[0].b", "a[0].b", "a"]);
        assert_eq!(places.repeated(1), ["a[0].b"]);
    }

    #[test]
    fn a_value_costs_the_same_below_any_name() {
        // With whole paths these would be eight gigabytes.
        let name = "k".repeat(126 << 10);
        let text = format!("{{\"{name}\":[{}0]}}", "0,".repeat(63 << 10));
        let places = Places::of(&text);
        assert_eq!(places.values.len(), 2 + (63 << 10) + 1);
        let path = format!("{name}[{}]", 63 << 10);
        let column = u32::try_from(text.len() - 2).unwrap();
        assert_eq!(places.position(&path), Position { line: 1, column });
    }
}
