//! Markup that the server has drawn, for what only it knows how to draw: the browser builds any of it with this one function,
//! where code that draws each part would be sent to everybody. Names stand in tables, and text stays text, so that nothing can
//! be brought in that [`Markup`] could not hold.

use super::markup::{Markup, el};

/// Markup as a list of steps, told apart by their first letter: `<` opens an element, `@` sets an attribute of it (name, `=`,
/// value), `'` adds text, `>` closes it.
pub(crate) type Drawn = Vec<String>;

/// The elements that can be drawn.
const ELEMENTS: [&str; 39] = [
    "nav",
    "details",
    "summary",
    "div",
    "section",
    "p",
    "span",
    "a",
    "h2",
    "ul",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "form",
    "label",
    "input",
    "button",
    "code",
    "svg",
    "use",
    "rect",
    "aside",
    "figure",
    "figcaption",
    "ol",
    "h3",
    "time",
    "mark",
    "datalist",
    "option",
    "path",
];
/// The attributes that they can have.
const ATTRIBUTES: [&str; 39] = [
    "aria-label",
    "aria-current",
    "method",
    "formaction",
    "formnovalidate",
    "role",
    "download",
    "class",
    "id",
    "href",
    "aria-labelledby",
    "aria-hidden",
    "scope",
    "data-label",
    "action",
    "type",
    "name",
    "value",
    "for",
    "required",
    "title",
    "data-noscroll",
    "maxlength",
    "autocomplete",
    "width",
    "height",
    "focusable",
    "viewBox",
    "preserveAspectRatio",
    "x",
    "y",
    "datetime",
    "data-call",
    "data-peek",
    "data-newest",
    "data-column",
    "checked",
    "hidden",
    "d",
];

/// Builds what was drawn. Unknown elements become a `span`, unknown attributes are left out.
pub(crate) fn drawn(steps: Drawn) -> Markup {
    let mut around = Vec::new();
    let mut element = el("div");
    for step in steps {
        let (Some(what), Some(rest)) = (step.get(..1), step.get(1..)) else {
            continue;
        };
        match what {
            "<" => {
                let inside = el(known(&ELEMENTS, rest).unwrap_or("span"));
                around.push(std::mem::replace(&mut element, inside));
            }
            ">" => {
                if let Some(outside) = around.pop() {
                    element = outside.child(element);
                }
            }
            "@" => {
                let (name, value) = rest.split_once('=').unwrap_or((rest, ""));
                if let Some(name) = known(&ATTRIBUTES, name) {
                    element = element.with(name, value.to_owned());
                }
            }
            _ => element = element.text(rest.to_owned()),
        }
    }
    element
}

fn known(names: &[&'static str], name: &str) -> Option<&'static str> {
    names.iter().copied().find(|known| *known == name)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::super::{badge, card, icon, link_button};
    use super::*;
    use crate::parts::Tone;

    #[test]
    fn what_was_drawn_is_built_as_it_was() {
        let text = "> it is 'not' <b>markup</b>\n@class=x";
        let parts = vec![
            card("id", "Title")
                .child(el("p").class("hint").text(text).child(icon("x")))
                .child(el("p").child(el("input").flag("required", true).with("value", "a=b"))),
            link_button("/x?a=1", "Go"),
            el("p").child(badge(Tone::Ok, "", "ok")).text("after"),
        ];
        let steps = parts.iter().flat_map(Markup::steps).collect();
        assert_eq!(drawn(steps), el("div").children(parts));
    }

    #[test]
    fn nothing_else_can_be_brought_in() {
        let steps = [
            "<script",
            "@onclick=x",
            "'alert(1)",
            ">",
            ">",
            ">",
            "",
            "ü",
            "'end",
        ];
        let built = drawn(steps.map(str::to_owned).to_vec());
        let expected = el("div").child(el("span").text("alert(1)")).text("end");
        assert_eq!(built, expected);
    }
}
