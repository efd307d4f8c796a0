use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Operation;
use crate::json::Json;

/// What stays readable in a path step and in a query value; the rest is percent-encoded. Dots are
/// not in it: `..` must never be a step.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// What to send, before any I/O.
pub(super) struct Request {
    pub operation: &'static Operation,
    /// Path and query below the base URL.
    pub target: String,
    pub body: Option<String>,
}

impl Request {
    /// A request without query or body. `ids` fill the `{..}` of the route in order.
    pub fn new(operation: &'static Operation, ids: &[&str]) -> Self {
        let mut ids = ids.iter();
        let mut target = String::new();
        for step in operation.route.split('/').skip(1) {
            target.push('/');
            if step.starts_with('{') {
                let id = ids.next().copied().unwrap_or_default();
                debug_assert!(!id.is_empty(), "{operation:?} lacks an id");
                target.extend(utf8_percent_encode(id, KEPT));
            } else {
                target.push_str(step);
            }
        }
        debug_assert!(ids.next().is_none(), "{operation:?} has an id too many");
        Self {
            operation,
            target,
            body: None,
        }
    }

    /// Adds a query, in the order given.
    pub fn query(mut self, pairs: &[(&'static str, String)]) -> Self {
        for (index, (name, value)) in pairs.iter().enumerate() {
            self.target.push(if index == 0 { '?' } else { '&' });
            self.target.push_str(name);
            self.target.push('=');
            self.target.extend(utf8_percent_encode(value, KEPT));
        }
        self
    }

    /// Adds a JSON body.
    pub fn body(mut self, body: &Json) -> Self {
        self.body = Some(body.to_string());
        self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::operation::{GET_ITEM, GET_ORDER, LIST_ORDERS, OPERATIONS};
    use super::*;

    #[test]
    fn ids_stay_in_their_step() {
        for (id, target) in [
            ("4981200417", "/orders/4981200417"),
            ("../store", "/orders/%2E%2E%2Fstore"),
            ("a/b", "/orders/a%2Fb"),
            ("%2e%2e", "/orders/%252e%252e"),
            ("1?limit=1#x", "/orders/1%3Flimit%3D1%23x"),
        ] {
            assert_eq!(Request::new(&GET_ORDER, &[id]).target, target);
        }
        assert_eq!(
            Request::new(&GET_ITEM, &["1", "2"]).target,
            "/orders/1/order-items/2"
        );
    }

    #[test]
    fn queries_are_encoded() {
        let pairs = [
            ("email", "a+b&c=d@x.de".to_owned()),
            ("search_start_date", "2026-03-01 10:00:00".to_owned()),
        ];
        assert_eq!(
            Request::new(&LIST_ORDERS, &[]).query(&pairs).target,
            "/orders?email=a%2Bb%26c%3Dd%40x%2Ede&search_start_date=2026%2D03%2D01%2010%3A00%3A00"
                .replace("%2D", "-")
        );
    }

    #[test]
    fn operations_are_named_once() {
        let names: std::collections::BTreeSet<_> =
            OPERATIONS.iter().map(|operation| operation.name).collect();
        let calls: std::collections::BTreeSet<_> = OPERATIONS
            .iter()
            .map(|operation| (operation.method, operation.route))
            .collect();
        assert_eq!((names.len(), calls.len()), (26, 26));
    }

    proptest! {
        #[test]
        fn no_id_whatever_changes_the_path(id in ".{1,40}") {
            let target = Request::new(&GET_ORDER, &[&id]).target;
            let url = reqwest::Url::parse(&format!("https://x/api/v2{target}")).unwrap();
            let steps: Vec<_> = url.path_segments().unwrap().collect();
            prop_assert_eq!(steps.len(), 4);
            prop_assert_eq!(&steps[..3], ["api", "v2", "orders"]);
            prop_assert!(url.query().is_none() && url.fragment().is_none());
        }
    }
}
