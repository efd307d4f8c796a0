//! What else there was: about the same order, in the same run, and another call to compare with.

use std::collections::HashMap;

use orderdesk_mcp_contract::trace::TraceQuery;
use orderdesk_mcp_contract::trace::query::{Term, Test, VALUE_MAX, When};
use orderdesk_mcp_contract::trace::view::{ComparedStep, Comparison, Related, SpanView, TraceView};
use orderdesk_mcp_contract::{ApiError, Right, StoreUid, TraceId};
use orderdesk_mcp_storage::record::{Sieve, SpanKind, TraceRecord, TraceSearch};

use super::names::Names;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;

/// Calls shown about the same order.
const OF_ORDER: u32 = 10;
/// Calls looked at on either side of one, for its run.
const OF_RUN: u32 = 50;
/// Most calls of the run that are shown.
const SHOWN_OF_RUN: usize = 10;
/// The longest pause within a run, in milliseconds.
pub(super) const PAUSE_MS: i64 = 15 * 60_000;

impl Services {
    /// One call as [`Services::trace_view`] has it, with the calls that have to do with it: about the same order, and by the
    /// same key and client without a pause of more than 15 minutes.
    ///
    /// # Errors
    /// `NotFound` when the workspace has no such call.
    pub async fn trace_with_related(
        &self,
        caller: &Caller,
        id: TraceId,
    ) -> Result<(TraceView, Related), ApiError> {
        caller.require(Right::Look)?;
        let found = async {
            let names = self.trace_names(caller.tenant_id()).await?;
            let trace = self.find_trace(caller, id).await?;
            let related = self.find_related(caller, &names, &trace).await?;
            let view = self.view_of(caller, &names, trace).await?;
            Ok::<_, Failure>((view, related))
        };
        found.await.map_err(Failure::answer)
    }

    /// Two calls side by side, with what happened in them aligned.
    ///
    /// # Errors
    /// `Invalid` when they are one, `NotFound` when the workspace has not both.
    pub async fn compare_traces(
        &self,
        caller: &Caller,
        left: TraceId,
        right: TraceId,
    ) -> Result<Comparison, ApiError> {
        caller.require(Right::Look)?;
        if left == right {
            let text = "This is the same call twice. Choose another to compare it with.";
            return Err(ApiError::invalid("b", text));
        }
        let found = async {
            let names = self.trace_names(caller.tenant_id()).await?;
            let view = async |id| {
                let trace = self.find_trace(caller, id).await?;
                self.view_of(caller, &names, trace).await
            };
            Ok::<_, Failure>((view(left).await?, view(right).await?))
        };
        let (left, right) = found.await.map_err(Failure::answer)?;
        let steps = aligned(&left.spans, &right.spans);
        Ok(Comparison { left, right, steps })
    }

    async fn find_related(
        &self,
        caller: &Caller,
        names: &Names,
        trace: &TraceRecord,
    ) -> Result<Related, Failure> {
        let tenant = caller.tenant_id();
        let mut related = Related::default();
        if let Some(order) = &trace.order_id {
            let search = TraceSearch {
                orders: Sieve::only([order.clone()]),
                // Orders of two stores may have one id.
                stores: trace
                    .store_id
                    .map_or_else(Sieve::default, |id| Sieve::only([id])),
                ..TraceSearch::default()
            };
            let found = self
                .storage()
                .search_traces(tenant, &search, None, OF_ORDER)
                .await?;
            related.order = found.rows.iter().map(|row| names.line(row)).collect();
            related.order_query = order_query(order, trace.store_id, names).to_string();
        }
        if let Some(key) = trace.key_id {
            let around = self
                .storage()
                .traces_around(tenant, key, trace.id, OF_RUN)
                .await?;
            let run = run_of(&around.rows, trace);
            related.run_query = run_query(&run, trace, names).to_string();
            let shown = next_to(&run, trace.id).iter();
            related.run = shown.map(|row| names.line(row)).collect();
            let search = TraceSearch {
                keys: Sieve::only([key]),
                tools: Sieve::only([trace.tool.to_string()]),
                ..TraceSearch::default()
            };
            let found = self
                .storage()
                .search_traces(tenant, &search, Some(trace.id), 1)
                .await?;
            related.before = found.rows.first().map(|row| names.line(row));
        }
        Ok(related)
    }
}

/// What finds all calls about an order, of one store where that is named.
pub(super) fn order_query(order: &str, store: Option<StoreUid>, names: &Names) -> TraceQuery {
    let query = TraceQuery::default().with(Term::only(Test::Order(order.to_owned())));
    match store {
        Some(id) => query.with(Term::only(Test::Store(names.store_text(&names.store(id))))),
        None => query,
    }
}

