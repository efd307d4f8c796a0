//! Exports of recorded calls on a schedule.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::export::ExportFormat;
use orderdesk_mcp_contract::trace::retention::Retention;
use orderdesk_mcp_contract::trace::schedule::{
    NewBucket, NewSchedule, PlaceView, Rhythm, SCHEDULES_MAX, ScheduleView,
};
use orderdesk_mcp_contract::views::dashboard::Range;
use orderdesk_mcp_contract::{Access, ApiError, ErrorCode, ScheduleId, SecretText, UtcMillis};
use orderdesk_mcp_domain::Caller;
use orderdesk_sim::seed;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::support::{Bench, NOW, settings};

const SECRET: &str = "CANARY-secret-access-key";
const HOUR_SECS: i64 = 3600;

fn hourly(name: &str, query: &str) -> NewSchedule {
    NewSchedule {
        name: name.into(),
        query: query.into(),
        format: ExportFormat::Csv,
        rhythm: Rhythm::Hourly,
        bucket: None,
    }
}

fn bucket(endpoint: &str, secret_key: &str) -> NewBucket {
    NewBucket {
        endpoint: endpoint.into(),
        region: "eu-central-1".into(),
        name: "calls".into(),
        prefix: "/mine/".into(),
        access_key: "AKIDEXAMPLE".into(),
        secret_key: SecretText::new(secret_key),
    }
}

/// A backend and the operator's folder.
async fn bench() -> (Bench, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings();
    settings.exports.may_be_local = true;
    settings.exports.folder = Some(folder.path().to_owned());
    let bench = Bench::with(settings, seed::shop(7, NOW / 1000)).await;
    (bench, folder)
}

async fn only(bench: &Bench, caller: &Caller) -> ScheduleView {
    let mut list = bench.services.schedules(caller).await.unwrap().schedules;
    assert_eq!(list.len(), 1);
    list.remove(0)
}

