//! People: invited, joined, signed in, changed, shut out.

use orderdesk_mcp_contract::views::people::{Invitation, JoinRequest, PersonView};
use orderdesk_mcp_contract::{
    Access, ApiError, ErrorCode, KeyId, KeyKind, Right, Role, SecretText,
};
use orderdesk_mcp_domain::{Caller, Door, Identity, NewKeyRequest, Origin};

use crate::support::Bench;

pub const PASSWORD: &str = "correct horse battery";

pub fn web() -> Origin {
    Origin::of(Door::Web)
}

pub fn request(invitation: &Invitation, name: &str, password: &str) -> JoinRequest {
    JoinRequest {
        code: invitation.code.clone(),
        name: name.into(),
        password: SecretText::new(password),
    }
}

/// Invites somebody and has them join.
pub async fn person(bench: &Bench, by: &Caller, name: &str, role: Role) -> Caller {
    let email = format!("{}@example.com", name.to_lowercase());
    let invitation = bench.services.invite(by, &email, role).await.unwrap();
    let joined = bench
        .services
        .join(&request(&invitation, name, PASSWORD), web())
        .await;
    joined.unwrap().0
}

pub async fn sign_in(
    bench: &Bench,
    email: &str,
    password: &str,
) -> Result<(Caller, Identity), ApiError> {
    let password = SecretText::new(password);
    bench.services.sign_in_person(email, &password, web()).await
}

pub async fn again(bench: &Bench, caller: &Caller) -> Option<Caller> {
    let found = bench
        .services
        .session_caller(&caller.identity(), web())
        .await;
    found.unwrap()
}

pub async fn shown(bench: &Bench, by: &Caller, id: KeyId) -> PersonView {
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
    assert_eq!(back.actor, ada.actor());
    assert_eq!(
        back.began_at,
        in_books.identity().began_at,
        "of one session"
    );
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
    let end = if code.expose().ends_with('x') {
        "y"
    } else {
        "x"
    };
    let mistyped = format!("{}{end}", &code.expose()[..code.expose().len() - 1]);
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
async fn an_invitation_whose_maker_is_gone_says_so_and_is_in_nobodys_way() {
    let bench = Bench::start().await;
    let owner = bench.tenant("Acme").await;
    let services = &bench.services;
    let second = NewKeyRequest {
        name: "Second".into(),
        kind: KeyKind::Master,
        access: Access::Write,
        expires_at: None,
    };
    let (_, secret) = services.create_key(&owner, second).await.unwrap();
    let maker = bench.signed_in(&secret).await;
    let email = "guest@example.com";
    let first = services.invite(&maker, email, Role::Viewer).await.unwrap();
    let waiting = services.people(&owner).await.unwrap().invites;
    assert!(!waiting[0].is_void);

    let id = maker.actor_id();
    services.revoke_key(&owner, id).await.unwrap();
    let waiting = services.people(&owner).await.unwrap().invites;
    assert!(waiting[0].is_void);
    let asked = request(&first, "Guest", PASSWORD);
    let joined = services.join(&asked, web());
    let refused = joined.await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert!(refused.message.contains("can no longer"), "{refused}");

    let next = services.invite(&owner, email, Role::Viewer).await.unwrap();
    let waiting = services.people(&owner).await.unwrap().invites;
    assert_eq!(waiting, std::slice::from_ref(&next.invite));
    let asked = request(&next, "Guest", PASSWORD);
    let joined = services.join(&asked, web());
    assert!(joined.await.is_ok());
}