/// What finds a call's run: its key, door and client from when it began to when it ended.
pub(super) fn run_query(run: &[&TraceRecord], trace: &TraceRecord, names: &Names) -> TraceQuery {
    // They are in order of their ends, and may overlap.
    let began = || run.iter().map(|row| row.started_at);
    let (Some(key), Some(first), Some(last)) = (trace.key_id, began().min(), began().max()) else {
        return TraceQuery::default();
    };
    let query = TraceQuery::default()
        .with(Term::only(Test::Key(names.actor_text(&names.actor(key)))))
        .with(Term::only(Test::Door(trace.door)));
    let query = match &trace.client {
        Some(client) => {
            let part = client.chars().take(VALUE_MAX).collect();
            query.with(Term::only(Test::Client(part)))
        }
        None => query,
    };
    // A query names whole seconds, and ends before the one that it names.
    query
        .with(Term::only(Test::Since(When::at(first))))
        .with(Term::only(Test::Until(When::at(last.plus_millis(1_000)))))
}

/// The part of a run that is shown: the next calls around one.
fn next_to<'a, 'b>(run: &'b [&'a TraceRecord], id: TraceId) -> &'b [&'a TraceRecord] {
    let place = run.iter().position(|row| row.id == id).unwrap_or(0);
    let most = run.len().saturating_sub(SHOWN_OF_RUN);
    let from = place.saturating_sub(SHOWN_OF_RUN / 2).min(most);
    &run[from..run.len().min(from + SHOWN_OF_RUN)]
}

/// The calls next to one, of the same client and door, up to the first longer pause on either side.
pub(super) fn run_of<'a>(around: &'a [TraceRecord], one: &TraceRecord) -> Vec<&'a TraceRecord> {
    let of_client: Vec<_> = around
        .iter()
        .filter(|row| row.client == one.client && row.door == one.door)
        .collect();
    let Some(place) = of_client.iter().position(|row| row.id == one.id) else {
        return Vec::new();
    };
    let follows = |pair: &&[&TraceRecord]| {
        let ended_at = pair[0].started_at.plus_millis(pair[0].duration_us / 1000);
        pair[1].started_at.since(ended_at) <= PAUSE_MS
    };
    let before = of_client[..=place]
        .windows(2)
        .rev()
        .take_while(follows)
        .count();
    let after = of_client[place..].windows(2).take_while(follows).count();
    of_client[place - before..=place + after].to_vec()
}

/// Steps in the order of the left call, each beside the one of the same kind and name in the right call that comes as
/// often before it; what only the right call did stands where it did it.
fn aligned(left: &[SpanView], right: &[SpanView]) -> Vec<ComparedStep> {
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let named = |spans: &'_ [SpanView]| -> Vec<(SpanKind, String, usize)> {
        let mut seen: HashMap<(SpanKind, String), usize> = HashMap::new();
        spans
            .iter()
            .map(|span| {
                let before = seen.entry((span.kind, span.name.clone())).or_default();
                *before += 1;
                (span.kind, span.name.clone(), *before)
            })
            .collect()
    };
    let (left, right) = (named(left), named(right));
    let right_at: HashMap<_, _> = right.iter().zip(0_usize..).collect();
    let left_has: std::collections::HashSet<_> = left.iter().collect();
    let mut steps = Vec::new();
    let mut next = 0;
    let only_right = |steps: &mut Vec<ComparedStep>, from: usize, until: usize| {
        for (at, name) in right.iter().enumerate().take(until).skip(from) {
            if !left_has.contains(name) {
                steps.push(ComparedStep {
                    left: None,
                    right: Some(place(at)),
                });
            }
        }
    };
    for (at, name) in left.iter().enumerate() {
        let other = right_at.get(name).copied();
        if let Some(other) = other
            && other >= next
        {
            only_right(&mut steps, next, other);
            next = other + 1;
        }
        steps.push(ComparedStep {
            left: Some(place(at)),
            right: other.map(place),
        });
    }
    only_right(&mut steps, next, right.len());
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(names: &[&str]) -> Vec<SpanView> {
        let span = |name: &&str| SpanView {
            kind: SpanKind::Upstream,
            name: (*name).to_owned(),
            depth: 0,
            offset_us: 0,
            duration_us: 0,
            ok: true,
            facts: Vec::new(),
        };
        names.iter().map(span).collect()
    }

    #[test]
    fn steps_stand_beside_their_likes() {
        let steps = |left: &[&str], right: &[&str]| -> Vec<(Option<u32>, Option<u32>)> {
            let steps = aligned(&spans(left), &spans(right));
            steps.iter().map(|step| (step.left, step.right)).collect()
        };
        assert_eq!(
            steps(&["a", "b"], &["a", "b"]),
            [(Some(0), Some(0)), (Some(1), Some(1))]
        );
        assert_eq!(
            steps(&["a", "a", "c"], &["x", "a", "y", "c", "z"]),
            [
                (None, Some(0)),
                (Some(0), Some(1)),
                (Some(1), None),
                (None, Some(2)),
                (Some(2), Some(3)),
                (None, Some(4)),
            ]
        );
        assert_eq!(
            steps(&["a", "b"], &["b", "a"]),
            [(Some(0), Some(1)), (Some(1), Some(0))]
        );
        assert_eq!(steps(&[], &["a"]), [(None, Some(0))]);
    }
}
