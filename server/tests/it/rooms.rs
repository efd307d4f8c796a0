//! What may know what: the arrows of ARCHITECTURE.md, read from the manifests and the sources.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    // Tests run in their package's folder. A path that was compiled in would be that of another checkout, where both
    // build in the same folder.
    PathBuf::from("..")
}

/// The names of a package's dependencies, development ones left out.
fn dependencies(folder: &str) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    let mut names = Vec::new();
    let mut is_inside = false;
    for line in manifest.lines() {
        if let Some(section) = line.strip_prefix('[') {
            is_inside = section.starts_with("dependencies") || section.starts_with("target.");
        } else if is_inside && !line.starts_with(['#', ' ']) {
            names.extend(
                line.split(['.', ' ', '='])
                    .next()
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned),
            );
        }
    }
    assert!(
        !names.is_empty(),
        "{folder} has no dependencies at all: the manifest was not understood"
    );
    names
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

const ROOMS: [&str; 13] = [
    "app",
    "frontend",
    "server",
    "crates/contract",
    "crates/orderdesk",
    "crates/orderdesk-sim",
    "crates/vault",
    "crates/storage",
    "crates/db-sqlite",
    "crates/db-postgres",
    "crates/domain",
    "crates/mcp",
    "crates/notify",
];

/// Checks that only the named rooms depend on a package.
fn only(package: &str, allowed: &[&str]) {
    for room in ROOMS {
        let names = dependencies(room);
        assert!(
            allowed.contains(&room) || !names.iter().any(|name| name == package),
            "{room} must not depend on {package}"
        );
    }
}

#[test]
fn each_tool_of_the_trade_stays_in_its_room() {
    only("sqlx", &["crates/db-sqlite", "crates/db-postgres"]);
    only("rmcp", &["crates/mcp"]);
    only("leptos", &["app", "frontend", "server"]);
    only("reqwest", &["crates/orderdesk", "crates/notify", "server"]);
    only("aes-gcm", &["crates/vault"]);
    only("argon2", &["crates/vault"]);
    only(
        "axum",
        &["app", "server", "crates/mcp", "crates/orderdesk-sim"],
    );
}

/// A room and what it must not depend on.
const ARROWS: [(&str, &[&str]); 11] = [
    (
        "crates/orderdesk",
        &[
            "orderdesk-mcp-contract",
            "orderdesk-mcp-domain",
            "orderdesk-sim",
        ],
    ),
    (
        "crates/orderdesk-sim",
        &["orderdesk", "orderdesk-mcp-contract"],
    ),
    (
        "crates/notify",
        &["orderdesk", "orderdesk-mcp-contract", "orderdesk-mcp-vault"],
    ),
    (
        "crates/vault",
        &[
            "orderdesk",
            "orderdesk-mcp-contract",
            "orderdesk-mcp-storage",
        ],
    ),
    (
        "crates/contract",
        &[
            "orderdesk-mcp-storage",
            "orderdesk-mcp-domain",
            "orderdesk-mcp-vault",
        ],
    ),
    (
        "crates/storage",
        &[
            "orderdesk-mcp-domain",
            "orderdesk-mcp-vault",
            "orderdesk-mcp-db-sqlite",
        ],
    ),
    (
        "crates/db-sqlite",
        &[
            "orderdesk-mcp-domain",
            "orderdesk-mcp-db-postgres",
            "orderdesk-mcp-vault",
        ],
    ),
    (
        "crates/db-postgres",
        &[
            "orderdesk-mcp-domain",
            "orderdesk-mcp-db-sqlite",
            "orderdesk-mcp-vault",
        ],
    ),
    (
        "crates/domain",
        &[
            "orderdesk-mcp-db-sqlite",
            "orderdesk-mcp-db-postgres",
            "orderdesk-mcp-mcp",
            "app",
            "leptos",
        ],
    ),
    ("crates/mcp", &["app", "orderdesk-mcp-storage", "orderdesk"]),
    (
        "app",
        &[
            "orderdesk-mcp-storage",
            "orderdesk-mcp-mcp",
            "orderdesk-mcp-vault",
        ],
    ),
];

#[test]
fn arrows_point_one_way() {
    for (room, forbidden) in ARROWS {
        let names = dependencies(room);
        for package in forbidden {
            assert!(
                !names.iter().any(|name| name == package),
                "{room} must not depend on {package}"
            );
        }
    }
}

#[test]
fn only_the_wiring_names_both_databases() {
    let mut files = Vec::new();
    sources(&root().join("server/src"), &mut files);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let both =
            text.contains("orderdesk_mcp_db_sqlite") && text.contains("orderdesk_mcp_db_postgres");
        assert!(
            !both || file.ends_with("wire.rs"),
            "{} names both databases",
            file.display()
        );
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |database: &str| {
        let folder = fs::read_dir(root().join("migrations").join(database)).unwrap();
        let mut names: Vec<_> = folder.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let sqlite = names("sqlite");
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite, names("postgres"));
}

/// Two holes of Leptos 0.8 that only discipline closes: neither text is escaped.
#[test]
fn the_web_app_keeps_clear_of_unescaped_places() {
    let mut files = Vec::new();
    sources(&root().join("app/src"), &mut files);
    // The part that makes titles safe is the one place that may use the unsafe one.
    files.retain(|file| !file.ends_with("parts/head.rs"));
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            !text.contains("<textarea"),
            "{}: use the text area part, which escapes",
            file.display()
        );
        assert!(
            !text.contains("leptos_meta::Title") && !text.contains("<Title "),
            "{}: use the page title part",
            file.display()
        );
    }
}

#[test]
fn routes_are_made_from_their_table_only() {
    let mut files = Vec::new();
    for folder in ["server/src", "crates/mcp/src"] {
        sources(&root().join(folder), &mut files);
    }
    let allowed = |path: &Path, line: &str| {
        path.ends_with("server/src/http/routes.rs")
            || path.ends_with("crates/mcp/src/endpoint.rs")
                && line == "Router::new().route(PATH, any(answer))"
    };
    for path in files {
        let source = fs::read_to_string(&path).unwrap();
        let program = source.split("#[cfg(test)]").next().unwrap_or_default();
        for line in program.lines().map(str::trim) {
            let makes_one = [".route(", ".route_service(", ".nest(", ".nest_service("]
                .iter()
                .any(|method| line.contains(method));
            assert!(
                !makes_one || allowed(&path, line),
                "{}: `{line}`: list the address in server/src/http/routes.rs, so that the matrix asks for it",
                path.display()
            );
        }
    }
}
