//! A tool's form. Every input carries its place in `data-path`, so that one listener hears them all, and its name, so that
//! the browser can send it without script.

use orderdesk_mcp_contract::form::{DRY_RUN, Field, FieldKind, FormSpec, Json, Object, Picker};
use orderdesk_mcp_contract::views::console::ConsoleStore;

use super::input::{
    bound, flag, group, help, help_id, json_of, label, list_id, many, named, picked, select,
    text_of,
};
use super::pointer::{at, below};
use crate::parts::{Markup, Text, el, icon};

/// So many optional arguments stand open; more are folded away.
const OPEN_MAX: usize = 6;
/// Of so many stores one is chosen; of more its name is typed, because a page can hold only so many elements.
const CHOSEN_MAX: usize = 500;

/// What a form is drawn from.
pub(super) struct Form<'a> {
    pub(super) spec: &'a FormSpec,
    pub(super) stores: &'a [ConsoleStore],
    pub(super) arguments: &'a Object,
}

impl Form<'_> {
    /// The whole form: what must be given and what can be picked first, the rest below.
    pub(super) fn draw(&self) -> Markup {
        let shown = || {
            self.spec
                .fields
                .iter()
                // A write's own dry run is the button beside `Run`.
                .filter(|field| field.name != DRY_RUN)
        };
        let is_first = |field: &&Field| field.required || field.picker.is_some();
        let first = shown().filter(is_first);
        let rest: Vec<_> = shown().filter(|field| !is_first(field)).collect();
        let is_open = rest.len() <= OPEN_MAX
            || rest
                .iter()
                .any(|field| self.arguments.contains(&field.name));
        let count = rest.len();
        let rest = (count > 0).then(|| {
            el("details")
                .class("console-more")
                .flag("open", is_open)
                .child(
                    el("summary")
                        .text("Optional arguments (")
                        .text(count.to_string())
                        .text(")"),
                )
                .child(
                    el("div")
                        .class("console-fields")
                        .children(rest.into_iter().map(|field| self.top(field))),
                )
        });
        let none = (count == 0 && self.spec.fields.is_empty())
            .then(|| el("p").class("hint").text("This tool takes no arguments."));
        el("div")
            .child(
                el("div")
                    .class("console-fields")
                    .children(first.map(|field| self.top(field))),
            )
            .maybe(rest)
            .maybe(none)
            .children(self.pickers())
    }

    /// What is offered for the fields is filled in when one of them is entered.
    fn pickers(&self) -> Vec<Markup> {
        let mut kinds: Vec<Picker> = Vec::new();
        for picker in self.spec.fields.iter().filter_map(|field| field.picker) {
            if picker != Picker::Store && !kinds.contains(&picker) {
                kinds.push(picker);
            }
        }
        let list = |picker: Picker| el("datalist").with("id", list_id(picker.as_str()));
        kinds.into_iter().map(list).collect()
    }

    fn top(&self, field: &Field) -> Markup {
        self.field(field, &below("", &field.name))
    }

    fn field(&self, field: &Field, path: &str) -> Markup {
        let value = at(self.arguments, path);
        let id = ["f", path].concat();
        let input = match field.kind {
            FieldKind::Object => {
                let members = field
                    .fields
                    .iter()
                    .map(|member| self.field(member, &below(path, &member.name)));
                return group(field).children(members);
            }
            FieldKind::List => return self.list(field, path),
            FieldKind::Many => return many(field, path, value),
            FieldKind::Flag => return flag(field, path, value),
            FieldKind::Choice => {
                let options = field
                    .options
                    .iter()
                    .map(|option| (option.clone(), option.clone()));
                select(options.collect(), value, "Not set")
            }
            _ if field.picker == Some(Picker::Store) && self.stores.len() <= CHOSEN_MAX => {
                self.store(field, value)
            }
            FieldKind::LongText => el("textarea").with("rows", "4").text(text_of(value)),
            FieldKind::Json => el("textarea")
                .with_all(&[("rows", "6"), ("spellcheck", "false")])
                .text(json_of(value)),
            FieldKind::Date => {
                let text = text_of(value);
                // A date with a time, or no date at all, does not fit the browser's own field.
                let is_day = text.is_empty() || (text.len() == 10 && !text.contains(' '));
                el("input")
                    .with("type", if is_day { "date" } else { "text" })
                    .with("value", text)
            }
            FieldKind::Integer | FieldKind::Number => {
                let text = text_of(value);
                let kind = if value.is_none_or(|value| matches!(value, Json::Number(_))) {
                    "number"
                } else {
                    "text"
                };
                let step = if field.kind == FieldKind::Integer {
                    "1"
                } else {
                    "any"
                };
                let input = el("input")
                    .with("type", kind)
                    .with("step", step)
                    .with("value", text);
                let input = bound(input, "min", field.min);
                bound(input, "max", field.max)
            }
            FieldKind::Text => {
                let kind = if field.secret { "password" } else { "text" };
                let input = el("input").with("type", kind).with("value", text_of(value));
                let input = bound(input, "minlength", field.min);
                bound(input, "maxlength", field.max)
            }
        };
        let is_wide = matches!(field.kind, FieldKind::Json | FieldKind::LongText);
        let around = el("div").class(if is_wide {
            "field console-wide"
        } else {
            "field"
        });
        let input = picked(input.class("input mono"), field);
        around
            .child(label(field, &id))
            .child(
                named(input, path)
                    .with("id", id.clone())
                    .with("autocomplete", "off")
                    .with("aria-describedby", help_id(&id))
                    .flag("required", field.required),
            )
            .child(help(field, &id))
    }

    fn store(&self, field: &Field, value: Option<&Json>) -> Markup {
        let option = |store: &ConsoleStore| {
            let label = if store.sandbox {
                [&store.name, " (sandbox)"].concat()
            } else {
                store.name.clone()
            };
            (store.name.clone(), label)
        };
        let active = self.stores.iter().find(|store| store.is_active);
        let blank = match (field.required, active) {
            (true, _) => Text::from("Choose a store"),
            (false, Some(active)) => ["The active store, ", &active.name].concat().into(),
            (false, None) => "No store is active".into(),
        };
        select(self.stores.iter().map(option).collect(), value, blank)
    }

    fn list(&self, field: &Field, path: &str) -> Markup {
        let elements = at(self.arguments, path)
            .and_then(Json::as_array)
            .map_or(0, <[Json]>::len);
        let item = field.item.as_deref();
        let row = |place: usize| {
            let path = below(path, &place.to_string());
            let number = (place + 1).to_string();
            let remove = el("button")
                .with_all(&[
                    ("class", "button button-quiet button-icon needs-script"),
                    ("type", "button"),
                ])
                .with("data-remove", path.clone())
                .with(
                    "aria-label",
                    ["Remove element ", &number, " of ", &field.name].concat(),
                )
                .child(icon("x"));
            let element = item.map(|item| {
                let mut item = item.clone();
                item.name = [&field.name, " ", &number].concat();
                item.required = field.required;
                self.field(&item, &path)
            });
            el("div").class("console-row").maybe(element).child(remove)
        };
        let least = usize::from(field.required);
        group(field)
            .children((0..elements.max(least)).map(row))
            .child(
                el("button")
                    .with_all(&[
                        ("class", "button button-small needs-script"),
                        ("type", "button"),
                    ])
                    .with("data-add", path.to_owned())
                    .child(icon("plus"))
                    .text("Add to ")
                    .text(field.name.clone()),
            )
    }
}
