use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;

use super::reader::{Problem, Problems};

/// Where settings come from: variables by name.
///
/// A file holds `NAME=value` lines, as `.env` files do: empty lines and lines that begin with `#` are
/// skipped, `export ` before a name is allowed, quotes around a whole value are taken off. Nothing is
/// expanded, so a `$` in a password is a `$`.
#[derive(Debug, Clone, Default)]
pub struct Source(BTreeMap<String, String>);

impl Source {
    /// The environment and, under it, a file.
    ///
    /// # Errors
    /// The file cannot be read, or lines of it are not settings; all such lines are named.
    pub fn from_environment(file: Option<&Path>) -> Result<Self, Problems> {
        let mut variables = match file {
            Some(path) => Self::from_file(path)?.0,
            None => BTreeMap::new(),
        };
        // A variable that is not UTF-8 cannot be one of ours.
        variables.extend(env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }));
        Ok(Self(variables))
    }

    /// A file alone.
    ///
    /// # Errors
    /// As [`from_environment`](Self::from_environment).
    pub fn from_file(path: &Path) -> Result<Self, Problems> {
        let text = fs::read_to_string(path).map_err(|error| {
            Problems(vec![Problem {
                setting: "CONFIG_FILE".into(),
                text: format!("{} cannot be read: {error}", path.display()),
            }])
        })?;
        parse(&text).map(Self).map_err(|lines| {
            let problems = lines.into_iter().map(|number| Problem {
                setting: "CONFIG_FILE".into(),
                text: format!(
                    "line {number} of {} is not a setting; write `NAME=value`, or begin the line with `#`",
                    path.display()
                ),
            });
            Problems(problems.collect())
        })
    }

    /// The same settings and one more.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// A variable's value; one that is empty or only white space counts as not given.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Source {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

/// The settings of a file, or the numbers of the lines that are none.
fn parse(text: &str) -> Result<BTreeMap<String, String>, Vec<usize>> {
    let mut settings = BTreeMap::new();
    let mut faults = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        match line.split_once('=') {
            Some((name, value)) if is_name(name.trim()) => {
                settings.insert(name.trim().to_owned(), unquoted(value.trim()).to_owned());
            }
            _ => faults.push(index + 1),
        }
    }
    if faults.is_empty() {
        Ok(settings)
    } else {
        Err(faults)
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

fn unquoted(value: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lines_as_env_files_have_them() {
        let text =
            "# first\n\nPORT=8081\nexport LOG_LEVEL = debug \nA=\"x y\"\nB='#1$2'\nC=a=b\nD=\n";
        let settings = parse(text).unwrap();
        for (name, value) in [
            ("PORT", "8081"),
            ("LOG_LEVEL", "debug"),
            ("A", "x y"),
            ("B", "#1$2"),
            ("C", "a=b"),
            ("D", ""),
        ] {
            assert_eq!(
                settings.get(name).map(String::as_str),
                Some(value),
                "{name}"
            );
        }
        assert!(
            Source(settings).get("D").is_none(),
            "an empty value is no value"
        );
    }

    #[test]
    fn names_every_line_that_is_no_setting() {
        assert_eq!(parse("PORT 8080\nOK=1\n=x\n9A=1\n"), Err(vec![1, 3, 4]));
    }
}
