//! Records to try things with. Every value differs from its neighbours, so that two columns that
//! change places are noticed.

use orderdesk_mcp_contract::views::change::RecordKind;
use orderdesk_mcp_contract::{
    Access, ChangeId, ChangeState, InviteId, KeyId, KeyKind, Money, Role, SessionId, StoreUid,
    TenantId, TraceId, UserId, UtcMillis,
};
use serde_json::json;

use super::Db;
use crate::record::{
    Added, Attributes, ChangeImage, ChangeKey, ChangeRecord, ChangeStep, Door, ImagePart,
    InviteRecord, KeyRecord, MemberRecord, NewChange, NewKey, SealedBlob, SessionRecord, SpanKind,
    SpanRecord, Stepped, StoreRecord, TenantRecord, TraceBlock, TraceRecord, UserRecord,
};

/// 2025-11-24T16:00:00Z, a full hour.
pub(super) const NOON: UtcMillis = UtcMillis(1_764_000_000_000);

pub(super) fn at(millis_after: i64) -> UtcMillis {
    NOON.plus_millis(millis_after)
}

fn millis() -> u64 {
    NOON.0.unsigned_abs()
}

pub(super) fn tenant_id(number: u128) -> TenantId {
    TenantId::from_parts(millis(), number)
}

pub(super) fn key_id(number: u128) -> KeyId {
    KeyId::from_parts(millis(), number)
}

pub(super) fn store_uid(number: u128) -> StoreUid {
    StoreUid::from_parts(millis(), number)
}

pub(super) fn trace_id(number: u128) -> TraceId {
    TraceId::from_parts(millis(), number)
}

pub(super) fn tenant(number: u128) -> TenantRecord {
    TenantRecord {
        id: tenant_id(number),
        name: format!("Workspace {number}"),
        name_key: format!("workspace {number}"),
        created_at: at(1),
        suspended_at: None,
    }
}

pub(super) fn new_key(tenant: u128, number: u128) -> NewKey {
    NewKey {
        id: key_id(number),
        tenant_id: tenant_id(tenant),
        name: format!("key {number}"),
        kind: KeyKind::Api,
        access: Access::Propose,
        hash: format!("$argon2id$hash-{number}"),
        hint: format!("odm_ak_{number}"),
        created_at: at(10),
        expires_at: Some(at(20)),
        created_by: number.is_multiple_of(2).then(|| key_id(700 + number)),
    }
}

/// The key as it is stored when nothing has happened to it.
pub(super) fn stored(new: &NewKey) -> KeyRecord {
    let new = new.clone();
    KeyRecord {
        id: new.id,
        tenant_id: new.tenant_id,
        name: new.name,
        kind: new.kind,
        access: new.access,
        hash: new.hash,
        hint: new.hint,
        active_store: None,
        created_at: new.created_at,
        expires_at: new.expires_at,
        last_used_at: None,
        revoked_at: None,
        replaced_by: None,
        created_by: new.created_by,
    }
}

/// Adds the workspaces 1 and 2, with the keys 1 and 2.
pub(super) async fn two_tenants(db: &Db) {
    for number in [1, 2] {
        db.add_tenant(&tenant(number), &new_key(number, number))
            .await
            .unwrap();
    }
}

pub(super) fn store(tenant: u128, number: u128) -> StoreRecord {
    StoreRecord {
        id: store_uid(number),
        tenant_id: tenant_id(tenant),
        store_id: format!("1000{number}"),
        name: format!("Shop {number}"),
        name_key: format!("shop {number}"),
        label: Some(format!("label {number}")),
        sandbox: number.is_multiple_of(2),
        sealed_api_key: SealedBlob {
            key_version: 7,
            bytes: vec![0, 1, 255, 254],
        },
        key_fingerprint: format!("fp-{number}"),
        created_at: at(30),
        updated_at: at(31),
    }
}

pub(super) fn session(tenant: Option<u128>, number: u8) -> SessionRecord {
    SessionRecord {
        id_hash: vec![number; 32],
        public_id: SessionId::from_parts(millis(), u128::from(number)),
        tenant_id: tenant.map(tenant_id),
        actor_id: tenant.map(key_id),
        user_agent: tenant.map(|_| format!("Browser {number}")),
        ip: tenant.map(|_| format!("192.0.2.{number}")),
        sealed_data: SealedBlob {
            key_version: 3,
            bytes: vec![number, 0, 200],
        },
        created_at: at(40),
        last_seen_at: at(41),
        expires_at: at(1000),
    }
}

