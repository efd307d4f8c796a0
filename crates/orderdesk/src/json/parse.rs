//! Reads JSON text into [`Json`], keeping the text of numbers.
//!
//! Serde hands numbers over as `f64`, and `serde_json`'s `arbitrary_precision` changes how every
//! crate of the build sees numbers; so the text is taken raw and walked here.

use super::{Json, JsonError, MAX_DEPTH, MAX_VALUES, Number, Object};

/// Reads exactly one value. The caller has usually had `serde_json` check the grammar already;
/// whatever slips through is an error here, never a panic.
pub(super) fn parse(text: &str) -> Result<Json, JsonError> {
    let mut walker = Walker {
        text,
        at: 0,
        depth: 0,
        values: 0,
    };
    let value = walker.value()?;
    walker.skip_space();
    if walker.at == text.len() {
        Ok(value)
    } else {
        Err(JsonError::Syntax)
    }
}

struct Walker<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    values: usize,
}

impl Walker<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// The next byte that is not white space, taken.
    fn take(&mut self) -> Result<u8, JsonError> {
        self.skip_space();
        let byte = self.peek().ok_or(JsonError::Syntax)?;
        self.at += 1;
        Ok(byte)
    }

    fn value(&mut self) -> Result<Json, JsonError> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(JsonError::TooLarge);
        }
        self.skip_space();
        match self.peek().ok_or(JsonError::Syntax)? {
            b'{' => self.nested(Self::object),
            b'[' => self.nested(Self::array),
            b'"' => self.string().map(Json::String),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'n' => self.word("null", Json::Null),
            _ => self.number(),
        }
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Json, JsonError>,
    ) -> Result<Json, JsonError> {
        if self.depth == MAX_DEPTH {
            return Err(JsonError::TooDeep);
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Json, JsonError> {
        let mut object = Object::new();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(object));
        }
        loop {
            self.skip_space();
            let name = self.string()?;
            if self.take()? != b':' {
                return Err(JsonError::Syntax);
            }
            let value = self.value()?;
            object.insert(name, value);
            match self.take()? {
                b',' => {}
                b'}' => return Ok(Json::Object(object)),
                _ => return Err(JsonError::Syntax),
            }
        }
    }

    fn array(&mut self) -> Result<Json, JsonError> {
        let mut elements = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::Array(elements));
        }
        loop {
            elements.push(self.value()?);
            match self.take()? {
                b',' => {}
                b']' => return Ok(Json::Array(elements)),
                _ => return Err(JsonError::Syntax),
            }
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(JsonError::Syntax);
        }
        self.at += 1;
        let mut escaped = false;
        loop {
            match self.peek().ok_or(JsonError::Syntax)? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.at += 2;
                }
                _ => self.at += 1,
            }
        }
        self.at += 1;
        let quoted = self.text.get(start..self.at).ok_or(JsonError::Syntax)?;
        if escaped {
            return serde_json::from_str(quoted).map_err(|_| JsonError::Syntax);
        }
        Ok(quoted.trim_matches('"').to_owned())
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, JsonError> {
        if !self.text[self.at..].starts_with(word) {
            return Err(JsonError::Syntax);
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let start = self.at;
        while matches!(
            self.peek(),
            Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
        ) {
            self.at += 1;
        }
        let text = self.text.get(start..self.at).ok_or(JsonError::Syntax)?;
        Number::parse(text)
            .map(Json::Number)
            .ok_or(JsonError::Syntax)
    }
}
