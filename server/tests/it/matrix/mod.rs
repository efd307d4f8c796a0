//! Who may do what, for everything that can be asked for.
//!
//! The lists come from the program: the tool catalog, the routes, the server functions. The rows here say how
//! to ask for each; one that is missing, or asks for something that is gone, fails the test.

mod fixture;
mod pages;
mod routes;
mod server_fns;
mod tools;
mod work;

use std::collections::BTreeSet;

/// Both lists hold the same names.
fn assert_complete(what: &str, offered: BTreeSet<String>, rows: BTreeSet<String>) {
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
