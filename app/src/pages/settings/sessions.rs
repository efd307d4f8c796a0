//! The browsers that somebody is signed in with.

use leptos::prelude::*;
use orderdesk_mcp_contract::UtcMillis;
use orderdesk_mcp_contract::views::people::SessionView;
use server_fn::ServerFn as _;

use super::api::{EndMyOtherSessions, EndMySession, SESSIONS_FORM};
use crate::parts::format::ago;
use crate::parts::{
    Look, Tone, Whole, badge, el, hidden, post_form, refusal, submit_button, time, told,
};
use crate::transport::Submission;

/// All of them, this one first, each with a way to end it.
pub(super) fn sessions_card(
    sessions: Submission,
    as_of: UtcMillis,
    rows: Vec<SessionView>,
) -> AnyView {
    let has_others = rows.iter().any(|row| !row.is_this);
    let rows = rows
        .into_iter()
        .map(|row| session_row(sessions, as_of, row));
    let others = has_others.then(|| {
        let button = submit_button(
            Look::DangerQuiet,
            sessions.pending(),
            "log-out",
            "Sign out all other browsers",
        );
        post_form(sessions, EndMyOtherSessions::url(), vec![button])
    });
    el("section")
        .class("card sessions")
        .with("aria-labelledby", "sessions-title")
        .around(vec![
            el("h2")
                .with("id", "sessions-title")
                .text("Browsers")
                .whole(),
            told(refusal(sessions, SESSIONS_FORM)),
            el("ul").class("stop-rows").around(rows.collect()),
            others.whole(),
        ])
}

fn session_row(sessions: Submission, as_of: UtcMillis, row: SessionView) -> AnyView {
    let browser = row
        .user_agent
        .as_deref()
        .map_or("Some browser", browser_name);
    let this = row
        .is_this
        .then(|| badge(Tone::Ok, "check", "This browser"));
    let mut place = vec!["In ".to_owned(), row.workspace];
    if let Some(ip) = row.ip {
        place.extend([", from ".to_owned(), ip]);
    }
    let about = el("div")
        .child(
            el("p")
                .class("person-name")
                .text(browser)
                .text(" ")
                .maybe(this),
        )
        .child(el("p").class("person-email").text(place.concat()))
        .child(
            el("p")
                .class("person-email")
                .text("Signed in ")
                .child(time(row.began_at))
                .text(", last used ")
                .text(ago(as_of, row.last_seen_at)),
        );
    let end = (!row.is_this).then(|| {
        let form = vec![
            hidden("id", row.id.to_string()).whole(),
            submit_button(Look::Plain, sessions.pending(), "", "Sign out"),
        ];
        post_form(sessions, EndMySession::url(), form)
    });
    el("li")
        .class("stop-row")
        .with("id", ["session-", &row.id.to_string()].concat())
        .around(vec![about.whole(), end.whole()])
}

/// A browser's name by what it calls itself. The order matters: most claim to be several.
fn browser_name(agent: &str) -> &'static str {
    const NAMES: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
        ("curl", "curl"),
    ];
    let found = NAMES.iter().find(|(sign, _)| agent.contains(sign));
    found.map_or("Some browser", |(_, name)| name)
}