/// Makes a call, and waits until so many are recorded.
async fn call(bench: &Bench, caller: &Caller, recorded_then: usize) {
    bench
        .err(caller, "orders_get", json!({ "order_id": "../x" }))
        .await;
    let query = TraceQuery::parse("tool:orders_get").unwrap();
    for _ in 0..100 {
        let found = bench.services.search_traces(caller, &query, None, 50).await;
        if found.unwrap().lines.len() == recorded_then {
            return;
        }
        // The writer works in the background; there is nothing else to wait for.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no {recorded_then} calls were recorded");
}

/// What is in a folder and those below it, by path.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// A service that answers with these statuses, one after the other, then with success; it keeps what it was asked.
async fn service(statuses: Vec<u16>) -> (String, Arc<Mutex<Vec<String>>>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", socket.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&seen);
    tokio::spawn(async move {
        let mut statuses = statuses.into_iter();
        while let Ok((mut stream, _)) = socket.accept().await {
            let mut request = String::new();
            loop {
                let whole = request.split_once("\r\n\r\n").and_then(|(head, body)| {
                    let (_, length) = head.split_once("content-length: ")?;
                    let length: usize = length.lines().next()?.parse().ok()?;
                    (body.len() >= length).then_some(())
                });
                if whole.is_some() {
                    break;
                }
                let mut bytes = [0; 4096];
                let count = stream.read(&mut bytes).await.unwrap();
                assert!(count > 0, "the request ended early");
                request += std::str::from_utf8(&bytes[..count]).unwrap();
            }
            keep.lock().unwrap().push(request);
            let status = statuses.next().unwrap_or(200);
            let error = "<Error><Code>AccessDenied</Code></Error>";
            let answer = format!(
                "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{error}",
                error.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (address, seen)
}

#[tokio::test]
async fn each_hour_that_is_over_becomes_a_file_of_its_calls() {
    let (bench, folder) = bench().await;
    let folder = folder.path();
    let (owner, other) = (bench.tenant("Acme").await, bench.tenant("Globex").await);
    let add = bench
        .services
        .add_schedule(&owner, hourly("Hourly", "tool:orders_get"));
    add.await.unwrap();
    let id = only(&bench, &owner).await.id;
    let place = format!("{}/{id}", owner.tenant_id());
    assert_eq!(
        files(folder).keys().collect::<Vec<_>>(),
        [&format!("{place}/about.txt")]
    );
    // At 09:30.
    call(&bench, &owner, 1).await;
    call(&bench, &other, 1).await;
    bench.clock.advance_secs(40 * 60);
    bench.services.write_due_exports().await;
    assert_eq!(
        files(folder).len(),
        1,
        "calls of 09:59 may not be recorded yet"
    );
    // 10:12, and one call in the hour after.
    call(&bench, &owner, 2).await;
    bench.clock.advance_secs(2 * 60);
    bench.services.write_due_exports().await;
    let written = files(folder);
    let file = &written[&format!("{place}/calls-2026-11-22T09.csv")];
    assert_eq!(
        file.lines().count(),
        2,
        "a head and the call of 09:30: {file}"
    );
    assert!(file.starts_with("id,began,"));
    assert_eq!(written.len(), 2);
    let shown = only(&bench, &owner).await;
    assert_eq!(shown.exported_to, UtcMillis(NOW + 30 * 60_000));
    assert_eq!(shown.next_at, UtcMillis(NOW + (30 + 60 + 11) * 60_000));
    assert_eq!((shown.last_calls, shown.fails), (Some(1), 0));
    // Two hours on: that of 10:12, and none of the hour without calls.
    bench.clock.advance_secs(2 * HOUR_SECS);
    bench.services.write_due_exports().await;
    let written = files(folder);
    assert!(written.contains_key(&format!("{place}/calls-2026-11-22T10.csv")));
    assert_eq!(written.len(), 3);
    let shown = only(&bench, &owner).await;
    assert_eq!(shown.exported_to, UtcMillis(NOW + 150 * 60_000));
}

#[tokio::test]
async fn what_was_missed_is_made_up_for() {
    let (bench, folder) = bench().await;
    let folder = folder.path();
    let owner = bench.tenant("Acme").await;
    let mut new = hourly("Lines", "tool:orders_get");
    new.format = ExportFormat::Jsonl;
    bench.services.add_schedule(&owner, new).await.unwrap();
    let id = only(&bench, &owner).await.id;
    let switch = |is_on| bench.services.switch_schedule(&owner, id, is_on);
    switch(false).await.unwrap();
    for count in 1..=3 {
        call(&bench, &owner, count).await;
        bench.clock.advance_secs(5 * HOUR_SECS);
    }
    bench.services.write_due_exports().await;
    assert_eq!(files(folder).len(), 1, "it is off");
    switch(true).await.unwrap();
    bench.services.write_due_exports().await;
    let names = files(folder).into_keys();
    let names: Vec<_> = names.filter(|name| name.ends_with(".jsonl")).collect();
    let hours = ["T09", "T14", "T19"];
    let expected =
        hours.map(|hour| format!("{}/{id}/calls-2026-11-22{hour}.jsonl", owner.tenant_id()));
    assert_eq!(names, expected);
}

#[tokio::test]
async fn a_bucket_is_proved_and_what_it_refuses_is_tried_again() {
    let (bench, _folder) = bench().await;
    let owner = bench.tenant("Acme").await;
    let (endpoint, seen) = service(vec![403, 200, 403]).await;
    let with = |bucket| NewSchedule {
        bucket: Some(bucket),
        ..hourly("Away", "tool:orders_get")
    };
    let refused = bench
        .services
        .add_schedule(&owner, with(bucket(&endpoint, SECRET)));
    let refused = refused.await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("place"));
    assert!(
        refused.message.contains("status 403 (AccessDenied)"),
        "{refused:?}"
    );
    assert!(
        bench
            .services
            .schedules(&owner)
            .await
            .unwrap()
            .schedules
            .is_empty()
    );
    let added = bench
        .services
        .add_schedule(&owner, with(bucket(&endpoint, SECRET)));
    added.await.unwrap();
    call(&bench, &owner, 1).await;
    bench.clock.advance_secs(45 * 60);
    bench.services.write_due_exports().await;
    let shown = only(&bench, &owner).await;
    assert_eq!((shown.fails, shown.last_calls), (1, None));
    assert_eq!(
        shown.fault.as_deref(),
        Some("The bucket: answered with status 403 (AccessDenied).")
    );
    let needs = bench.services.dashboard(&owner, Range::Day).await;
    assert_eq!(needs.unwrap().needs.failing_exports, 1);
    bench.services.write_due_exports().await;
    assert_eq!(
        seen.lock().unwrap().len(),
        3,
        "it waits before it tries again"
    );
    bench.clock.advance_secs(301);
    bench.services.write_due_exports().await;
    let shown = only(&bench, &owner).await;
    assert_eq!(
        (shown.fails, shown.fault, shown.last_calls),
        (0, None, Some(1))
    );
    let seen = seen.lock().unwrap();
    let path = format!(
        "PUT /calls/mine/{}/calls-2026-11-22T09.csv?X-Amz-",
        shown.id
    );
    assert!(seen[3].starts_with(&path), "{}", seen[3]);
    assert_eq!(seen[2].split("?X-").next(), seen[3].split("?X-").next());
    for request in seen.iter() {
        assert!(!request.contains(SECRET));
    }
}

#[tokio::test]
async fn a_known_secret_stays_with_its_service_and_key() {
    let (bench, _folder) = bench().await;
    let owner = bench.tenant("Acme").await;
    let (endpoint, seen) = service(Vec::new()).await;
    let (elsewhere, stolen) = service(Vec::new()).await;
    let with = |bucket| NewSchedule {
        bucket: Some(bucket),
        ..hourly("Away", "")
    };
    let added = bench
        .services
        .add_schedule(&owner, with(bucket(&endpoint, SECRET)));
    added.await.unwrap();
    let id = only(&bench, &owner).await.id;
    let set = |bucket| bench.services.set_schedule(&owner, id, with(bucket));
    let mut other_key = bucket(&endpoint, "");
    other_key.access_key = "ANOTHER".into();
    for typed in [bucket(&elsewhere, ""), other_key] {
        let refused = set(typed).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("secret_key"));
    }
    let mut other_prefix = bucket(&endpoint, "");
    other_prefix.prefix = "other".into();
    set(other_prefix).await.unwrap();
    assert_eq!(seen.lock().unwrap().len(), 2);
    assert!(stolen.lock().unwrap().is_empty());
    let PlaceView::Bucket { prefix, .. } = only(&bench, &owner).await.place else {
        panic!("it is no bucket");
    };
    assert_eq!(prefix, "other");
    let folder = bench
        .services
        .set_schedule(&owner, id, hourly("Away", ""))
        .await;
    assert_eq!(folder.unwrap_err().field.as_deref(), Some("place"));
}

#[tokio::test]
async fn what_cannot_be_written_is_refused_at_its_field() {
    let mut settings = settings();
    settings.exports.folder = None;
    let without = Bench::with(settings, seed::shop(7, NOW / 1000)).await;
    let owner = without.tenant("Acme").await;
    let list = without.services.schedules(&owner).await.unwrap();
    assert!(!list.has_folder);
    let away = NewSchedule {
        bucket: Some(bucket("http://127.0.0.1:1", SECRET)),
        ..hourly("Away", "")
    };
    let no_secret = NewSchedule {
        bucket: Some(bucket("https://s3.example.com", "")),
        ..hourly("Away", "")
    };
    for (new, field) in [
        (hourly("Here", ""), "place"),
        (away, "endpoint"),
        (no_secret, "secret_key"),
        (hourly("", ""), "name"),
        (hourly("Here", "nonsense:1"), "query"),
        (hourly("Here", "since:24h"), "query"),
        (hourly("Here", "store:Gone"), "query"),
    ] {
        let refused = without.services.add_schedule(&owner, new).await;
        assert_eq!(refused.unwrap_err().field.as_deref(), Some(field));
    }
}

#[tokio::test]
async fn calls_are_kept_until_their_file_is_written() {
    let (bench, folder) = bench().await;
    let owner = bench.tenant("Acme").await;
    let services = &bench.services;
    let keep = async |keep_days| {
        let retention = Retention {
            keep_days,
            keep_calls: None,
        };
        // As the page does.
        services.going_calls(&owner, retention).await?;
        services.set_retention(&owner, retention).await
    };
    let daily = || NewSchedule {
        rhythm: Rhythm::Daily,
        ..hourly("Daily", "")
    };
    keep(1).await.unwrap();
    let refused = services.add_schedule(&owner, daily()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert_eq!(refused.field.as_deref(), Some("rhythm"));
    assert!(refused.message.contains("2 days"), "{}", refused.message);
    assert!(files(folder.path()).is_empty(), "nothing was put there");
    let added = services.add_schedule(&owner, hourly("Hourly", "")).await;
    added.unwrap();
    keep(2).await.unwrap();
    services.add_schedule(&owner, daily()).await.unwrap();
    let too_short = Retention {
        keep_days: 1,
        keep_calls: None,
    };
    for refused in [
        services.going_calls(&owner, too_short).await.unwrap_err(),
        services.set_retention(&owner, too_short).await.unwrap_err(),
    ] {
        assert_eq!(refused.field.as_deref(), Some("keep_days"));
        assert!(refused.message.contains("“Daily”"), "{}", refused.message);
    }
    let list = services.schedules(&owner).await.unwrap().schedules;
    let is_daily = |schedule: &&ScheduleView| schedule.rhythm == Rhythm::Daily;
    let id = list.iter().find(is_daily).unwrap().id;
    services.switch_schedule(&owner, id, false).await.unwrap();
    keep(1).await.unwrap();
    let refused = services.switch_schedule(&owner, id, true).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::Conflict);
}

#[tokio::test]
async fn others_neither_see_nor_change_them_and_there_is_a_most() {
    let (bench, _folder) = bench().await;
    let (owner, other) = (bench.tenant("Acme").await, bench.tenant("Globex").await);
    let (reader, _) = bench.api_key(&owner, Access::Read).await;
    for number in 0..SCHEDULES_MAX {
        let new = hourly(&format!("Number {number}"), "");
        bench.services.add_schedule(&owner, new).await.unwrap();
    }
    let code = |refused: Result<(), ApiError>| refused.unwrap_err().code;
    let services = &bench.services;
    assert_eq!(
        code(services.add_schedule(&owner, hourly("More", "")).await),
        ErrorCode::Conflict
    );
    let list = services.schedules(&owner).await.unwrap().schedules;
    let id = list[0].id;
    let taken = services
        .set_schedule(&owner, id, hourly("Number 1", ""))
        .await;
    assert_eq!(taken.unwrap_err().field.as_deref(), Some("name"));
    assert!(
        services
            .schedules(&other)
            .await
            .unwrap()
            .schedules
            .is_empty()
    );
    for (caller, expected) in [
        (&other, ErrorCode::NotFound),
        (&reader, ErrorCode::Forbidden),
    ] {
        let set = services.set_schedule(caller, id, hourly("Mine", "")).await;
        assert_eq!(code(set), expected);
        assert_eq!(
            code(services.switch_schedule(caller, id, false).await),
            expected
        );
        assert_eq!(code(services.remove_schedule(caller, id).await), expected);
    }
    assert_eq!(
        code(services.add_schedule(&reader, hourly("Mine", "")).await),
        ErrorCode::Forbidden
    );
    services.remove_schedule(&owner, id).await.unwrap();
    let gone = services.remove_schedule(&owner, id).await;
    assert_eq!(code(gone), ErrorCode::NotFound);
    let never = ScheduleId::from_parts(1, 1);
    assert_eq!(
        code(services.switch_schedule(&owner, never, true).await),
        ErrorCode::NotFound
    );
}
