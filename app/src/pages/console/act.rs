//! What people do on the page: one listener for each kind of event hears all of it.

use leptos::prelude::*;
use orderdesk_mcp_contract::form::Json;
use send_wrapper::SendWrapper;
use server_fn::ServerFn as _;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, KeyboardEvent, SubmitEvent};

use super::api::ConsoleChoices;
use super::dom::{append, by_id, focus, near, press, say, set_flag, target, value};
use super::draw::{
    check_soon, draw_all, draw_fields, draw_lines, draw_snippet, draw_strip, draw_view,
    draw_view_soon, show_as,
};
use super::input::list_id;
use super::state::{self, State};
use super::typed::take;
use super::value::{add_element, remove_element};
use super::{read, run, tree};
use crate::parts::{el, write_to_clipboard};
use crate::routes;
use crate::transport::request;

/// What is done about an event.
type Hear = fn(Event);

/// Hears all that happens in the console, as long as it is on the page: until the owner of this is cleaned up.
pub(super) fn listen(console: Element) {
    let listeners: [(&str, Hear); 5] = [
        ("click", click),
        ("input", input),
        ("focusin", enter),
        ("submit", submit),
        ("keydown", key),
    ];
    let listeners = listeners.map(|(name, hear)| {
        let hear = Closure::<dyn Fn(Event)>::new(hear);
        // Fails only for what is no function.
        let _ = console.add_event_listener_with_callback(name, hear.as_ref().unchecked_ref());
        (name, hear)
    });
    let heard = SendWrapper::new((console, listeners));
    on_cleanup(move || {
        let (console, listeners) = heard.take();
        for (name, hear) in &listeners {
            let hear = hear.as_ref().unchecked_ref();
            let _ = console.remove_event_listener_with_callback(name, hear);
        }
        state::end();
    });
}

/// Something was typed, chosen or ticked.
fn input(event: Event) {
    let Some(input) = target(&event) else { return };
    if let Some(path) = input.get_attribute("data-path") {
        set_flag(&input, "aria-invalid", false);
        take(input, &path);
        draw_snippet();
        return;
    }
    match input.id().as_str() {
        "json-text" => {
            let text = value(input);
            state::edit(|call, spec| call.json_edited(text, spec));
            say("json-refused", "");
            draw_lines(&[]);
            check_soon();
            draw_snippet();
        }
        "console-search" => draw_view_soon(),
        "tool-search" => super::list::search(&value(input)),
        _ => {}
    }
}

/// A field was entered: what there is to pick for it is fetched, once as long as the store stays the same.
fn enter(event: Event) {
    let Some(picker) = target(&event).and_then(|input| input.get_attribute("data-picker")) else {
        return;
    };
    let store = state::with(|state| {
        let store = state.call().arguments.get("store_identifier");
        let store = store.and_then(Json::as_str).unwrap_or_default().to_owned();
        let wanted = (picker.clone(), store);
        if state.offered.contains(&wanted) {
            return None;
        }
        state.offered.retain(|(other, _)| *other != picker);
        state.offered.push(wanted.clone());
        Some(wanted)
    });
    let Some(wanted) = store.flatten() else {
        return;
    };
    let list_of = list_id(&picker);
    if let Some(list) = by_id(&list_of) {
        // Those of another store must not be offered meanwhile.
        list.set_text_content(None);
    }
    leptos::task::spawn_local(async move {
        let fields = [("picker", wanted.0.as_str()), ("store", wanted.1.as_str())];
        let answer = request(ConsoleChoices::url(), &fields, None).await;
        let choices = answer.and_then(|text| read::parse(&text));
        let is_wanted = state::with(|state| {
            let is_wanted = state.offered.contains(&wanted);
            if choices.is_err() {
                // Asked again when the field is entered again; until then it is typed.
                state.offered.retain(|other| *other != wanted);
            }
            is_wanted
        });
        if let Ok(choices) = choices
            && is_wanted == Some(true)
            && let Some(list) = by_id(&list_of)
        {
            for choice in choices.as_array().unwrap_or_default() {
                let label = read::text(choice, "label").to_owned();
                let option = el("option").with("value", read::text(choice, "value").to_owned());
                append(&list, &option.text(label));
            }
        }
    });
}

/// A form was sent: the call, its name, or one of the history.
fn submit(event: Event) {
    let Some(form) = target(&event) else { return };
    event.prevent_default();
    // The attribute, because a field called `id` hides the form's own.
    match form.get_attribute("id").unwrap_or_default().as_str() {
        "console-form" => {
            let by = event.unchecked_into::<SubmitEvent>().submitter();
            run::start(by.is_some_and(|button| button.has_attribute("value")));
        }
        "console-save" => run::save(),
        _ => run::act_on_call(form.unchecked_into()),
    }
}

fn key(event: Event) {
    let event: KeyboardEvent = event.unchecked_into();
    let is_run = event.key() == "Enter" && (event.ctrl_key() || event.meta_key());
    let is_in_form =
        target(&event).is_some_and(|target| matches!(target.closest("#console-form"), Ok(Some(_))));
    if is_run && is_in_form && state::with(|_| ()).is_some() {
        event.prevent_default();
        run::start(event.shift_key());
    }
}

