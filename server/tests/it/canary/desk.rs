//! Asking a server so that everything that is sent is noted and everything that comes back is looked through.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use super::kinds::{self, Place};
use super::search::Search;
use super::secrets::Secrets;
use crate::matrix::fixture::Fixture;
use crate::support::Browser;

/// A server with two workspaces, and all that was seen of it.
pub(super) struct Desk {
    pub(super) f: Fixture,
    pub(super) search: Search,
    /// The owner's session, whose cookie is a canary.
    pub(super) owner: Browser,
}

impl Desk {
    pub(super) async fn of(f: Fixture) -> Self {
        let secrets = Secrets::of(&f).await;
        let mut search = Search::of(kinds::all(&f, &secrets));
        let address = format!("https://hooks.example.com/{}", kinds::WEBHOOK);
        search.sends(&address);
        for (path, answer) in [
            ("/api/invite_person", &secrets.invited),
            ("/api/list_alerts", &secrets.alerts),
        ] {
            search.look(Place::Page, path, "", answer.as_bytes());
        }
        let mut desk = Self {
            f,
            search,
            owner: secrets.owner,
        };
        desk.join(&secrets.invitation).await;
        desk
    }

    /// Uses the code of the invitation.
    async fn join(&mut self, code: &str) {
        let form = [
            ("code", code),
            ("name", "Joiner"),
            ("password", kinds::PASSWORD),
        ];
        let mut joiner = Browser::default();
        let (status, _) = self
            .post(&mut joiner, " of a guest", "/api/join", &form)
            .await;
        assert_eq!(status, StatusCode::OK, "the code is good");
    }

    /// Calls a tool, and gives the result as JSON-RPC has it.
    pub(super) async fn call(&mut self, key: &str, tool: &str, arguments: Value) -> Value {
        let message = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": tool, "arguments": arguments },
        });
        let message = message.to_string();
        self.search.sends(key);
        self.search.sends(&message);
        let request = self.f.server.mcp(Some(key)).body(message);
        let answer = request.send().await.unwrap();
        let (_, text) = self.look(Place::Answer, tool, "", answer).await;
        let body: Value = serde_json::from_str(&text).unwrap();
        body["result"].clone()
    }

    /// Opens a page of a template.
    pub(super) async fn open(
        &mut self,
        browser: &mut Browser,
        whose: &str,
        template: &str,
        address: &str,
    ) -> (StatusCode, String) {
        self.search.sends(address);
        self.sends_cookie(browser);
        let answer = browser.open(&self.f.server, address).await;
        self.look(Place::Page, template, whose, answer).await
    }

    /// Calls a server function.
    pub(super) async fn post(
        &mut self,
        browser: &mut Browser,
        whose: &str,
        path: &str,
        form: &[(&str, &str)],
    ) -> (StatusCode, String) {
        for (_, value) in form {
            self.search.sends(value);
        }
        self.sends_cookie(browser);
        let answer = browser.post(&self.f.server, path, form).await;
        self.look(Place::Page, path, whose, answer).await
    }

    fn sends_cookie(&mut self, browser: &Browser) {
        if let Some(cookie) = &browser.cookie {
            self.search.sends(cookie);
        }
    }

    /// Looks through all of an answer, and gives its status and body.
    pub(super) async fn look(
        &mut self,
        place: Place,
        name: &str,
        whose: &str,
        answer: Response,
    ) -> (StatusCode, String) {
        let of = format!(" of {name}{whose}");
        for (header, value) in answer.headers() {
            self.search
                .look(Place::Header, header.as_str(), &of, value.as_bytes());
        }
        let status = answer.status();
        let text = answer.text().await.unwrap();
        self.search.look(place, name, whose, text.as_bytes());
        (status, text)
    }
}