pub(super) fn trace(tenant: u128, number: u128) -> TraceRecord {
    TraceRecord {
        id: trace_id(number),
        tenant_id: tenant_id(tenant),
        key_id: Some(key_id(tenant)),
        door: Door::Mcp,
        client: Some("client 1.0".into()),
        request_id: Some(format!("request-{number}").into()),
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into()),
        tool: "orders_get".into(),
        store_id: Some(store_uid(5)),
        order_id: Some("9876".into()),
        error: None,
        cache_hit: Some(true),
        started_at: at(i64::try_from(number).unwrap()),
        duration_us: 1500,
        input_bytes: 20,
        output_bytes: 30,
        change_id: Some(change_id(800 + number)),
        words: vec!["a-1".into(), "ready".into()],
        carried: true,
        spans: vec![
            span(SpanKind::Cache, "orders", 0, true),
            span(SpanKind::Upstream, "GET /orders/{id}", 200, false),
        ],
        left_out: 0,
    }
}

/// A call recorded so many milliseconds after noon; those of `trace` are recorded at noon, so that one block holds them.
pub(super) fn recorded_at(tenant: u128, number: u128, millis_after: u64) -> TraceRecord {
    TraceRecord {
        id: TraceId::from_parts(millis() + millis_after, number),
        ..trace(tenant, number)
    }
}

/// A call two seconds after the one before: no block holds both.
pub(super) fn apart(tenant: u128, number: u128) -> TraceRecord {
    recorded_at(tenant, number, u64::try_from(number).unwrap() * 2_000)
}

pub(super) fn apart_id(number: u128) -> TraceId {
    apart(1, number).id
}

/// Adds calls without what they carried.
pub(super) async fn add_calls(db: &Db, calls: &[TraceRecord]) {
    let blocks = TraceBlock::without_payloads(calls);
    db.add_traces(&blocks).await.unwrap();
}

pub(super) fn span(kind: SpanKind, name: &str, offset_us: i64, ok: bool) -> SpanRecord {
    SpanRecord {
        kind,
        name: name.to_owned().into(),
        offset_us,
        duration_us: offset_us + 7,
        ok,
        attributes: Attributes::of(
            &json!({ "status": 200, "attempt": 1, "note": "\u{0}\"quoted\" ü" }),
        ),
    }
}

pub(super) fn change_id(number: u128) -> ChangeId {
    ChangeId::from_parts(millis(), number)
}

/// 64 letters that differ from any other number's.
pub(super) fn hash(number: u128) -> String {
    format!("{number:064x}")
}

/// A proposal of the workspace's key of the same number, about an order of its own.
pub(super) fn change(tenant: u128, number: u128) -> ChangeRecord {
    ChangeRecord {
        id: change_id(number),
        tenant_id: tenant_id(tenant),
        store_id: store_uid(5),
        store_name: "Shop 5".into(),
        record_kind: RecordKind::Order,
        record_id: Some(format!("{}", 9000 + number)),
        tool: "orders_update".into(),
        summary: format!("Change 2 fields of order {number}"),
        state: ChangeState::Proposed,
        key_id: key_id(tenant),
        door: Door::Mcp,
        client: Some("client 1.0".into()),
        reason: Some("a customer wrote".into()),
        field_count: 2,
        money: Money::from_ten_thousandths(195_000),
        plan_hash: hash(1_000_000 + number),
        version_before: Some("v1-before".into()),
        version_after: None,
        created_at: at(100),
        updated_at: at(101),
        expires_at: Some(at(5000)),
        applying_at: None,
        decided_by: None,
        decision_reason: None,
        outcome: None,
        undoes: None,
        undone_by: None,
    }
}

pub(super) fn image(part: ImagePart, byte: u8) -> ChangeImage {
    ChangeImage {
        part,
        sealed: SealedBlob {
            key_version: 11,
            bytes: vec![byte, 0, 255],
        },
    }
}

/// A name that holds until 1,000.
pub(super) fn name(number: u128) -> ChangeKey {
    ChangeKey {
        hash: hash(number),
        request_hash: hash(2_000_000 + number),
        expires_at: at(1000),
    }
}

/// A change with a plan and without names.
pub(super) fn new_change(change: ChangeRecord) -> NewChange {
    NewChange {
        change,
        images: vec![image(ImagePart::Plan, 1)],
        keys: Vec::new(),
        first_event: "asked for".into(),
    }
}

