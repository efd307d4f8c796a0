//! Two workspaces, each with a store, and every kind of key that must not work.

use orderdesk_mcp_contract::{Access, KeyId, KeyKind, Role, UtcMillis};
use orderdesk_mcp_domain::{Clock, SystemClock};
use orderdesk_mcp_server::config::{Config, Source};
use orderdesk_mcp_server::wire;
use orderdesk_mcp_storage::record::NewKey;
use orderdesk_mcp_vault::{self as vault, OsEntropy, password, token};
use serde_json::json;

use super::saved::{save_alert, save_call, save_schedule, save_view};
use crate::support::{Browser, Database, STORE_ID, STORE_KEY, TestServer};

/// In every name of the first workspace that the second must not see.
pub const CANARY: &str = "Alphacanary";

/// A server with two workspaces.
pub struct Fixture {
    /// The server.
    pub server: TestServer,
    /// The owner's key of the first workspace.
    pub owner: String,
    /// A key of the first workspace that may only read.
    pub reader: String,
    /// A key of the first workspace that may propose changes.
    pub proposer: String,
    /// The owner's key of the second workspace.
    pub stranger: String,
    /// A master key of the first workspace, revoked.
    pub revoked: String,
    /// A master key of the first workspace, expired.
    pub expired: String,
    /// Our id of the first workspace's store.
    pub store_uid: String,
    /// An order of it.
    pub order_id: String,
    /// A line of that order.
    pub item_id: String,
    /// A product of it.
    pub product_id: String,
    /// A change of that order, made.
    pub change_id: String,
    /// A change of that order, which waits for a decision.
    pub waiting_id: String,
    /// The id of the key that proposed it.
    pub proposer_id: String,
    /// The first workspace's id.
    pub tenant_id: String,
    /// A person of the first workspace in each role, signed in.
    pub people: Vec<(Role, Browser)>,
    /// The viewer's place in the workspace.
    pub member_id: String,
    /// An invitation to it that waits.
    pub invite_id: String,
    /// A call that the owner saved in the console.
    pub call_id: String,
    /// A query of recorded calls that the owner keeps under a name.
    pub view_id: String,
    /// An alert of the first workspace.
    pub alert_id: String,
    /// A scheduled export of the first workspace.
    pub schedule_id: String,
    /// A recorded call of the first workspace, about that order.
    pub trace_id: String,
    /// Another one, which read the order.
    pub other_trace_id: String,
    /// After the server, which stands on it.
    pub database: Database,
}

impl Fixture {
    /// Starts the server on this database and fills both workspaces.
    pub async fn on(database: Database) -> Self {
        let server = started_on(&database, &[]).await;
        Self::filling(server, database).await
    }

