//! Members of a workspace: changed, shut out, kept.

use orderdesk_mcp_contract::{Access, ApiError, ErrorCode, Right, Role};
use orderdesk_mcp_domain::Identity;

use crate::people::{PASSWORD, again, person, request, shown, sign_in, web};
use crate::support::Bench;

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
    assert_eq!(
        services.people(&admin).await.unwrap().roles,
        [Role::Admin, Role::Operator, Role::Viewer]
    );

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
async fn ended_sessions_do_not_come_back_by_way_of_another_workspace() {
    let bench = Bench::start().await;
    let (acme, books) = (bench.tenant("Acme").await, bench.tenant("Books").await);
    let ada = person(&bench, &acme, "Ada", Role::Operator).await;
    let services = &bench.services;
    let email = "ada@example.com";
    let invitation = services.invite(&books, email, Role::Viewer).await.unwrap();
    let asked = request(&invitation, "", PASSWORD);
    let joined = services.join(&asked, web());
    // The session that somebody stole sits in the other workspace.
    let (stolen, _) = joined.await.unwrap();
    let back = || services.switch_tenant(&stolen, acme.tenant_id(), web());
    assert_eq!(back().await.unwrap().actor, ada.actor());

    bench.clock.advance_secs(60);
    services.end_sessions(&acme, ada.actor_id()).await.unwrap();
    assert_eq!(back().await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(services.signed_in(&stolen).await.unwrap().others, []);
    assert!(again(&bench, &ada).await.is_none(), "nor by a late save");
    assert!(again(&bench, &stolen).await.is_some(), "Books did not ask");

    // Who knows the password comes in again, and can switch.
    bench.clock.advance_secs(60);
    let (anew, _) = sign_in(&bench, email, PASSWORD).await.unwrap();
    let others = services.signed_in(&anew).await.unwrap().others;
    assert_eq!(others.len(), 1);

    bench.clock.advance_secs(60);
    for is_disabled in [true, false] {
        let id = ada.actor_id();
        let set = services.set_disabled(&acme, id, is_disabled).await;
        set.unwrap();
    }
    let back = services.switch_tenant(&anew, acme.tenant_id(), web());
    let is_in_acme = anew.tenant_id() == acme.tenant_id();
    assert!(is_in_acme || back.await.is_err(), "enabling revives none");
    assert_eq!(again(&bench, &anew).await.is_some(), !is_in_acme);
}

#[tokio::test]
async fn keys_outlast_their_makers_and_say_who_made_them() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let ada = person(&bench, &owner, "Ada", Role::Admin).await;
    let services = &bench.services;
    let (_, secret) = bench.api_key(&ada, Access::Read).await;
    let assistant = bench.signed_in(&secret).await;
    let made = services.list_keys(&owner).await.unwrap();
    let maker = |id| {
        made.iter()
            .find(|key| key.id == id)
            .unwrap()
            .made_by
            .clone()
    };
    assert_eq!(maker(assistant.actor_id()).as_deref(), Some("Ada"));
    assert_eq!(maker(owner.actor_id()), None, "the command line made it");
    assert_eq!(shown(&bench, &owner, ada.actor_id()).await.live_keys, 1);

    let id = assistant.actor_id();
    let (new, _) = services.rotate_key(&owner, id, 24).await.unwrap();
    assert_eq!(new.made_by.as_deref(), Some("Owner"));
    let detail = services.key_detail(&owner, new.id).await.unwrap();
    assert_eq!(detail.key.made_by.as_deref(), Some("Owner"));
    services.revoke_key(&owner, id).await.unwrap();
    assert_eq!(shown(&bench, &owner, ada.actor_id()).await.live_keys, 0);
}

#[tokio::test]
async fn a_workspace_is_renamed_by_whoever_keeps_its_settings() {
    let bench = Bench::start().await;
    let key = bench.tenant("Acme").await;
    bench.tenant("Globex").await;
    let admin = person(&bench, &key, "Ada", Role::Admin).await;
    let operator = person(&bench, &key, "Bob", Role::Operator).await;
    let services = &bench.services;
    let rename = async |caller, name: &str| services.rename_tenant(caller, name).await;
    assert_eq!(
        rename(&operator, "Mine").await.unwrap_err().code,
        ErrorCode::Forbidden
    );
    let taken = rename(&admin, " GLOBEX ").await.unwrap_err();
    assert_eq!(
        (taken.code, taken.field.as_deref()),
        (ErrorCode::Conflict, Some("tenant_name"))
    );
    assert_eq!(
        rename(&admin, " ").await.unwrap_err().code,
        ErrorCode::Invalid
    );
    rename(&admin, " Acme & Sons ").await.unwrap();
    assert_eq!(
        again(&bench, &operator).await.unwrap().tenant_name(),
        "Acme & Sons"
    );
    assert!(services.tenant_by_name("acme").await.unwrap().is_none());
}
