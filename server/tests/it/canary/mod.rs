//! A canary of each kind of secret and of customers' data, sent through every tool, page and form, and looked for wherever
//! something is kept or shown: the database, the log, answers with their heads, files, and what the operator's port tells.
//!
//! Where the policy lets a kind be seen stands in one table (`kinds.rs`). A tool without a row fails the test (`tools.rs`);
//! pages and server functions are the matrix's. Everything that is wrong is told at once, by kind and place.

mod desk;
mod kinds;
mod looks;
mod search;
mod secrets;
mod tools;
mod typed;

use orderdesk_mcp_contract::Role;

use self::desk::Desk;
use self::kinds::Place;
use crate::matrix::fixture::{self, Fixture};
use crate::support::{Browser, Database};

#[tokio::test]
async fn no_canary_is_seen_where_it_must_not_be() {
    for database in Database::each() {
        let level = [("LOG_LEVEL", "debug,hyper=debug,sqlx=debug")];
        let server = fixture::started_on(&database, &level).await;
        // Before anything is asked for: everything that the fixture does is about customers then.
        tools::plant(&server.upstream);
        let mut desk = Desk::of(Fixture::filling(server, database).await).await;
        send(&mut desk).await;
        look(&mut desk).await;
        end(desk).await;
    }
}

/// Sends the canaries in every way there is.
async fn send(desk: &mut Desk) {
    tools::ask_for_all(desk).await;
    typed::sign_ins(desk).await;
    typed::searches(desk).await;
    typed::store_keys(desk).await;
    typed::console(desk).await;
    let owner = desk.owner.clone();
    for change in [
        tools::refused_by_order_desk(desk).await,
        tools::changed_by_somebody_else(desk).await,
    ] {
        looks::change(desk, " of the owner", &owner, &change).await;
    }
    desk.f.trace_id = newest(desk, "orders_update").await;
    desk.f.other_trace_id = newest(desk, "orders_get cached:no").await;
}

/// The newest recorded call of the order, by its tool.
async fn newest(desk: &Desk, tool: &str) -> String {
    let query = format!("order:{} tool:{tool}", desk.f.order_id);
    fixture::trace_id(&desk.f.server, &desk.f.owner, &query).await
}

/// Asks for all there is to see, as everybody: the owner last, who changes things by it.
async fn look(desk: &mut Desk) {
    let (owner, waiting) = (desk.owner.clone(), desk.f.waiting_id.clone());
    let mut people: Vec<(Role, Browser)> = desk.f.people.clone();
    people.reverse();
    for (role, person) in &people {
        let whose = format!(" of somebody who is {role}");
        looks::pages(desk, &whose, person).await;
        looks::change(desk, &whose, person, &waiting).await;
        looks::files(desk, &whose, person).await;
        looks::functions(desk, &whose, person, true).await;
    }
    let whose = " of the owner";
    looks::payloads(desk).await;
    looks::pages(desk, whose, &owner).await;
    looks::change(desk, whose, &owner, &waiting).await;
    looks::files(desk, whose, &owner).await;
    looks::instance(desk).await;
    looks::functions(desk, whose, &owner, false).await;
    looks::operator(desk).await;
    tools::remove_the_store(desk).await;
}

/// Looks into what is kept, while the server runs, with all that its log of writes still holds, and when it has ended.
async fn end(mut desk: Desk) {
    looks::database(&mut desk, " while the server runs");
    let Desk { f, mut search, .. } = desk;
    let Fixture {
        server, database, ..
    } = f;
    let log = server.log.clone();
    let (data, _upstream) = server.stop().await;
    for (name, bytes) in database.contents(data.path()) {
        search.look(Place::Database, &name, " after its end", &bytes);
    }
    search.look(Place::Log, "the log", "", log.lock().unwrap().as_bytes());
    search.end();
}
