//! Settings at the command line.

use crate::support::run;

fn settings(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn check_lists_all_problems_and_fails() {
    let bad = settings(&[
        ("PORT", "x"),
        ("TRUST_PROXY", "true"),
        ("MCP_KMS_KEY", "canary-too-short"),
    ]);
    let ran = run(&["config", "check"], &bad, "").await;
    assert_eq!(ran.code, 1);
    for named in [
        "3 problems",
        "PORT: ",
        "TRUSTED_PROXIES",
        "openssl rand -base64 32",
    ] {
        assert!(ran.err.contains(named), "{named}: {}", ran.err);
    }
    assert!(!ran.err.contains("canary"), "{}", ran.err);
    // The server refuses in the same words.
    let served = run(&["serve"], &bad, "").await;
    assert_eq!((served.code, served.out.as_str()), (1, ""));
    assert!(served.err.contains("3 problems"), "{}", served.err);
}

#[tokio::test]
async fn check_shows_what_is_in_force_and_no_secret() {
    let good = settings(&[
        ("PORT", "8081"),
        (
            "MCP_KMS_KEY",
            "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
        ),
        ("DATABASE_URL", "postgres://u:canary@db/x"),
    ]);
    let out = run(&["config", "check"], &good, "").await.out_if_ok();
    let shows = |name: &str, value: &str| {
        out.lines().any(|line| {
            line.split_whitespace()
                .collect::<Vec<_>>()
                .starts_with(&[name, value])
        })
    };
    assert!(
        shows("PORT", "8081") && shows("MCP_KMS_KEY", "set") && shows("DATABASE_URL", "set"),
        "{out}"
    );
    assert!(!out.contains("q83v") && !out.contains("canary"), "{out}");
}

#[tokio::test]
async fn a_file_is_read_and_the_environment_wins() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.env");
    std::fs::write(&file, "# ours\nPORT=7001\nOPS_PORT=7002\n").unwrap();
    let environment = settings(&[("PORT", "7003")]);
    let out = run(
        &["config", "check", "--config", file.to_str().unwrap()],
        &environment,
        "",
    )
    .await
    .out_if_ok();
    assert!(
        out.contains("7003") && out.contains("7002") && !out.contains("7001"),
        "{out}"
    );
    let ran = run(&["config", "check", "--config", "/nowhere/x.env"], &[], "").await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("/nowhere/x.env"), "{}", ran.err);
}

#[tokio::test]
async fn the_reference_is_printed() {
    let out = run(&["config", "reference"], &[], "").await.out_if_ok();
    assert!(
        out.starts_with("# Settings") && out.contains("| `PORT` | `8080` |"),
        "{out}"
    );
}
