//! Writing traces in batches, off the request path.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use orderdesk_mcp_storage::Storage;
use orderdesk_mcp_storage::record::TraceRecord;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use crate::metrics;

/// Traces that may wait for the writer. At a kilobyte each this bounds the memory to a few megabytes.
const QUEUE: usize = 4096;
/// Most traces in one transaction.
const BATCH: usize = 1000;
/// How long the writer gathers before it writes; at `kill -9` at most this much is lost.
const GATHER: Duration = Duration::from_millis(100);
/// How often the writer looks at the queue meanwhile. At 40,000 calls a second it is not half full by then.
const LOOK: Duration = Duration::from_millis(20);
/// How long a call waits for a place in a full queue before its trace is given up and counted.
const PATIENCE: Duration = Duration::from_secs(1);
/// Tries to write a batch, with a pause that grows from one to the next.
const TRIES: u32 = 5;

/// The way of a trace to the database.
pub(crate) struct Recorder {
    queue: Mutex<Option<mpsc::Sender<TraceRecord>>>,
    sender: mpsc::WeakSender<TraceRecord>,
    backlog: Arc<AtomicUsize>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Recorder {
    pub(crate) fn start(storage: Arc<dyn Storage>) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let backlog = Arc::new(AtomicUsize::new(0));
        let writer = tokio::spawn(write_all(storage, receiver, Arc::clone(&backlog)));
        Self {
            sender: sender.downgrade(),
            queue: Mutex::new(Some(sender)),
            backlog,
            writer: Mutex::new(Some(writer)),
        }
    }

    /// Hands a trace over. Waits when the writer cannot keep up, so that a flood slows down instead of
    /// filling the memory.
    pub(crate) async fn record(&self, trace: TraceRecord) {
        let unsent = Unsent;
        let Some(sender) = self.sender.upgrade() else {
            return;
        };
        let place = match sender.try_reserve() {
            Ok(place) => place,
            Err(mpsc::error::TrySendError::Full(())) => {
                let Ok(Ok(place)) = timeout(PATIENCE, sender.reserve()).await else {
                    return;
                };
                place
            }
            Err(mpsc::error::TrySendError::Closed(())) => return,
        };
        self.backlog.fetch_add(1, Ordering::Relaxed);
        place.send(trace);
        std::mem::forget(unsent);
    }

    /// Hands a trace over where waiting is not possible; with a full queue it is given up and counted.
    pub(crate) fn record_now(&self, trace: TraceRecord) {
        self.backlog.fetch_add(1, Ordering::Relaxed);
        let sent = self
            .sender
            .upgrade()
            .is_some_and(|sender| sender.try_send(trace).is_ok());
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

async fn write_all(
    storage: Arc<dyn Storage>,
    mut receiver: mpsc::Receiver<TraceRecord>,
    backlog: Arc<AtomicUsize>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        if receiver.recv_many(&mut batch, BATCH).await == 0 {
            return;
        }
        gather(&mut receiver, &mut batch).await;
        write(&*storage, &batch).await;
        let left = backlog
            .fetch_sub(batch.len(), Ordering::Relaxed)
            .saturating_sub(batch.len());
        ::metrics::gauge!(metrics::TRACE_BACKLOG).set(u32::try_from(left).unwrap_or(u32::MAX));
        batch.clear();
    }
}

/// A little patience makes one transaction of what would be many. The queue is looked at now and then instead of being
/// waited for: woken for each trace, the writer would cost more than the writing.
async fn gather(receiver: &mut mpsc::Receiver<TraceRecord>, batch: &mut Vec<TraceRecord>) {
    let end = Instant::now() + GATHER;
    while batch.len() + receiver.len() < BATCH && !receiver.is_closed() && Instant::now() < end {
        tokio::time::sleep(LOOK).await;
    }
    while batch.len() < BATCH
        && let Ok(trace) = receiver.try_recv()
    {
        batch.push(trace);
    }
}

async fn write(storage: &dyn Storage, batch: &[TraceRecord]) {
    for attempt in 1..=TRIES {
        match storage.add_traces(batch).await {
            Ok(()) => return,
            Err(error) if attempt < TRIES => {
                tracing::warn!(%error, attempt, traces = batch.len(), "failed to write traces; will try again");
                tokio::time::sleep(Duration::from_millis(200) * attempt).await;
            }
            Err(error) => tracing::error!(%error, "failed to write traces"),
        }
    }
    // One damaged trace must not take the others with it.
    let mut failed = 0;
    for trace in batch {
        if storage
            .add_traces(std::slice::from_ref(trace))
            .await
            .is_err()
        {
            failed += 1;
        }
    }
    if failed > 0 {
        lost(failed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use ::metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, SharedString, Unit};
    use futures::FutureExt as _;
    use orderdesk_mcp_contract::{TenantId, TraceId, UtcMillis};
    use orderdesk_mcp_storage::record::Door;

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

    fn trace(n: u128) -> TraceRecord {
        TraceRecord {
            id: TraceId::from_parts(1, n),
            tenant_id: TenantId::from_parts(1, 1),
            key_id: None,
            door: Door::Mcp,
            client: None,
            request_id: None,
            traceparent: None,
            tool: "orders_get".into(),
            store_id: None,
            order_id: None,
            error: None,
            cache_hit: None,
            started_at: UtcMillis(1),
            duration_us: 1,
            input_bytes: 0,
            output_bytes: 0,
            change_id: None,
            sealed_payload: None,
            spans: Vec::new(),
        }
    }

    #[tokio::test]
    async fn a_trace_whose_caller_goes_away_at_a_full_queue_is_counted() {
        let (sender, _full) = mpsc::channel(1);
        let recorder = Recorder {
            sender: sender.downgrade(),
            queue: Mutex::new(Some(sender)),
            backlog: Arc::default(),
            writer: Mutex::new(None),
        };
        let lost = Arc::<AtomicU64>::default();
        ::metrics::with_local_recorder(&Sum(Arc::clone(&lost)), || {
            assert!(recorder.record(trace(1)).now_or_never().is_some());
            // Waits for a place, and is dropped.
            assert!(recorder.record(trace(2)).now_or_never().is_none());
        });
        assert_eq!(recorder.backlog(), 1);
        assert_eq!(lost.load(Ordering::Relaxed), 1);
    }
}
