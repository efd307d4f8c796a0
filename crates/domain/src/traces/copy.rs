//! A copy of a JSON value that leaves out what is hidden, and ends when it is full. It reads as it goes, so that of a long
//! answer no more than what is kept is ever built.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::payload::size_of_json;
use super::redact::{Place, bared};

/// Members that stand beside a path and hold what is there: differences and conflicts of changes.
const OF_PATH: [&str; 5] = ["before", "after", "wanted", "found", "value"];

/// How deep a copy is, with what stands as JSON within texts: what is read again later is read to 128.
const DEPTH_MAX: u32 = 100;
/// Stands for what is deeper.
pub(super) const TOO_DEEP: &str = "[deeper than is kept]";

/// What is still free in a copy.
pub(super) struct Copy {
    left: usize,
    was_cut: bool,
    /// How deep the value stands that is copied now.
    depth: u32,
}

impl Copy {
    pub(super) fn of_at_most(bytes: usize) -> Self {
        Self {
            left: bytes,
            was_cut: false,
            depth: 0,
        }
    }

    /// Whether something did not fit.
    pub(super) fn was_cut(&self) -> bool {
        self.was_cut
    }

    /// The members of an object.
    pub(super) fn object(&mut self, members: &Map<String, Value>) -> Map<String, Value> {
        let mut kept = Map::with_capacity(members.len());
        for (name, value) in members {
            if !self.take(6) {
                break;
            }
            let place = Place::default().member(name);
            let name = self.text(name);
            // Values were read before and are so again; nothing of that can fail.
            let value = Part { copy: self, place }.deserialize(value);
            kept.insert(name, value.unwrap_or(Value::Null));
        }
        kept
    }

    /// A document. None when it is no JSON.
    pub(super) fn document(&mut self, json: &str) -> Option<Value> {
        let mut reader = serde_json::Deserializer::from_str(json);
        let place = Place::default();
        Part { copy: self, place }.deserialize(&mut reader).ok()
    }

    pub(super) fn text(&mut self, text: &str) -> String {
        let text = bared(text);
        // Most texts are short and plain, and fit as they are.
        let is_plain = |byte: u8| (b' '..0x7f).contains(&byte) && !matches!(byte, b'"' | b'\\');
        if text.len() <= self.left && !self.was_cut && text.bytes().all(is_plain) {
            self.left -= text.len();
            return text.into_owned();
        }
        let is_kept = |letter: &char| {
            let escaped = letter.is_control() || matches!(letter, '"' | '\\');
            self.take(if escaped { 6 } else { letter.len_utf8() })
        };
        text.chars().take_while(is_kept).collect()
    }

    /// Takes room, and none any more once something did not fit.
    fn take(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => {
                self.left = 0;
                self.was_cut = true;
            }
        }
        !self.was_cut
    }
}

/// A part of the value that is copied.
struct Part<'a> {
    copy: &'a mut Copy,
    place: Place,
}

impl Part<'_> {
    /// A value that is neither text nor holds others.
    fn small(self, value: Value) -> Value {
        match self.place.hidden {
            Some(hidden) if !value.is_null() => self.copy.text(hidden.mark()).into(),
            _ if self.copy.take(size_of_json(&value)) => value,
            _ => Value::Null,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(self.small(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(self.small(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(self.small(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(self.small(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(self.small(value.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        // An assistant may send as text what was to be an object: it hides the same.
        let may_be_json = self.place.hidden.is_none() && text.trim_start().starts_with(['{', '[']);
        if may_be_json {
            let place = self.place;
            let mut reader = serde_json::Deserializer::from_str(text);
            let depth = self.copy.depth;
            let copy = &mut *self.copy;
            if let Ok(value) = (Part { copy, place }).deserialize(&mut reader) {
                return Ok(value);
            }
            self.copy.depth = depth;
        }
        let text = match self.place.hidden {
            // That nothing was given tells nothing.
            Some(hidden) if !text.is_empty() => hidden.mark(),
            _ => text,
        };
        Ok(self.copy.text(text).into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        if let Some(hidden) = self.place.hidden {
            let mut is_empty = true;
            while elements.next_element::<IgnoredAny>()?.is_some() {
                is_empty = false;
            }
            return Ok(if is_empty {
                Value::Array(Vec::new())
            } else {
                self.copy.text(hidden.mark()).into()
            });
        }
        if self.copy.depth == DEPTH_MAX {
            while elements.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(self.copy.text(TOO_DEEP).into());
        }
        self.copy.depth += 1;
        let mut kept = Vec::new();
        while self.copy.take(3) {
            let part = Part {
                copy: &mut *self.copy,
                place: self.place,
            };
            match elements.next_element_seed(part)? {
                Some(value) => kept.push(value),
                None => {
                    self.copy.depth -= 1;
                    return Ok(kept.into());
                }
            }
        }
        self.copy.depth -= 1;
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(kept.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        if let Some(hidden) = self.place.hidden {
            while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(self.copy.text(hidden.mark()).into());
        }
        if self.copy.depth == DEPTH_MAX {
            while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(self.copy.text(TOO_DEEP).into());
        }
        self.copy.depth += 1;
        let mut kept = Map::new();
        let (mut named, mut before_it): (Option<Place>, Vec<String>) = (None, Vec::new());
        while self.copy.take(6) {
            let Some(name) = members.next_key::<Cow<'de, str>>()? else {
                self.copy.depth -= 1;
                return Ok(kept.into());
            };
            let place = match named {
                Some(place) if OF_PATH.contains(&name.as_ref()) => place,
                _ => self.place.member(&name),
            };
            // Before the value, which may take all the room that is left.
            let kept_name = self.copy.text(&name);
            let part = Part {
                copy: &mut *self.copy,
                place,
            };
            let value = members.next_value_seed(part)?;
            if name == "path"
                && let Value::String(path) = &value
            {
                let place = self.place.member(path);
                for early in before_it.drain(..) {
                    if let Some(value) = kept.get_mut(&early) {
                        let copy = &mut *self.copy;
                        let again = (Part { copy, place }).deserialize(value.take());
                        *value = again.unwrap_or(Value::Null);
                    }
                }
                named = Some(place);
            } else if named.is_none() && OF_PATH.contains(&name.as_ref()) {
                before_it.push(kept_name.clone());
            }
            kept.insert(kept_name, value);
        }
        self.copy.depth -= 1;
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(kept.into())
    }
}
