//! Throwing recorded calls away, the same on every database: by whole blocks, in transactions so small that nobody waits for long.

use orderdesk_mcp_contract::{TenantId, TraceId};

use crate::error::StorageError;
use crate::port::TraceRetention;
use crate::record::{BlockPosting, BlocksAsked, PostingField, PurgeStep};

/// Postings deleted in one transaction: each lies somewhere else in the file, and who records waits meanwhile.
const POSTINGS_AT_ONCE: usize = 1_000;
/// Whole transactions after which no other block is begun: the rest is left for the next time, so that there are rests between. A
/// block that is found by more than fits into so many goes all the same.
const STEPS_AT_ONCE: usize = 2;

/// Throws away the first of the oldest `limit` blocks before this call, at least one of them, and one that cannot be read by
/// itself. Gives how many calls went.
pub(crate) async fn purge<S: TraceRetention + ?Sized>(
    storage: &S,
    tenant: TenantId,
    before: TraceId,
    limit: u32,
) -> Result<u64, StorageError> {
    let asked = BlocksAsked::oldest(before, limit);
    let mut steps = Steps::default();
    for block in storage.trace_blocks(tenant, &asked).await? {
        match block.postings(tenant) {
            Ok(postings) => steps.add(&block.id, postings),
            // What was gathered goes before anything takes long.
            Err(_) if !steps.are_none() => break,
            Err(error) => {
                tracing::error!(%error, "throws away recorded calls that cannot be read");
                let postings = storage.postings_of_block(tenant, &block.id).await?;
                steps.add(&block.id, postings);
                break;
            }
        }
        if steps.are_enough() {
            break;
        }
    }
    let mut gone = 0;
    for step in steps.all() {
        gone += storage.purge_step(tenant, &step).await?;
    }
    Ok(gone)
}

/// The transactions that throw blocks away.
#[derive(Default)]
struct Steps {
    whole: Vec<PurgeStep>,
    begun: PurgeStep,
}

impl Steps {
    fn are_none(&self) -> bool {
        self.whole.is_empty() && self.begun.postings.is_empty()
    }

    fn are_enough(&self) -> bool {
        self.whole.len() >= STEPS_AT_ONCE
    }

    /// Adds a block with all that it is found by. It may go in several transactions, as the last thing itself and that it is one
    /// of the workspace's: until then it is there, and found by less.
    fn add(&mut self, block: &str, postings: Vec<BlockPosting>) {
        let itself = (PostingField::All.as_str().into(), String::new());
        let others = postings.into_iter().filter(|posting| *posting != itself);
        for (field, value) in others {
            self.begun.postings.push((field, value, block.to_owned()));
            self.end_if_full();
        }
        let (field, value) = itself;
        self.begun.postings.push((field, value, block.to_owned()));
        self.begun.blocks.push(block.to_owned());
        self.end_if_full();
    }

    fn end_if_full(&mut self) {
        if self.begun.postings.len() == POSTINGS_AT_ONCE {
            self.whole.push(std::mem::take(&mut self.begun));
        }
    }

    fn all(mut self) -> Vec<PurgeStep> {
        if !self.begun.postings.is_empty() {
            self.whole.push(self.begun);
        }
        self.whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(steps: &mut Steps, block: &str, words: usize) {
        let word = |number| ("word".into(), format!("w{number}"));
        let itself = ("all".into(), String::new());
        let postings = std::iter::once(itself).chain((1..words).map(word));
        steps.add(block, postings.collect());
    }

    /// Postings and blocks of each transaction.
    fn sizes(steps: Steps) -> Vec<(usize, usize)> {
        let size = |step: &PurgeStep| (step.postings.len(), step.blocks.len());
        steps.all().iter().map(size).collect()
    }

    #[test]
    fn blocks_go_in_transactions_of_a_thousand() {
        let mut steps = Steps::default();
        for number in 0..39 {
            add(&mut steps, &format!("b{number}"), 50);
            assert!(!steps.are_enough());
        }
        add(&mut steps, "last", 50);
        assert!(steps.are_enough());
        let last = steps.whole[1].postings.last().unwrap();
        assert_eq!((&*last.0, &*last.1, &*last.2), ("all", "", "last"));
        assert_eq!(sizes(steps), [(1_000, 20), (1_000, 20)]);
    }

    #[test]
    fn few_blocks_go_at_once() {
        let mut steps = Steps::default();
        assert_eq!(sizes(Steps::default()), []);
        for block in ["a", "b", "c"] {
            add(&mut steps, block, 50);
        }
        assert_eq!(sizes(steps), [(150, 3)]);
    }

    #[test]
    fn a_block_goes_with_the_last_of_what_it_is_found_by() {
        for (words, expected) in [
            (999, vec![(999, 1)]),
            (1_000, vec![(1_000, 1)]),
            (1_001, vec![(1_000, 0), (1, 1)]),
            (2_500, vec![(1_000, 0), (1_000, 0), (500, 1)]),
        ] {
            let mut steps = Steps::default();
            add(&mut steps, "much", words);
            assert_eq!(sizes(steps), expected, "{words}");
        }
    }
}
