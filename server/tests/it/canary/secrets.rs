//! What the server makes and shows once.

use serde_json::Value;

use super::kinds::WEBHOOK;
use crate::matrix::fixture::Fixture;
use crate::support::Browser;

/// Secrets of the server's own making, with the answers that gave them.
pub(super) struct Secrets {
    /// The owner of the first workspace, signed in with their key.
    pub(super) owner: Browser,
    /// The code of an invitation.
    pub(super) invitation: String,
    /// The answer that gave it.
    pub(super) invited: String,
    /// What webhooks of an alert are signed with.
    pub(super) signing: String,
    /// The list of alerts that showed it.
    pub(super) alerts: String,
}

impl Secrets {
    pub(super) async fn of(f: &Fixture) -> Self {
        let mut owner = Browser::signed_in(&f.server, &f.owner).await;
        let ask = async |browser: &mut Browser, path: &str, form: &[(&str, &str)]| {
            let answer = browser.post(&f.server, path, form).await;
            assert!(answer.status().is_success(), "{path}");
            answer.text().await.unwrap()
        };
        let invite = [("email", "joiner@Alphacanary.example"), ("role", "viewer")];
        let invited = ask(&mut owner, "/api/invite_person", &invite).await;
        let made: Value = serde_json::from_str(&invited).unwrap();
        let address = format!("https://hooks.example.com/{WEBHOOK}");
        let alert = [
            ("name", "Told elsewhere"),
            ("query", "status:error"),
            ("threshold", "10000"),
            ("window", "1"),
            ("webhook", address.as_str()),
        ];
        ask(&mut owner, "/api/save_alert", &alert).await;
        let alerts = ask(&mut owner, "/api/list_alerts", &[]).await;
        let (_, shown) = alerts.split_once("whsec_").expect("it is shown once");
        let is_of_it = |letter: &char| letter.is_ascii_alphanumeric() || "+/=".contains(*letter);
        Self {
            invitation: made["code"].as_str().unwrap().to_owned(),
            signing: shown.chars().take_while(is_of_it).collect(),
            owner,
            invited,
            alerts,
        }
    }
}
