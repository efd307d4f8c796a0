//! People: invited, joined, signed in, changed, shut out.

use orderdesk_mcp_contract::views::people::{Invitation, JoinRequest, PersonView};
use orderdesk_mcp_contract::{Access, ApiError, ErrorCode, KeyId, Right, Role, SecretText};
use orderdesk_mcp_domain::{Caller, Door, Identity, NewUser, Origin};
use serde_json::json;

use crate::support::{Bench, STORE_ID, STORE_KEY, settings};
use orderdesk_sim::seed;

const PASSWORD: &str = "correct horse battery";

fn web() -> Origin {
    Origin::of(Door::Web)
}

fn request(invitation: &Invitation, name: &str, password: &str) -> JoinRequest {
    JoinRequest {
        code: invitation.code.clone(),
        name: name.into(),
        password: SecretText::new(password),
    }
}

/// Invites somebody and has them join.
async fn person(bench: &Bench, by: &Caller, name: &str, role: Role) -> Caller {
    let email = format!("{}@example.com", name.to_lowercase());
    let invitation = bench.services.invite(by, &email, role).await.unwrap();
    let joined = bench
        .services
        .join(&request(&invitation, name, PASSWORD), web())
        .await;
    joined.unwrap().0
}

async fn sign_in(
    bench: &Bench,
    email: &str,
    password: &str,
) -> Result<(Caller, Identity), ApiError> {
    let password = SecretText::new(password);
    bench.services.sign_in_person(email, &password, web()).await
}

async fn again(bench: &Bench, caller: &Caller) -> Option<Caller> {
    let found = bench
        .services
        .session_caller(&caller.identity(), web())
        .await;
    found.unwrap()
}

async fn shown(bench: &Bench, by: &Caller, id: KeyId) -> PersonView {
    let people = bench.services.people(by).await.unwrap().people;
    people.into_iter().find(|view| view.id == id).unwrap()
}

#[tokio::test]
async fn somebody_new_joins_with_a_code_and_signs_in_with_a_password() {
    let bench = Bench::start().await;
    let key = bench.tenant("Acme").await;
    let invitation = bench
        .services
        .invite(&key, " Ada@Example.com ", Role::Owner)
        .await
        .unwrap();
    assert_eq!(invitation.invite.email, "Ada@Example.com");
    assert!(invitation.code.expose().starts_with("odm_in_"));
    assert!(
        invitation.join_url.ends_with("/join"),
        "no code in an address"
    );
    let waiting = bench.services.people(&key).await.unwrap().invites;
    assert_eq!(waiting, std::slice::from_ref(&invitation.invite));

    let (ada, _) = bench
        .services
        .join(&request(&invitation, " Ada L. ", PASSWORD), web())
        .await
        .unwrap();
    assert_eq!(ada.actor_name(), "Ada L.");
    assert!(ada.may(Right::Own) && ada.tenant_id() == key.tenant_id());
    let people = bench.services.people(&ada).await.unwrap();
    assert_eq!(people.invites, []);
    assert!(people.people[0].is_self);

    for email in ["ada@example.com", "ADA@EXAMPLE.COM "] {
        let (caller, _) = sign_in(&bench, email, PASSWORD).await.unwrap();
        assert_eq!(caller.actor_id(), ada.actor_id());
    }
    let again = bench
        .services
        .join(&request(&invitation, "Eve", PASSWORD), web())
        .await;
    assert_eq!(
        again.unwrap_err().code,
        ErrorCode::Conflict,
        "a code is good once"
    );
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    let bench = Bench::start().await;
    let key = bench.tenant("Acme").await;
    person(&bench, &key, "Ada", Role::Owner).await;
    let wrong = sign_in(&bench, "ada@example.com", "wrong horse battery").await;
    let unknown = sign_in(&bench, "eve@example.com", "wrong horse battery").await;
    let (wrong, unknown) = (wrong.unwrap_err(), unknown.unwrap_err());
    assert_eq!(wrong, unknown);
    assert_eq!(wrong.code, ErrorCode::Unauthenticated);
    for (email, password) in [("", ""), ("ada@example.com", ""), ("no\0body", "x")] {
        assert_eq!(sign_in(&bench, email, password).await.unwrap_err(), wrong);
    }
}

