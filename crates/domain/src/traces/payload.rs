//! What of a call is kept sealed: its arguments and its answer without what is hidden, cut where they are long, and the
//! words it was refused with.

use std::borrow::Cow;
use std::io::{self, Write};

use orderdesk_mcp_contract::trace::view::{KeptResult, TracePayload};
use orderdesk_mcp_contract::{ApiError, Document};
use serde::de::Error as _;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::copy::Copy;

/// Most of a call's arguments that is kept, in bytes of JSON.
const ARGUMENTS_MAX: usize = 16 << 10;
/// Most of an error's words that is kept, in bytes of JSON.
const ERROR_MAX: usize = 4 << 10;
/// Most of an answer that is kept, in bytes of JSON.
const RESULT_MAX: usize = 16 << 10;

/// A call's arguments as they are kept.
pub(super) struct Arguments {
    kept: Map<String, Value>,
    were_cut: bool,
}

impl Arguments {
    pub(super) fn of(arguments: &Map<String, Value>) -> Self {
        let mut copy = Copy::of_at_most(ARGUMENTS_MAX);
        Self {
            kept: copy.object(arguments),
            were_cut: copy.was_cut(),
        }
    }

    /// What is kept of them, with the same hidden as everywhere.
    pub(super) fn kept(&self) -> &Map<String, Value> {
        &self.kept
    }
}

/// An answer as it is kept.
pub(super) struct Answer {
    kept: Value,
    was_cut: bool,
}

impl Answer {
    /// None when it cannot be read, as with a number that only text can hold.
    pub(super) fn of(answer: &Document) -> Option<Self> {
        let mut copy = Copy::of_at_most(RESULT_MAX);
        Some(Self {
            kept: copy.document(answer.as_str())?,
            was_cut: copy.was_cut(),
        })
    }
}

/// What is sealed, as JSON; none when there is nothing to keep.
pub(super) fn payload(
    arguments: Option<&Arguments>,
    answer: Option<&Answer>,
    error: Option<&ApiError>,
) -> Option<String> {
    #[derive(Serialize)]
    struct Payload<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        arguments: Option<&'a Map<String, Value>>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        arguments_were_cut: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        result: Option<&'a Value>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        result_was_cut: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<Error<'a>>,
    }
    #[derive(Serialize)]
    struct Error<'a> {
        code: &'a str,
        message: String,
    }
    if arguments.is_none() && answer.is_none() && error.is_none() {
        return None;
    }
    let payload = Payload {
        arguments: arguments.map(|arguments| &arguments.kept),
        arguments_were_cut: arguments.is_some_and(|arguments| arguments.were_cut),
        result: answer.map(|answer| &answer.kept),
        result_was_cut: answer.is_some_and(|answer| answer.was_cut),
        error: error.map(|error| Error {
            code: error.code.as_str(),
            message: Copy::of_at_most(ERROR_MAX).text(&without_value(&error.message)),
        }),
    };
    serde_json::to_string(&payload).ok()
}

/// A refusal's words without the value that was refused, which serde repeats.
fn without_value(message: &str) -> Cow<'_, str> {
    for begins in ["invalid type: ", "invalid value: ", "unknown variant "] {
        if let Some(at) = message.find(begins) {
            let (before, rest) = message.split_at(at + begins.len());
            let expected = rest.rfind(", expected").map_or("", |at| &rest[at..]);
            return Cow::Owned([before, "[hidden]", expected].concat());
        }
    }
    Cow::Borrowed(message)
}

