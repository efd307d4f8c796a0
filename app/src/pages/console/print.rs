//! JSON as text. By hand, because serde's printer would cost the browser more.

use orderdesk_mcp_contract::form::{Json, Object};

/// JSON as people read it, two blanks a level.
pub(super) fn pretty(value: &Json) -> String {
    let mut text = String::new();
    write(value, Some(0), &mut text);
    text
}

/// The same of arguments.
pub(super) fn pretty_object(arguments: &Object) -> String {
    pretty(&Json::Object(arguments.clone()))
}

/// A value in one line.
pub(super) fn one_line(value: &Json) -> String {
    let mut text = String::new();
    write(value, None, &mut text);
    text
}

/// Prints a value at a depth, or in one line.
fn write(value: &Json, depth: Option<usize>, text: &mut String) {
    let inside = depth.map(|depth| depth + 1);
    match value {
        Json::Null => text.push_str("null"),
        Json::Bool(true) => text.push_str("true"),
        Json::Bool(false) => text.push_str("false"),
        Json::Number(number) => text.push_str(number.as_str()),
        Json::String(letters) => quote(letters, text),
        Json::Object(members) => {
            text.push('{');
            for (place, (name, member)) in members.iter().enumerate() {
                next(place, inside, text);
                quote(name, text);
                text.push_str(if depth.is_some() { ": " } else { ":" });
                write(member, inside, text);
            }
            end(members.is_empty(), depth, text);
            text.push('}');
        }
        Json::Array(elements) => {
            text.push('[');
            for (place, element) in elements.iter().enumerate() {
                next(place, inside, text);
                write(element, inside, text);
            }
            end(elements.is_empty(), depth, text);
            text.push(']');
        }
    }
}

fn next(place: usize, depth: Option<usize>, text: &mut String) {
    if place > 0 {
        text.push(',');
    }
    end(false, depth, text);
}

fn end(is_empty: bool, depth: Option<usize>, text: &mut String) {
    if let Some(depth) = depth.filter(|_| !is_empty) {
        text.push('\n');
        for _ in 0..depth {
            text.push_str("  ");
        }
    }
}

/// A string with what JSON wants escaped (RFC 8259, 7).
fn quote(letters: &str, text: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    text.push('"');
    for letter in letters.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            control @ '\0'..=' ' if control < ' ' => {
                let code = control as usize;
                text.push_str("\\u00");
                text.push(char::from(HEX[code >> 4]));
                text.push(char::from(HEX[code & 15]));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_can_read_it() {
        let text = "{\n  \"a\": [\n    1.50,\n    {}\n  ],\n  \"b\\\"\": null\n}";
        assert_eq!(pretty(&Json::parse(text).unwrap()), text);
        assert_eq!(pretty_object(&Object::new()), "{}");
        let odd = r#"{"a":["\u0001\"\\\n\t\r\u001f/ü😀",true,false,null,-1.50e3,[],{}],"b":{}}"#;
        let value = Json::parse(odd).unwrap();
        assert_eq!(one_line(&value), value.to_string());
        assert_eq!(Json::parse(&pretty(&value)).unwrap(), value);
    }
}
