//! What the list is narrowed to, as it stands in the address.

use leptos_router::params::ParamsMap;

use crate::routes;

/// Longest value; ids of ours have 26 letters.
const VALUE_MAX: usize = 40;

/// The filter of the list. Values are plain words, so that they need no encoding anywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// A tab's name; blank for all.
    pub state: String,
    /// Our id of a store.
    pub store: String,
    /// An order's or product's id.
    pub order: String,
    /// A key's id.
    pub key: String,
    /// The last change of the page before.
    pub before: String,
}

impl Filter {
    /// Takes what is there; what cannot be a value is left out.
    pub(crate) fn of(value_of: impl Fn(&str) -> Option<String>) -> Self {
        let plain = |name| {
            let text = value_of(name).unwrap_or_default();
            let text = text.trim();
            let is_plain = text.len() <= VALUE_MAX
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
            if is_plain {
                text.to_owned()
            } else {
                String::new()
            }
        };
        Self {
            state: plain("state"),
            store: plain("store"),
            order: plain("order"),
            key: plain("key"),
            before: plain("before"),
        }
    }

    /// From the address.
    pub(crate) fn of_params(params: &ParamsMap) -> Self {
        Self::of(|name| params.get(name))
    }

    /// From what [`Filter::query`] made.
    #[cfg(feature = "ssr")]
    pub(crate) fn parse(query: &str) -> Self {
        Self::of(|name| {
            query.split('&').find_map(|pair| {
                let (found, value) = pair.split_once('=')?;
                (found == name).then(|| value.to_owned())
            })
        })
    }

    fn fields(&self) -> [(&'static str, &str); 5] {
        [
            ("state", &self.state),
            ("store", &self.store),
            ("order", &self.order),
            ("key", &self.key),
            ("before", &self.before),
        ]
    }

    /// `state=waiting&order=12`: what is set, in one order.
    pub(crate) fn query(&self) -> String {
        let set = self
            .fields()
            .into_iter()
            .filter(|(_, value)| !value.is_empty());
        let pairs: Vec<_> = set
            .map(|(name, value)| [name, "=", value].concat())
            .collect();
        pairs.join("&")
    }

    /// The list's address with this filter.
    pub(crate) fn href(&self) -> String {
        let query = self.query();
        if query.is_empty() {
            routes::CHANGES.to_owned()
        } else {
            [routes::CHANGES, "?", &query].concat()
        }
    }

    /// Whether anything is left out, be it by filter, tab or page.
    pub(crate) fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// The first page of another tab.
    pub(crate) fn with_state(&self, state: &str) -> Self {
        Self {
            state: state.to_owned(),
            before: String::new(),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stands_in_the_address_and_comes_back() {
        let filter = Filter {
            state: "done".into(),
            order: "1001".into(),
            before: "01kb9ct5q80000000000000000".into(),
            ..Filter::default()
        };
        assert_eq!(
            filter.href(),
            "/changes?state=done&order=1001&before=01kb9ct5q80000000000000000"
        );
        assert_eq!(Filter::parse(&filter.query()), filter);
        assert_eq!(
            filter.with_state("").href(),
            "/changes?order=1001",
            "another tab begins at its first page"
        );
        assert_eq!(Filter::default().href(), "/changes");
        assert!(Filter::parse("").is_all());
    }

    #[test]
    fn leaves_out_what_cannot_be_a_value() {
        for bad in ["a b", "a&b=c", "<script>", "ü", &"x".repeat(41)] {
            let filter = Filter::of(|_| Some(bad.to_owned()));
            assert!(filter.is_all(), "{bad}");
        }
    }
}
