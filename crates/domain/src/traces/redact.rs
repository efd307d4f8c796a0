//! What of a call's arguments and answer is hidden before it is kept: secrets, and what tells who a customer is, where they
//! live, how they are reached and how they paid, and what is written in free text. The table covers the members of Order Desk's orders and our tools' arguments;
//! what is not in it stays.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use orderdesk_mcp_contract::tools::catalog;

/// How our own keys begin.
const KEY_BRAND: &str = "odm_";
/// A text that is no longer holds no key, at most talks about one.
const TOO_SHORT_FOR_A_KEY: usize = 16;

/// What is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hidden {
    Secret,
    Name,
    Address,
    Email,
    Phone,
    Payment,
    Text,
}

impl Hidden {
    /// What stands in its place.
    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Secret => "[secret]",
            Self::Name => "[hidden: name]",
            Self::Address => "[hidden: address]",
            Self::Email => "[hidden: e-mail]",
            Self::Phone => "[hidden: phone]",
            Self::Payment => "[hidden: payment]",
            Self::Text => "[hidden: text]",
        }
    }
}

/// Where in a document a value stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// What everything here is; none for what is kept.
    pub(super) hidden: Option<Hidden>,
    /// Whether it is about a person or their address, where short names such as `name` and `city` tell who it is.
    is_of_person: bool,
}

impl Place {
    /// The place of a member. Its name may be a whole path, such as `shipping.city` or `/shipping/city`.
    pub(super) fn member(self, name: &str) -> Self {
        let steps = name.split(['.', '/', '[', ']', '=']);
        steps.filter(|step| !step.is_empty()).fold(self, Self::step)
    }

    fn step(self, name: &str) -> Self {
        if self.hidden.is_some() {
            return self;
        }
        let plain = Plain::of(name);
        let name = plain.as_str();
        if is_secret(name) {
            return Self::hiding(Hidden::Secret);
        }
        let after = || PEOPLE.iter().filter_map(|who| name.strip_prefix(who));
        let of_person = after().find_map(|rest| hidden(rest, true));
        if let Some(hidden) = of_person.or_else(|| hidden(name, self.is_of_person)) {
            return Self::hiding(hidden);
        }
        Self {
            hidden: None,
            is_of_person: self.is_of_person || after().any(str::is_empty),
        }
    }

    fn hiding(hidden: Hidden) -> Self {
        Self {
            hidden: Some(hidden),
            is_of_person: false,
        }
    }
}

/// What members about a person begin with.
const PEOPLE: [&str; 8] = [
    "returnshipping",
    "returnaddress",
    "shippingaddress",
    "billingaddress",
    "customer",
    "shipping",
    "billing",
    "recipient",
];

/// What a member of this plain name is.
fn hidden(name: &str, is_of_person: bool) -> Option<Hidden> {
    Some(match name {
        "firstname" | "lastname" | "fullname" | "customername" | "username" => Hidden::Name,
        "name" | "company" | "title" if is_of_person => Hidden::Name,
        "address" | "address1" | "address2" | "address3" | "address4" | "street" | "postalcode"
        | "postcode" | "zip" | "zipcode" | "shipsto" | "ipaddress" => Hidden::Address,
        "city" | "state" | "province" | "region" if is_of_person => Hidden::Address,
        "email" | "emailaddress" | "mail" => Hidden::Email,
        "phone" | "phonenumber" | "telephone" | "mobile" | "fax" => Hidden::Phone,
        "checkoutdata" | "processorresponse" | "cardnumber" | "creditcard" | "lastfour"
        | "last4" | "cvv" | "iban" => Hidden::Payment,
        // What people write to each other names whoever it is about, and so does what shops keep of an order.
        "note" | "notes" | "ordernotes" | "orderhistory" | "content" | "comment" | "comments"
        | "message" | "giftmessage" | "instructions" | "reason" | "metadata" | "ordermetadata" => {
            Hidden::Text
        }
        // Of cards, such as cc_number and cc_exp.
        _ if name.starts_with("cc") && !name.starts_with("cca") => Hidden::Payment,
        _ => return None,
    })
}

/// The first letters of a name in lower case, without what is between its words. No name that is known has more.
pub(super) struct Plain {
    letters: [u8; 40],
    length: usize,
}

impl Plain {
    pub(super) fn of(name: &str) -> Self {
        let (mut letters, mut length) = ([0; 40], 0);
        let of_name = name.bytes().filter(u8::is_ascii_alphanumeric);
        for (place, letter) in letters.iter_mut().zip(of_name) {
            *place = letter.to_ascii_lowercase();
            length += 1;
        }
        Self { letters, length }
    }

