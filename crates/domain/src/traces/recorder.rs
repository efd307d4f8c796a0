//! Writing traces in batches, off the request path.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use orderdesk_mcp_storage::record::TraceBlock;
use orderdesk_mcp_storage::{Storage, StorageError};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::sealing::{BlockSealer, Recorded};
use crate::metrics;

/// Traces that may wait for the writer.
const QUEUE: usize = 4096;
/// Room for those that wait and those that are being written, in kibibytes: one may carry more than thirty.
const ROOM_KIB: u32 = 8 << 10;
/// About what a trace takes besides what it carried, and what a span takes, in bytes.
const TRACE_BYTES: usize = 512;
const SPAN_BYTES: usize = 256;
/// Most traces in one transaction.
const BATCH: usize = 2000;
/// How long the writer gathers before it writes; at `kill -9` at most this much is lost.
const GATHER: Duration = Duration::from_millis(100);
/// How often the writer looks at the queue meanwhile. At 40,000 calls a second it is not half full by then.
const LOOK: Duration = Duration::from_millis(20);
/// How long a call waits for a place in a full queue before its trace is given up and counted.
const PATIENCE: Duration = Duration::from_secs(1);
/// Tries to write a batch, with a pause that grows from one to the next.
const TRIES: u32 = 5;

/// A trace that waits for the writer, and the room that it takes until it is written.
type Waiting = (Recorded, OwnedSemaphorePermit);

/// The way of a trace to the database.
pub(crate) struct Recorder {
    queue: Mutex<Option<mpsc::Sender<Waiting>>>,
    sender: mpsc::WeakSender<Waiting>,
    room: Arc<Semaphore>,
    backlog: Arc<AtomicUsize>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Recorder {
    pub(crate) fn start(storage: Arc<dyn Storage>, sealer: BlockSealer) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let backlog = Arc::new(AtomicUsize::new(0));
        let room = Arc::new(Semaphore::new(ROOM_KIB as usize));
        let writer = Writer { storage, sealer };
        let writer = writer.write_all(receiver, Arc::clone(&room), Arc::clone(&backlog));
        let writer = tokio::spawn(writer);
        Self {
            sender: sender.downgrade(),
            room,
            queue: Mutex::new(Some(sender)),
            backlog,
            writer: Mutex::new(Some(writer)),
        }
    }

    /// Hands a trace over. Waits when the writer cannot keep up, so that a flood slows down instead of
    /// filling the memory.
    pub(crate) async fn record(&self, recorded: Recorded) {
        let unsent = Unsent;
        let Some(sender) = self.sender.upgrade() else {
            return;
        };
        let kib = kib_of(&recorded);
        let at_once = Arc::clone(&self.room).try_acquire_many_owned(kib).ok();
        let (room, place) = match at_once.zip(sender.try_reserve().ok()) {
            Some(both) => both,
            None => {
                let both = async {
                    let room = Arc::clone(&self.room).acquire_many_owned(kib).await.ok()?;
                    Some((room, sender.reserve().await.ok()?))
                };
                let Ok(Some(both)) = timeout(PATIENCE, both).await else {
                    return;
                };
                both
            }
        };
        self.backlog.fetch_add(1, Ordering::Relaxed);
        place.send((recorded, room));
        std::mem::forget(unsent);
    }

    /// Hands a trace over where waiting is not possible; with a full queue it is given up and counted.
    pub(crate) fn record_now(&self, recorded: Recorded) {
        self.backlog.fetch_add(1, Ordering::Relaxed);
        let kib = kib_of(&recorded);
        let room = Arc::clone(&self.room).try_acquire_many_owned(kib).ok();
        let sent = room
            .zip(self.sender.upgrade())
            .is_some_and(|(room, sender)| sender.try_send((recorded, room)).is_ok());
        if !sent {
            self.backlog.fetch_sub(1, Ordering::Relaxed);
            self.lost(1);
        }
    }

    /// Says that traces could not be written: counted and logged, never silent.
    pub(crate) fn lost(&self, traces: usize) {
        lost(traces);
    }

    pub(crate) fn backlog(&self) -> usize {
        self.backlog.load(Ordering::Relaxed)
    }

    /// Writes what is waiting and stops.
    pub(crate) async fn finish(&self) {
        // The last strong sender: the writer sees the end once the queue is empty.
        drop(self.queue.lock().await.take());
        if let Some(writer) = self.writer.lock().await.take()
            && let Err(panicked) = writer.await
        {
            tracing::error!(error = %panicked, "the trace writer failed");
        }
    }
}

