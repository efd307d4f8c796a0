use std::sync::Arc;

use super::Db;
use super::sample::at;
use crate::record::KekCheck;

fn check(version: u32, byte: u8) -> KekCheck {
    KekCheck {
        version,
        sealed: vec![byte; 60],
        created_at: at(i64::from(byte)),
    }
}

pub async fn the_first_check_stays(db: Db) {
    assert_eq!(db.kek_check(1).await.unwrap(), None);
    assert_eq!(db.add_kek_check(&check(1, 10)).await.unwrap(), check(1, 10));
    assert_eq!(db.add_kek_check(&check(1, 20)).await.unwrap(), check(1, 10));
    assert_eq!(
        db.add_kek_check(&check(u32::MAX, 30)).await.unwrap(),
        check(u32::MAX, 30)
    );
    assert_eq!(db.kek_check(1).await.unwrap(), Some(check(1, 10)));
    assert_eq!(
        db.kek_check(u32::MAX).await.unwrap(),
        Some(check(u32::MAX, 30))
    );
    assert_eq!(db.kek_check(2).await.unwrap(), None);
}

pub async fn two_processes_get_the_same_check(db: Db) {
    let start = |byte| {
        let db = Arc::clone(&db);
        tokio::spawn(async move { db.add_kek_check(&check(1, byte)).await.unwrap() })
    };
    let starts = [1, 2, 3, 4, 5, 6, 7, 8].map(start);
    let kept = db.add_kek_check(&check(1, 9)).await.unwrap();
    for start in starts {
        assert_eq!(start.await.unwrap(), kept);
    }
}