    pub(super) fn as_str(&self) -> &str {
        // They are all of ASCII.
        str::from_utf8(&self.letters[..self.length]).unwrap_or_default()
    }
}

/// Whether any tool has a secret argument of this plain name: a secret given to the wrong tool is as secret.
fn is_secret(name: &str) -> bool {
    static SECRETS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let secrets = catalog::offered().iter().flat_map(|tool| tool.secrets);
        secrets
            .map(|name| Plain::of(name).as_str().to_owned())
            .collect()
    });
    SECRETS.contains(name)
}

/// Whether something in a text was hidden.
pub(super) fn is_marked(text: &str) -> bool {
    [
        Hidden::Secret,
        Hidden::Name,
        Hidden::Address,
        Hidden::Email,
        Hidden::Phone,
        Hidden::Payment,
        Hidden::Text,
    ]
    .iter()
    .any(|hidden| text.contains(hidden.mark()))
}

/// A text without what is hidden wherever it stands: all of one that holds a key of ours, and e-mail addresses.
pub(super) fn bared(text: &str) -> Cow<'_, str> {
    if text.len() > TOO_SHORT_FOR_A_KEY && text.contains(KEY_BRAND) {
        return Cow::Borrowed(Hidden::Secret.mark());
    }
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let is_of_address = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, '.' | '_' | '%' | '+' | '-' | '\'' | '@')
    };
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = |is: bool| {
            let found = rest.find(|letter| is_of_address(letter) != is);
            found.unwrap_or(rest.len())
        };
        let (word, after) = rest.split_at(end(is_of_address(first)));
        let is_address = word
            .trim_matches('@')
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
        kept.push_str(if is_address {
            Hidden::Email.mark()
        } else {
            word
        });
        rest = after;
    }
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &[&str]) -> Option<Hidden> {
        let place = path
            .iter()
            .fold(Place::default(), |place, name| place.member(name));
        place.hidden
    }

    #[test]
    fn members_are_hidden_by_what_they_are() {
        for (path, kind) in [
            (&["email"][..], Some(Hidden::Email)),
            (&["order", "shipping", "first_name"], Some(Hidden::Name)),
            (&["order", "shipping", "city"], Some(Hidden::Address)),
            (&["order", "shipping", "country"], None),
            (&["order", "customer", "company"], Some(Hidden::Name)),
            (&["customer", "Phone"], Some(Hidden::Phone)),
            (&["return_address", "name"], Some(Hidden::Name)),
            (&["order_items", "name"], None),
            (&["order_items", "metadata", "city"], Some(Hidden::Text)),
            (&["order_items", "variation", "city"], None),
            (&["order_notes", "content"], Some(Hidden::Text)),
            (&["note"], Some(Hidden::Text)),
            (&["customer_first_name"], Some(Hidden::Name)),
            (&["shippingAddress1"], Some(Hidden::Address)),
            (&["shipping_postal_code"], Some(Hidden::Address)),
            (&["shipping_method"], None),
            (&["shipping_total"], None),
            (&["customer_id"], None),
            (&["customer_name"], Some(Hidden::Name)),
            (&["changes", "shipping.city"], Some(Hidden::Address)),
            (&["changes", "/customer/last_name"], Some(Hidden::Name)),
            (&["cc_number"], Some(Hidden::Payment)),
            (&["cc_number_masked"], Some(Hidden::Payment)),
            (&["cc_exp"], Some(Hidden::Payment)),
            (&["checkout_data", "Gift Message"], Some(Hidden::Payment)),
            (&["payment_status"], None),
            (&["ip_address"], Some(Hidden::Address)),
            (&["state"], None),
            (&["name"], None),
            (&["store_name"], None),
            (&["api_key"], Some(Hidden::Secret)),
            (&["apiKey"], Some(Hidden::Secret)),
        ] {
            assert_eq!(of(path), kind, "{path:?}");
        }
    }

    #[test]
    fn addresses_in_a_text_are_hidden_and_the_rest_stays() {
        for (text, kept) in [
            ("plain", "plain"),
            ("a@b.example", "[hidden: e-mail]"),
            (
                "Write to <eve+1@b.example>, soon.",
                "Write to <[hidden: e-mail]>, soon.",
            ),
            ("ünal@büro.example!", "[hidden: e-mail]!"),
            ("2 @ 3", "2 @ 3"),
            ("@here and me@", "@here and me@"),
            ("odm_mk_01k9q3xz_canary", "[secret]"),
            ("odm_mk_", "odm_mk_"),
        ] {
            assert_eq!(bared(text), kept, "{text}");
        }
    }
}
