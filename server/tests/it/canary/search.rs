//! Looking for canaries, in every form that a text may have been written down in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::kinds::{ANY, Canary, Place, Sent};

/// A page of SQLite's file.
const PAGE_BYTES: usize = 4096;
/// The form that a canary was sent in.
const PLAIN: &str = "as it is";
/// By so many bytes at their beginning forms are told apart.
const BEGINNING: usize = 4;

/// A canary, by its place among all, as it may have been written down.
struct Form {
    canary: usize,
    name: &'static str,
    text: String,
}

/// The forms in which upper and lower case are alike: words that calls are found by are kept in lower case. Canaries are letters
/// and digits, which stand in HTML, JSON and addresses as they are, so that no more is needed for those.
fn forms_in_lower_case(canary: usize, text: &str) -> [Form; 3] {
    let lower = text.to_ascii_lowercase();
    // Between zeros, so that it is the same in both orders of bytes.
    let wide: Vec<String> = lower.chars().map(String::from).collect();
    let hex: Vec<String> = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    [
        (PLAIN, lower),
        ("in UTF-16", wide.join("\0")),
        ("in hex", hex.concat()),
    ]
    .map(|(name, text)| Form { canary, name, text })
}

/// Base64 in both alphabets, after any number of other bytes.
fn forms_in_base64(canary: usize, text: &str) -> Vec<Form> {
    let mut texts = BTreeSet::new();
    for (before, skipped) in [(0, 0), (1, 2), (2, 3)] {
        let bytes = [vec![0; before], text.as_bytes().to_vec()].concat();
        // The last letter of a part that is not whole depends on what follows.
        let cut = usize::from(!bytes.len().is_multiple_of(3));
        for written in [
            STANDARD_NO_PAD.encode(&bytes),
            URL_SAFE_NO_PAD.encode(&bytes),
        ] {
            texts.insert(written[skipped..written.len() - cut].to_owned());
        }
    }
    let form = |text| Form {
        canary,
        name: "in base64",
        text,
    };
    texts.into_iter().map(form).collect()
}

/// Forms by how they begin, so that a text is gone through once for all of them.
struct Index {
    /// Whether any begins with these two bytes.
    pairs: Vec<bool>,
    forms: HashMap<Vec<u8>, Vec<Form>>,
}