    /// Fills both workspaces of a server that was just started on this database.
    pub async fn filling(server: TestServer, database: Database) -> Self {
        let owner = server.master_key.clone();
        let reader = server.key("main", "api", "read").await;
        let proposer = server.key("main", "api", "propose").await;
        let stranger = server.key("Stranger", "master", "write").await;
        let revoked = revoked_key(&server).await;
        let expired = expired_key(&server).await;
        let name = format!("{CANARY} Books");
        let store_uid = add_store(&server, &name).await;
        let orders = server
            .call(
                Some(&owner),
                "orders_list",
                json!({ "store_identifier": name }),
            )
            .await;
        let products = server
            .call(
                Some(&owner),
                "products_list",
                json!({ "store_identifier": name }),
            )
            .await;
        let first =
            |page: &serde_json::Value, list: &str| page[list][0]["id"].as_str().unwrap().to_owned();
        let order_id = first(orders.result(), "orders");
        let order = json!({ "store_identifier": name, "order_id": order_id });
        let order = server.call(Some(&owner), "orders_get", order).await;
        let update = json!({ "store_identifier": name, "order_id": order_id, "changes": { "customer": { "phone": "1" } } });
        let change = server.call(Some(&owner), "orders_update", update).await;
        let proposed = propose(&server, &proposer, &name, &order_id).await;
        let id_of = |change: &serde_json::Value| change["change_id"].as_str().unwrap().to_owned();
        let tenant_id = tenant_id(&server, &owner).await;
        let people = people(&server).await;
        let (member_id, invite_id) = ids_of_people(&server, &people[0].1).await;
        let call_id = save_call(&server, &owner).await;
        let view_id = save_view(&server, &owner).await;
        let alert_id = save_alert(&server, &owner).await;
        let schedule_id = save_schedule(&server, &owner).await;
        let trace_about = async |what: &str| {
            let query = format!("order:{order_id} {what}");
            trace_id(&server, &owner, &query).await
        };
        let other_trace_id = trace_about("tool:orders_get").await;
        let trace_id = trace_about("change:yes").await;
        Self {
            call_id,
            view_id,
            alert_id,
            schedule_id,
            trace_id,
            other_trace_id,
            tenant_id,
            people,
            member_id,
            invite_id,
            change_id: id_of(change.result()),
            waiting_id: proposed,
            proposer_id: key_id_of(&proposer),
            owner,
            reader,
            proposer,
            stranger,
            revoked,
            expired,
            store_uid,
            item_id: first(&order.result()["order"], "order_items"),
            order_id,
            product_id: first(products.result(), "products"),
            server,
            database,
        }
    }

    /// The name of the first workspace's store.
    pub fn store_name(&self) -> String {
        format!("{CANARY} Books")
    }
}

/// Adds the first workspace's store, and gives our id of it.
async fn add_store(server: &TestServer, name: &str) -> String {
    let add = [
        "store",
        "add",
        "--tenant",
        "main",
        "--store-id",
        STORE_ID,
        "--name",
        name,
    ];
    server.command(&add, STORE_KEY).await.out_if_ok()
}

/// The id of a master key's workspace.
async fn tenant_id(server: &TestServer, owner: &str) -> String {
    let told = server
        .call(
            Some(owner),
            "tenant_use_master_key",
            json!({ "master_key": owner }),
        )
        .await;
    told.result()["tenant_id"].as_str().unwrap().to_owned()
}

/// Every person's password.
pub const PASSWORD: &str = "correct horse battery";

/// Makes a person of the first workspace at the command line, and signs them in.
pub async fn person(server: &TestServer, role: Role, word: &str) -> Browser {
    let email = format!("{word}@{CANARY}.example");
    let name = format!("{CANARY} {word}");
    let create = [
        "user",
        "create",
        "--tenant",
        "main",
        "--email",
        &email,
        "--name",
        &name,
        "--role",
        role.as_str(),
    ];
    server.command(&create, PASSWORD).await.out_if_ok();
    Browser::signed_in_as(server, &email, PASSWORD).await
}

async fn people(server: &TestServer) -> Vec<(Role, Browser)> {
    let mut people = Vec::new();
    for role in Role::ALL {
        people.push((role, person(server, role, role.as_str()).await));
    }
    people
}

/// The viewer's place, and an invitation that the owner makes.
async fn ids_of_people(server: &TestServer, owner: &Browser) -> (String, String) {
    let mut owner = owner.clone();
    let invite = [("email", "guest@Alphacanary.example"), ("role", "viewer")];
    let made = owner.post(server, "/api/invite_person", &invite).await;
    let made: serde_json::Value = serde_json::from_str(&made.text().await.unwrap()).unwrap();
    let listed = owner.post(server, "/api/list_people", &[]).await;
    let listed: serde_json::Value = serde_json::from_str(&listed.text().await.unwrap()).unwrap();
    let people = listed["view"]["people"].as_array().unwrap();
    let viewer = people.iter().find(|view| view["role"] == "viewer").unwrap();
    let id = |value: &serde_json::Value| value["id"].as_str().unwrap().to_owned();
    (id(viewer), id(&made["invite"]))
}

/// An id of ours that no row has.
pub fn nobodys(id: &str) -> String {
    let last = if id.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &id[..id.len() - 1])
}

