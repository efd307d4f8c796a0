//! What a query that is being typed can go on with.

use orderdesk_mcp_contract::trace::query::{Field, Status, Term, Test};
use orderdesk_mcp_contract::trace::{Door, TraceQuery};
use orderdesk_mcp_contract::{ApiError, ErrorCode, Right, TenantId, tools};

use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;

/// Most continuations that are offered.
const OFFERED: usize = 12;
/// Longest text that is completed, in characters; the longest that is asked.
const TYPED_MAX: usize = 1000;

/// The last term of a text, which is being typed.
struct Unfinished<'a> {
    /// All that stands before it, with its minus.
    before: &'a str,
    /// The name before the colon, or what is there of it.
    name: &'a str,
    /// What is there of the value; absent before the colon.
    value: Option<&'a str>,
}

impl<'a> Unfinished<'a> {
    fn of(text: &'a str) -> Self {
        let (mut began, mut is_quoted) = (0, false);
        for (at, letter) in text.char_indices() {
            match letter {
                '"' => is_quoted = !is_quoted,
                letter if letter.is_whitespace() && !is_quoted => began = at + letter.len_utf8(),
                _ => {}
            }
        }
        if text[began..].starts_with('-') {
            began += 1;
        }
        let (before, term) = text.split_at(began);
        let (name, value) = match term.split_once(':') {
            Some((name, value)) => (name, Some(value)),
            None => (term, None),
        };
        Self {
            before,
            name,
            value,
        }
    }
}

impl Services {
    /// Whole queries that begin with what is typed and go on with the name of a field or one of its values, at most 12.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn complete_query(
        &self,
        caller: &Caller,
        typed: &str,
    ) -> Result<Vec<String>, ApiError> {
        caller.require(Right::Look)?;
        if typed.chars().count() > TYPED_MAX {
            return Ok(Vec::new());
        }
        let completed = self.complete(caller.tenant_id(), typed).await;
        completed.map_err(Failure::answer)
    }

    async fn complete(&self, tenant: TenantId, typed: &str) -> Result<Vec<String>, Failure> {
        let Unfinished {
            before,
            name,
            value,
        } = Unfinished::of(typed);
        let Some(value) = value else {
            let fields = Field::ALL.map(Field::as_str).into_iter();
            let begun = fields.filter(|field| field.starts_with(name));
            let whole = begun.map(|field| format!("{before}{field}:"));
            return Ok(whole.take(OFFERED).collect());
        };
        let field = Field::ALL.into_iter().find(|field| field.as_str() == name);
        let terms = match field {
            Some(field) => self.terms_of(tenant, field).await?,
            None => Vec::new(),
        };
        let typed_value = value.trim_matches('"').to_lowercase();
        let goes_on = |(value, _): &(String, String)| {
            let value = value.to_lowercase();
            value.contains(&typed_value) && value != typed_value
        };
        let offered = terms.into_iter().filter(goes_on).take(OFFERED);
        Ok(offered.map(|(_, term)| format!("{before}{term}")).collect())
    }

    /// The values that a field is known to have, each with the term that asks for it.
    async fn terms_of(
        &self,
        tenant: TenantId,
        field: Field,
    ) -> Result<Vec<(String, String)>, Failure> {
        let plain = |values: Vec<&str>| {
            let term = |value: &str| (value.to_owned(), format!("{}:{value}", field.as_str()));
            values.into_iter().map(term).collect()
        };
        let named = |names: Vec<String>, test: fn(String) -> Test| {
            let term = |name: String| {
                let term = Term::only(test(name.clone()));
                (name, TraceQuery::default().with(term).to_string())
            };
            names.into_iter().map(term).collect()
        };
        Ok(match field {
            Field::Tool => plain(
                tools::catalog::offered()
                    .iter()
                    .map(|tool| tool.name)
                    .collect(),
            ),
            Field::Store => named(self.trace_names(tenant).await?.all_stores(), Test::Store),
            Field::Key => named(self.trace_names(tenant).await?.all_actors(), Test::Key),
            Field::Door => plain(Door::ALL.map(Door::as_str).to_vec()),
            Field::Status => {
                let codes = ErrorCode::ALL.map(ErrorCode::as_str);
                let general = [Status::Ok, Status::Failed].map(Status::as_str);
                plain(general.into_iter().chain(codes).collect())
            }
            Field::Cached => plain(vec!["yes", "no"]),
            Field::Change => plain(vec!["yes", "no"]),
            Field::Latency => plain(vec![">300", ">1000", ">3000", ">10000"]),
            Field::Since => plain(vec!["1h", "24h", "7d", "30d"]),
            Field::Until => plain(vec!["1h", "24h", "7d"]),
            Field::Changed => plain(vec!["shipping.*", "customer.*", "folder_id", "order_items"]),
            Field::Order | Field::Client | Field::Text => Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_term_is_the_one_that_is_typed() {
        for (text, before, name, value) in [
            ("", "", "", None),
            ("to", "", "to", None),
            ("tool:", "", "tool", Some("")),
            ("status:ok -st", "status:ok -", "st", None),
            ("status:ok ", "status:ok ", "", None),
            ("store:\"Main sh", "", "store", Some("\"Main sh")),
            ("store:\"Main shop\" k", "store:\"Main shop\" ", "k", None),
            ("größe:ü\u{2003}x", "größe:ü\u{2003}", "x", None),
        ] {
            let found = Unfinished::of(text);
            assert_eq!(
                (found.before, found.name, found.value),
                (before, name, value)
            );
        }
    }
}
