//! Whether an audit log is as it was written.

use std::fmt;
use std::str::FromStr;

use orderdesk_mcp_contract::{ApiError, TenantId, UtcMillis};
use orderdesk_mcp_storage::record::AuditEntry;
use serde_json::Value;

use super::chain::{BEGINNING, End, hash_of};
use super::hex;
use crate::error::Failure;
use crate::services::Services;

/// Entries read at once.
const PAGE: u32 = 500;
/// The most faults that are told of one log.
const FAULTS_MAX: usize = 100;

/// What was found of one workspace's log.
#[derive(Debug, Clone)]
pub struct AuditReport {
    /// The workspace.
    pub tenant_id: TenantId,
    /// Its name.
    pub tenant: String,
    /// How many entries there are.
    pub entries: u64,
    /// When the first was added, and of which act it is: `create_tenant`, or in a workspace from before there were logs
    /// `begin_audit_log` or what a command did first. A later beginning than that means that the log was removed before.
    pub beginning: Option<(UtcMillis, String)>,
    /// The newest entry, to be noted elsewhere.
    pub end: NotedEnd,
    /// What is wrong, in sentences; nothing when it is whole. At most 100.
    pub faults: Vec<String>,
}

/// An entry that was noted elsewhere: a workspace's log must have it still.
///
/// As text: the workspace's id, the entry's place and its hash, as `audit verify` prints them. It is also read from the JSON
/// line that the server logs for each entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedEnd {
    /// The workspace.
    pub tenant_id: TenantId,
    /// The entry's place; 0 for a log without entries.
    pub seq: u64,
    /// Its hash in hexadecimal digits.
    pub hash: String,
}

impl fmt::Display for NotedEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.tenant_id, self.seq, self.hash)
    }
}

/// A line in which no entry is noted.
#[derive(Debug, thiserror::Error)]
#[error("expected a workspace's id, a number and a hash of 64 hexadecimal digits")]
pub struct NoEntryNoted;

impl FromStr for NotedEnd {
    type Err = NoEntryNoted;

    fn from_str(line: &str) -> Result<Self, NoEntryNoted> {
        let words: Vec<String> = match serde_json::from_str::<Value>(line) {
            Ok(Value::Object(logged)) => {
                // Fields stand beside the message, or in a member of their own.
                let fields = logged.get("fields").and_then(Value::as_object);
                let field = |name: &str| {
                    let value = fields.unwrap_or(&logged).get(name)?;
                    Some(
                        value
                            .as_str()
                            .map_or_else(|| value.to_string(), str::to_owned),
                    )
                };
                ["tenant", "audit_seq", "audit_hash"]
                    .into_iter()
                    .filter_map(field)
                    .collect()
            }
            _ => line.split_whitespace().take(3).map(str::to_owned).collect(),
        };
        let [tenant, seq, hash] = words.as_slice() else {
            return Err(NoEntryNoted);
        };
        let is_hash = hash.len() == 64 && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
        if !is_hash {
            return Err(NoEntryNoted);
        }
        Ok(Self {
            tenant_id: tenant.parse().map_err(|_| NoEntryNoted)?,
            seq: seq.parse().map_err(|_| NoEntryNoted)?,
            hash: hash.to_lowercase(),
        })
    }
}

impl Services {
    /// Goes through the audit log of one workspace, or of all, and says of each whether an entry was removed, altered or
    /// moved. `noted` are entries that were noted elsewhere: without them a log whose newest entries were cut off, and whose
    /// end was put back to an older one, looks whole. For the operator at the command line; no door leads here.
    ///
    /// # Errors
    /// `NotFound` without such a workspace; `Unavailable` when the database cannot be asked.
    pub async fn verify_audit_logs(
        &self,
        tenant: Option<&str>,
        noted: &[NotedEnd],
    ) -> Result<Vec<AuditReport>, ApiError> {
        let verified = async {
            let tenants = match tenant {
                Some(name) => vec![self.tenant_named(name).await?],
                None => {
                    let now = self.now();
                    let all = self.storage().list_tenants(now, now).await?;
                    all.into_iter().map(|row| row.tenant).collect()
                }
            };
            let mut reports = Vec::with_capacity(tenants.len());
            for tenant in tenants {
                let noted = noted.iter().filter(|end| end.tenant_id == tenant.id);
                reports.push(
                    self.verify_one(tenant.id, tenant.name, noted.collect())
                        .await?,
                );
            }
            Ok::<_, Failure>(reports)
        };
        verified.await.map_err(Failure::answer)
    }

