//! Who may do what, for everything that can be asked for.
//!
//! The lists come from the program: the tool catalog, the routes, the server functions. The rows here say how
//! to ask for each; one that is missing, or asks for something that is gone, fails the test.

pub(crate) mod fixture;
pub(crate) mod pages;
mod routes;
mod saved;
pub(crate) mod server_fns;
pub(crate) mod tools;
mod work;

use std::collections::BTreeSet;

use orderdesk_mcp_contract::{Right, Role};

/// Whose business something is.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum For {
    /// Anybody's: it shows nothing of a workspace.
    Anybody,
    /// Whoever is signed in and has at least this right, and it shows or changes their workspace only.
    Having(Right),
    /// Whoever looks after the whole server, which no role does.
    Instance,
}

impl For {
    /// Whether it is a person's in this role, who does not look after the server.
    fn is_for(self, role: Role) -> bool {
        match self {
            Self::Anybody => true,
            Self::Having(least) => role.may(least),
            Self::Instance => false,
        }
    }
}

/// Both lists hold the same names.
pub(crate) fn assert_complete(what: &str, offered: BTreeSet<String>, rows: BTreeSet<String>) {
    let without_row: Vec<_> = offered.difference(&rows).collect();
    let without_thing: Vec<_> = rows.difference(&offered).collect();
    assert!(
        without_row.is_empty(),
        "{what} without a row in the matrix: {without_row:?}"
    );
    assert!(
        without_thing.is_empty(),
        "rows of the matrix whose {what} are gone: {without_thing:?}"
    );
}
