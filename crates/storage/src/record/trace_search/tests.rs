use orderdesk_mcp_contract::{ChangeId, TenantId};

use super::*;

fn call() -> TraceRecord {
    TraceRecord {
        key_id: Some(KeyId::from_parts(1, 2)),
        door: Door::Console,
        client: Some("Claude Code/2.0 Über".into()),
        tool: "orders_get".into(),
        store_id: Some(StoreUid::from_parts(1, 3)),
        order_id: Some("10042".into()),
        error: Some(ErrorCode::Invalid),
        cache_hit: Some(false),
        started_at: UtcMillis(1_000),
        duration_us: 500,
        change_id: Some(ChangeId::from_parts(1, 4)),
        words: vec!["mug".into(), "ready".into()],
        ..TraceRecord::sample(TenantId::from_parts(1, 1))
    }
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(ToOwned::to_owned).to_vec()
}

fn never<T>(values: impl Into<Vec<T>>) -> Sieve<T> {
    Sieve {
        only: None,
        never: values.into(),
    }
}

type Condition = (&'static str, fn(&mut TraceSearch));

/// Each lets the call through.
const MET: [Condition; 24] = [
    ("anything", |_| {}),
    ("tool", |s| {
        s.tools = Sieve::only(texts(["a", "orders_get"]));
    }),
    ("no tool", |s| s.tools = never(texts(["orders"]))),
    ("store", |s| {
        s.stores = Sieve::only([StoreUid::from_parts(1, 3)]);
    }),
    ("no store", |s| {
        s.stores = never([StoreUid::from_parts(1, 9)]);
    }),
    ("key", |s| s.keys = Sieve::only([KeyId::from_parts(1, 2)])),
    ("order", |s| s.orders = Sieve::only(texts(["10042"]))),
    ("no order", |s| s.orders = never(texts(["1004"]))),
    ("client", |s| {
        s.clients = Sieve::only(texts(["x", "claude"]));
    }),
    ("client's version", |s| {
        s.clients = Sieve::only(texts(["e/2."]));
    }),
    ("no client", |s| s.clients = never(texts(["cursor"]))),
    ("door", |s| s.doors = Some(vec![Door::Web, Door::Console])),
    ("outcome", |s| {
        s.outcomes = Some(vec![None, Some(ErrorCode::Invalid)]);
    }),
    ("cache", |s| s.cached = Some(vec![Some(false)])),
    ("changed", |s| s.change = Some(ChangeTest::Any)),
    ("change", |s| {
        s.change = Some(ChangeTest::Id(ChangeId::from_parts(1, 4)));
    }),
    ("word", |s| s.words.only = vec![vec![texts(["mug"])]]),
    ("both words", |s| {
        s.words.only = vec![vec![texts(["ready", "mug"])]];
    }),
    ("either word", |s| {
        s.words.only = vec![vec![texts(["cup"]), texts(["mug"])]];
    }),
    ("no word", |s| s.words.never = vec![texts(["mug", "cup"])]),
    ("shortest", |s| s.duration_us = (500, 501)),
    ("longest", |s| s.duration_us = (0, 500)),
    ("from", |s| s.from = UtcMillis(1_000)),
    ("until", |s| s.until = UtcMillis(1_001)),
];

/// Each keeps the call out.
const NOT_MET: [Condition; 26] = [
    ("tool", |s| {
        s.tools = Sieve::only(texts(["orders", "orders_list"]));
    }),
    ("none of the tools", |s| s.tools = Sieve::only(Vec::new())),
    ("no tool", |s| s.tools = never(texts(["orders_get"]))),
    ("store", |s| {
        s.stores = Sieve::only([StoreUid::from_parts(1, 9)]);
    }),
    ("no store", |s| {
        s.stores = never([StoreUid::from_parts(1, 3)]);
    }),
    ("key", |s| s.keys = Sieve::only([KeyId::from_parts(9, 2)])),
    ("no key", |s| s.keys = never([KeyId::from_parts(1, 2)])),
    ("order", |s| s.orders = Sieve::only(texts(["1004"]))),
    ("no order", |s| s.orders = never(texts(["10042"]))),
    ("client", |s| s.clients = Sieve::only(texts(["cursor"]))),
    ("client with a letter beyond ASCII in the other case", |s| {
        s.clients = Sieve::only(texts(["über"]));
    }),
    ("no client", |s| s.clients = never(texts(["claude"]))),
    ("door", |s| s.doors = Some(vec![Door::Web])),
    ("outcome", |s| {
        s.outcomes = Some(vec![None, Some(ErrorCode::Cancelled)]);
    }),
    ("cache", |s| s.cached = Some(vec![Some(true), None])),
    ("unchanged", |s| s.change = Some(ChangeTest::None)),
    ("change", |s| {
        s.change = Some(ChangeTest::Id(ChangeId::from_parts(1, 5)));
    }),
    ("word", |s| s.words.only = vec![vec![texts(["mu"])]]),
    ("both words", |s| {
        s.words.only = vec![vec![texts(["mug", "cup"])]];
    }),
    ("one word and another", |s| {
        s.words.only = vec![vec![texts(["mug"])], vec![texts(["cup"])]];
    }),
    ("no word at all", |s| s.words.only = vec![Vec::new()]),
    ("no word", |s| {
        s.words.never = vec![texts(["cup"]), texts(["mug"])];
    }),
    ("shortest", |s| s.duration_us = (501, 900)),
    ("longest", |s| s.duration_us = (0, 499)),
    ("from", |s| s.from = UtcMillis(1_001)),
    ("until", |s| s.until = UtcMillis(1_000)),
];

fn passes(call: &TraceRecord, set: fn(&mut TraceSearch)) -> bool {
    let mut search = TraceSearch::default();
    set(&mut search);
    search.passes(call)
}

#[test]
fn a_call_passes_if_all_conditions_are_met() {
    let call = call();
    for (name, set) in MET {
        assert!(passes(&call, set), "{name}");
    }
    for (name, set) in NOT_MET {
        assert!(!passes(&call, set), "{name}");
    }
}

#[test]
fn what_a_call_has_not_is_what_nothing_forbids() {
    let nothing = TraceRecord::sample(TenantId::from_parts(1, 1));
    let met: [Condition; 6] = [
        ("no store", |s| {
            s.stores = never([StoreUid::from_parts(1, 3)]);
        }),
        ("no client", |s| s.clients = never(texts(["claude"]))),
        ("no order", |s| s.orders = never(texts([""]))),
        ("cache", |s| s.cached = Some(vec![None])),
        ("unchanged", |s| s.change = Some(ChangeTest::None)),
        ("well", |s| s.outcomes = Some(vec![None])),
    ];
    for (name, set) in met {
        assert!(passes(&nothing, set), "{name}");
    }
    let not_met: [Condition; 3] = [
        ("store", |s| {
            s.stores = Sieve::only([StoreUid::from_parts(1, 3)]);
        }),
        ("client", |s| s.clients = Sieve::only(texts([""]))),
        ("changed", |s| s.change = Some(ChangeTest::Any)),
    ];
    for (name, set) in not_met {
        assert!(!passes(&nothing, set), "{name}");
    }
}
