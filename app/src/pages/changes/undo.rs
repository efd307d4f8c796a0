//! Taking a change back: what it would do, then doing it.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use server_fn::ServerFn as _;

use super::api::{UNDO_FORM, UndoChange};
use super::detail::{note_list, section};
use super::diff::{Column, diff_table, more_fields};
use super::view::{ChangeView, UndoPreview, Undone};
use crate::attention::look_again;
use crate::parts::{
    Look, Markup, Text, Tone, Whole, card, el, hidden, icon, link_button, notice, post_form,
    refusal, submit_button, toast, told,
};
use crate::routes;
use crate::transport::Submission;

const NOW_THEN: &[Column] = &[("Now", "diff-old"), ("After", "diff-new")];

#[derive(Clone, Copy)]
struct Undoing(Submission);

/// For the page of a change: leads to the change that takes it back, once there is one.
pub(super) fn provide_undo() {
    let undo = Submission::new();
    provide_context(Undoing(undo));
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(undone)) = undo.answer::<Undone>() {
            toast(undone.message);
            look_again();
            undo.clear();
            if let Some(id) = undone.change {
                navigate(&routes::change(id), NavigateOptions::default());
            }
        }
    });
}

/// Whether it can be taken back, beside the other facts.
pub(super) fn undo_facts(change: &ChangeView) -> Markup {
    let button = (change.can_undo && change.undo.is_none()).then(|| {
        let preview = [&routes::change(&change.row.id), "?undo"].concat();
        el("a")
            .class("button")
            .with("href", preview)
            .child(icon("undo-2"))
            .text("Undo this change")
    });
    card("undo-title", "Undo")
        .class("card undo")
        .child(el("p").class("hint").text(change.undo_note.clone()))
        .maybe(button)
}

/// What taking it back would do, above everything else, when that is asked for.
pub(super) fn undo_card(change: &mut ChangeView) -> Option<AnyView> {
    let Undoing(undo) = expect_context();
    let preview = change.undo.take()?;
    let id = &change.row.id;
    let mut parts = vec![told(refusal(undo, UNDO_FORM))];
    let mut actions = Vec::new();
    match preview {
        Err(error) => parts.push(notice(Tone::Error, error.message).whole()),
        Ok(preview) => {
            let is_partial = preview.conflict.is_some();
            let label = if is_partial {
                "Undo only the rest"
            } else {
                "Undo"
            };
            let form = vec![
                hidden("id", id.clone()).whole(),
                hidden("partial", is_partial.to_string()).whole(),
                submit_button(Look::Primary, undo.pending(), "undo-2", label),
            ];
            actions.push(post_form(undo, UndoChange::url(), form));
            parts.push(told_before(preview).whole());
        }
    }
    actions.push(link_button(routes::change(id), "Keep the change").whole());
    parts.push(el("div").class("actions").around(actions));
    let title = ["undo-preview-title", "Undo this change?"];
    Some(section("card undo-preview", title, parts))
}

fn told_before(preview: UndoPreview) -> Vec<Markup> {
    let UndoPreview {
        conflict,
        diff,
        more,
        warnings,
        message,
    } = preview;
    let lead = match (&conflict, diff.is_empty()) {
        (Some(_), _) => Text::from("The rest can be taken back, and theirs stays:"),
        (None, false) => Text::from("This is what changes in Order Desk:"),
        (None, true) => Text::from(message),
    };
    let mut told: Vec<_> = conflict
        .map(|why| notice(Tone::Warn, why))
        .into_iter()
        .collect();
    told.push(el("p").class("hint").text(lead));
    if !diff.is_empty() {
        told.push(diff_table("What undoing changes", NOW_THEN, diff));
        told.extend(more_fields(more));
    }
    told.push(note_list(warnings));
    told
}
