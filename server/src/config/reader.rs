use std::fmt;
use std::fs;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use orderdesk_mcp_vault::Secret;

use super::source::Source;

/// One setting, as the reference shows it.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The variable's name.
    pub name: &'static str,
    /// The value in force when none is given; absent when "none" is a state of its own, which `about`
    /// then describes.
    pub default: Option<&'static str>,
    /// Whether the value is a secret: then `NAME_FILE` is read too, and the value is never shown.
    pub is_secret: bool,
    /// What it steers, with unit and bounds.
    pub about: &'static str,
}

impl Setting {
    pub(super) const fn new(
        name: &'static str,
        default: &'static str,
        about: &'static str,
    ) -> Self {
        Self {
            name,
            default: Some(default),
            is_secret: false,
            about,
        }
    }

    pub(super) const fn optional(name: &'static str, about: &'static str) -> Self {
        Self {
            name,
            default: None,
            is_secret: false,
            about,
        }
    }

    pub(super) const fn secret(name: &'static str, about: &'static str) -> Self {
        Self {
            name,
            default: None,
            is_secret: true,
            about,
        }
    }
}

/// What is wrong with a setting, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The setting at fault.
    pub setting: String,
    /// What is wrong and what to do. Never holds a secret's text.
    pub text: String,
}

/// Every problem that was found; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        let noun = if count == 1 { "problem" } else { "problems" };
        write!(f, "{count} {noun} with the settings:")?;
        for Problem { setting, text } in &self.0 {
            write!(f, "\n  {setting}: {text}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// A setting with the value in force.
#[derive(Debug, Clone)]
pub struct Effective {
    /// The setting's name.
    pub name: &'static str,
    /// The value, or `set` and `not set` for secrets.
    pub value: String,
    /// Whether it was given rather than the default.
    pub is_given: bool,
}

/// Reads settings from a source and gathers what is wrong with them.
pub(super) struct Reader<'a> {
    source: &'a Source,
    problems: Vec<Problem>,
    effective: Vec<Effective>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a Source) -> Self {
        Self {
            source,
            problems: Vec::new(),
            effective: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Result<Vec<Effective>, Problems> {
        if self.problems.is_empty() {
            Ok(self.effective)
        } else {
            Err(Problems(self.problems))
        }
    }

    pub(super) fn problem(&mut self, setting: &str, text: impl Into<String>) {
        self.problems.push(Problem {
            setting: setting.into(),
            text: text.into(),
        });
    }

    /// Whether any problem was found with one of these settings, so that a check across settings does
    /// not report what follows from it.
    pub(super) fn is_sound(&self, names: &[&str]) -> bool {
        !self
            .problems
            .iter()
            .any(|problem| names.contains(&problem.setting.as_str()))
    }

    /// A setting's text; the default's when none is given.
    pub(super) fn text(&mut self, setting: &Setting) -> Option<String> {
        let given = self.source.get(setting.name);
        let value = given.or(setting.default).map(str::to_owned);
        self.effective.push(Effective {
            name: setting.name,
            value: value.clone().unwrap_or_else(|| "not set".into()),
            is_given: given.is_some(),
        });
        value
    }

    /// A setting understood by `parse`, whose error says what is expected. A value that is not
    /// understood is a problem, and the default takes its place for the checks that follow.
    pub(super) fn parsed<T>(
        &mut self,
        setting: &Setting,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> T {
        let default = setting
            .default
            .expect("only settings with a default are read this way");
        let value = self.text(setting).unwrap_or_default();
        match parse(&value) {
            Ok(value) => value,
            Err(expected) => {
                self.problem(setting.name, format!("`{value}` is not {expected}"));
                parse(default)
                    .unwrap_or_else(|_| panic!("the default of {} is valid", setting.name))
            }
        }
    }

    /// A setting that may be absent, understood by `parse`.
    pub(super) fn parsed_if_given<T>(
        &mut self,
        setting: &Setting,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.text(setting)?;
        parse(&value)
            .map_err(|expected| self.problem(setting.name, format!("`{value}` is not {expected}")))
            .ok()
    }

    /// A yes or no.
    pub(super) fn flag(&mut self, setting: &Setting) -> bool {
        self.parsed(setting, parse_flag)
    }

    /// A yes or no that may be absent.
    pub(super) fn flag_if_given(&mut self, setting: &Setting) -> Option<bool> {
        self.parsed_if_given(setting, parse_flag)
    }

    /// A whole number within bounds.
    pub(super) fn number<T>(&mut self, setting: &Setting, bounds: RangeInclusive<T>) -> T
    where
        T: std::str::FromStr + PartialOrd + fmt::Display,
    {
        self.parsed(setting, |text| {
            text.parse()
                .ok()
                .filter(|number| bounds.contains(number))
                .ok_or_else(|| {
                    format!("a whole number from {} to {}", bounds.start(), bounds.end())
                })
        })
    }

    /// A number of seconds within bounds; decimals are allowed.
    pub(super) fn seconds(&mut self, setting: &Setting, bounds: RangeInclusive<f64>) -> Duration {
        self.parsed(setting, |text| {
            let seconds = text.parse().ok().filter(|seconds| bounds.contains(seconds));
            seconds
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
                .ok_or_else(|| {
                    format!(
                        "a number of seconds from {} to {}",
                        bounds.start(),
                        bounds.end()
                    )
                })
        })
    }

    /// A path.
    pub(super) fn path(&mut self, setting: &Setting) -> Option<PathBuf> {
        self.text(setting).map(PathBuf::from)
    }

    /// A secret, from the variable or from the file that `NAME_FILE` points to.
    pub(super) fn secret(&mut self, setting: &Setting) -> Option<Secret> {
        let file_setting = format!("{}_FILE", setting.name);
        let secret = match (
            self.source.get(setting.name),
            self.source.get(&file_setting),
        ) {
            (Some(_), Some(_)) => {
                let text = format!(
                    "given twice; keep either {} or {file_setting}",
                    setting.name
                );
                self.problem(setting.name, text);
                None
            }
            (Some(value), None) => Some(Secret::new(value)),
            (None, Some(path)) => match fs::read_to_string(path) {
                Ok(text) if text.trim().is_empty() => {
                    self.problem(&file_setting, format!("{path} is empty"));
                    None
                }
                Ok(text) => Some(Secret::new(text.trim())),
                Err(error) => {
                    self.problem(&file_setting, format!("{path} cannot be read: {error}"));
                    None
                }
            },
            (None, None) => None,
        };
        self.effective.push(Effective {
            name: setting.name,
            value: if secret.is_some() { "set" } else { "not set" }.into(),
            is_given: secret.is_some(),
        });
        secret
    }
}

fn parse_flag(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err("`true` or `false`".into()),
    }
}

/// The items of a list, written with commas or as a JSON list of texts.
pub(super) fn list_items(text: &str) -> Result<Vec<String>, String> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text)
            .map_err(|_| "a list: a,b,c or [\"a\",\"b\",\"c\"]".into());
    }
    Ok(text
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect())
}
