//! What must not be seen, and where the policy lets it be seen all the same.

use super::secrets::Secrets;
use crate::matrix::fixture::{CANARY, Fixture};
use crate::support::{STORE_KEY, TestServer};

/// Where a text may be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// What a tool answers whoever called it, by its name.
    Answer,
    /// A page or a server function's answer, by its template.
    Page,
    /// A header of any answer, by its name.
    Header,
    /// A file that is made for keeping, by its format.
    Export,
    /// The database: a table of PostgreSQL, a file of SQLite.
    Database,
    /// The log at the level `debug`.
    Log,
    /// What the operator's port tells, metrics among it.
    Metrics,
}

/// Whose work it is that a canary gets into the server.
#[derive(PartialEq, Eq)]
pub(super) enum Sent {
    /// The test's, which must be seen sending it.
    ByTest,
    /// The server has it from its start, or makes it.
    ByServer,
}

type Names = &'static [&'static str];
type Allowed = &'static [(Place, Names)];
type Shown = &'static [(Place, &'static str)];

/// A canary of one kind.
pub(super) struct Canary {
    pub(super) what: &'static str,
    pub(super) value: String,
    pub(super) sent: Sent,
    /// Where the policy lets it stand in the clear.
    allowed: Allowed,
    /// Where it must be found: without that nothing would be proved.
    pub(super) shown: Shown,
}

impl Canary {
    pub(super) fn nowhere(what: &'static str, value: &str) -> Self {
        Self {
            what,
            value: value.to_owned(),
            sent: Sent::ByTest,
            allowed: &[],
            shown: &[],
        }
    }

    fn of_server(self) -> Self {
        Self {
            sent: Sent::ByServer,
            ..self
        }
    }

    fn allowed(self, allowed: Allowed, shown: Shown) -> Self {
        Self {
            allowed,
            shown,
            ..self
        }
    }

    pub(super) fn may_be(&self, place: Place, name: &str) -> bool {
        let mut here = self.allowed.iter().filter(|(allowed, _)| *allowed == place);
        here.any(|(_, names)| *names == ANY || names.contains(&name))
    }
}

pub(super) const FIRST_NAME: &str = "kv3fn8wq1zr";
pub(super) const LAST_NAME: &str = "ln5xj2tq9bw";
pub(super) const COMPANY: &str = "cz4om7pk0vd";
pub(super) const STREET: &str = "sr8tq3ey6hx";
pub(super) const CITY: &str = "cw1ty9vq5gm";
pub(super) const POSTCODE: &str = "pz6cd2xk8nt";
pub(super) const EMAIL: &str = "em0ql7wv4jr";
pub(super) const PHONE: &str = "ph9zn3kt6qx";
pub(super) const CARD: &str = "cd2rx8mq5yv";
pub(super) const PAYMENT: &str = "py7gw1zt4kn";
pub(super) const GIFT: &str = "gf3mq9xv8bd";
pub(super) const NOTE: &str = "nt6wk0zr2jq";
pub(super) const METADATA: &str = "md5vx4qn7hz";
/// The name of a field of the checkout's, which shops and their customers choose.
pub(super) const FIELD: &str = "fd8qz1kw3tm";
/// Why a change is asked for: free text, which reviewers read.
pub(super) const REASON: &str = "rs4nv7xq0wb";
/// What Order Desk says when it refuses something; it may repeat what it was sent.
pub(super) const SAID: &str = "sd9kt2zm6vx";
/// What somebody looks for among calls and changes.
pub(super) const SEARCHED: &str = "sc1xq8wn5rk";
pub(super) const PASSWORD: &str = "pw7zk3vq9mt2xr6n";
/// The part of a webhook's address that nobody may guess.
pub(super) const WEBHOOK: &str = "wh5qx0nz8kv3tm";

/// Any name.
pub(super) const ANY: Names = &["*"];
const EVERYWHERE: Allowed = &[
    (Place::Answer, ANY),
    (Place::Page, ANY),
    (Place::Header, ANY),
    (Place::Export, ANY),
    (Place::Database, ANY),
    (Place::Log, ANY),
    (Place::Metrics, ANY),
];
/// Whoever may read an order reads all of it, a change shows what it changes, and the console is whoever's tool it called.
const OF_ORDERS: Allowed = &[
    (
        Place::Answer,
        &[
            "orders_get",
            "orders_list",
            "orders_create",
            "orders_update",
            "orders_move",
            "orders_add_note",
            "orders_add_shipment",
            "orders_add_items",
            "orders_update_item",
            "orders_remove_item",
            "orders_delete",
            "changes_get",
            "changes_undo",
        ],
    ),
    (
        Place::Page,
        &[
            "/approvals",
            "/changes/{id}",
            "/console",
            "/api/list_approvals",
            "/api/get_change",
            "/api/approve_change",
            "/api/deny_change",
            "/api/undo_change",
            "/api/run_console_tool",
            "/api/get_console_tool",
            "/api/console_choices",
        ],
    ),
];
const READ: Shown = &[(Place::Answer, "orders_get")];
const SHOWN: Shown = &[
    (Place::Answer, "orders_get"),
    (Place::Answer, "orders_list"),
    (Place::Page, "/changes/{id}"),
    (Place::Page, "/api/get_change"),
    (Place::Page, "/api/get_console_tool"),
];
/// Reviewers read it in lists too, for which it is a column as it is; in no file, log or recorded call.
const OF_REVIEWERS: Allowed = &[
    (Place::Answer, ANY),
    (
        Place::Page,
        &[
            "/",
            "/approvals",
            "/changes",
            "/changes/{id}",
            "/api/dashboard",
            "/api/attention",
            "/api/search",
            "/api/list_approvals",
            "/api/list_changes",
            "/api/get_change",
            "/api/approve_change",
            "/api/deny_change",
            "/api/undo_change",
            "/api/run_console_tool",
            "/api/get_console_tool",
            "/console",
        ],
    ),
    (
        Place::Database,
        &["changes", "orderdesk-mcp.db", "orderdesk-mcp.db-wal"],
    ),
];
/// Whoever typed it sees it again in the field that it was typed into.
const OF_SEARCHERS: Allowed = &[(
    Place::Page,
    &[
        "/changes",
        "/traces",
        "/api/list_traces",
        "/api/count_traces",
        "/api/complete_query",
        "/api/search",
    ],
)];

