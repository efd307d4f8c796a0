//! What else there was: about the same order, in the same run, and another call to compare with.

use std::collections::HashMap;

use orderdesk_mcp_contract::trace::view::{ComparedStep, Comparison, Related, SpanView};
use orderdesk_mcp_contract::{ApiError, Right, TraceId};
use orderdesk_mcp_storage::record::{Sieve, SpanKind, TraceRecord, TraceSearch};

use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;

/// Calls shown about the same order.
const OF_ORDER: u32 = 20;
/// Calls looked at on either side of one, for its run.
const OF_RUN: u32 = 50;
/// The longest pause within a run, in milliseconds.
const PAUSE_MS: i64 = 15 * 60_000;

impl Services {
    /// The calls that have to do with one: about the same order, and by the same key and client without a pause of more
    /// than 15 minutes.
    ///
    /// # Errors
    /// `NotFound` when the workspace has no such call.
    pub async fn trace_related(&self, caller: &Caller, id: TraceId) -> Result<Related, ApiError> {
        caller.require(Right::Look)?;
        let related = self.find_related(caller, id).await;
        related.map_err(Failure::answer)
    }

    /// Two calls side by side, with what happened in them aligned.
    ///
    /// # Errors
    /// `NotFound` when the workspace has not both.
    pub async fn compare_traces(
        &self,
        caller: &Caller,
        left: TraceId,
        right: TraceId,
    ) -> Result<Comparison, ApiError> {
        caller.require(Right::Look)?;
        let (left, right) = (
            self.trace_view(caller, left).await?,
            self.trace_view(caller, right).await?,
        );
        let steps = aligned(&left.spans, &right.spans);
        Ok(Comparison { left, right, steps })
    }

    async fn find_related(&self, caller: &Caller, id: TraceId) -> Result<Related, Failure> {
        let tenant = caller.tenant_id();
        let trace = self.find_trace(caller, id).await?;
        let names = self.trace_names(tenant).await?;
        let mut related = Related::default();
        if let Some(order) = &trace.order_id {
            let only = |value| Sieve {
                only: Some(vec![value]),
                never: Vec::new(),
            };
            let search = TraceSearch {
                orders: only(order.clone()),
                // Orders of two stores may have one id.
                stores: trace.store_id.map_or_else(Sieve::default, |store| Sieve {
                    only: Some(vec![store]),
                    never: Vec::new(),
                }),
                ..TraceSearch::default()
            };
            let found = self
                .storage()
                .search_traces(tenant, &search, None, OF_ORDER)
                .await?;
            related.order = found.rows.iter().map(|row| names.line(row)).collect();
        }
        if let Some(key) = trace.key_id {
            let around = self
                .storage()
                .traces_around(tenant, key, id, OF_RUN)
                .await?;
            related.run = run_of(&around, &trace)
                .into_iter()
                .map(|row| names.line(row))
                .collect();
        }
        Ok(related)
    }
}

/// The calls next to one, of the same client and door, up to the first longer pause on either side.
fn run_of<'a>(around: &'a [TraceRecord], one: &TraceRecord) -> Vec<&'a TraceRecord> {
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
