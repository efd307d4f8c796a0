//! `config check` and `config reference`.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;

use super::console::{note, say};
use crate::config::{Config, reference};

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Lists every problem with its remedy, and the settings in force; secrets only as set or not set.
    Check,
    /// Prints the reference of all settings as Markdown.
    Reference,
}

pub(super) fn run(command: &ConfigCommand, file: Option<&Path>) -> anyhow::Result<ExitCode> {
    match command {
        ConfigCommand::Reference => {
            say(reference::markdown().trim_end())?;
            Ok(ExitCode::SUCCESS)
        }
        ConfigCommand::Check => match Config::load(file) {
            Ok(config) => {
                show(&config)?;
                Ok(ExitCode::SUCCESS)
            }
            Err(problems) => {
                note(&problems.to_string());
                Ok(ExitCode::FAILURE)
            }
        },
    }
}

fn show(config: &Config) -> anyhow::Result<()> {
    say("The settings are sound.")?;
    for warning in &config.warnings {
        say(&format!("Note: {}", warning.0))?;
    }
    say("")?;
    let width = config
        .effective
        .iter()
        .map(|setting| setting.name.len())
        .max()
        .unwrap_or_default();
    for setting in &config.effective {
        let origin = if setting.is_given { "" } else { "  (default)" };
        say(&format!(
            "{:width$}  {}{origin}",
            setting.name, setting.value
        ))?;
    }
    Ok(())
}