fn click(event: Event) {
    let number = |name: &str| near(&event, name)?.1.parse::<usize>().ok();
    let is_on = |name: &str| near(&event, name).is_some();
    if let Some((_, path)) = near(&event, "data-add") {
        change_list(&path, true);
    } else if let Some((_, path)) = near(&event, "data-remove") {
        change_list(&path, false);
    } else if let Some(place) = number("data-as") {
        show_arguments(place == 1);
    } else if let Some(place) = number("data-view") {
        state::with(|state| state.view = place);
        press("console-result-views", place);
        draw_view();
    } else if let Some(place) = number("data-kind") {
        state::with(|state| state.copied = Some(place));
        draw_snippet();
    } else if is_on("data-copies") {
        state::with(|state| state.copied = state.copied.or(Some(0)));
        draw_snippet();
    } else if let Some(place) = number("data-place") {
        if let Some(area) = by_id("json-text") {
            let area: web_sys::HtmlTextAreaElement = area.unchecked_into();
            let place = u32::try_from(place).unwrap_or_default();
            let _ = area.focus();
            let _ = area.set_selection_range(place, place);
        }
    } else if let Some((button, what)) = near(&event, "data-copy") {
        copy(button, &what);
    } else if is_on("data-stop") {
        run::give_up();
    } else if !change_calls(&event) {
        open(&event);
    }
}

/// Shows the arguments as JSON or as the form, which what cannot be read does not have.
fn show_arguments(is_json: bool) {
    if !is_json && state::with(|state| state.call().is_broken) == Some(true) {
        let why = "This JSON cannot be read, so no form can show it. Mend it first.";
        say("json-refused", why);
        check_soon();
        focus("#json-text");
        return;
    }
    if !is_json {
        draw_fields();
    }
    show_as(is_json);
}

/// A list of the form grows, or loses an element.
fn change_list(path: &str, grows: bool) {
    state::edit(|call, spec| {
        if grows {
            add_element(&mut call.arguments, spec, path);
        } else {
            remove_element(&mut call.arguments, path);
        }
        call.form_edited(spec);
    });
    draw_fields();
    let list = if grows {
        path
    } else {
        path.rsplit_once('/').map_or("", |(list, _)| list)
    };
    focus(&["[data-add=\"", list, "\"]"].concat());
    draw_snippet();
}

/// Another call is shown, added or closed. Says whether that was meant.
fn change_calls(event: &Event) -> bool {
    let number = |name: &str| near(event, name)?.1.parse::<usize>().ok();
    let change: Box<dyn FnOnce(&mut State)> = if let Some(place) = number("data-tab") {
        Box::new(move |state| state.shown = place.min(state.calls.len() - 1))
    } else if let Some(place) = number("data-close") {
        Box::new(move |state| state.close(place))
    } else if near(event, "data-add-call").is_some() {
        Box::new(State::add)
    } else {
        return false;
    };
    let other = state::with(|state| {
        change(state);
        let tool = state.call().tool.clone();
        (tool != state.tool.name).then_some(tool)
    });
    draw_strip();
    focus("#console-strip [aria-current], #console-strip [data-add-call]");
    match other.flatten() {
        Some(tool) => state::go(&routes::console(&tool), false),
        None => draw_all(),
    }
    true
}

/// Draws what a branch of the tree holds when it is opened, and more of a long one.
fn open(event: &Event) {
    let inside = |path: &str, from: usize| {
        let drawn = state::with(|state| {
            let value = state.call().run.as_ref()?.answer.as_ref()?.pointer(path)?;
            Some(tree::inside(path, value, from))
        });
        drawn.flatten()
    };
    if let Some((button, path)) = near(event, "data-more") {
        let from = button
            .get_attribute("data-from")
            .and_then(|from| from.parse().ok());
        if let (Some(parent), Some(drawn)) =
            (button.parent_element(), inside(&path, from.unwrap_or(0)))
        {
            button.remove();
            append(&parent, &drawn);
        }
        return;
    }
    let branch =
        near(event, "data-branch").filter(|(summary, _)| summary.next_element_sibling().is_none());
    if let Some((summary, path)) = branch
        && let (Some(parent), Some(drawn)) = (summary.parent_element(), inside(&path, 0))
    {
        append(&parent, &drawn);
    }
}

/// Copies the answer, or the code beside the button.
fn copy(button: Element, what: &str) {
    let text = if what == "answer" {
        let text = state::with(|state| {
            state
                .call()
                .run
                .as_ref()
                .map(|run| read::text(&run.told, "text").to_owned())
        });
        text.flatten()
    } else {
        by_id("console-snippet")
            .and_then(|snippet| snippet.query_selector("code").ok()?)
            .and_then(|code| code.text_content())
    };
    leptos::task::spawn_local(async move {
        let is_copied = write_to_clipboard(&text.unwrap_or_default()).await;
        // The browser gives no clipboard over plain HTTP, and may refuse it anywhere.
        let said = if is_copied {
            "Copied"
        } else {
            "Select the text and press Ctrl+C"
        };
        button.set_text_content(Some(said));
    });
}