fn pair(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

impl Index {
    fn of(all: impl Iterator<Item = Form>) -> Self {
        let mut pairs = vec![false; 1 << 16];
        let mut forms: HashMap<Vec<u8>, Vec<Form>> = HashMap::new();
        for form in all {
            let beginning = &form.text.as_bytes()[..BEGINNING];
            pairs[pair(beginning)] = true;
            forms.entry(beginning.to_vec()).or_default().push(form);
        }
        Self { pairs, forms }
    }

    /// The canaries in a text with the name of their form, each with its first place.
    fn found_in(&self, text: &[u8]) -> BTreeMap<(usize, &'static str), usize> {
        let mut found = BTreeMap::new();
        for (at, beginning) in text.windows(BEGINNING).enumerate() {
            if !self.pairs[pair(beginning)] {
                continue;
            }
            for form in self.forms.get(beginning).into_iter().flatten() {
                if text[at..].starts_with(form.text.as_bytes()) {
                    found.entry((form.canary, form.name)).or_insert(at);
                }
            }
        }
        found
    }
}

/// A canary with what was found of it.
struct Wanted {
    canary: Canary,
    was_sent: bool,
    /// Where it was found in the clear and may be.
    seen: BTreeSet<(Place, String)>,
}

/// Everything that was looked through.
pub(super) struct Search {
    wanted: Vec<Wanted>,
    lower: Index,
    as_written: Index,
    leaks: BTreeSet<String>,
}

impl Search {
    pub(super) fn of(canaries: Vec<Canary>) -> Self {
        let values = || {
            let values = canaries.iter().map(|canary| canary.value.as_str());
            values.enumerate()
        };
        let lower = values().flat_map(|(canary, text)| forms_in_lower_case(canary, text));
        let as_written = values().flat_map(|(canary, text)| forms_in_base64(canary, text));
        let (lower, as_written) = (Index::of(lower), Index::of(as_written));
        let wanted = canaries.into_iter().map(|canary| Wanted {
            was_sent: canary.sent == Sent::ByServer,
            seen: BTreeSet::new(),
            canary,
        });
        Self {
            wanted: wanted.collect(),
            lower,
            as_written,
            leaks: BTreeSet::new(),
        }
    }

    /// Notes what is in a text that the test is sending.
    pub(super) fn sends(&mut self, text: &str) {
        for wanted in &mut self.wanted {
            wanted.was_sent |= text.contains(&wanted.canary.value);
        }
    }

    /// Looks through what stands at a place, such as the page of a template, and for whom.
    pub(super) fn look(&mut self, place: Place, name: &str, whose: &str, bytes: &[u8]) {
        let mut found = self.lower.found_in(&bytes.to_ascii_lowercase());
        found.extend(self.as_written.found_in(bytes));
        for ((canary, how), at) in found {
            let wanted = &mut self.wanted[canary];
            let what = wanted.canary.what;
            if !wanted.canary.may_be(place, name) {
                let detail = detail(place, bytes, at);
                self.leaks
                    .insert(format!("{what}, {how}, in {place:?} {name}{whose}{detail}"));
            } else if how == PLAIN {
                wanted.seen.insert((place, name.to_owned()));
            }
        }
    }

    /// Tells of everything at once: what was found where it must not be, was never sent, or was not where it belongs.
    pub(super) fn end(self) {
        let mut faults: Vec<String> = self.leaks.into_iter().collect();
        for wanted in &self.wanted {
            let what = wanted.canary.what;
            if !wanted.was_sent {
                faults.push(format!("{what} was never sent"));
            }
            for (place, name) in wanted.canary.shown {
                let mut seen = wanted.seen.iter();
                if !seen.any(|(at, of)| at == place && (ANY.contains(name) || of == name)) {
                    faults.push(format!(
                        "{what} is not in {place:?} {name}, where it belongs"
                    ));
                }
            }
        }
        assert!(
            faults.is_empty(),
            "{} faults:\n{}",
            faults.len(),
            faults.join("\n")
        );
    }
}

/// Where exactly something was found, without what stands around it.
fn detail(place: Place, bytes: &[u8], at: usize) -> String {
    let is_end = |byte: &u8| *byte == b'\n';
    match place {
        Place::Database => format!(", page {} if it is a file", at / PAGE_BYTES + 1),
        Place::Log => {
            let begin = bytes[..at]
                .iter()
                .rposition(is_end)
                .map_or(0, |end| end + 1);
            let line = bytes[begin..].split(is_end).next().unwrap_or_default();
            let line: serde_json::Value = serde_json::from_slice(line).unwrap_or_default();
            format!(", a line of {}", line["target"])
        }
        _ => String::new(),
    }
}

#[test]
fn every_form_is_found() {
    let canary = "kx7q2m9vb4tz";
    let bytes = |text: &str| text.as_bytes().to_vec();
    let wide = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let text = format!("ä {canary} ä");
        text.encode_utf16().flat_map(order).collect()
    };
    for written in [
        bytes(&format!("\u{fffd}{}\"", canary.to_uppercase())),
        bytes(&format!("x{}", STANDARD_NO_PAD.encode(canary))),
        bytes(&STANDARD_NO_PAD.encode(format!("a{canary}?>"))),
        bytes(&URL_SAFE_NO_PAD.encode(format!("??{canary}"))),
        bytes("\\x6b783771326d39766234747A00"),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
    ] {
        let mut search = Search::of(vec![Canary::nowhere("the test's", canary)]);
        search.look(Place::Export, "file", "", &written);
        assert!(
            !search.leaks.is_empty(),
            "{}",
            String::from_utf8_lossy(&written)
        );
    }
}