/// Adds a change in whatever state, by the steps that lead there.
pub(super) async fn add_in(db: &Db, change: &ChangeRecord, state: ChangeState) {
    let mut path = path_to(state).into_iter();
    let begins = ChangeRecord {
        state: path.next().unwrap(),
        ..change.clone()
    };
    add(db, new_change(begins)).await;
    walk(db, change, path).await;
}

pub(super) async fn add(db: &Db, new: NewChange) {
    assert_eq!(db.add_change(&new).await.unwrap(), Added::Added);
}

/// Takes the steps to a state from where changes begin.
pub(super) async fn go_to(db: &Db, change: &ChangeRecord, state: ChangeState) {
    let path = path_to(state).into_iter();
    walk(
        db,
        change,
        path.skip_while(|at| *at != change.state).skip(1),
    )
    .await;
}

async fn walk(db: &Db, change: &ChangeRecord, path: impl Iterator<Item = ChangeState>) {
    for state in path {
        let from = db.change(change.tenant_id, change.id).await.unwrap();
        let step = step(change, from.unwrap().state, state);
        assert_eq!(db.step_change(&step).await.unwrap(), Stepped::Done);
    }
}

/// The shortest way to a state from a proposal.
fn path_to(state: ChangeState) -> Vec<ChangeState> {
    let mut paths = vec![vec![ChangeState::Proposed]];
    loop {
        if let Some(path) = paths.iter().find(|path| path.last() == Some(&state)) {
            return path.clone();
        }
        let longer = |path: &Vec<ChangeState>| {
            let ends = path.last().unwrap().next().iter();
            let path = path.clone();
            ends.map(move |next| [path.as_slice(), &[*next]].concat())
                .collect::<Vec<_>>()
        };
        paths = paths.iter().flat_map(longer).collect();
    }
}

/// A bare step at 200.
pub(super) fn step(change: &ChangeRecord, from: ChangeState, to: ChangeState) -> ChangeStep {
    let text = format!("went to {}", to.as_str());
    ChangeStep::new(change.tenant_id, change.id, from, to, at(200), text)
}

/// The step by which a write begins.
pub(super) const BEGIN: (ChangeState, ChangeState) = (ChangeState::Approved, ChangeState::Applying);

/// Everything about a change, to see that nothing of it was changed.
pub(super) async fn all_of(
    db: &Db,
    change: &ChangeRecord,
) -> impl PartialEq + std::fmt::Debug + use<> {
    let (tenant, id) = (change.tenant_id, change.id);
    (
        db.change(tenant, id).await.unwrap(),
        db.change_images(tenant, id).await.unwrap(),
        db.change_events(tenant, id).await.unwrap(),
    )
}

pub(super) fn user_id(number: u128) -> UserId {
    UserId::from_parts(millis(), number)
}

pub(super) fn user(number: u128) -> UserRecord {
    UserRecord {
        id: user_id(number),
        email: format!("Person{number}@Example.com"),
        email_key: format!("person{number}@example.com"),
        name: format!("Person {number}"),
        password_hash: format!("$argon2id$password-{number}"),
        is_instance_admin: number.is_multiple_of(2),
        created_at: at(50),
        last_sign_in_at: None,
    }
}

/// A place of its own number for the person of that number; ids of members and keys do not meet.
pub(super) fn member(tenant: u128, number: u128, role: Role) -> MemberRecord {
    MemberRecord {
        id: key_id(1000 + number),
        tenant_id: tenant_id(tenant),
        user_id: user_id(number),
        role,
        active_store: None,
        created_at: at(i64::try_from(60 + number).unwrap()),
        disabled_at: None,
        last_seen_at: None,
        sessions_valid_from: number.is_multiple_of(2).then(|| at(61)),
    }
}

pub(super) fn invite_id(number: u128) -> InviteId {
    InviteId::from_parts(millis(), number)
}

/// Open until 1,000.
pub(super) fn invite(tenant: u128, number: u128) -> InviteRecord {
    InviteRecord {
        id: invite_id(number),
        tenant_id: tenant_id(tenant),
        email: format!("Guest{number}@Example.com"),
        email_key: format!("guest{number}@example.com"),
        role: Role::Operator,
        code_hash: format!("$argon2id$code-{number}"),
        created_by: key_id(tenant),
        created_at: at(70),
        expires_at: at(1000),
        accepted_at: None,
        revoked_at: None,
    }
}