    async fn verify_one(
        &self,
        tenant: TenantId,
        name: String,
        noted: Vec<&NotedEnd>,
    ) -> Result<AuditReport, Failure> {
        let mut walk = Walk::new(noted);
        loop {
            let begun_at = walk.last.seq;
            self.walk_on(tenant, &mut walk).await?;
            let sealed = self.storage().audit_end(tenant).await?;
            let end = sealed.map(|sealed| End::open(sealed, tenant, self.keyring()));
            // Entries that were added since the last one was read.
            let goes_on = matches!(&end, Some(Ok(end)) if end.seq > walk.last.seq);
            if goes_on && walk.last.seq > begun_at {
                continue;
            }
            match end {
                Some(Ok(end)) => walk.ends_with(end),
                Some(Err(error)) => walk.fault(format!("The end of the log cannot be opened ({error}), so nothing proves which entry is the newest.")),
                None if walk.entries > 0 => walk.fault("The end of the log is gone, so nothing proves which entry is the newest.".into()),
                None => walk.fault("There are no entries: the log was removed, or no server has been started since there are logs.".into()),
            }
            return Ok(walk.report(tenant, name));
        }
    }

    async fn walk_on(&self, tenant: TenantId, walk: &mut Walk<'_>) -> Result<(), Failure> {
        loop {
            let after = walk.last.seq;
            let page = self.storage().audit_entries(tenant, after, PAGE).await?;
            if page.is_empty() {
                return Ok(());
            }
            page.iter().for_each(|entry| walk.take(entry));
        }
    }
}

/// A log while it is gone through.
struct Walk<'a> {
    /// Noted elsewhere and not come upon yet.
    noted: Vec<&'a NotedEnd>,
    last: End,
    entries: u64,
    beginning: Option<(UtcMillis, String)>,
    faults: Vec<String>,
}

impl<'a> Walk<'a> {
    fn new(noted: Vec<&'a NotedEnd>) -> Self {
        Self {
            noted,
            last: BEGINNING,
            entries: 0,
            beginning: None,
            faults: Vec::new(),
        }
    }