/// A payload that was opened, as it is shown: what is hidden today is hidden also in what was kept before it was.
/// `cache_hit` is the call's: of an answer from the cache nothing is kept.
pub(super) fn read_payload(
    text: &str,
    cache_hit: Option<bool>,
) -> Result<TracePayload, serde_json::Error> {
    #[derive(Deserialize)]
    struct Payload<'a> {
        #[serde(borrow)]
        arguments: Option<&'a RawValue>,
        #[serde(default)]
        arguments_were_cut: bool,
        #[serde(borrow)]
        result: Option<&'a RawValue>,
        #[serde(default)]
        result_was_cut: bool,
        error: Option<Error>,
    }
    #[derive(Deserialize)]
    struct Error {
        message: String,
    }
    let payload: Payload<'_> = serde_json::from_str(text)?;
    // It was cut when it was kept.
    let whole = || Copy::of_at_most(usize::MAX);
    let bare = |raw: &RawValue| {
        let bare = whole().document(raw.get());
        bare.map(|bare| bare.to_string())
            .ok_or_else(|| serde_json::Error::custom("it cannot be read again"))
    };
    let result = match payload.result {
        Some(json) => KeptResult::Kept {
            json: bare(json)?,
            was_cut: payload.result_was_cut,
        },
        None if cache_hit == Some(true) => KeptResult::Cached,
        None => KeptResult::Nothing,
    };
    Ok(TracePayload {
        arguments: payload.arguments.map(bare).transpose()?,
        arguments_were_cut: payload.arguments_were_cut,
        result,
        error: payload
            .error
            .map(|error| whole().text(&without_value(&error.message))),
    })
}

