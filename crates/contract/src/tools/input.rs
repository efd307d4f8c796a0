//! Reading arguments so that every mistake is named.

use serde_json::{Map, Value};

use crate::error::{ApiError, ErrorCode};
use crate::tool::{Tool, ToolSpec, Validate as _};

/// Reads and checks a tool's arguments.
///
/// # Errors
/// `Invalid` that names the argument at fault: an unknown one (with the list of known ones), a missing
/// one, one of the wrong type or out of range. The value of a secret argument is never repeated.
pub fn read<T: Tool>(spec: &ToolSpec, arguments: Map<String, Value>) -> Result<T::Input, ApiError> {
    let known = spec.argument_names();
    if let Some(unknown) = arguments
        .keys()
        .find(|name| !known.contains(&name.as_str()))
    {
        let unknown: String = unknown.chars().take(60).collect();
        let message = if known.is_empty() {
            format!("`{}` takes no arguments; leave out `{unknown}`.", spec.name)
        } else {
            format!(
                "`{}` has no argument `{unknown}`. Allowed: {}.",
                spec.name,
                known.join(", ")
            )
        };
        return Err(ApiError {
            field: Some(unknown),
            ..ApiError::new(ErrorCode::Invalid, message)
        }
        .with_allowed(known));
    }
    let input: T::Input = serde_path_to_error::deserialize(Value::Object(arguments))
        .map_err(|error| wrong_argument::<T>(&error))?;
    input.validate()?;
    Ok(input)
}

fn wrong_argument<T: Tool>(error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let path = error.path().to_string();
    let cause = error.inner().to_string();
    if path == "." {
        // A missing field has no path of its own; serde's sentence names it.
        let field = cause.split('`').nth(1).unwrap_or_default().to_owned();
        return ApiError::invalid(field, format!("{cause} in the arguments of `{}`.", T::NAME));
    }
    let top = path.split(['.', '[']).next().unwrap_or_default();
    if T::SECRETS.contains(&top) {
        return ApiError::invalid(path.clone(), format!("`{path}` must be text."));
    }
    let cause: String = cause.chars().take(300).collect();
    ApiError::invalid(path.clone(), format!("`{path}` is not accepted: {cause}."))
}
