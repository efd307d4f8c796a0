//! The audit log: an entry before each act, and none without.

use orderdesk_mcp_contract::views::audit::AuditLine;
use orderdesk_mcp_contract::{
    Access, ErrorCode, KeyId, KeyKind, Role, SecretText, TenantId, UtcMillis,
};
use orderdesk_mcp_domain::{Caller, NewKeyRequest, NewUser};
use orderdesk_mcp_storage::record::{AuditEntry, NewKey, TenantRecord};
use serde_json::{Value, json};

use crate::people::{PASSWORD, person, sign_in};
use crate::support::Bench;

/// The whole log of a workspace, which must be whole.
async fn log(bench: &Bench, of: &Caller) -> Vec<AuditEntry> {
    let reports = bench.services.verify_audit_logs(None, &[]).await.unwrap();
    for report in reports {
        assert_eq!(report.faults, [""; 0], "{}", report.tenant);
    }
    bench
        .storage
        .audit_entries(of.tenant_id(), 0, 1_000)
        .await
        .unwrap()
}

fn acts(log: &[AuditEntry]) -> Vec<&str> {
    log.iter().map(|entry| entry.act.as_str()).collect()
}

fn facts(entry: &AuditEntry) -> Value {
    serde_json::from_str(&entry.facts).unwrap()
}

fn assistant() -> NewKeyRequest {
    NewKeyRequest {
        name: "Assistant".into(),
        kind: KeyKind::Api,
        access: Access::Read,
        expires_at: None,
    }
}

#[tokio::test]
async fn acts_are_entered_in_order_with_whom_they_are_about_and_nothing_personal() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let services = &bench.services;
    let ada = person(&bench, &owner, "Ada", Role::Admin).await;
    let id = ada.actor_id();
    sign_in(&bench, "ada@example.com", PASSWORD).await.unwrap();
    services.set_role(&owner, id, Role::Viewer).await.unwrap();
    let (key, _) = services.create_key(&owner, assistant()).await.unwrap();
    services.revoke_key(&owner, key.id).await.unwrap();

    let log = log(&bench, &owner).await;
    let own: Vec<_> = acts(&log);
    let expected = [
        "create_tenant",
        "invite",
        "join",
        "sign_in",
        "set_role",
        "create_key",
        "revoke_key",
    ];
    assert_eq!(own, expected);
    let by: Vec<_> = log.iter().map(|entry| entry.actor_id).collect();
    let owner_id = Some(owner.actor_id());
    assert_eq!(
        by,
        [
            None,
            owner_id,
            Some(id),
            Some(id),
            owner_id,
            owner_id,
            owner_id
        ]
    );
    assert_eq!(facts(&log[4]), json!({ "member_id": id, "role": "viewer" }));
    for entry in &log {
        for canary in ["example.com", "Ada", "odm_", "Assistant", PASSWORD] {
            assert!(!entry.facts.contains(canary), "{}", entry.facts);
        }
    }
}

#[tokio::test]
async fn what_is_refused_is_not_entered_and_what_fails_after_that_is_told() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let services = &bench.services;
    let viewer = person(&bench, &owner, "Vic", Role::Viewer).await;
    let before = log(&bench, &owner).await.len();
    services.create_key(&viewer, assistant()).await.unwrap_err();
    services
        .set_role(&viewer, owner.actor_id(), Role::Viewer)
        .await
        .unwrap_err();
    sign_in(&bench, "vic@example.com", "wrong horse battery")
        .await
        .unwrap_err();
    assert_eq!(log(&bench, &owner).await.len(), before);

    // Two workspaces' names are held against each other only when the row is written.
    bench.tenant("Beta").await;
    let refused = services.rename_tenant(&owner, "beta").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict);
    let log = log(&bench, &owner).await;
    let [entered, ended] = &log[before..] else {
        panic!("{:?}", acts(&log));
    };
    assert_eq!(acts(&log[before..]), ["rename_tenant", "rename_tenant"]);
    assert_eq!((entered.of_seq, entered.error), (None, None));
    assert_eq!(
        (ended.of_seq, ended.error),
        (Some(entered.seq), Some(ErrorCode::Conflict))
    );
}

#[tokio::test]
async fn a_workspace_from_before_there_were_logs_begins_one_at_the_start() {
    let bench = Bench::start().await;
    bench.tenant("Acme").await;
    let old = TenantRecord {
        id: TenantId::from_parts(1, 1),
        name: "Old".into(),
        name_key: "old".into(),
        created_at: UtcMillis(1),
        suspended_at: None,
    };
    let key = NewKey {
        id: KeyId::from_parts(1, 1),
        tenant_id: old.id,
        name: "Owner".into(),
        kind: KeyKind::Master,
        access: Access::Write,
        hash: "hash".into(),
        hint: "hint".into(),
        created_at: UtcMillis(1),
        expires_at: None,
        created_by: None,
    };
    bench.storage.add_tenant(&old, &key).await.unwrap();
    let reports = || bench.services.verify_audit_logs(None, &[]);
    let missing = &reports().await.unwrap()[1];
    assert!(missing.faults[0].starts_with("There are no entries"));
    for _ in 0..2 {
        bench.services.begin_audit_logs().await.unwrap();
        let found = reports().await.unwrap();
        let entries: Vec<_> = found.iter().map(|log| log.entries).collect();
        assert_eq!(entries, [1, 1]);
        let (_, act) = found[1].beginning.clone().unwrap();
        assert_eq!(
            (act.as_str(), found[1].faults.len()),
            ("begin_audit_log", 0)
        );
    }
}