#[tokio::test]
async fn guesses_at_a_password_are_limited() {
    let mut limited = settings();
    limited.limits.sign_ins_per_minute = 3;
    let bench = Bench::with(limited, seed::tiny()).await;
    let key = bench.tenant("Acme").await;
    person(&bench, &key, "Ada", Role::Owner).await;
    let mut codes = Vec::new();
    for _ in 0..5 {
        let tried = sign_in(&bench, "ada@example.com", "wrong horse battery").await;
        codes.push(tried.unwrap_err().code);
    }
    let (wrong, limited) = (ErrorCode::Unauthenticated, ErrorCode::RateLimited);
    assert_eq!(codes, [wrong, wrong, wrong, limited, limited]);
    let right = sign_in(&bench, "ADA@example.com", PASSWORD).await;
    assert_eq!(right.unwrap_err().code, limited, "the right one waits too");
    let other = sign_in(&bench, "eve@example.com", PASSWORD).await;
    assert_eq!(other.unwrap_err().code, wrong, "others are left alone");
}

#[tokio::test]
async fn somebody_known_joins_with_their_own_password_and_switches() {
    let bench = Bench::start().await;
    let (acme, books) = (bench.tenant("Acme").await, bench.tenant("Books").await);
    let ada = person(&bench, &acme, "Ada", Role::Owner).await;
    let invitation = bench
        .services
        .invite(&books, "ada@example.com", Role::Viewer)
        .await
        .unwrap();
    let wrong = bench
        .services
        .join(&request(&invitation, "Ada", "another long password"), web())
        .await
        .unwrap_err();
    assert_eq!(wrong.field.as_deref(), Some("password"));
    let (in_books, _) = bench
        .services
        .join(&request(&invitation, "", PASSWORD), web())
        .await
        .unwrap();
    assert_eq!(in_books.tenant_name(), "Books");
    assert!(!in_books.may(Right::Propose), "a role is of one workspace");

    let me = bench.services.signed_in(&in_books).await.unwrap();
    assert_eq!(me.others, [(acme.tenant_id(), "Acme".to_owned())]);
    let back = bench
        .services
        .switch_tenant(&in_books, acme.tenant_id(), web())
        .await
        .unwrap();
    assert_eq!(back, ada.identity());
    let strange = bench.tenant("Strange").await;
    for (who, to) in [
        (&ada, strange.tenant_id()),
        (&ada, ada.tenant_id()),
        (&strange, acme.tenant_id()),
    ] {
        let refused = bench.services.switch_tenant(who, to, web()).await;
        assert_eq!(refused.unwrap_err().code, ErrorCode::NotFound);
    }
}

