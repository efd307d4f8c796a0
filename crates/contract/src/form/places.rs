//! Where each value of a JSON text stands.

use std::collections::BTreeMap;

/// A place for people: line and column from 1, the column in letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) line: u32,
    pub(super) column: u32,
}

/// The values of a JSON text by their path, such as `items[1].name`; a member's place is its name's.
pub(super) struct Places<'a> {
    text: &'a str,
    at: usize,
    found: BTreeMap<String, usize>,
    repeated: Vec<String>,
}

impl<'a> Places<'a> {
    /// Finds the places in a text whose grammar was checked, and whose nesting the checker bounds.
    pub(super) fn of(text: &'a str) -> Self {
        let mut places = Self {
            text,
            at: 0,
            found: BTreeMap::new(),
            repeated: Vec::new(),
        };
        places.skip_space();
        places.found.insert(String::new(), places.at);
        places.value("");
        places
    }

    /// Where a path stands; for one that is not there, what would hold it.
    pub(super) fn position(&self, path: &str) -> Position {
        let mut path = path;
        loop {
            if let Some(offset) = self.found.get(path) {
                return position(self.text, *offset);
            }
            path = path.rfind(['.', '[']).map_or("", |end| &path[..end]);
        }
    }

    /// The members that stand twice.
    pub(super) fn repeated(&self) -> &[String] {
        &self.repeated
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

    fn value(&mut self, path: &str) {
        match self.peek() {
            b'{' => self.members(path),
            b'[' => self.elements(path),
            b'"' => drop(self.string()),
            _ => {
                while !matches!(self.peek(), b',' | b'}' | b']' | 0) {
                    self.at += 1;
                }
            }
        }
        self.skip_space();
    }

    fn members(&mut self, path: &str) {
        self.at += 1;
        self.skip_space();
        while !matches!(self.peek(), b'}' | 0) {
            let place = self.at;
            let name = self.string();
            let dot = if path.is_empty() { "" } else { "." };
            let member = [path, dot, &name].concat();
            if self.found.insert(member.clone(), place).is_some() {
                self.repeated.push(member.clone());
            }
            self.skip_space();
            self.at += 1; // the colon
            self.skip_space();
            self.value(&member);
            self.after_comma();
        }
        self.at += 1;
    }

    fn elements(&mut self, path: &str) {
        self.at += 1;
        self.skip_space();
        let mut count = 0_usize;
        while !matches!(self.peek(), b']' | 0) {
            let element = format!("{path}[{count}]");
            self.found.insert(element.clone(), self.at);
            self.value(&element);
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
    fn string(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        while !matches!(self.peek(), b'"' | 0) {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        let quoted = self.text.get(start..self.at).unwrap_or_default();
        serde_json::from_str(quoted).unwrap_or_default()
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