/// A trace on its way to the queue. Dropped before it is there, also because whoever waited went away,
/// it is counted as lost.
struct Unsent;

impl Drop for Unsent {
    fn drop(&mut self) {
        lost(1);
    }
}

fn lost(traces: usize) {
    ::metrics::counter!(metrics::TRACES_LOST_TOTAL).increment(traces as u64);
    tracing::error!(traces, "recorded calls could not be written and are lost");
}

/// About how much memory a trace takes, in bytes.
fn bytes_of(recorded: &Recorded) -> usize {
    let carried = recorded.payload.as_ref().map_or(0, String::len);
    let words: usize = recorded.trace.words.iter().map(String::len).sum();
    TRACE_BYTES + SPAN_BYTES * recorded.trace.spans.len() + words + carried
}

/// The same in kibibytes. One that takes more than there is waits until it is alone.
fn kib_of(recorded: &Recorded) -> u32 {
    let kib = u32::try_from(bytes_of(recorded).div_ceil(1 << 10)).unwrap_or(ROOM_KIB);
    kib.min(ROOM_KIB)
}

/// What writes the traces that wait.
struct Writer {
    storage: Arc<dyn Storage>,
    sealer: BlockSealer,
}

impl Writer {
    async fn write_all(
        self,
        mut receiver: mpsc::Receiver<Waiting>,
        room: Arc<Semaphore>,
        backlog: Arc<AtomicUsize>,
    ) {
        let mut waiting = Vec::with_capacity(BATCH);
        loop {
            if receiver.recv_many(&mut waiting, BATCH).await == 0 {
                return;
            }
            gather(&mut receiver, &room, &mut waiting).await;
            // Given back at once: each on its own would take the semaphore's lock.
            let (batch, rooms): (Vec<_>, Vec<_>) = waiting.drain(..).unzip();
            let taken = rooms.into_iter().reduce(|mut taken, room| {
                taken.merge(room);
                taken
            });
            let written = batch.len();
            self.write(batch).await;
            let left = backlog
                .fetch_sub(written, Ordering::Relaxed)
                .saturating_sub(written);
            ::metrics::gauge!(metrics::TRACE_BACKLOG).set(u32::try_from(left).unwrap_or(u32::MAX));
            drop(taken);
        }
    }

    async fn write(&self, batch: Vec<Recorded>) {
        let traces = batch.len();
        let blocks = self.sealer.blocks(batch, bytes_of);
        for attempt in 1..=TRIES {
            match self.storage.add_traces(&blocks).await {
                Ok(()) => return,
                Err(error) if attempt < TRIES => {
                    tracing::warn!(%error, attempt, traces, "failed to write traces; will try again");
                    tokio::time::sleep(Duration::from_millis(200) * attempt).await;
                }
                Err(error) => tracing::error!(%error, "failed to write traces"),
            }
        }
        let add = |block| self.storage.add_traces(std::slice::from_ref(block));
        let failed = one_by_one(&blocks, add).await;
        if failed > 0 {
            lost(failed);
        }
    }
}