#[tokio::test]
async fn codes_that_are_not_valid_are_refused_alike() {
    let bench = Bench::start().await;
    let key = bench.tenant("Acme").await;
    let (_, api_key) = bench.api_key(&key, Access::Read).await;
    let invitation = bench
        .services
        .invite(&key, "a@b.example", Role::Viewer)
        .await;
    let code = invitation.unwrap().code;
    let mistyped = format!("{}x", &code.expose()[..code.expose().len() - 1]);
    let mut answers = Vec::new();
    for code in ["", "odm_in_", &mistyped, api_key.expose()] {
        let request = JoinRequest {
            code: SecretText::new(code),
            name: "Eve".into(),
            password: SecretText::new(PASSWORD),
        };
        answers.push(bench.services.join(&request, web()).await.unwrap_err());
    }
    assert!(answers.iter().all(|answer| answer == &answers[0]));
    assert_eq!(answers[0].field.as_deref(), Some("code"));
    let as_key = bench.services.authenticate(code.expose(), web()).await;
    assert_eq!(as_key.unwrap_err().code, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn an_invitation_ends_when_it_runs_out_is_taken_back_or_its_maker_may_no_longer() {
    let bench = Bench::start().await;
    let key = bench.tenant("Acme").await;
    let owner = person(&bench, &key, "Ada", Role::Owner).await;
    let admin = person(&bench, &key, "Bob", Role::Admin).await;
    let services = &bench.services;
    let join = async |invitation: &Invitation| {
        let request = request(invitation, "Eve", PASSWORD);
        services
            .join(&request, web())
            .await
            .map(|(caller, _)| caller)
    };

    let taken_back = services
        .invite(&owner, "one@example.com", Role::Viewer)
        .await
        .unwrap();
    let twice = services
        .invite(&owner, "ONE@example.com", Role::Viewer)
        .await;
    assert_eq!(twice.unwrap_err().code, ErrorCode::Conflict);
    services
        .revoke_invite(&owner, taken_back.invite.id)
        .await
        .unwrap();
    let gone = services.revoke_invite(&owner, taken_back.invite.id).await;
    assert_eq!(gone.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(
        join(&taken_back).await.unwrap_err().code,
        ErrorCode::Conflict
    );

    let by_admin = services
        .invite(&admin, "two@example.com", Role::Admin)
        .await
        .unwrap();
    services
        .set_role(&owner, admin.actor_id(), Role::Viewer)
        .await
        .unwrap();
    assert_eq!(join(&by_admin).await.unwrap_err().code, ErrorCode::Conflict);
    services
        .set_role(&owner, admin.actor_id(), Role::Admin)
        .await
        .unwrap();
    assert!(join(&by_admin).await.is_ok());

    let late = services
        .invite(&owner, "three@example.com", Role::Viewer)
        .await
        .unwrap();
    bench.clock.advance_secs(7 * 24 * 3600);
    assert_eq!(join(&late).await.unwrap_err().code, ErrorCode::Conflict);
    assert_eq!(services.people(&owner).await.unwrap().invites, []);
}

#[tokio::test]
async fn nobody_acts_on_anybody_above_themselves() {
    let bench = Bench::start().await;
    let key = bench.tenant("Acme").await;
    let owner = person(&bench, &key, "Ada", Role::Owner).await;
    let admin = person(&bench, &key, "Bob", Role::Admin).await;
    let viewer = person(&bench, &key, "Cid", Role::Viewer).await;
    let services = &bench.services;
    let forbidden = |result: Result<String, ApiError>| {
        assert_eq!(result.unwrap_err().code, ErrorCode::Forbidden);
    };
    let owner_id = owner.actor_id();
    forbidden(services.set_role(&admin, owner_id, Role::Viewer).await);
    forbidden(services.set_disabled(&admin, owner_id, true).await);
    forbidden(services.end_sessions(&admin, owner_id).await);
    forbidden(
        services
            .set_role(&admin, viewer.actor_id(), Role::Owner)
            .await,
    );
    forbidden(
        services
            .set_role(&admin, admin.actor_id(), Role::Owner)
            .await,
    );
    forbidden(services.set_disabled(&admin, admin.actor_id(), true).await);
    let invited = services.invite(&admin, "x@example.com", Role::Owner).await;
    assert_eq!(invited.unwrap_err().field.as_deref(), Some("role"));
    let by_owner = services
        .invite(&owner, "y@example.com", Role::Owner)
        .await
        .unwrap();
    forbidden(services.revoke_invite(&admin, by_owner.invite.id).await);
    assert!(shown(&bench, &admin, owner_id).await.kept.is_some());
    assert!(
        shown(&bench, &admin, viewer.actor_id())
            .await
            .kept
            .is_none()
    );
    assert_eq!(services.people(&admin).await.unwrap().roles, Role::ALL[1..]);

    for role in [Role::Operator, Role::Auditor, Role::Viewer] {
        services
            .set_role(&owner, viewer.actor_id(), role)
            .await
            .unwrap();
        let caller = again(&bench, &viewer).await.unwrap();
        assert_eq!(
            services.people(&caller).await.unwrap_err().code,
            ErrorCode::Forbidden
        );
        forbidden(
            services
                .set_role(&caller, admin.actor_id(), Role::Viewer)
                .await,
        );
        assert!(
            services
                .invite(&caller, "z@example.com", Role::Viewer)
                .await
                .is_err()
        );
    }
    // Keys that are not the owner's manage nobody either.
    let (assistant, _) = bench.api_key(&key, Access::Write).await;
    assert_eq!(
        services.people(&assistant).await.unwrap_err().code,
        ErrorCode::Forbidden
    );
}

#[tokio::test]
async fn an_admin_does_not_become_an_owner_by_way_of_a_key() {
    use orderdesk_mcp_contract::KeyKind;
    use orderdesk_mcp_domain::NewKeyRequest;
    let bench = Bench::start().await;
    let key = bench.tenant("Acme").await;
    let admin = person(&bench, &key, "Bob", Role::Admin).await;
    let new = |kind| NewKeyRequest {
        name: "Key".into(),
        kind,
        access: Access::Write,
        expires_at: None,
    };
    let made = bench
        .services
        .create_key(&admin, new(KeyKind::Master))
        .await;
    assert_eq!(made.unwrap_err().code, ErrorCode::Forbidden);
    assert!(
        bench
            .services
            .create_key(&admin, new(KeyKind::Api))
            .await
            .is_ok()
    );
    let revoked = bench.services.revoke_key(&admin, key.actor_id()).await;
    assert_eq!(revoked.unwrap_err().code, ErrorCode::Forbidden);
}

#[tokio::test]
async fn the_last_owner_stays() {
    let bench = Bench::start().await;
    let key = bench.tenant("Acme").await;
    let ada = person(&bench, &key, "Ada", Role::Owner).await;
    let services = &bench.services;
    let conflict = |result: Result<String, ApiError>| {
        assert_eq!(result.unwrap_err().code, ErrorCode::Conflict);
    };
    let id = ada.actor_id();
    conflict(services.set_role(&key, id, Role::Admin).await);
    conflict(services.set_disabled(&key, id, true).await);
    assert!(shown(&bench, &key, id).await.kept.is_some());
    let bob = person(&bench, &ada, "Bob", Role::Owner).await;
    assert!(shown(&bench, &key, id).await.kept.is_none());
    services.set_role(&bob, id, Role::Viewer).await.unwrap();
    conflict(services.set_role(&key, bob.actor_id(), Role::Viewer).await);
}

#[tokio::test]
async fn a_change_of_role_and_a_disabling_hold_at_once_for_open_sessions() {
    let bench = Bench::start().await;
    let key = bench.tenant("Acme").await;
    let ada = person(&bench, &key, "Ada", Role::Owner).await;
    let bob = person(&bench, &ada, "Bob", Role::Admin).await;
    let services = &bench.services;
    assert!(again(&bench, &bob).await.unwrap().may(Right::Stores));
    services
        .set_role(&ada, bob.actor_id(), Role::Viewer)
        .await
        .unwrap();
    assert!(!again(&bench, &bob).await.unwrap().may(Right::Stores));
    services
        .set_disabled(&ada, bob.actor_id(), true)
        .await
        .unwrap();
    assert!(again(&bench, &bob).await.is_none());
    let refused = sign_in(&bench, "bob@example.com", PASSWORD)
        .await
        .unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden, "the password was right");
    let wrong = sign_in(&bench, "bob@example.com", "wrong horse battery").await;
    assert_eq!(wrong.unwrap_err().code, ErrorCode::Unauthenticated);
    services
        .set_disabled(&ada, bob.actor_id(), false)
        .await
        .unwrap();
    assert!(sign_in(&bench, "bob@example.com", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn people_of_another_workspace_are_not_there() {
    let bench = Bench::start().await;
    let (acme, books) = (bench.tenant("Acme").await, bench.tenant("Books").await);
    let ada = person(&bench, &acme, "Ada", Role::Viewer).await;
    let invitation = bench
        .services
        .invite(&acme, "x@example.com", Role::Viewer)
        .await
        .unwrap();
    let services = &bench.services;
    let id = ada.actor_id();
    for refused in [
        services.set_role(&books, id, Role::Viewer).await,
        services.set_disabled(&books, id, true).await,
        services.end_sessions(&books, id).await,
        services.revoke_invite(&books, invitation.invite.id).await,
    ] {
        assert_eq!(refused.unwrap_err().code, ErrorCode::NotFound);
    }
    let people = services.people(&books).await.unwrap();
    assert!(people.people.is_empty() && people.invites.is_empty());
    assert!(again(&bench, &ada).await.is_some());
    // A session that says another workspace than its person's is nobody's.
    let forged = Identity {
        tenant_id: books.tenant_id(),
        ..ada.identity()
    };
    assert!(
        services
            .session_caller(&forged, web())
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_person_changes_name_and_password() {
    let bench = Bench::start().await;
    let key = bench.tenant("Acme").await;
    let ada = person(&bench, &key, "Ada", Role::Viewer).await;
    let services = &bench.services;
    services.set_own_name(&ada, " Ada L. ").await.unwrap();
    assert_eq!(again(&bench, &ada).await.unwrap().actor_name(), "Ada L.");
    assert_eq!(
        services
            .set_own_name(&ada, " ")
            .await
            .unwrap_err()
            .field
            .as_deref(),
        Some("name")
    );

    let new = SecretText::new("a new long password");
    let change = async |present: &str, new: &SecretText| {
        let present = SecretText::new(present);
        services
            .change_own_password(&ada, &present, new, None)
            .await
    };
    let wrong = change("wrong horse battery", &new).await.unwrap_err();
    assert_eq!(wrong.field.as_deref(), Some("password"));
    let short = change(PASSWORD, &SecretText::new("short"))
        .await
        .unwrap_err();
    assert_eq!(short.field.as_deref(), Some("new_password"));
    change(PASSWORD, &new).await.unwrap();
    assert!(sign_in(&bench, "ada@example.com", PASSWORD).await.is_err());
    assert!(
        sign_in(&bench, "ada@example.com", new.expose())
            .await
            .is_ok()
    );
    let by_key = services.set_own_name(&key, "Key").await.unwrap_err();
    assert_eq!(by_key.code, ErrorCode::Forbidden);
}

#[tokio::test]
async fn the_operator_makes_people_and_resets_passwords() {
    let bench = Bench::start().await;
    bench.tenant("Acme").await;
    let new = NewUser {
        tenant: "acme".into(),
        email: "root@example.com".into(),
        name: "Root".into(),
        role: Role::Owner,
        is_instance_admin: true,
        password: SecretText::new(PASSWORD),
    };
    bench.services.create_user(&new).await.unwrap();
    let (root, _) = sign_in(&bench, "root@example.com", PASSWORD).await.unwrap();
    assert!(root.is_instance_admin());
    let twice = bench.services.create_user(&new).await.unwrap_err();
    assert_eq!(twice.code, ErrorCode::Conflict);
    let nowhere = NewUser {
        tenant: "Nowhere".into(),
        ..new
    };
    let refused = bench.services.create_user(&nowhere).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotFound);
    let next = SecretText::new("the next long password");
    bench
        .services
        .reset_password("Root@example.com", &next)
        .await
        .unwrap();
    assert!(sign_in(&bench, "root@example.com", PASSWORD).await.is_err());
    assert!(
        sign_in(&bench, "root@example.com", next.expose())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_person_never_approves_their_own_change() {
    let bench = Bench::start().await;
    let key = bench.tenant_with_store("Acme").await;
    let ada = person(&bench, &key, "Ada", Role::Operator).await;
    let bob = person(&bench, &key, "Bob", Role::Operator).await;
    let viewer = person(&bench, &key, "Cid", Role::Viewer).await;
    let orders = bench.ok(&ada, "orders_list", json!({})).await;
    let order = orders["orders"][0]["id"].as_str().unwrap();
    let proposed = bench
        .ok(&ada, "orders_delete", json!({ "order_id": order }))
        .await;
    assert_eq!(proposed["status"], "pending");
    let id = proposed["change_id"].as_str().unwrap().parse().unwrap();
    let services = &bench.services;
    let detail = services.change_detail(&bob, id).await.unwrap();
    assert_eq!(
        detail.summary.key_name, "Ada",
        "changes name people as they name keys"
    );
    let own = services
        .approve_change(&ada, id, &detail.plan_hash)
        .await
        .unwrap_err();
    assert!(own.message.contains("somebody else"), "{own}");
    let looks = services
        .approve_change(&viewer, id, &detail.plan_hash)
        .await;
    assert_eq!(looks.unwrap_err().code, ErrorCode::Forbidden);
    let done = services
        .approve_change(&bob, id, &detail.plan_hash)
        .await
        .unwrap();
    assert_eq!(done.decided_by.as_deref(), Some("Bob"));
}

#[tokio::test]
async fn roles_reach_tools_as_far_as_their_rights() {
    let bench = Bench::start().await;
    let key = bench.tenant_with_store("Acme").await;
    let auditor = person(&bench, &key, "Ada", Role::Auditor).await;
    let admin = person(&bench, &key, "Bob", Role::Admin).await;
    bench
        .ok(
            &auditor,
            "stores_use_store",
            json!({ "identifier": "Main" }),
        )
        .await;
    let listed = bench.ok(&auditor, "stores_list", json!({})).await;
    assert_eq!(
        listed["active_store"], "Main",
        "a person has a store of their own"
    );
    assert!(bench.ok(&key, "stores_list", json!({})).await["active_store"].is_null());
    let refused = bench
        .err(
            &auditor,
            "orders_add_note",
            json!({ "order_id": "1", "note": "x" }),
        )
        .await;
    assert_eq!(refused.code, ErrorCode::Forbidden);
    assert!(refused.message.contains("auditor"), "{refused}");
    let register = json!({ "store_id": STORE_ID, "api_key": STORE_KEY, "store_name": "Second" });
    let refused = bench.err(&auditor, "stores_register", register).await;
    assert_eq!(refused.code, ErrorCode::Forbidden);
    bench
        .ok(
            &admin,
            "stores_delete",
            json!({ "store_identifier": "Main" }),
        )
        .await;
}