    fn fault(&mut self, text: String) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(text);
        }
    }

    fn take(&mut self, entry: &AuditEntry) {
        let (last, seq) = (self.last, entry.seq);
        if seq == last.seq + 1 {
            if hash_of(entry, &last.hash) != entry.hash {
                self.fault(format!(
                    "Entry {seq} was altered or moved, or the one before it was."
                ));
            }
        } else if seq == last.seq + 2 {
            self.fault(format!("Entry {} is missing.", seq - 1));
        } else {
            self.fault(format!(
                "Entries {} to {} are missing.",
                last.seq + 1,
                seq - 1
            ));
        }
        let hash = hex(&entry.hash);
        if self
            .noted
            .iter()
            .any(|noted| noted.seq == seq && noted.hash != hash)
        {
            self.fault(format!(
                "Entry {seq} is not the one that was noted elsewhere."
            ));
        }
        self.noted.retain(|noted| noted.seq != seq);
        if self.entries == 0 {
            self.beginning = Some((entry.at, entry.act.clone()));
        }
        self.entries += 1;
        self.last = End::of(entry);
    }

    fn ends_with(&mut self, end: End) {
        let (newest, sealed) = (self.last.seq, end.seq);
        if sealed > newest {
            self.fault(format!("The newest entries are missing: the log's end is entry {sealed}, and it goes to {newest}."));
        } else if sealed < newest {
            self.fault(format!(
                "The log's end was put back: it is entry {sealed}, and the log goes to {newest}."
            ));
        } else if end.hash != self.last.hash {
            self.fault(format!(
                "Entry {newest}, the newest, is not the one that the log's end proves."
            ));
        }
    }

    fn report(mut self, tenant_id: TenantId, tenant: String) -> AuditReport {
        let unmet: Vec<u64> = self
            .noted
            .iter()
            .map(|noted| noted.seq)
            .filter(|seq| *seq > 0)
            .collect();
        for seq in unmet {
            self.fault(format!(
                "Entry {seq}, which was noted elsewhere, is missing."
            ));
        }
        AuditReport {
            tenant_id,
            tenant,
            entries: self.entries,
            beginning: self.beginning,
            end: NotedEnd {
                tenant_id,
                seq: self.last.seq,
                hash: hex(&self.last.hash),
            },
            faults: self.faults,
        }
    }
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::ErrorCode;
    use orderdesk_mcp_storage::record::Door;

    use super::*;
    use crate::audit::chain::NOTHING;

    /// A log as it is written.
    fn log(entries: u64) -> Vec<AuditEntry> {
        let mut log: Vec<AuditEntry> = Vec::new();
        for seq in 1..=entries {
            let mut entry = AuditEntry {
                tenant_id: TenantId::from_parts(1, 2),
                seq,
                at: UtcMillis(1_000),
                act: "revoke_key".into(),
                actor_id: None,
                door: Door::Web,
                request_id: None,
                of_seq: None,
                error: None,
                facts: "{}".into(),
                hash: NOTHING,
            };
            rehash(&mut entry, log.last());
            log.push(entry);
        }
        log
    }

    fn rehash(entry: &mut AuditEntry, previous: Option<&AuditEntry>) {
        entry.hash = hash_of(entry, previous.map_or(&NOTHING, |previous| &previous.hash));
    }

    fn noted(entry: &AuditEntry) -> NotedEnd {
        NotedEnd {
            tenant_id: entry.tenant_id,
            seq: entry.seq,
            hash: hex(&entry.hash),
        }
    }

    fn faults(log: &[AuditEntry], end: End, noted: &[NotedEnd]) -> Vec<String> {
        let mut walk = Walk::new(noted.iter().collect());
        log.iter().for_each(|entry| walk.take(entry));
        walk.ends_with(end);
        walk.report(TenantId::from_parts(1, 2), "Acme".into())
            .faults
    }

    #[test]
    fn a_log_as_it_was_written_is_whole() {
        for entries in [1, 2, 7] {
            let log = log(entries);
            let noted: Vec<_> = log.iter().map(noted).collect();
            let end = End::of(&log[log.len() - 1]);
            assert_eq!(faults(&log, end, &noted), [""; 0]);
        }
    }

    #[test]
    fn whatever_is_altered_is_found() {
        type Alteration = fn(&mut AuditEntry);
        let alterations: [(&str, Alteration); 8] = [
            ("at", |entry| entry.at = UtcMillis(1_001)),
            ("act", |entry| entry.act = "set_role".into()),
            ("actor", |entry| {
                entry.actor_id = Some(orderdesk_mcp_contract::KeyId::from_parts(1, 9));
            }),
            ("door", |entry| entry.door = Door::Cli),
            ("request", |entry| entry.request_id = Some(String::new())),
            ("of", |entry| entry.of_seq = Some(1)),
            ("error", |entry| entry.error = Some(ErrorCode::Conflict)),
            ("facts", |entry| entry.facts = r#"{"x":1}"#.into()),
        ];
        for (what, alter) in alterations {
            for place in 0..4 {
                let mut altered = log(4);
                let end = End::of(&altered[3]);
                alter(&mut altered[place]);
                let seq = place + 1;
                let expected =
                    format!("Entry {seq} was altered or moved, or the one before it was.");
                assert_eq!(faults(&altered, end, &[]), [expected], "{what} of {seq}");

                // Whoever makes its hash fit is found by the next, and of the newest by the end.
                let before = place.checked_sub(1).map(|before| altered[before].clone());
                rehash(&mut altered[place], before.as_ref());
                assert_eq!(faults(&altered, end, &[]).len(), 1, "{what} of {seq}");

                // Who makes all later ones fit too, by the end alone.
                for later in seq..4 {
                    let before = altered[later - 1].clone();
                    rehash(&mut altered[later], Some(&before));
                }
                let expected = "Entry 4, the newest, is not the one that the log's end proves.";
                assert_eq!(faults(&altered, end, &[]), [expected], "{what} of {seq}");
            }
        }
    }

    #[test]
    fn whatever_is_removed_or_moved_is_found() {
        let whole = log(5);
        let end = End::of(&whole[4]);
        let without = |places: &[usize]| {
            let mut left = whole.clone();
            for place in places.iter().rev() {
                left.remove(*place);
            }
            faults(&left, end, &[])
        };
        assert_eq!(without(&[0]), ["Entry 1 is missing."]);
        assert_eq!(without(&[1, 2]), ["Entries 2 to 3 are missing."]);
        assert_eq!(
            without(&[4]),
            ["The newest entries are missing: the log's end is entry 5, and it goes to 4."]
        );
        let mut moved = whole.clone();
        moved.swap(1, 2);
        (moved[1].seq, moved[2].seq) = (2, 3);
        assert_eq!(faults(&moved, end, &[]).len(), 3);
    }

    #[test]
    fn a_cut_with_an_end_that_was_put_back_is_found_by_what_was_noted() {
        let whole = log(5);
        let (cut, end) = (&whole[..3], End::of(&whole[2]));
        assert_eq!(faults(cut, end, &[]), [""; 0], "by itself it looks whole");
        assert_eq!(
            faults(cut, end, &[noted(&whole[4])]),
            ["Entry 5, which was noted elsewhere, is missing."]
        );
        let mut other = noted(&whole[1]);
        other.hash = "0".repeat(64);
        assert_eq!(
            faults(&whole, End::of(&whole[4]), &[other]),
            ["Entry 2 is not the one that was noted elsewhere."]
        );
        assert_eq!(
            faults(&whole, end, &[]),
            ["The log's end was put back: it is entry 3, and the log goes to 5."]
        );
    }

    #[test]
    fn no_more_than_a_hundred_faults_are_told() {
        let mut altered = log(300);
        let end = End::of(&altered[299]);
        altered
            .iter_mut()
            .for_each(|entry| entry.facts = "[]".into());
        assert_eq!(faults(&altered, end, &[]).len(), FAULTS_MAX);
    }

    #[test]
    fn an_end_is_read_back_from_what_was_printed_and_logged() {
        let end = NotedEnd {
            tenant_id: TenantId::from_parts(1, 2),
            seq: 7,
            hash: "ab".repeat(32),
        };
        let printed = end.to_string();
        let logged = serde_json::json!({
            "message": "added to the audit log", "tenant": end.tenant_id.to_string(), "audit_seq": 7, "audit_hash": end.hash,
        });
        let nested = serde_json::json!({ "level": "INFO", "fields": logged.clone() });
        for line in [
            printed.clone(),
            format!("{printed} whole main"),
            logged.to_string(),
            nested.to_string(),
        ] {
            assert_eq!(line.parse::<NotedEnd>().unwrap(), end, "{line}");
        }
        for line in [
            "",
            "a b c",
            "{}",
            &printed[..80],
            &printed.replace("ab", "zz"),
        ] {
            assert!(line.parse::<NotedEnd>().is_err(), "{line}");
        }
    }
}