#[tokio::test]
async fn what_the_operator_could_not_do_is_told() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let new = NewUser {
        tenant: "Acme".into(),
        email: "ada@example.com".into(),
        name: "Ada".into(),
        role: Role::Viewer,
        is_instance_admin: false,
        password: SecretText::new(PASSWORD),
    };
    bench.services.create_user(&new).await.unwrap();
    let refused = bench.services.create_user(&new).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict);
    let log = log(&bench, &owner).await;
    let users = ["create_tenant", "create_user", "create_user", "create_user"];
    assert_eq!(acts(&log), users);
    let ends: Vec<_> = log
        .iter()
        .map(|entry| (entry.of_seq, entry.error))
        .collect();
    let none = (None, None);
    assert_eq!(
        ends,
        [none, none, none, (Some(3), Some(ErrorCode::Conflict))]
    );
}

#[tokio::test]
async fn without_an_entry_nothing_is_done() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let services = &bench.services;
    // An end that nothing here sealed: somebody has been in the database.
    let newest = log(&bench, &owner).await.pop().unwrap();
    let mut forged = newest.clone();
    forged.seq += 1;
    let mut end = bench
        .storage
        .audit_end(owner.tenant_id())
        .await
        .unwrap()
        .unwrap();
    *end.bytes.last_mut().unwrap() ^= 1;
    assert!(bench.storage.add_audit_entry(&forged, &end).await.unwrap());

    let keys = services.list_keys(&owner).await.unwrap();
    let refused = services.create_key(&owner, assistant()).await.unwrap_err();
    assert!(refused.message.contains("audit verify"), "{refused}");
    services
        .set_retention(
            &owner,
            orderdesk_mcp_contract::trace::retention::Retention::default(),
        )
        .await
        .unwrap_err();
    assert_eq!(services.list_keys(&owner).await.unwrap(), keys);

    let report = &services.verify_audit_logs(Some("acme"), &[]).await.unwrap()[0];
    assert_eq!(report.faults.len(), 2, "{:?}", report.faults);
    let seq = services.go_on_with_audit_log("acme").await.unwrap();
    assert_eq!(seq, forged.seq + 1);
    services.create_key(&owner, assistant()).await.unwrap();
    let report = &services.verify_audit_logs(Some("acme"), &[]).await.unwrap()[0];
    assert_eq!(
        report.faults,
        [format!(
            "Entry {} was altered or moved, or the one before it was.",
            forged.seq
        )],
        "what was wrong stays to be found"
    );
}

#[tokio::test]
async fn many_acts_at_once_are_one_chain() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let tasks = (0..40).map(|number| {
        let (services, owner) = (bench.services.clone(), owner.clone());
        tokio::spawn(async move {
            services
                .rename_tenant(&owner, &format!("Acme {number}"))
                .await
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
    assert_eq!(log(&bench, &owner).await.len(), 41);
}

#[tokio::test]
async fn the_log_is_read_by_those_who_may_with_names() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let services = &bench.services;
    let ada = person(&bench, &owner, "Ada", Role::Auditor).await;
    let olaf = person(&bench, &owner, "Olaf", Role::Operator).await;
    services
        .set_role(&owner, olaf.actor_id(), Role::Viewer)
        .await
        .unwrap();
    let page = services.audit_log(&ada, None).await.unwrap();
    let AuditLine {
        seq,
        act,
        actor,
        facts,
        ..
    } = &page.lines[0];
    assert_eq!((*seq, act.as_str()), (6, "Set a person's role"));
    assert_eq!(actor, "Owner");
    let told: Vec<_> = facts
        .iter()
        .map(|fact| (fact.name.as_str(), fact.value.as_str()))
        .collect();
    assert_eq!(told, [("member", "Olaf"), ("role", "viewer")]);
    assert_eq!(page.lines.last().unwrap().actor, "Whoever runs the server");
    assert_eq!(page.before, None);
    let older = services.audit_log(&ada, Some(3)).await.unwrap();
    assert_eq!(older.lines.len(), 2);
    let refused = services.audit_log(&olaf, None).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);

    for number in 0..60 {
        services
            .rename_tenant(&owner, &format!("Acme {number}"))
            .await
            .unwrap();
    }
    let first = services.audit_log(&ada, None).await.unwrap();
    assert_eq!((first.lines.len(), first.before), (50, Some(17)));
    let second = services.audit_log(&ada, first.before).await.unwrap();
    assert_eq!((second.lines.len(), second.before), (16, None));
}

#[tokio::test]
async fn what_is_done_to_a_workspace_stands_in_its_log_too() {
    let bench = Bench::start().await;
    let home = bench.tenant("Home").await;
    let other = bench.tenant("Other").await;
    let services = &bench.services;
    person(&bench, &home, "Ada", Role::Owner).await;
    services
        .set_instance_admin("ada@example.com", true)
        .await
        .unwrap();
    let (ada, _) = sign_in(&bench, "ada@example.com", PASSWORD).await.unwrap();
    services
        .set_suspended(&ada, other.tenant_id(), true)
        .await
        .unwrap();
    let theirs = log(&bench, &other).await;
    assert_eq!(acts(&theirs), ["create_tenant", "set_suspended"]);
    assert_eq!(
        theirs[1].actor_id, None,
        "nobody of another workspace is named"
    );
    let own = log(&bench, &home).await;
    assert_eq!(acts(&own).last(), Some(&"set_suspended"));
    assert!(acts(&own).contains(&"grant_instance_admin"));
    services
        .reset_password("ada@example.com", &SecretText::new("another long password"))
        .await
        .unwrap();
    let own = log(&bench, &home).await;
    assert_eq!(acts(&own).last(), Some(&"reset_password"));
}
