use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::json::{Json, Object};
use crate::{FolderId, StoreId};

/// What stands in place of a secret in [`StoreInfo::redacted`].
pub const REDACTED: &str = "[redacted]";

/// A folder of a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Folder {
    /// Its id.
    pub id: FolderId,
    /// Its name, as the merchant wrote it.
    pub name: String,
}

record!(
    /// A store with its settings and folders.
    ///
    /// The settings hold secrets (`api_key`, `smtp_password`): show [`StoreInfo::redacted`] only.
    StoreInfo, "a store"
);

impl StoreInfo {
    accessors! {
        /// Its id.
        id(StoreId) id;
        /// Its name.
        text name;
    }

    /// The folders in the merchant's order; new orders go to the first.
    pub fn folders(&self) -> Vec<Folder> {
        let entries = self.0.entries("folders");
        let folders = entries.iter().filter_map(|(id, name)| {
            Some(Folder {
                id: FolderId::new(id).ok()?,
                name: name.text()?.to_owned(),
            })
        });
        folders.collect()
    }

    /// One of the settings as text that is not blank.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.0.get("settings")?.as_object()?.filled(name)
    }

    /// The IANA name of the store's time zone, in which the `_local` filters are read.
    pub fn timezone(&self) -> Option<&str> {
        self.setting("timezone")
    }

    /// The same store with every secret-looking value replaced by [`REDACTED`], at any depth:
    /// names that speak of keys, passwords, secrets, tokens or credentials, and URLs that carry a
    /// password. Blank values stay blank, so one sees what is set.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        redact_object(&mut self.0);
        self
    }
}

fn redact_object(object: &mut Object) {
    for (name, value) in object.iter_mut() {
        if is_secret_name(name) {
            if !value.is_blank() {
                *value = Json::from(REDACTED);
            }
        } else {
            redact(value);
        }
    }
}

fn redact(value: &mut Json) {
    match value {
        Json::Object(object) => redact_object(object),
        Json::Array(elements) => elements.iter_mut().for_each(redact),
        Json::String(text) if has_url_password(text) => REDACTED.clone_into(text),
        _ => {}
    }
}

fn is_secret_name(name: &str) -> bool {
    const PARTS: [&str; 10] = [
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "secret",
        "token",
        "credential",
        "auth",
        "cookie",
        "signature",
    ];
    let lower = name.to_ascii_lowercase();
    // "key" alone or as the end of a word (`api_key`, `privateKey`), not inside one (`monkeys`).
    PARTS.iter().any(|part| lower.contains(part))
        || lower
            .split(|letter: char| !letter.is_alphanumeric())
            .any(|word| word.ends_with("key"))
}

fn has_url_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.contains('@')
}
