//! What is wrong with arguments that were typed as JSON, and in which line: by the reading that a call goes through.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::places::Places;
use crate::error::ApiError;
use crate::for_each_tool;
use crate::tool::{Tool, ToolSpec};
use crate::tools::input;

/// Most faults told at once.
const FAULTS_MAX: usize = 20;
/// Longest arguments that are read, in bytes.
pub const ARGUMENTS_MAX: usize = 64 << 10;

const TOO_LONG: &str =
    "These arguments are too long: 64 kB is the most. Split the call into several.";

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JsonFault {
    /// The line, from 1.
    pub line: u32,
    /// The letter in the line, from 1.
    pub column: u32,
    /// The argument or member, such as `items[1].name`; blank for the text as a whole.
    pub path: String,
    /// What is wrong and what is accepted, in a sentence.
    pub message: String,
}

impl JsonFault {
    fn at(places: &Places<'_>, path: &str, message: String) -> Self {
        let position = places.position(path);
        Self {
            line: position.line,
            column: position.column,
            path: path.to_owned(),
            message,
        }
    }
}

/// The arguments in a text; a blank text is none.
///
/// # Errors
/// The fault, when it is longer than [`ARGUMENTS_MAX`], no JSON, or no object.
pub fn read_object(text: &str) -> Result<Map<String, Value>, JsonFault> {
    if text.len() > ARGUMENTS_MAX {
        return Err(JsonFault {
            line: 1,
            column: 1,
            path: String::new(),
            message: TOO_LONG.to_owned(),
        });
    }
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(arguments)) => Ok(arguments),
        Ok(_) => {
            let message = "The arguments must be one JSON object, such as { \"order_id\": \"1\" }.";
            Err(JsonFault::at(&Places::of(text), "", message.to_owned()))
        }
        Err(error) => {
            let cause = error.to_string();
            let cause = cause.split(" at line ").next().unwrap_or_default();
            let number = |number: usize| u32::try_from(number.max(1)).unwrap_or(u32::MAX);
            Err(JsonFault {
                line: number(error.line()),
                column: number(error.column()),
                path: String::new(),
                message: format!("This is not JSON: {cause}."),
            })
        }
    }
}

/// Everything that is wrong with a tool's arguments, in the order of the text; empty when the call would be let through.
/// What depends on other things than the arguments is not looked at.
pub fn faults(tool: &ToolSpec, text: &str) -> Vec<JsonFault> {
    let mut arguments = match read_object(text) {
        Ok(arguments) => arguments,
        Err(fault) => return vec![fault],
    };
    let places = Places::of(if text.trim().is_empty() { "{}" } else { text });
    let twice = |path: &String| {
        let message = format!("`{path}` stands twice; only the last one would count.");
        JsonFault::at(&places, path, message)
    };
    let mut faults: Vec<_> = places.repeated(FAULTS_MAX).iter().map(twice).collect();
    // The reading ends at the first fault: without the argument at fault it tells the next.
    let mut taken: Vec<String> = Vec::new();
    while let Err(error) = read(tool, arguments.clone()) {
        let path = error.field.unwrap_or_default();
        let top = path.split(['.', '[']).next().unwrap_or_default().to_owned();
        // Of an argument that was taken away here nothing more can be said.
        if taken.contains(&top) || faults.len() >= FAULTS_MAX {
            break;
        }
        faults.push(JsonFault::at(&places, &path, error.message));
        if arguments.shift_remove(&top).is_none() {
            break;
        }
        taken.push(top);
    }
    faults.sort_by_key(|fault| (fault.line, fault.column));
    faults
}

fn read(tool: &ToolSpec, arguments: Map<String, Value>) -> Result<(), ApiError> {
    macro_rules! read_named {
        ($($each:ty),* $(,)?) => {
            match tool.name {
                $(<$each as Tool>::NAME => input::read::<$each>(tool, arguments).map(drop),)*
                _ => Ok(()),
            }
        };
    }
    for_each_tool!(read_named)
}
