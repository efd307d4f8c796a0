//! `user create`, `user password`, `user grant-instance-admin` and `user revoke-instance-admin`.

use clap::{Args, Subcommand};
use orderdesk_mcp_contract::{Role, SecretText};
use orderdesk_mcp_domain::NewUser;

use super::console::{note, read_secret};
use super::new_database;
use crate::config::Config;
use crate::wire;

/// Far above the longest password (128 characters); more is a mistaken file.
const PASSWORD_MAX_BYTES: u64 = 1024;

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Makes a person with a place in a workspace. The password, 12 to 128 characters, is read from standard input.
    Create(Create),
    /// Sets a person's password, read from standard input, and ends their sessions.
    Password {
        /// Their e-mail address.
        #[arg(long)]
        email: String,
    },
    /// Lets a person look after the whole server: they see its workspaces, and suspend and resume them.
    GrantInstanceAdmin {
        /// Their e-mail address.
        #[arg(long)]
        email: String,
    },
    /// Takes that right from a person; a running server heeds it within seconds.
    RevokeInstanceAdmin {
        /// Their e-mail address.
        #[arg(long)]
        email: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// The workspace's name.
    #[arg(long)]
    tenant: String,
    /// Their e-mail address, by which they sign in.
    #[arg(long)]
    email: String,
    /// What they are called; the address when left out.
    #[arg(long)]
    name: Option<String>,
    /// `owner`, `admin`, `operator` (changes orders and decides on changes), `auditor` (looks, at what calls carried too) or
    /// `viewer`.
    #[arg(long)]
    role: Role,
    /// They also look after the whole server: they see its workspaces, and suspend and resume them.
    #[arg(long)]
    instance_admin: bool,
}

pub(super) async fn run(command: UserCommand, config: &Config) -> anyhow::Result<()> {
    new_database::refuse(config)?;
    // Before the database is opened: a person may take their time typing.
    let password = match command {
        UserCommand::Create(_) | UserCommand::Password { .. } => read_password()?,
        _ => SecretText::new(""),
    };
    let wired = wire::services(config).await?;
    let outcome = match command {
        UserCommand::Create(new) => create(&wired, new, password).await,
        UserCommand::Password { email } => reset(&wired, &email, &password).await,
        UserCommand::GrantInstanceAdmin { email } => set_admin(&wired, &email, true).await,
        UserCommand::RevokeInstanceAdmin { email } => set_admin(&wired, &email, false).await,
    };
    wired.close().await;
    outcome
}

fn read_password() -> anyhow::Result<SecretText> {
    let prompt = "Type the password, then press Enter and Ctrl-D:";
    let typed = read_secret(prompt, "a password", PASSWORD_MAX_BYTES)?;
    // Blanks within a password count; the line's end does not.
    Ok(SecretText::new(typed.trim_end_matches(['\r', '\n'])))
}

async fn create(wired: &wire::Wired, new: Create, password: SecretText) -> anyhow::Result<()> {
    let name = new.name.unwrap_or_else(|| new.email.clone());
    let user = NewUser {
        name: name.chars().take(80).collect(),
        tenant: new.tenant,
        email: new.email,
        role: new.role,
        is_instance_admin: new.instance_admin,
        password,
    };
    wired.services.create_user(&user).await?;
    note(&format!(
        "Made {} for `{}`, with the role {}. They sign in with their e-mail address and the password.",
        user.email.trim(),
        user.tenant,
        user.role
    ));
    Ok(())
}

async fn reset(wired: &wire::Wired, email: &str, password: &SecretText) -> anyhow::Result<()> {
    wired.services.reset_password(email, password).await?;
    note("The password is set; their sessions have ended.");
    Ok(())
}

async fn set_admin(wired: &wire::Wired, email: &str, is_one: bool) -> anyhow::Result<()> {
    wired.services.set_instance_admin(email, is_one).await?;
    let email = email.trim();
    note(&if is_one {
        format!("{email} looks after the whole server now.")
    } else {
        format!("{email} no longer looks after the whole server.")
    });
    Ok(())
}
