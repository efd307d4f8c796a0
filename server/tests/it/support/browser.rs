//! Asking a server as a browser does: with a session cookie, from its own pages.

use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Method, Response};

use super::TestServer;

/// A browser with at most one cookie: the session's.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// `name=value` of the session cookie.
    pub cookie: Option<String>,
}

impl Browser {
    /// A browser signed in with a master key.
    pub async fn signed_in(server: &TestServer, key: &str) -> Self {
        let mut browser = Self::default();
        let answer = browser
            .post(server, "/api/sign_in", &[("master_key", key)])
            .await;
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        assert!(browser.cookie.is_some(), "signing in gives a cookie");
        browser
    }

    /// A browser signed in with a password.
    pub async fn signed_in_as(server: &TestServer, email: &str, password: &str) -> Self {
        let mut browser = Self::default();
        let form = [("email", email), ("password", password)];
        let answer = browser.post(server, "/api/sign_in", &form).await;
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        browser
    }

    /// Asks for a page.
    pub async fn open(&mut self, server: &TestServer, path: &str) -> Response {
        self.send(server, Method::GET, path, None, "text/html")
            .await
    }

    /// Calls a server function as the app's own code does.
    pub async fn post(
        &mut self,
        server: &TestServer,
        path: &str,
        form: &[(&str, &str)],
    ) -> Response {
        self.send(
            server,
            Method::POST,
            path,
            Some(encoded(form)),
            "application/json",
        )
        .await
    }

    /// Sends a form as the browser itself does without script.
    pub async fn submit(
        &mut self,
        server: &TestServer,
        path: &str,
        form: &[(&str, &str)],
    ) -> Response {
        self.send(server, Method::POST, path, Some(encoded(form)), "text/html")
            .await
    }

    async fn send(
        &mut self,
        server: &TestServer,
        method: Method,
        path: &str,
        form: Option<String>,
        accept: &str,
    ) -> Response {
        let mut request = server
            .request(method, path)
            .header("sec-fetch-site", "same-origin")
            .header("accept", accept);
        if let Some(form) = form {
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let answer = request.send().await.unwrap();
        for line in answer.headers().get_all(SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap_or_default();
            match pair.split_once('=') {
                Some((name, "")) if name.ends_with("orderdesk_session") => self.cookie = None,
                Some((name, _)) if name.ends_with("orderdesk_session") => {
                    self.cookie = Some(pair.to_owned());
                }
                _ => {}
            }
        }
        answer
    }
}

fn encoded(form: &[(&str, &str)]) -> String {
    let mut encoded = url::form_urlencoded::Serializer::new(String::new());
    encoded.extend_pairs(form).finish()
}
