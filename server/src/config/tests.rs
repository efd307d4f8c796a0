use std::collections::BTreeSet;

use super::*;

const GOOD_KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";

fn problems<const N: usize>(settings: [(&str, &str); N]) -> Vec<String> {
    match Config::read(&Source::from(settings)) {
        Ok(_) => Vec::new(),
        Err(Problems(problems)) => problems
            .into_iter()
            .map(|p| format!("{}: {}", p.setting, p.text))
            .collect(),
    }
}

#[test]
fn starts_with_nothing_given() {
    let config = Config::read(&Source::default()).unwrap();
    assert_eq!(
        config.http.public_url(8080).to_string(),
        "http://127.0.0.1:8080"
    );
    assert!(config.http.host.is_loopback() && config.ops.host.is_loopback());
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
    assert!(
        matches!(config.database.kind, DatabaseKind::Sqlite(path) if path.ends_with("orderdesk-mcp.db"))
    );
}

#[test]
fn every_setting_of_the_table_is_read_and_no_other() {
    let config = Config::read(&Source::default()).unwrap();
    let read: Vec<&str> = config
        .effective
        .iter()
        .map(|setting| setting.name)
        .collect();
    let listed: Vec<&str> = sections()
        .iter()
        .flat_map(|s| s.settings)
        .map(|s| s.name)
        .collect();
    let unique: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(unique.len(), listed.len(), "a setting is listed twice");
    assert_eq!(unique, read.into_iter().collect());
}

#[test]
fn lists_every_problem_at_once() {
    let found = problems([
        ("PORT", "http"),
        ("HOST", "example.com"),
        ("MCP_KMS_KEY", "short"),
        ("LOG_LEVEL", "loud"),
        ("CACHE_TTL_ORDERS", "-1"),
        ("ENABLE_WEBUI", "maybe"),
        ("DATABASE_URL", "mysql://root:canary@db/x"),
        ("ORDERDESK_API_URL", "http://app.orderdesk.me/api/v2"),
    ]);
    assert_eq!(found.len(), 8, "{found:#?}");
    assert!(
        !found.concat().contains("canary"),
        "a problem must not repeat a secret"
    );
}

#[test]
fn refuses_what_is_unsafe_in_production() {
    let cases: [(&[(&str, &str)], &str); 9] = [
        (&[("TRUST_PROXY", "true")], "TRUST_PROXY"),
        (&[("TRUSTED_PROXIES", "10.0.0.1")], "TRUSTED_PROXIES"),
        (
            &[("TRUST_PROXY", "true"), ("TRUSTED_PROXIES", "everyone")],
            "TRUSTED_PROXIES",
        ),
        (
            &[
                ("HOST", "0.0.0.0"),
                ("PUBLIC_URL", "http://orders.example.com"),
            ],
            "PUBLIC_URL",
        ),
        (
            &[
                ("PUBLIC_URL", "https://a.example.com"),
                ("SESSION_COOKIE_SECURE", "false"),
            ],
            "SESSION_COOKIE_SECURE",
        ),
        (&[("SESSION_IDLE_TIMEOUT", "99999")], "SESSION_IDLE_TIMEOUT"),
        (&[("PORT", "9090")], "OPS_PORT"),
        (
            &[(
                "MCP_KMS_KEY",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            )],
            "MCP_KMS_KEY",
        ),
        (&[("DATABASE_URL", "postgres://u:p@db/x")], "MCP_KMS_KEY"),
    ];
    for (settings, expected) in cases {
        let mut source = Source::default();
        for (name, value) in settings {
            source = source.with(name, value);
        }
        let Problems(found) = Config::read(&source).expect_err(expected);
        assert_eq!(
            found.iter().map(|p| p.setting.as_str()).collect::<Vec<_>>(),
            [expected],
            "{settings:?}"
        );
    }
}

#[test]
fn accepts_what_production_looks_like() {
    let found = problems([
        ("HOST", "0.0.0.0"),
        ("PUBLIC_URL", "https://orders.example.com"),
        ("TRUST_PROXY", "true"),
        ("TRUSTED_PROXIES", "10.0.0.0/8"),
        (
            "ALLOWED_ORIGINS",
            "[\"https://claude.ai\", \"https://chatgpt.com\"]",
        ),
        ("DATABASE_URL", "postgres://u:p@db/x"),
        ("MCP_KMS_KEY", GOOD_KEY),
    ]);
    assert!(found.is_empty(), "{found:#?}");
    assert!(problems([("ALLOWED_ORIGINS", "https://claude.ai, https://chatgpt.com")]).is_empty());
    assert!(
        problems([
            ("PUBLIC_URL", "http://10.0.0.5:8080"),
            ("ALLOW_PLAIN_HTTP", "true")
        ])
        .is_empty()
    );
    assert!(problems([("LOG_LEVEL", "WARNING")]).is_empty());
    assert!(problems([("LOG_LEVEL", "warn,orderdesk=debug")]).is_empty());
}

#[test]
fn reads_secrets_from_files_and_not_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, format!("{GOOD_KEY}\n")).unwrap();
    let path = path.to_str().unwrap();
    let config = Config::read(&Source::from([("MCP_KMS_KEY_FILE", path)])).unwrap();
    assert_eq!(
        config
            .vault
            .key
            .as_ref()
            .map(orderdesk_mcp_vault::Secret::expose),
        Some(GOOD_KEY)
    );
    assert!(
        !format!("{config:?}").contains(GOOD_KEY),
        "Debug must not show secrets"
    );
    assert_eq!(
        problems([("MCP_KMS_KEY_FILE", path), ("MCP_KMS_KEY", GOOD_KEY)]).len(),
        1
    );
    assert_eq!(problems([("MCP_KMS_KEY_FILE", "/nowhere")]).len(), 1);
}

#[test]
fn the_committed_reference_is_fresh() {
    let committed = std::fs::read_to_string("../docs/settings.md").unwrap_or_default();
    assert!(
        committed == reference::markdown(),
        "docs/settings.md is stale; run `cargo run --bin orderdesk-mcp -- config reference > docs/settings.md`"
    );
}