/// Writes each block by itself, so that one that the database refuses does not take the others with it. Where the database cannot
/// be used for two of them, one after the other, it ends, because each would wait as long. Gives how many calls were not written.
async fn one_by_one<'a, W>(blocks: &'a [TraceBlock], add: impl Fn(&'a TraceBlock) -> W) -> usize
where
    W: Future<Output = Result<(), StorageError>>,
{
    let calls = |blocks: &[TraceBlock]| blocks.iter().map(|block| block.calls.len()).sum::<usize>();
    let (mut failed, mut was_away) = (0, false);
    for (place, block) in blocks.iter().enumerate() {
        let Err(error) = add(block).await else {
            was_away = false;
            continue;
        };
        let is_away = matches!(error, StorageError::Unavailable(_));
        if is_away && was_away {
            return failed + calls(&blocks[place..]);
        }
        was_away = is_away;
        failed += block.calls.len();
    }
    failed
}

/// A little patience makes one transaction of what would be many. The queue is looked at now and then instead of being
/// waited for: woken for each trace, the writer would cost more than the writing.
async fn gather(
    receiver: &mut mpsc::Receiver<Waiting>,
    room: &Semaphore,
    batch: &mut Vec<Waiting>,
) {
    let end = Instant::now() + GATHER;
    let has_room = || room.available_permits() > ROOM_KIB as usize / 2;
    while batch.len() + receiver.len() < BATCH
        && has_room()
        && !receiver.is_closed()
        && Instant::now() < end
    {
        tokio::time::sleep(LOOK).await;
    }
    while batch.len() < BATCH
        && let Ok(trace) = receiver.try_recv()
    {
        batch.push(trace);
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::sync::atomic::AtomicU64;

    use ::metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, SharedString, Unit};
    use futures::FutureExt as _;

    use super::*;

    /// Adds up all counters.
    struct Sum(Arc<AtomicU64>);

    impl ::metrics::Recorder for Sum {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
            Counter::from_arc(Arc::clone(&self.0))
        }
        fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::noop()
        }
        fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::noop()
        }
    }

    /// A recorder with room for so many traces, and nobody who writes them.
    fn unwritten(queue: usize) -> (Recorder, mpsc::Receiver<Waiting>) {
        let (sender, receiver) = mpsc::channel(queue);
        let recorder = Recorder {
            sender: sender.downgrade(),
            queue: Mutex::new(Some(sender)),
            room: Arc::new(Semaphore::new(ROOM_KIB as usize)),
            backlog: Arc::default(),
            writer: Mutex::new(None),
        };
        (recorder, receiver)
    }

    #[tokio::test]
    async fn what_waits_is_bounded_by_its_bytes() {
        let (recorder, mut receiver) = unwritten(QUEUE);
        let large = |n| Recorded::sample(n, Some("0".repeat(33 << 10)));
        let lost = Arc::<AtomicU64>::default();
        ::metrics::with_local_recorder(&Sum(Arc::clone(&lost)), || {
            let mut numbers = 0..;
            while recorder
                .record(large(numbers.next().unwrap()))
                .now_or_never()
                .is_some()
            {}
            recorder.record_now(large(u128::MAX));
        });
        let waiting = recorder.backlog();
        assert_eq!(waiting, (8 << 10) / 34);
        assert_eq!(lost.load(Ordering::Relaxed), 2);
        // What is taken makes room, and a huge one fits once it is alone.
        while let Ok((_, room)) = receiver.try_recv() {
            drop(room);
        }
        let huge = Recorded::sample(1, Some("0".repeat(9 << 20)));
        assert!(recorder.record(huge).now_or_never().is_some());
        assert!(
            recorder
                .record(Recorded::sample(2, None))
                .now_or_never()
                .is_none()
        );
    }

    #[tokio::test]
    async fn a_refused_block_takes_no_other_with_it_and_a_database_away_all() {
        let block = |number: u128, calls: usize| TraceBlock {
            calls: vec![*Recorded::sample(number, None).trace; calls],
            sealed_payloads: None,
        };
        let blocks = [block(1, 3), block(2, 5), block(3, 7), block(4, 9)];
        let refused = || StorageError::Failed("refused".into());
        let away = || StorageError::Unavailable("away".into());
        for (faults, failed, written) in [
            ([None, None, None, None], 0, vec![1, 2, 3, 4]),
            (
                [Some(refused()), None, Some(refused()), None],
                10,
                vec![2, 4],
            ),
            ([None, Some(refused()), Some(away()), None], 12, vec![1, 4]),
            ([Some(away()), None, Some(away()), None], 10, vec![2, 4]),
            ([Some(away()), Some(away()), None, None], 24, vec![]),
        ] {
            let faults = std::sync::Mutex::new(faults.into_iter());
            let done = std::sync::Mutex::new(Vec::new());
            let add = |block: &TraceBlock| {
                if let Some(fault) = faults.lock().unwrap().next().flatten() {
                    return ready(Err(fault));
                }
                let written = block.calls[0].id.to_bits() & 0xff;
                done.lock().unwrap().push(written);
                ready(Ok(()))
            };
            assert_eq!(one_by_one(&blocks, add).await, failed);
            assert_eq!(done.into_inner().unwrap(), written);
        }
    }

    #[tokio::test]
    async fn a_trace_whose_caller_goes_away_at_a_full_queue_is_counted() {
        let (recorder, _full) = unwritten(1);
        let lost = Arc::<AtomicU64>::default();
        ::metrics::with_local_recorder(&Sum(Arc::clone(&lost)), || {
            assert!(
                recorder
                    .record(Recorded::sample(1, None))
                    .now_or_never()
                    .is_some()
            );
            // Waits for a place, and is dropped.
            assert!(
                recorder
                    .record(Recorded::sample(2, None))
                    .now_or_never()
                    .is_none()
            );
        });
        assert_eq!(recorder.backlog(), 1);
        assert_eq!(lost.load(Ordering::Relaxed), 1);
    }
}
