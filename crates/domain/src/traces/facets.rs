//! The values that a query can be narrowed by, with counts.

use orderdesk_mcp_contract::ErrorCode;
use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::query::{Field, Latency, Status, Term, Test};
use orderdesk_mcp_contract::trace::view::{Facet, FacetValue};
use orderdesk_mcp_storage::record::{SLOWER_THAN_MS, TraceGroup, TraceSearch};

use super::groups::Groups;
use super::names::Names;

/// Values shown of a field.
const VALUES_MAX: usize = 20;

/// The facets, in the order in which they are shown.
pub(super) fn facets(
    query: &TraceQuery,
    search: &TraceSearch,
    groups: &Groups,
    names: &Names,
) -> Vec<Facet> {
    let asked = asked(query, names);
    let of = |field, values: &dyn Fn(&TraceGroup) -> Vec<Value>| {
        facet(field, &asked, search, &groups.of(field), values)
    };
    let latency = query.terms().iter().find_map(|term| match term.test {
        Test::Latency(latency) => Some(latency),
        _ => None,
    });
    vec![
        of(Field::Status, &|group| statuses(group)),
        of(Field::Tool, &|group| {
            vec![Value::plain(&group.tool, Test::Tool(group.tool.clone()))]
        }),
        of(Field::Store, &|group| {
            let store = group.store_id.map(|id| names.store(id));
            let value = store.map(|store| {
                let text = names.store_text(&store);
                Value::plain(&store.name, Test::Store(text))
            });
            value.into_iter().collect()
        }),
        of(Field::Key, &|group| {
            let actor = group.key_id.map(|id| names.actor(id));
            let value = actor.map(|actor| {
                let text = names.actor_text(&actor);
                Value::plain(&actor.name, Test::Key(text))
            });
            value.into_iter().collect()
        }),
        of(Field::Door, &|group| {
            vec![Value::plain(group.door.label(), Test::Door(group.door))]
        }),
        of(Field::Cached, &|group| {
            let label = |hit: bool| {
                if hit {
                    "From the cache"
                } else {
                    "Not from the cache"
                }
            };
            let value = group
                .cached
                .map(|hit| Value::plain(label(hit), Test::Cached(hit)));
            value.into_iter().collect()
        }),
        // Groups are of calls that took as long as the query says: of others there is nothing to count.
        of(Field::Latency, &|group| match latency {
            Some(latency) => vec![Value::plain(&took(latency), Test::Latency(latency))],
            None => slower(group),
        }),
    ]
}

/// The query's terms, each with the terms of the values that it is about: a store or key may be called by its id, or in
/// other letters.
fn asked(query: &TraceQuery, names: &Names) -> Vec<(Term, Vec<String>)> {
    let of = |test: Test| Term::only(test).to_string();
    let values = |test: &Test| match test {
        Test::Store(text) => {
            let stores = names.stores_called(text).into_iter();
            let text = |id| names.store_text(&names.store(id));
            stores.map(|id| of(Test::Store(text(id)))).collect()
        }
        Test::Key(text) => {
            let actors = names.actors_called(text).into_iter();
            let text = |id| names.actor_text(&names.actor(id));
            actors.map(|id| of(Test::Key(text(id)))).collect()
        }
        other => vec![of(other.clone())],
    };
    let terms = query.terms().iter();
    terms
        .map(|term| (term.clone(), values(&term.test)))
        .collect()
}

/// Whether a group passes a search, but for one field.
pub(super) fn passes(group: &TraceGroup, search: &TraceSearch, but: Option<Field>) -> bool {
    let is = |field| but == Some(field);
    let sieve = |field, passes: bool| is(field) || passes;
    sieve(Field::Tool, search.tools.passes(Some(&group.tool)))
        && sieve(Field::Store, search.stores.passes(group.store_id.as_ref()))
        && sieve(Field::Key, search.keys.passes(group.key_id.as_ref()))
        && (is(Field::Door) || is_any(search.doors.as_ref(), &group.door))
        && (is(Field::Status) || is_any(search.outcomes.as_ref(), &group.error))
        && (is(Field::Cached) || is_any(search.cached.as_ref(), &group.cached))
}

