//! The recorded calls: how many there are, and how long they are kept.

use leptos::prelude::*;
use orderdesk_mcp_contract::trace::retention::KeptCalls;
use server_fn::ServerFn as _;

use super::api::{CONFIRMED, RETENTION_FORM, SetRetention};
use crate::flash::flash_for;
use crate::parts::format::{count, plural};
use crate::parts::{
    Look, SubmitButton, TextField, Tone, Whole, el, hidden, link, notice, post_form, refusal, time,
    told_in_general,
};
use crate::routes;
use crate::transport::Submission;

/// What is kept now, and the form for whoever may change it.
pub(super) fn recorded_card(form: Submission, kept: KeptCalls, may_change: bool) -> AnyView {
    let fact = |name: &'static str, value| [el("dt").text(name), el("dd").child(value)];
    let calls = link(routes::TRACES, plural(kept.calls, "call", "calls"));
    let since = kept.oldest.map(|oldest| fact("The oldest", time(oldest)));
    let room = el("span").text(["about ", &megabytes(kept.bytes)].concat());
    let days = plural(kept.retention.keep_days.into(), "day", "days");
    let most = kept.retention.keep_calls.map(|calls| {
        let text = ["the newest ", &count(calls)].concat();
        fact("At most", el("span").text(text))
    });
    let facts = el("dl")
        .class("facts")
        .children(fact("Kept now", calls))
        .children(since.into_iter().flatten())
        .children(fact("Room they take", room))
        .children(fact("Kept for", el("span").text(days)))
        .children(most.into_iter().flatten());
    let title = el("h2").with("id", "recorded-title").text("Recorded calls");
    let mut parts = vec![title.whole(), facts.whole()];
    if may_change {
        parts.push(retention_form(form, &kept));
    }
    el("section")
        .class("card")
        .with("aria-labelledby", "recorded-title")
        .around(parts)
}

fn retention_form(form: Submission, kept: &KeptCalls) -> AnyView {
    let refusal = refusal(form, RETENTION_FORM);
    // What was typed stays when the browser itself sent it and was asked something.
    let typed = untrack(move || {
        flash_for(RETENTION_FORM)
            .get()
            .filter(|_| !form.is_answered())
    });
    let typed = |name: &str| {
        let values = &typed.as_ref()?.values;
        let (_, value) = values.iter().find(|(known, _)| known == name)?;
        Some(value.clone())
    };
    let days = typed("keep_days").unwrap_or_else(|| kept.retention.keep_days.to_string());
    let calls = typed("keep_calls")
        .unwrap_or_else(|| kept.retention.keep_calls.map(count).unwrap_or_default());
    let asked = Signal::derive(move || {
        refusal
            .get()
            .filter(|error| error.field.as_deref() == Some(CONFIRMED))
    });
    let question = move || {
        let asked = asked.get()?;
        let confirms = asked.allowed.into_iter().next().unwrap_or_default();
        let question = notice(Tone::Warn, asked.message).with("role", "alert");
        Some(el("div").child(question).child(hidden(CONFIRMED, confirms)))
    };
    let label = move || {
        if asked.with(Option::is_some) {
            "Throw them away and save"
        } else {
            "Save"
        }
    };
    let fields = vec![
        told_in_general(refusal),
        view! {
            <TextField
                name="keep_days" label="Days that calls are kept" max=4 value=days refusal
                help="Older ones are thrown away for good within minutes. Changes are kept for ever."
            />
            <TextField
                name="keep_calls" label="Most calls that are kept" max=15 value=calls optional=true refusal
                help="The oldest beyond it are thrown away for good. Blank is no limit."
            />
        }
        .whole(),
        question.whole(),
        view! { <SubmitButton look=Look::Plain pending=form.pending()>{label}</SubmitButton> }.whole(),
    ];
    post_form(form, SetRetention::url(), fields)
}

/// Bytes in megabytes of a million, to one decimal below ten.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    if tenths < 100 {
        [
            &(tenths / 10).to_string(),
            ".",
            &(tenths % 10).to_string(),
            " MB",
        ]
        .concat()
    } else {
        [&count(tenths / 10), " MB"].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_in_megabytes() {
        for (bytes, said) in [
            (0, "0.0 MB"),
            (1, "0.1 MB"),
            (9_900_000, "9.9 MB"),
            (12_345_678, "12 MB"),
            (5_000_000_000, "5,000 MB"),
        ] {
            assert_eq!(megabytes(bytes), said);
        }
    }
}