/// How long a value is as JSON, without writing it down.
pub(super) fn size_of_json(value: &impl Serialize) -> usize {
    struct Counted(usize);
    impl Write for Counted {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counted = Counted(0);
    serde_json::to_writer(&mut counted, value).map_or(0, |()| counted.0)
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::ErrorCode;
    use serde_json::json;

    use super::*;

    fn kept(arguments: Value) -> Value {
        let Value::Object(arguments) = arguments else {
            panic!("arguments are an object");
        };
        let text = payload(Some(&Arguments::of(&arguments)), None, None).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn what_is_deep_is_kept_so_that_it_can_be_read() {
        let text = ["[".repeat(70), "]".repeat(70)].concat();
        let deep = (0..70).fold(Value::String(text), |inner, _| json!([inner]));
        let Value::Object(arguments) = json!({ "tags": deep, "limit": 5 }) else {
            panic!("arguments are an object");
        };
        let kept = payload(Some(&Arguments::of(&arguments)), None, None).unwrap();
        let read = read_payload(&kept, None).unwrap();
        let arguments: Value = serde_json::from_str(&read.arguments.unwrap()).unwrap();
        assert_eq!(arguments["limit"], 5);
        assert!(
            arguments["tags"]
                .to_string()
                .contains("deeper than is kept")
        );
    }

    #[test]
    fn secrets_of_every_tool_are_left_out_wherever_they_stand() {
        let key = "odm_mk_01k9q3xz_canary";
        let kept = kept(json!({
            "api_key": "canary",
            "API-Key": ["canary"],
            "nested": [{ "apiKey": { "is": "canary" }, "Master_Key": "canary" }],
            "note": format!("use {key}"),
            key: 1,
            "brand": "odm_mk_",
            "limit": 5,
        }));
        let text = kept.to_string();
        assert!(!text.contains("canary"), "{text}");
        assert_eq!(kept["arguments"]["limit"], 5);
        assert_eq!(kept["arguments"]["brand"], "odm_mk_");
        assert!(kept.get("arguments_were_cut").is_none());
    }

    #[test]
    fn long_arguments_are_cut_and_say_so() {
        let escaped = "\u{1}".repeat(100_000);
        for long in [
            json!({ "text": "x".repeat(1 << 20) }),
            json!({ "texts": vec!["\"\\"; 100_000] }),
            json!({ "escaped": escaped }),
            json!({ "numbers": vec![vec![1]; 100_000] }),
            json!({ "x".repeat(1 << 20): 1, "y": 2 }),
        ] {
            let kept = kept(long);
            assert_eq!(kept["arguments_were_cut"], true);
            let bytes = kept.to_string().len();
            assert!((1000..=17 << 10).contains(&bytes), "{bytes} bytes are kept");
        }
    }

    #[test]
    fn differences_and_long_answers_are_kept_without_what_is_hidden() {
        let long = vec![json!({ "shipping": { "city": "canary", "country": "US" } }); 5000];
        let answer = Document::of(&json!({
            "diff": [
                { "path": "shipping.first_name", "before": "canary", "after": "canary" },
                { "path": "customer", "before": { "company": "canary" }, "after": null },
                { "path": "order_items[id=1].quantity", "before": 1, "after": 2 },
            ],
            "note": "canary@example.com wrote",
            "cc_exp": "", "phone": null, "fax": [], "zip": 12345,
            "orders": long,
        }));
        let answer = Answer::of(&answer.unwrap()).unwrap();
        let text = payload(None, Some(&answer), None).unwrap();
        assert!(!text.contains("canary"), "{}", &text[..900]);
        assert!((12_000..=18_000).contains(&text.len()), "{}", text.len());
        let kept: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(kept["result_was_cut"], true);
        let diff = &kept["result"]["diff"];
        assert_eq!(diff[0]["before"], "[hidden: name]");
        assert_eq!(diff[1]["before"]["company"], "[hidden: name]");
        assert_eq!(
            (&diff[2]["before"], &diff[2]["after"]),
            (&json!(1), &json!(2))
        );
        let rest = ["note", "cc_exp", "phone", "fax", "zip"].map(|name| &kept["result"][name]);
        let expected = [
            json!("[hidden: text]"),
            json!(""),
            json!(null),
            json!([]),
            json!("[hidden: address]"),
        ];
        assert_eq!(rest.map(Clone::clone), expected);
        assert_eq!(kept["result"]["orders"][0]["shipping"]["country"], "US");
        let read = read_payload(&text, Some(false)).unwrap();
        assert!(matches!(
            read.result,
            KeptResult::Kept { was_cut: true, .. }
        ));
        assert_eq!(
            read_payload("{}", Some(true)).unwrap().result,
            KeptResult::Cached
        );
    }

    #[test]
    fn what_was_kept_before_it_was_hidden_is_hidden_when_it_is_read() {
        let old = json!({
            "arguments": { "changes": { "shipping": { "city": "canary" } }, "api_key": "canary", "limit": 5 },
            "result": { "email": "canary@example.com", "id": 7 },
            "error": { "code": "invalid", "message": "invalid value: string \"canary\", expected a number" },
        });
        let read = read_payload(&old.to_string(), None).unwrap();
        assert!(!format!("{read:?}").contains("canary"), "{read:?}");
        let arguments: Value = serde_json::from_str(&read.arguments.unwrap()).unwrap();
        assert_eq!(
            arguments,
            json!({ "changes": { "shipping": { "city": "[hidden: address]" } }, "api_key": "[secret]", "limit": 5 })
        );
        // What was hidden and cut before stays as it is.
        let long =
            vec![json!({ "note": "a [b", "texts": ["[1", "x\u{1}\""], "phone": "1" }); 2_000];
        let answer = Document::of(&json!({ "orders": long, "empty": "" })).unwrap();
        let answer = Answer::of(&answer).unwrap();
        let kept = payload(None, Some(&answer), None).unwrap();
        let kept: Value = serde_json::from_str(&kept).unwrap();
        let KeptResult::Kept { json, was_cut } =
            read_payload(&kept.to_string(), None).unwrap().result
        else {
            panic!("nothing was kept");
        };
        assert!(was_cut);
        assert_eq!(
            serde_json::from_str::<Value>(&json).unwrap(),
            kept["result"]
        );
    }

    #[test]
    fn an_error_is_kept_in_its_words() {
        let error = ApiError::invalid("limit", "y".repeat(100_000));
        let text = payload(None, None, Some(&error)).unwrap();
        assert!(text.len() < 5 << 10, "{}", text.len());
        assert!(text.starts_with("{\"error\":{\"code\":\"invalid\",\"message\":\"yyy"));
        let none = ApiError::new(ErrorCode::Internal, "");
        assert!(payload(None, None, Some(&none)).is_some() && payload(None, None, None).is_none());
    }

    #[test]
    fn sizes_are_those_of_the_text() {
        let value = json!({ "a": [1, "ü\n"], "b": null });
        assert_eq!(size_of_json(&value), value.to_string().len());
    }
}