/// Something that a group's calls count for: under several values at once, where one holds the other.
struct Value {
    label: String,
    test: Test,
    /// How many of the group's calls; all where absent.
    calls: Option<u64>,
}

impl Value {
    fn plain(label: &str, test: Test) -> Self {
        Self {
            label: label.to_owned(),
            test,
            calls: None,
        }
    }
}

fn facet(
    field: Field,
    asked: &[(Term, Vec<String>)],
    search: &TraceSearch,
    groups: &[TraceGroup],
    values_of: &dyn Fn(&TraceGroup) -> Vec<Value>,
) -> Facet {
    let mut values: Vec<FacetValue> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for group in groups
        .iter()
        .filter(|group| passes(group, search, Some(field)))
    {
        for value in values_of(group) {
            let calls = value.calls.unwrap_or(group.calls);
            let term = Term::only(value.test).to_string();
            let place = *places.entry(term).or_insert_with_key(|term| {
                let by = asked.iter().filter(|(_, values)| values.contains(term));
                let by: Vec<_> = by.map(|(asked, _)| asked).collect();
                values.push(FacetValue {
                    label: value.label,
                    term: term.clone(),
                    calls: 0,
                    is_chosen: by.iter().any(|asked| !asked.excluded),
                    is_excluded: by.iter().any(|asked| asked.excluded),
                    asked_by: by.iter().map(ToString::to_string).collect(),
                });
                values.len() - 1
            });
            values[place].calls += calls;
        }
    }
    values.retain(|value| value.calls > 0 || value.is_chosen || value.is_excluded);
    // What is chosen stays in sight, so that it can be taken back.
    values.sort_by(|one, other| {
        let rank = |value: &FacetValue| {
            (
                !(value.is_chosen || value.is_excluded),
                std::cmp::Reverse(value.calls),
            )
        };
        rank(one)
            .cmp(&rank(other))
            .then_with(|| one.label.cmp(&other.label))
    });
    let more = values.len().saturating_sub(VALUES_MAX) as u64;
    values.truncate(VALUES_MAX);
    if field == Field::Latency {
        values.sort_by_key(|value| std::cmp::Reverse(value.calls));
    }
    Facet {
        field,
        values,
        more,
    }
}

/// How a group ended: each kind of error, and all of them together.
fn statuses(group: &TraceGroup) -> Vec<Value> {
    let of = |label: &str, status| Value::plain(label, Test::Status(status));
    match group.error {
        None => vec![of("Succeeded", Status::Ok)],
        Some(code) => {
            let words = code.as_str().replace('_', " ");
            let mut values = vec![of(&words, Status::Code(code))];
            if code != ErrorCode::Cancelled {
                values.push(of("Failed in any way", Status::Failed));
            }
            values
        }
    }
}

/// How many of a group's calls took longer than each of the durations that are counted.
fn slower(group: &TraceGroup) -> Vec<Value> {
    let values = SLOWER_THAN_MS.into_iter().zip(group.slower);
    let values = values.filter(|(_, calls)| *calls > 0);
    let value = |(ms, calls): (u32, u64)| {
        let label = if ms < 1000 {
            format!("Over {ms} ms")
        } else {
            format!("Over {} s", ms / 1000)
        };
        Value {
            calls: Some(calls),
            ..Value::plain(&label, Test::Latency(Latency::Over(ms)))
        }
    };
    values.map(value).collect()
}

/// How long calls took, in words.
fn took(latency: Latency) -> String {
    match latency {
        Latency::Over(ms) => format!("Over {ms} ms"),
        Latency::AtLeast(ms) => format!("{ms} ms or more"),
        Latency::Under(ms) => format!("Under {ms} ms"),
        Latency::AtMost(ms) => format!("{ms} ms or less"),
        Latency::Between(least, most) => format!("{least} to {most} ms"),
    }
}

fn is_any<T: PartialEq>(all: Option<&Vec<T>>, value: &T) -> bool {
    all.is_none_or(|all| all.contains(value))
}