/// Every kind.
pub(super) fn all(f: &Fixture, secrets: &Secrets) -> Vec<Canary> {
    let mut all = customers();
    all.extend(kept_secret(f, secrets));
    all.extend(controls(f));
    all
}

fn customers() -> Vec<Canary> {
    let whole = |what, value| Canary::nowhere(what, value).allowed(OF_ORDERS, READ);
    let sent_only = |what, value| Canary::nowhere(what, value).allowed(OF_ORDERS, &[]);
    vec![
        Canary::nowhere("a customer's e-mail address", EMAIL).allowed(OF_ORDERS, SHOWN),
        whole("a customer's first name", FIRST_NAME),
        whole("a customer's last name", LAST_NAME),
        whole("a customer's company", COMPANY),
        whole("a customer's street", STREET),
        whole("a customer's city", CITY),
        whole("a customer's postal code", POSTCODE),
        whole("a customer's phone", PHONE),
        whole("what a processor said of a payment", PAYMENT),
        whole("a customer's words at the checkout", GIFT),
        whole("a note of the staff", NOTE),
        whole("what a shop keeps of an order", METADATA),
        whole("a field's name at the checkout", FIELD),
        sent_only("a card's number", CARD),
        Canary::nowhere("Order Desk's words", SAID).allowed(
            &[
                (Place::Answer, &["orders_update", "changes_get"]),
                (Place::Page, &["/changes/{id}", "/api/get_change"]),
            ],
            &[(Place::Answer, "orders_update")],
        ),
        Canary::nowhere("the reason of a change", REASON)
            .allowed(OF_REVIEWERS, &[(Place::Answer, "changes_list")]),
        Canary::nowhere("what somebody looks for", SEARCHED)
            .allowed(OF_SEARCHERS, &[(Place::Page, "/traces")]),
    ]
}

/// The part of a key or a code that is secret; its id is not.
fn secret_of(key: &str) -> &str {
    key.rsplit('_').nth(1).unwrap()
}

/// The key-encryption key, given or made at the first start.
fn key_encryption_key(server: &TestServer) -> String {
    let given = server
        .settings
        .iter()
        .find(|(name, _)| name == "MCP_KMS_KEY");
    match given {
        Some((_, key)) => key.clone(),
        None => {
            let made = std::fs::read_to_string(server.data.path().join("data/kms.key"));
            made.unwrap().trim().to_owned()
        }
    }
}

fn kept_secret(f: &Fixture, secrets: &Secrets) -> Vec<Canary> {
    let session = secrets.owner.cookie.as_deref().unwrap();
    let (_, session) = session.split_once('=').unwrap();
    vec![
        Canary::nowhere("a store's API key", STORE_KEY),
        Canary::nowhere("a master key", secret_of(&f.owner)),
        Canary::nowhere("an API key of ours", secret_of(&f.proposer)),
        Canary::nowhere("a password", PASSWORD),
        Canary::nowhere("a webhook's address", WEBHOOK),
        Canary::nowhere("the key-encryption key", &key_encryption_key(&f.server)).of_server(),
        Canary::nowhere("a session's cookie", session)
            .allowed(&[(Place::Header, &["set-cookie"])], &[]),
        // Shown once, to whoever made it.
        Canary::nowhere("an invitation's code", secret_of(&secrets.invitation)).allowed(
            &[(Place::Page, &["/api/invite_person"])],
            &[(Place::Page, "/api/invite_person")],
        ),
        Canary::nowhere("what webhooks are signed with", &secrets.signing)
            .of_server()
            .allowed(
                &[(Place::Page, &["/api/list_alerts"])],
                &[(Place::Page, "/api/list_alerts")],
            ),
    ]
}

fn known(what: &'static str, value: &str, shown: Shown) -> Canary {
    Canary::nowhere(what, value)
        .of_server()
        .allowed(EVERYWHERE, shown)
}

/// What nobody hides, found by the same search.
fn controls(f: &Fixture) -> Vec<Canary> {
    vec![
        known(
            "the store's name",
            CANARY,
            &[
                (Place::Answer, "orders_get"),
                (Place::Page, "/stores"),
                (Place::Page, "/api/list_stores"),
                (Place::Database, "*"),
                (Place::Export, "csv"),
                (Place::Export, "jsonl"),
                (Place::Export, "otlp"),
                (Place::Export, "workspace"),
            ],
        ),
        known(
            "the workspace's id",
            &f.tenant_id,
            &[(Place::Database, "*"), (Place::Log, "the log")],
        ),
        known(
            "a tool's name",
            "orders_update",
            &[(Place::Metrics, "/metrics")],
        ),
        known(
            "a page's kind",
            "text/html",
            &[(Place::Header, "content-type")],
        ),
    ]
}
