//! Writing traces in batches, off the request path.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use orderdesk_mcp_storage::Storage;
use orderdesk_mcp_storage::record::TraceRecord;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::metrics;

/// Traces that may wait for the writer. At a kilobyte each this bounds the memory to a few megabytes.
const QUEUE: usize = 4096;
/// Most traces in one transaction.
const BATCH: usize = 500;
/// How long the writer gathers before it writes; at `kill -9` at most this much is lost.
const GATHER: Duration = Duration::from_millis(100);
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
        let Some(sender) = self.sender.upgrade() else {
            return self.lost(1);
        };
        self.backlog.fetch_add(1, Ordering::Relaxed);
        let sent = match sender.try_send(trace) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(trace)) => {
                matches!(timeout(PATIENCE, sender.send(trace)).await, Ok(Ok(())))
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        };
        if !sent {
            self.backlog.fetch_sub(1, Ordering::Relaxed);
            self.lost(1);
        }
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
        // A little patience makes one transaction of what would be many.
        if batch.len() < BATCH {
            let more = timeout(GATHER, async {
                while batch.len() < BATCH {
                    let room = BATCH - batch.len();
                    if receiver.recv_many(&mut batch, room).await == 0 {
                        return;
                    }
                }
            });
            // Running out of time is the normal end of gathering.
            more.await.ok();
        }
        write(&*storage, &batch).await;
        let left = backlog
            .fetch_sub(batch.len(), Ordering::Relaxed)
            .saturating_sub(batch.len());
        ::metrics::gauge!(metrics::TRACE_BACKLOG).set(u32::try_from(left).unwrap_or(u32::MAX));
        batch.clear();
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
