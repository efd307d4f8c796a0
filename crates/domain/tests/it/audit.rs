//! What is recorded of people and keys: who did it, about whom, and what was set.

use orderdesk_mcp_contract::{Access, KeyId, KeyKind, KeyPolicy, Role};
use orderdesk_mcp_domain::{Caller, NewKeyRequest};
use serde_json::{Value, json};

use crate::people::{PASSWORD, person, request, sign_in, web};
use crate::support::{Bench, recorded};
use crate::traces::payload;

/// Actor, name and kept arguments of the calls that were recorded of a workspace, oldest first; nothing personal is in them.
async fn found(
    bench: &Bench,
    owner: &Caller,
    at_least: usize,
) -> Vec<(Option<KeyId>, String, Value)> {
    let mut found = Vec::new();
    for row in recorded(bench, owner, at_least).await.iter().rev() {
        let whole = payload(bench, owner, row).await;
        let text = whole.to_string();
        for canary in ["example.com", "Ada", "odm_", "Assistant"] {
            assert!(!text.contains(canary), "{}: {text}", row.tool);
        }
        let arguments = whole["arguments"].clone();
        found.push((row.key_id, row.tool.to_string(), arguments));
    }
    found
}

#[tokio::test]
async fn changes_of_people_and_keys_name_whom_they_are_about() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let services = &bench.services;
    let ada = person(&bench, &owner, "Ada", Role::Admin).await;
    let id = ada.actor_id();
    sign_in(&bench, "ada@example.com", PASSWORD).await.unwrap();
    services.set_role(&owner, id, Role::Viewer).await.unwrap();
    services.end_sessions(&owner, id).await.unwrap();
    services.set_disabled(&owner, id, true).await.unwrap();
    let guest = services
        .invite(&owner, "guest@example.com", Role::Viewer)
        .await
        .unwrap();
    let invite = guest.invite.id;
    services.revoke_invite(&owner, invite).await.unwrap();
    let new = NewKeyRequest {
        name: "Assistant".into(),
        kind: KeyKind::Api,
        access: Access::Read,
        expires_at: None,
    };
    let policy = KeyPolicy::default();
    let made = services
        .create_limited_key(&owner, new, policy.clone())
        .await;
    let (key, _) = made.unwrap();
    let set = services.set_key_policy(&owner, key.id, policy.clone());
    set.await.unwrap();
    let (next, _) = services.rotate_key(&owner, key.id, 24).await.unwrap();
    services.revoke_key(&owner, key.id).await.unwrap();

    let found = found(&bench, &owner, 12).await;
    let by = |who: KeyId, tool: &str, facts: Value| (Some(who), tool.to_owned(), facts);
    let key_facts = json!({
        "key_id": key.id, "kind": "api", "access": "read", "expires_at": null, "policy": policy,
    });
    let own = owner.actor_id();
    let expected = [
        by(id, "sign_in", json!({ "with": "password" })),
        by(
            own,
            "set_role",
            json!({ "member_id": id, "role": "viewer" }),
        ),
        by(own, "end_sessions", json!({ "member_id": id })),
        by(
            own,
            "set_disabled",
            json!({ "member_id": id, "disabled": true }),
        ),
        by(
            own,
            "invite",
            json!({ "invite_id": invite, "role": "viewer" }),
        ),
        by(own, "revoke_invite", json!({ "invite_id": invite })),
        by(own, "create_key", key_facts),
        by(
            own,
            "set_key_policy",
            json!({ "key_id": key.id, "policy": policy }),
        ),
        by(
            own,
            "rotate_key",
            json!({ "key_id": key.id, "overlap_hours": 24, "new_key_id": next.id }),
        ),
        by(own, "revoke_key", json!({ "key_id": key.id })),
    ];
    for one in &expected {
        assert!(found.contains(one), "{one:?} is not among {found:#?}");
    }
    let joined = found.iter().find(|(_, tool, _)| tool == "join").unwrap();
    assert_eq!(joined.0, Some(id));
    assert_eq!(joined.2["role"], "admin");
}

#[tokio::test]
async fn a_switch_is_recorded_in_both_workspaces_and_names_neither() {
    let bench = Bench::start().await;
    let (acme, books) = (bench.tenant("Acme").await, bench.tenant("Books").await);
    let ada = person(&bench, &acme, "Ada", Role::Viewer).await;
    let services = &bench.services;
    let invited = services.invite(&books, "ada@example.com", Role::Viewer);
    let invitation = invited.await.unwrap();
    let asked = request(&invitation, "", PASSWORD);
    let joined = services.join(&asked, web());
    let (there, _) = joined.await.unwrap();
    let switched = services.switch_tenant(&ada, books.tenant_id(), web());
    switched.await.unwrap();
    for (owner, who, to) in [(&acme, &ada, "another"), (&books, &there, "here")] {
        let rows = recorded(&bench, owner, 3).await;
        let row = rows.iter().find(|row| row.tool == "switch_tenant").unwrap();
        assert_eq!(row.key_id, Some(who.actor_id()));
        let whole = payload(&bench, owner, row).await;
        assert_eq!(whole, json!({ "arguments": { "to": to } }));
    }
}
