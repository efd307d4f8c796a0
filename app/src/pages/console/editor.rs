//! The arguments as JSON: plain text with line numbers, and what is wrong by line.

use leptos::html;
use leptos::prelude::*;
use orderdesk_mcp_contract::form::JsonFault;

use super::panel::{Panel, attribute_near};
use crate::parts::{Markup, Whole, el};

/// The editor shows at least so many lines.
const LINES_MIN: usize = 8;

pub(super) fn editor(panel: Panel) -> AnyView {
    let area = NodeRef::<html::Textarea>::new();
    let lines = move || {
        panel
            .text
            .with(|text| text.matches('\n').count() + 1)
            .max(LINES_MIN)
    };
    let numbers = move || {
        panel.faults.with(|faults| {
            let number = |number: usize| {
                let is_wrong = faults.iter().any(|fault| fault.line as usize == number);
                let line = el("span").text(number.to_string());
                if is_wrong {
                    line.class("json-wrong")
                } else {
                    line
                }
            };
            el("div")
                .class("json-lines")
                .with("aria-hidden", "true")
                .children((1..=lines()).map(number))
        })
    };
    let go = move |event: web_sys::MouseEvent| {
        let place = attribute_near(&event, "data-place").and_then(|place| place.parse().ok());
        if let (Some(place), Some(area)) = (place, area.get_untracked()) {
            let _ = area.focus();
            // Fails only for inputs without text.
            let _ = area.set_selection_range(place, place);
        }
    };
    let faults = move || {
        panel.faults.with(|faults| {
            panel.text.with_untracked(|text| {
                let items = faults.iter().map(|fault| item(fault, text));
                el("ul")
                    .class("json-faults")
                    .with("id", "json-faults")
                    .children(items)
            })
        })
    };
    view! {
        <div class="json-editor">
            {numbers}
            <textarea
                node_ref=area class="mono" aria-label="Arguments as JSON" aria-describedby="json-faults" wrap="off"
                spellcheck="false" autocapitalize="off" autocomplete="off" rows=move || lines().to_string()
                aria-invalid=move || panel.faults.with(|faults| (!faults.is_empty()).then_some("true"))
                prop:value=panel.text on:input:target=move |event| panel.edited(event.target().value())
            ></textarea>
        </div>
        <div role="status" on:click=go>{faults}</div>
    }
    .whole()
}

fn item(fault: &JsonFault, text: &str) -> Markup {
    let place = format!("Line {}, column {}", fault.line, fault.column);
    el("li")
        .child(
            el("button")
                .class("link")
                .with("type", "button")
                .with("data-place", offset(text, fault).to_string())
                .text(place),
        )
        .text(": ")
        .text(fault.message.clone())
}

/// Where a fault stands, as the browser counts: in UTF-16 units.
fn offset(text: &str, fault: &JsonFault) -> usize {
    let line = fault.line.saturating_sub(1) as usize;
    let units = |text: &str| text.encode_utf16().count();
    let before: usize = text.split_inclusive('\n').take(line).map(units).sum();
    let line = text.split_inclusive('\n').nth(line).unwrap_or_default();
    let letters = line.chars().take(fault.column.saturating_sub(1) as usize);
    before + letters.map(char::len_utf16).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_found_in_the_browsers_text() {
        let fault = |line, column| JsonFault {
            line,
            column,
            path: String::new(),
            message: String::new(),
        };
        let text = "{\n \"ü😀\": 1,\n}";
        assert_eq!(offset(text, &fault(1, 1)), 0);
        assert_eq!(offset(text, &fault(2, 2)), 3);
        assert_eq!(offset(text, &fault(2, 6)), 8);
        assert_eq!(offset(text, &fault(3, 1)), 13);
        assert_eq!(offset(text, &fault(9, 9)), 14);
    }
}