/// The id that stands in a key's text, after its prefix.
fn key_id_of(key: &str) -> String {
    let rest = key.strip_prefix("odm_ak_").unwrap();
    rest[..26].to_owned()
}

async fn revoked_key(server: &TestServer) -> String {
    let create = [
        "key", "create", "--tenant", "main", "--kind", "master", "--access", "write", "--name",
        "Revoked",
    ];
    let key = server.command(&create, "").await.out_if_ok();
    let listed = server
        .command(&["key", "list", "--tenant", "main"], "")
        .await
        .out_if_ok();
    let id = listed
        .lines()
        .find(|line| line.ends_with("Revoked"))
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .to_owned();
    server
        .command(&["key", "revoke", "--tenant", "main", &id], "")
        .await
        .out_if_ok();
    key
}

/// Written past the use cases, which make no key that has ended already.
async fn expired_key(server: &TestServer) -> String {
    let source = server
        .settings
        .iter()
        .fold(Source::default(), |source, (name, value)| {
            source.with(name, value)
        });
    let config = Config::read(&source).unwrap();
    let wired = wire::services(&config).await.unwrap();
    let tenant = wired
        .services
        .tenant_by_name("main")
        .await
        .unwrap()
        .unwrap();
    let now = SystemClock.now();
    let id = KeyId::from_parts(now.0.unsigned_abs(), 7);
    let key = token::issue(vault::KeyKind::Master, &id.to_string(), &OsEntropy).unwrap();
    let row = NewKey {
        id,
        tenant_id: tenant.id,
        name: "Expired".into(),
        kind: KeyKind::Master,
        access: Access::Write,
        hash: password::hash(&key, &OsEntropy).unwrap(),
        hint: String::new(),
        created_at: UtcMillis(now.0 - 1000),
        expires_at: Some(UtcMillis(now.0 - 1)),
        created_by: None,
    };
    wired.storage.add_key(&row).await.unwrap();
    wired.close().await;
    key.expose().to_owned()
}

/// A server that counts its statements, with limits that are in nobody's way, and with settings of the test's own.
pub async fn started_on(database: &Database, more: &[(&str, &str)]) -> TestServer {
    let of_database = database.settings();
    let mut settings = vec![
        ("RATE_LIMIT_RPM", "100000"),
        ("WEBUI_RATE_LIMIT_LOGIN", "1000"),
        ("WEBUI_RATE_LIMIT_API_CONSOLE", "100000"),
        // Statements are counted in the log.
        ("LOG_LEVEL", "info,sqlx::query=debug"),
    ];
    settings.extend(
        of_database
            .iter()
            .map(|(name, value)| (*name, value.as_str())),
    );
    settings.extend(more);
    TestServer::with(&settings).await
}

/// Has a key propose a change of an order, and gives the change's id.
async fn propose(server: &TestServer, proposer: &str, store: &str, order: &str) -> String {
    let wish = json!({
        "store_identifier": store, "order_id": order,
        "changes": { "email": format!("{CANARY}@example.com") }, "reason": format!("{CANARY} moved"),
    });
    let proposed = server.call(Some(proposer), "orders_update", wish).await;
    proposed.result()["change_id"].as_str().unwrap().to_owned()
}

/// The id of the newest recorded call that a query finds. Calls are written in batches, so it is looked for until it is there.
pub async fn trace_id(server: &TestServer, owner: &str, query: &str) -> String {
    let mut browser = Browser::signed_in(server, owner).await;
    for _ in 0..200 {
        let found = browser
            .post(server, "/api/list_traces", &[("query", query)])
            .await;
        let found: serde_json::Value = serde_json::from_str(&found.text().await.unwrap()).unwrap();
        let steps = found["list"].as_array().unwrap().iter();
        let mut ids = steps.filter_map(|step| step.as_str()?.strip_prefix("@data-call="));
        if let Some(id) = ids.next() {
            return id.to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("no call that {query} finds was recorded")
}
