//! The line in which calls are asked for: what it reads, how it is printed, and what it says of faults.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use orderdesk_mcp_contract::trace::query::{
    ChangeTest, Field, Latency, QUERY_MAX, Status, TERMS_MAX, Term, Test, Unit, VALUE_MAX, When,
};
use orderdesk_mcp_contract::trace::{Door, TraceQuery};
use orderdesk_mcp_contract::{ChangeId, ErrorCode, UtcMillis};
use proptest::prelude::*;

fn read(text: &str) -> Vec<Term> {
    TraceQuery::parse(text).unwrap().terms().to_vec()
}

fn one(text: &str) -> Test {
    let [term]: [Term; 1] = read(text).try_into().unwrap();
    assert!(!term.excluded, "{text}");
    term.test
}

#[test]
fn every_field_is_read() {
    let id = "01kb9ct5q8000000000000001a";
    let day = UtcMillis::from_date("2026-11-01").unwrap();
    for (text, test) in [
        ("tool:orders_update", Test::Tool("orders_update".into())),
        ("store:\"Main shop\"", Test::Store("Main shop".into())),
        ("KEY:Claude", Test::Key("Claude".into())),
        (r#"key:"a \"b\" \\c""#, Test::Key(r#"a "b" \c"#.into())),
        ("key:a:b\"c", Test::Key("a:b\"c".into())),
        ("order:10042", Test::Order("10042".into())),
        ("door:MCP", Test::Door(Door::Mcp)),
        (
            "client:claude-code/2.0",
            Test::Client("claude-code/2.0".into()),
        ),
        ("status:ok", Test::Status(Status::Ok)),
        ("status:error", Test::Status(Status::Failed)),
        (
            "status:rate_limited",
            Test::Status(Status::Code(ErrorCode::RateLimited)),
        ),
        ("cached:yes", Test::Cached(true)),
        ("cached:no", Test::Cached(false)),
        ("latency:>800", Test::Latency(Latency::Over(800))),
        ("latency:>=800", Test::Latency(Latency::AtLeast(800))),
        ("latency:<800", Test::Latency(Latency::Under(800))),
        ("latency:<=800", Test::Latency(Latency::AtMost(800))),
        (
            "latency:800..2000",
            Test::Latency(Latency::Between(800, 2000)),
        ),
        ("change:yes", Test::Change(ChangeTest::Any)),
        ("change:no", Test::Change(ChangeTest::None)),
        (
            "change:01kb9ct5q8000000000000001a",
            Test::Change(ChangeTest::Id(id.parse::<ChangeId>().unwrap())),
        ),
        ("changed:shipping.*", Test::Changed("shipping.*".into())),
        ("text:\"ready to ship\"", Test::Text("ready to ship".into())),
        ("since:24h", Test::Since(When::Ago(24, Unit::Hour))),
        ("since:30m", Test::Since(When::Ago(30, Unit::Minute))),
        ("until:7d", Test::Until(When::Ago(7, Unit::Day))),
        ("since:2026-11-01", Test::Since(When::Day(day))),
        (
            "until:2026-11-01T09:30Z",
            Test::Until(When::At(day.plus_millis(34_200_000))),
        ),
        (
            "until:2026-11-01t09:30:05",
            Test::Until(When::At(day.plus_millis(34_205_000))),
        ),
    ] {
        assert_eq!(one(text), test, "{text}");
    }
}

#[test]
fn terms_stand_in_their_order_and_some_exclude() {
    let text = "  -tool:stores_list\tstatus:error  tool:a tool:b ";
    let terms = read(text);
    assert_eq!(
        terms,
        [
            Term::never(Test::Tool("stores_list".into())),
            Term::only(Test::Status(Status::Failed)),
            Term::only(Test::Tool("a".into())),
            Term::only(Test::Tool("b".into())),
        ]
    );
    let query = TraceQuery::parse(text).unwrap();
    assert_eq!(
        query.to_string(),
        "-tool:stores_list status:error tool:a tool:b"
    );
    assert!(TraceQuery::parse(" \n ").unwrap().is_empty());
}

/// Each fault: the query, where it is, how long, and what is said.
#[test]
fn faults_say_where_and_what_may_stand_there() {
    for (text, at, len, says) in [
        ("hello", 0, 5, "stands alone"),
        ("tool:a  ünder", 8, 5, "or text:ünder"),
        (
            "tool:a colour:red",
            7,
            10,
            "no field `colour`. Fields are tool, store,",
        ),
        ("-: x", 0, 2, "no field ``"),
        ("tool:", 0, 5, "takes a tool's name"),
        ("key:\"  \"", 0, 8, "name or id of a key"),
        ("ä:x", 0, 3, "no field"),
        ("door:window", 0, 11, "mcp, stdio, web, console or cli"),
        ("status:bad", 0, 10, "ok, error, cancelled"),
        ("cached:maybe", 0, 12, "yes or no"),
        ("latency:800", 0, 11, "latency:>800"),
        ("latency:>86400001", 0, 17, "milliseconds"),
        ("latency:9..8", 0, 12, "milliseconds"),
        ("latency:>-1", 0, 11, "milliseconds"),
        ("change:perhaps", 0, 14, "yes, no, or a change's id"),
        ("since:yesterday", 0, 15, "since:24h"),
        ("since:0d", 0, 8, "since:24h"),
        ("since:99999h", 0, 12, "since:24h"),
        ("since:2026-02-30", 0, 16, "in UTC"),
        ("since:2026-11-01T9:30", 0, 21, "in UTC"),
        ("since:2026-11-01T24:00", 0, 22, "in UTC"),
        ("since:2026-11-01T09:30:05:1", 0, 27, "in UTC"),
        ("until:2026-11-01T09:60", 0, 22, "until:1h"),
        ("since:1h since:2h", 9, 8, "given once"),
        ("-latency:>5", 0, 11, "cannot be excluded"),
        ("-since:1h", 0, 9, "cannot be excluded"),
        ("key:\"Claude", 0, 11, "quotes do not end"),
        ("key:\"a b\"c tool:x", 0, 10, "right behind them"),
    ] {
        let fault = TraceQuery::parse(text).unwrap_err();
        assert_eq!((fault.at, fault.len), (at, len), "{text}: {fault}");
        assert!(fault.message.contains(says), "{text}: {fault}");
        assert!(fault.message.ends_with('.'), "{text}: {fault}");
    }
}

#[test]
fn long_queries_are_refused() {
    let value = "x".repeat(VALUE_MAX);
    assert!(TraceQuery::parse(&format!("order:{value}")).is_ok());
    assert!(TraceQuery::parse(&format!("order:{value}x")).is_err());
    let fault = TraceQuery::parse(&" ".repeat(QUERY_MAX + 3)).unwrap_err();
    assert_eq!((fault.at, fault.len), (QUERY_MAX, 3));
    assert!(TraceQuery::parse(&"tool:a ".repeat(TERMS_MAX)).is_ok());
    let fault = TraceQuery::parse(&"tool:a ".repeat(TERMS_MAX + 1)).unwrap_err();
    assert_eq!(fault.at, 7 * TERMS_MAX);
}

#[test]
fn a_range_begins_and_ends_where_people_think() {
    let now = UtcMillis::from_date("2026-11-27").unwrap();
    let day = UtcMillis::from_date("2026-11-01").unwrap();
    let hour = 3_600_000;
    assert_eq!(
        When::Ago(24, Unit::Hour).start(now),
        now.plus_millis(-24 * hour)
    );
    assert_eq!(When::Ago(1, Unit::Hour).end(now), now.plus_millis(-hour));
    assert_eq!(When::Day(day).start(now), day);
    assert_eq!(When::Day(day).end(now), day.plus_millis(24 * hour));
    assert_eq!(When::At(day).end(now), day);
    assert_eq!(
        When::at(day.plus_millis(1999)),
        When::At(day.plus_millis(1000))
    );
}

#[test]
fn durations_are_bound_in_microseconds() {
    for (latency, least, most) in [
        (Latency::Over(800), 800_001, i64::MAX),
        (Latency::AtLeast(800), 800_000, i64::MAX),
        (Latency::Under(800), 0, 799_999),
        (Latency::Under(0), 0, -1),
        (Latency::AtMost(800), 0, 800_000),
        (Latency::Between(1, 2), 1000, 2000),
    ] {
        assert_eq!(latency.bounds_us(), (least, most), "{latency}");
    }
}

#[test]
fn a_query_is_changed_by_pressing() {
    let error = Term::only(Test::Status(Status::Failed));
    let no_error = Term::never(Test::Status(Status::Failed));
    let query = TraceQuery::parse("tool:a since:1h").unwrap();
    let with = query.clone().toggled(error.clone());
    assert_eq!(with.to_string(), "tool:a since:1h status:error");
    assert!(with.has(&error) && !with.has(&no_error));
    assert_eq!(with.clone().toggled(error).to_string(), "tool:a since:1h");
    let turned = with.with(no_error);
    assert_eq!(turned.to_string(), "tool:a since:1h -status:error");
    let later = turned.with(Term::only(Test::Since(When::Ago(2, Unit::Day))));
    assert_eq!(later.to_string(), "tool:a -status:error since:2d");
    assert_eq!(
        (later.since(), later.until()),
        (Some(When::Ago(2, Unit::Day)), None)
    );
    let more = later.with(Term::only(Test::Tool("b".into())));
    assert_eq!(more.to_string(), "tool:a -status:error since:2d tool:b");
    assert_eq!(
        more.without_field(Field::Tool).to_string(),
        "-status:error since:2d"
    );
}

fn when() -> impl Strategy<Value = When> {
    let day = 86_400_i64;
    let seconds = 0..day * 40_000;
    prop_oneof![
        (1_u16..=9999, prop::sample::select(&Unit::ALL[..]))
            .prop_map(|(n, unit)| When::Ago(n, unit)),
        seconds
            .clone()
            .prop_map(move |s| When::Day(UtcMillis((s - s % day) * 1000))),
        seconds.prop_map(|s| When::At(UtcMillis(s * 1000))),
    ]
}

fn latency() -> impl Strategy<Value = Latency> {
    let ms = 0..=Latency::MAX_MS;
    prop_oneof![
        ms.clone().prop_map(Latency::Over),
        ms.clone().prop_map(Latency::AtLeast),
        ms.clone().prop_map(Latency::Under),
        ms.clone().prop_map(Latency::AtMost),
        (ms.clone(), ms).prop_map(|(a, b)| Latency::Between(a.min(b), a.max(b))),
    ]
}

fn test() -> impl Strategy<Value = Test> {
    let text = || r#"[a-z"\\: \t\u{a0}-ä]{0,12}[a-z"\\:ü][a-z ]{0,3}"#;
    let statuses: Vec<_> = [Status::Ok, Status::Failed]
        .into_iter()
        .chain(ErrorCode::ALL.map(Status::Code))
        .collect();
    prop_oneof![
        text().prop_map(Test::Tool),
        text().prop_map(Test::Store),
        text().prop_map(Test::Key),
        text().prop_map(Test::Order),
        text().prop_map(Test::Client),
        text().prop_map(Test::Changed),
        text().prop_map(Test::Text),
        prop::sample::select(&Door::ALL[..]).prop_map(Test::Door),
        prop::sample::select(statuses).prop_map(Test::Status),
        any::<bool>().prop_map(Test::Cached),
        latency().prop_map(Test::Latency),
        prop_oneof![
            Just(ChangeTest::Any),
            Just(ChangeTest::None),
            (0_u64..1 << 48, any::<u128>())
                .prop_map(|(at, id)| ChangeTest::Id(ChangeId::from_parts(at, id))),
        ]
        .prop_map(Test::Change),
        when().prop_map(Test::Since),
        when().prop_map(Test::Until),
    ]
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back(terms in prop::collection::vec((test(), any::<bool>()), 0..12)) {
        let query = terms.into_iter().fold(TraceQuery::default(), |query, (test, excluded)| {
            let excluded = excluded && test.field().may_repeat();
            query.with(Term { excluded, test })
        });
        let text = query.to_string();
        prop_assert_eq!(TraceQuery::parse(&text), Ok(query), "{}", text);
    }

    #[test]
    fn whatever_is_typed_is_read_or_told_of(text in r#"([a-z]{0,3}|tool|key|since|latency|-|:|"|\\| |ü|[0-9<>=.]{1,3}){0,12}"#) {
        match TraceQuery::parse(&text) {
            Ok(query) => prop_assert_eq!(TraceQuery::parse(&query.to_string()), Ok(query)),
            Err(fault) => prop_assert!(fault.len > 0 && fault.at + fault.len <= text.chars().count()),
        }
    }
}
