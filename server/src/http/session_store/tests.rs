use std::sync::atomic::{AtomicI64, Ordering};

use orderdesk_mcp_db_sqlite::{SqliteLocation, SqliteStorage};
use orderdesk_mcp_storage::port::Sessions as _;
use orderdesk_mcp_vault::{KeyEncryptionKey, OsEntropy};
use serde_json::json;
use tempfile::TempDir;
use tower_sessions::SessionStore as _;

use super::*;

const MINUTE_MS: i64 = 60_000;

/// A clock that stands still until it is moved.
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> UtcMillis {
        UtcMillis(self.0.load(Ordering::Relaxed))
    }
}

struct Bench {
    store: SessionStore,
    clock: Arc<Hand>,
    storage: SqliteStorage,
    _folder: TempDir,
}

impl Bench {
    /// Sessions end after 30 minutes unused and after 12 hours.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = SqliteLocation::from_path(folder.path().join("test.db"));
        let storage = SqliteStorage::open(&location).await.unwrap();
        storage.migrate().await.unwrap();
        let key = KeyEncryptionKey::generate(&OsEntropy).unwrap();
        let clock = Arc::new(Hand(AtomicI64::new(1_795_000_000_000)));
        let store = SessionStore {
            storage: Arc::new(storage.clone()),
            keyring: Arc::new(KeyRing::new(
                1,
                KeyEncryptionKey::parse(key.expose()).unwrap(),
            )),
            entropy: Arc::new(OsEntropy),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            absolute_timeout: Duration::from_secs(12 * 3600),
            idle_timeout: Duration::from_secs(30 * 60),
            notes_use: true,
        };
        Self {
            store,
            clock,
            storage,
            _folder: folder,
        }
    }

    fn pass(&self, millis: i64) {
        self.clock.0.fetch_add(millis, Ordering::Relaxed);
    }

    async fn session(&self, word: &str) -> Record {
        let mut record = Record {
            id: Id::default(),
            data: HashMap::from([("word".to_owned(), json!(word))]),
            expiry_date: time::OffsetDateTime::UNIX_EPOCH,
        };
        self.store.create(&mut record).await.unwrap();
        record
    }

    async fn is_alive(&self, record: &Record) -> bool {
        self.store.load(&record.id).await.unwrap().is_some()
    }
}

#[tokio::test]
async fn a_page_that_refreshes_itself_does_not_keep_its_session() {
    let bench = Bench::new().await;
    let record = bench.session("a").await;
    let polled = SessionStore {
        notes_use: false,
        ..bench.store.clone()
    };
    for minute in 1..=30 {
        bench.pass(MINUTE_MS);
        assert!(
            polled.load(&record.id).await.unwrap().is_some(),
            "after {minute} minutes"
        );
    }
    bench.pass(MINUTE_MS);
    assert!(polled.load(&record.id).await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used() {
    let bench = Bench::new().await;
    let record = bench.session("a").await;
    for _ in 0..4 {
        bench.pass(29 * MINUTE_MS);
        assert!(
            bench.is_alive(&record).await,
            "each use starts the time anew"
        );
    }
    bench.pass(31 * MINUTE_MS);
    assert!(!bench.is_alive(&record).await);
    bench.pass(-31 * MINUTE_MS);
    assert!(
        !bench.is_alive(&record).await,
        "an ended session is gone, not hidden"
    );
}

#[tokio::test]
async fn a_session_ends_although_it_is_used() {
    let bench = Bench::new().await;
    let record = bench.session("a").await;
    let mut alive_minutes = 0;
    while bench.is_alive(&record).await {
        bench.pass(20 * MINUTE_MS);
        alive_minutes += 20;
        assert!(alive_minutes <= 13 * 60, "it lives on");
    }
    assert_eq!(
        alive_minutes,
        12 * 60 + 20,
        "the first use after twelve hours finds it ended"
    );
}

#[tokio::test]
async fn what_was_put_in_comes_out() {
    let bench = Bench::new().await;
    let mut record = bench.session("first").await;
    record.data.insert("word".into(), json!("second"));
    bench.store.save(&record).await.unwrap();
    let loaded = bench.store.load(&record.id).await.unwrap().unwrap();
    assert_eq!(loaded.data["word"], "second");
    assert!(bench.store.load(&Id::default()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_late_save_does_not_bring_a_session_back() {
    let bench = Bench::new().await;
    let record = bench.session("a").await;
    bench.store.delete(&record.id).await.unwrap();
    bench.store.save(&record).await.unwrap();
    assert!(!bench.is_alive(&record).await);
}

#[tokio::test]
async fn data_moved_to_another_session_is_refused() {
    let bench = Bench::new().await;
    let (mine, theirs) = (bench.session("mine").await, bench.session("theirs").await);
    let now = bench.clock.now();
    let row = |id: &Id| {
        let (storage, hash) = (bench.storage.clone(), hash(id));
        async move { storage.session(&hash, now).await.unwrap().unwrap() }
    };
    let stolen = row(&theirs.id).await.sealed_data;
    let swapped = SessionRecord {
        sealed_data: stolen,
        ..row(&mine.id).await
    };
    assert!(bench.storage.save_session(&swapped).await.unwrap());
    assert!(bench.store.load(&mine.id).await.is_err());
}

/// A session that switched workspaces or passwords under another id would else live for ever.
#[tokio::test]
async fn another_id_lengthens_no_session() {
    let bench = Bench::new().await;
    let began_at = bench.clock.now();
    let seen_as = json!({ "user_agent": "Browser", "ip": "192.0.2.1", "began_at": began_at });
    bench.pass(11 * 60 * MINUTE_MS);
    let mut record = Record {
        id: Id::default(),
        data: HashMap::from([(SEEN_AS.to_owned(), seen_as)]),
        expiry_date: time::OffsetDateTime::UNIX_EPOCH,
    };
    bench.store.create(&mut record).await.unwrap();
    let (id_hash, now) = (hash(&record.id), bench.clock.now());
    let row = bench.storage.session(&id_hash, now).await;
    let row = row.unwrap().unwrap();
    assert_eq!(row.created_at, began_at);
    assert_eq!(row.expires_at, began_at.plus_millis(12 * 60 * MINUTE_MS));
    assert_eq!(row.user_agent.as_deref(), Some("Browser"));
    assert_eq!(row.ip.as_deref(), Some("192.0.2.1"));
}
