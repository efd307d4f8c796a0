//! The words that a call is found by. They are kept unsealed, so they come from what tells nothing of a customer: of arguments
//! only the members named here, and of changes only where something changed, never what.

use std::collections::BTreeSet;

use orderdesk::{FieldChange, FieldPath, Step};
use serde_json::{Map, Value};

use super::redact::{Plain, is_marked};

/// Most words of a call's arguments, and of the fields that it changes.
const TEXTS_MAX: usize = 32;
const CHANGED_MAX: usize = 32;
/// Longest word, in bytes; longer ones are left out.
const WORD_MAX: usize = 64;
/// What the word of a changed field begins with. No word of a text holds a colon.
const CHANGED: &str = "changed:";

/// The arguments, and members of them, whose values are searched, without what is between their words. Not the store: every
/// call names one, and it is asked for by itself.
const SEARCHED: [&str; 26] = [
    "carriercode",
    "code",
    "folder",
    "folderid",
    "foldername",
    "format",
    "inventorylocation",
    "inviteid",
    "keyid",
    "memberid",
    "orderitemid",
    "paymentstatus",
    "paymenttype",
    "productid",
    "role",
    "scope",
    "sessionid",
    "shipmentid",
    "shipmentmethod",
    "shippingmethod",
    "sku",
    "sourceid",
    "sourcename",
    "status",
    "tags",
    "traceid",
];
/// Members whose own members are named by whoever made the order; nothing in them is searched.
const NAMED_BY_OTHERS: [&str; 4] = [
    "checkout_data",
    "metadata",
    "order_metadata",
    "variation_list",
];

/// The words of a call, in order, each once: of its arguments without what is hidden, and of the fields that it changes.
pub(super) fn words(
    arguments: Option<&Map<String, Value>>,
    changed: BTreeSet<String>,
) -> Vec<String> {
    let mut texts = BTreeSet::new();
    for (name, value) in arguments.into_iter().flatten() {
        member(name, value, &mut texts);
    }
    let texts = texts.into_iter().take(TEXTS_MAX);
    let mut words: Vec<_> = texts.chain(changed).collect();
    words.sort_unstable();
    words
}

/// The words of fields that change: of each its path and the ways to it, without the places in lists.
pub(super) fn changed_words(diff: &[FieldChange]) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for change in diff {
        let mut word = CHANGED.to_owned();
        for name in names(&change.path) {
            if word.len() > CHANGED.len() {
                word.push('.');
            }
            word.push_str(&name.to_ascii_lowercase());
            if words.len() == CHANGED_MAX || word.len() > WORD_MAX {
                break;
            }
            words.insert(word.clone());
        }
    }
    words
}

/// The members that a path leads through, up to what others named.
fn names(path: &FieldPath) -> impl Iterator<Item = &str> {
    let members = path.steps().iter().filter_map(|step| match step {
        Step::Member(name) => Some(name.as_str()),
        Step::Id(_) | Step::At(_) => None,
    });
    let mut is_ours = true;
    members.take_while(move |name| std::mem::replace(&mut is_ours, !NAMED_BY_OTHERS.contains(name)))
}

/// A path up to what others named: what is kept unsealed may hold no more of it.
pub(crate) fn up_to_others(path: &FieldPath) -> FieldPath {
    let steps = path.steps().iter();
    let mut kept = FieldPath::default();
    for step in steps {
        kept = kept.then(step.clone());
        if matches!(step, Step::Member(name) if NAMED_BY_OTHERS.contains(&name.as_str())) {
            break;
        }
    }
    kept
}

/// The word that a field is asked for by, such as `shipping.city` or all of `shipping.*`.
pub(super) fn changed_word(field: &str) -> String {
    let field = field.strip_suffix(".*").unwrap_or(field);
    [CHANGED, &field.to_ascii_lowercase()].concat()
}

/// The words of a text in lower case: what stands between blanks, quotes, brackets, commas and colons, without marks before and
/// behind.
pub(super) fn words_of(text: &str) -> impl Iterator<Item = String> {
    let is_between = |letter: char| {
        letter.is_whitespace() || letter.is_control() || "\"'“”„‘’()[]{}<>|,;:=".contains(letter)
    };
    let words = text.split(is_between);
    let words = words.map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()));
    let fit = words.filter(|word| (1..=WORD_MAX).contains(&word.len()));
    fit.map(str::to_lowercase)
}

/// A member, whose name may be a path, and what is in it.
fn member(name: &str, value: &Value, words: &mut BTreeSet<String>) {
    let mut steps = name.split(['.', '/', '[', ']']);
    if steps.clone().any(|step| NAMED_BY_OTHERS.contains(&step)) {
        return;
    }
    let last = steps.rfind(|step| !step.is_empty()).unwrap_or_default();
    let is_searched = SEARCHED.contains(&Plain::of(last).as_str());
    inside(value, is_searched, words);
}

fn inside(value: &Value, is_searched: bool, words: &mut BTreeSet<String>) {
    if words.len() >= TEXTS_MAX {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                member(name, value, words);
            }
        }
        Value::Array(values) => {
            for value in values {
                inside(value, is_searched, words);
            }
        }
        Value::String(text) if is_searched && !is_marked(text) => words.extend(words_of(text)),
        Value::Number(number) if is_searched => words.extend(words_of(&number.to_string())),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::payload::Arguments;
    use super::*;

    fn of(arguments: &Value) -> Vec<String> {
        let arguments = Arguments::of(arguments.as_object().unwrap());
        words(Some(arguments.kept()), BTreeSet::new())
    }

    #[test]
    fn a_call_is_found_by_what_tells_nothing_of_a_customer() {
        let arguments = json!({
            "store_identifier": "Main shop",
            "order_id": "10042",
            "folder": "Ready to ship!",
            "changes": {
                "order_items[id=7].code": "ABC-1",
                "source_id": 77,
                "payment_status": "canary@example.com",
                "shipping": { "city": "canary", "status": "odm_mk_01k9q3xz_canary" },
                "order_items": [{
                    "name": "canary",
                    "code": ["X/2", true, null],
                    "metadata": { "sku": "canary" },
                    "variation_list": { "Code": "canary" },
                }],
                "order_items[id=7].variation_list.code": "canary",
                "/checkout_data/status": "canary",
            },
            "note": "canary",
            "email": "canary@example.com",
            "tags": { "color": "canary" },
        });
        let expected = ["77", "abc-1", "ready", "ship", "to", "x/2"];
        assert_eq!(of(&arguments), expected);
        let many: Vec<_> = (0..200).map(|number| json!(number)).collect();
        assert_eq!(of(&json!({ "tags": many })).len(), TEXTS_MAX);
        assert!(of(&json!({ "sku": "x".repeat(WORD_MAX + 1) })).is_empty());
    }

    #[test]
    fn a_change_is_found_by_where_it_changed() {
        let change = |path: &str| FieldChange {
            path: path.parse().unwrap(),
            before: None,
            after: None,
        };
        let diff = [
            change("shipping.city"),
            change("order_items[id=7].quantity"),
            change("checkout_data[\"Gift Message\"]"),
            change("order_items[id=7].metadata.canary"),
        ];
        let expected = [
            "changed:checkout_data",
            "changed:order_items",
            "changed:order_items.metadata",
            "changed:order_items.quantity",
            "changed:shipping",
            "changed:shipping.city",
        ];
        assert!(changed_words(&diff).iter().eq(expected));
        for (asked, word) in [
            ("shipping.*", "changed:shipping"),
            ("Shipping.City", "changed:shipping.city"),
        ] {
            assert_eq!(changed_word(asked), word);
        }
    }
}
